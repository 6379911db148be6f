/* NEPs on random structures of every kind of cell: the fast kernels give what the plain one gives,
 * and nothing depends on order, orientation, wrapping, threads or ghosts. */
#include "models.h"
#include "nep_system.h"

#include "basis/basis.h"

#include <math.h>

static const char *const models[] = {
    "nep2_two_zbl",     "nep3_zbl",          "nep4_allflags",     "nep4_lmax8",
    "nep4_typecut",     "nep4_zbl_flexible", "nep4_zbl_typewise", "nep5",
    "nep4_zbl_charge1", "nep4_zbl_charge2",  "nep4_zbl_charge3"
};
enum { MODELS = sizeof models / sizeof models[0] };

static lrpot_potential *model(int which, int kernel)
{
    char *path = nep_own_file(models[which], ".txt");
    nep_settings options = { .kernel = nep_kernels[kernel], .accuracy = 1e-9 };
    lrpot_potential *potential = nep_load(path, options);
    free(path);
    return potential;
}

static lrpot_structure *structure_for(const lrpot_potential *potential, support_random *random,
                                      int kind, int64_t n)
{
    return support_random_structure(random, kind, n, lrpot_potential_species_count(potential),
                                    lrpot_potential_symbols(potential), 1.5);
}

static double largest(const double *values, int64_t n)
{
    double most = 1.0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(values[i]));
    return most;
}

static void compare(const double *values, const double *expected, int64_t n, double tolerance)
{
    double scale = largest(expected, n);
    for (int64_t k = 0; k < n; k++) ck_close(values[k], expected[k], tolerance, scale);
}

static void compare_all(const nep_result *r, const nep_result *expected, int64_t n,
                        double tolerance)
{
    ck_close(r->energy, expected->energy, tolerance, largest(expected->energy_atom, n));
    compare(r->energy_atom, expected->energy_atom, n, tolerance);
    compare(r->forces, expected->forces, 3 * n, tolerance);
    compare(r->virial, expected->virial, 9, tolerance);
    compare(r->virial_atom, expected->virial_atom, 9 * n, tolerance);
    compare(r->charges, expected->charges, n, tolerance);
    compare(r->born, expected->born, 9 * n, tolerance);
    compare(r->polar, expected->polar, 9 * n, tolerance);
}

START_TEST(fast_kernels_give_what_the_plain_one_gives)
{
    int which = _i / CELL_KINDS, kind = _i % CELL_KINDS;
    nep_result expected;
    for (int kernel = 0; kernel < NEP_KERNELS; kernel++) {
        support_random random = { 11 + (uint64_t)_i };
        nep_system s;
        lrpot_potential *potential = model(which, kernel);
        if (potential == NULL) continue;
        nep_bind(&s, potential, structure_for(potential, &random, kind, 1 + 3 * _i % 29), 1);
        nep_result r = nep_evaluate(&s);
        if (kernel == 0) expected = r;
        else compare_all(&r, &expected, s.n, 3e-13);
        if (kernel != 0) nep_result_free(&r);
        nep_free(&s);
    }
    nep_result_free(&expected);
}
END_TEST

/* The same structure with other atoms first. */
START_TEST(order_of_the_atoms_does_not_matter)
{
    support_random random = { 101 + (uint64_t)_i };
    nep_system s;
    lrpot_potential *potential = model(_i, 0);
    nep_bind(&s, potential, structure_for(potential, &random, _i % CELL_KINDS, 12), 1);
    nep_result expected = nep_evaluate(&s);
    double r[36];
    int32_t species[12];
    for (int i = 0; i < 12; i++) {
        int from = (5 * i + 3) % 12;
        memcpy(r + 3 * i, s.positions + 3 * from, 3 * sizeof *r);
        species[i] = s.species[from];
    }
    memcpy(s.positions, r, sizeof r);
    memcpy(s.species, species, sizeof species);
    nep_result other = nep_evaluate(&s);
    double scale = largest(expected.forces, 36);
    ck_close(other.energy, expected.energy, 1e-11, 10.0);
    for (int i = 0; i < 12; i++) {
        int from = (5 * i + 3) % 12;
        for (int c = 0; c < 3; c++)
            ck_close(other.forces[3 * i + c], expected.forces[3 * from + c], 1e-11, scale);
        ck_close(other.charges[i], expected.charges[from], 1e-12, 1.0);
    }
    nep_result_free(&expected);
    nep_result_free(&other);
    nep_free(&s);
}
END_TEST

static void rotate(const double *m, double *v)
{
    double r[3];
    for (int a = 0; a < 3; a++) r[a] = m[3 * a] * v[0] + m[3 * a + 1] * v[1] + m[3 * a + 2] * v[2];
    memcpy(v, r, sizeof r);
}

START_TEST(rotations_and_wrapping_turn_the_results_with_them)
{
    static const double turn[9] = { 0.36, 0.48, -0.8, -0.8, 0.6, 0.0, 0.48, 0.64, 0.6 };
    support_random random = { 201 + (uint64_t)_i };
    nep_system s;
    int kernel = NEP_KERNELS - 1;
    lrpot_potential *potential = model(_i, kernel);
    if (potential == NULL) potential = model(_i, 1);
    nep_bind(&s, potential, structure_for(potential, &random, _i % CELL_KINDS, 14), 1);
    nep_result expected = nep_evaluate(&s);
    for (int64_t i = 0; i < s.n; i++) {
        for (int c = 0; c < 3 && s.atoms.cell != NULL; c++)
            s.positions[3 * i + c] += (double)(i % 3 - 1) * s.cell[3 + c]
                                      + (double)(i % 2) * s.cell[c];
        rotate(turn, s.positions + 3 * i);
    }
    for (int d = 0; d < 3; d++) rotate(turn, s.cell + 3 * d);
    nep_result other = nep_evaluate(&s);
    ck_close(other.energy, expected.energy, 1e-10, 10.0);
    for (int64_t i = 0; i < s.n; i++) rotate(turn, expected.forces + 3 * i);
    compare(other.forces, expected.forces, 3 * s.n, 1e-10);
    compare(other.charges, expected.charges, s.n, 1e-11);
    double trace[2] = { other.virial[0] + other.virial[4] + other.virial[8],
                        expected.virial[0] + expected.virial[4] + expected.virial[8] };
    ck_close(trace[0], trace[1], 1e-10, largest(expected.virial, 9));
    nep_result_free(&expected);
    nep_result_free(&other);
    nep_free(&s);
}
END_TEST

START_TEST(threads_change_rounding_only_and_repeat_their_bits)
{
    nep_result r[3];
    for (int run = 0; run < 3; run++) {
        support_random random = { 301 };
        nep_system s;
        lrpot_potential *potential = model(_i, 1);
        nep_bind(&s, potential, structure_for(potential, &random, CELL_TRICLINIC, 25),
                 run == 0 ? 1 : 3);
        r[run] = nep_evaluate(&s);
        nep_free(&s);
    }
    compare_all(&r[1], &r[0], 25, 1e-12);
    ck_assert_int_eq(memcmp(r[1].forces, r[2].forces, 75 * sizeof(double)), 0);
    ck_assert_int_eq(memcmp(r[1].virial, r[2].virial, sizeof r[1].virial), 0);
    for (int run = 0; run < 3; run++) nep_result_free(&r[run]);
}
END_TEST

static void compare_ghosts(nep_system *s, const lrpot_atoms *atoms, const lrpot_nlist *list,
                           const nep_result *expected)
{
    int64_t n = atoms->n_owned;
    double energy, virial[9], *energies = malloc((size_t)n * sizeof *energies),
                              *charges = malloc((size_t)n * sizeof *charges),
                              *forces = malloc((size_t)atoms->n_all * 3 * sizeof *forces);
    int mode = s->evaluator->nep->charge_mode;
    /* the mesh or the vectors follow the list: the accuracy asked for, not rounding */
    double tolerance = mode == LRPOT__NEP_EWALD || mode == LRPOT__NEP_RECIPROCAL ? 1e-8 : 1e-11;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.energy_atom = energies, out.forces = forces, out.virial = virial;
    out.charges = charges;
    ck_ok(lrpot_potential_compute(s->potential, s->work, atoms, list, NULL, &out));
    ck_close(energy, expected->energy, tolerance, largest(expected->energy_atom, n));
    compare(energies, expected->energy_atom, n, tolerance);
    compare(forces, expected->forces, 3 * n, tolerance);
    compare(virial, expected->virial, 9, tolerance);
    compare(charges, expected->charges, n, 1e-12);
    free(energies);
    free(charges);
    free(forces);
}

/* Images as atoms of their own, whose forces fold onto their owners. */
START_TEST(ghosts_stand_for_images)
{
    enum { N = 9, MOST = N * 343 };
    support_random random = { 401 + (uint64_t)_i };
    nep_system s;
    lrpot_potential *potential = model(_i, 1);
    nep_bind(&s, potential, structure_for(potential, &random, CELL_TRICLINIC, N), 1);
    nep_result expected = nep_evaluate(&s);
    double *r = malloc(3 * MOST * sizeof *r);
    int32_t *species = malloc(MOST * sizeof *species);
    int64_t *owner = malloc(MOST * sizeof *owner), n = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int image = 0; image < 343; image++)
            for (int i = 0; i < N; i++) {
                int t[3] = { image % 7 - 3, image / 7 % 7 - 3, image / 49 - 3 };
                int home = t[0] == 0 && t[1] == 0 && t[2] == 0;
                if (home == pass) continue; /* owned atoms first */
                for (int c = 0; c < 3; c++)
                    r[3 * n + c] = s.positions[3 * i + c] + t[0] * s.cell[c] + t[1] * s.cell[3 + c]
                                   + t[2] * s.cell[6 + c];
                species[n] = s.species[i];
                owner[n++] = i;
            }
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    atoms.n_owned = N, atoms.n_all = n, atoms.positions = r, atoms.species = species;
    atoms.ghost_owner = owner;
    atoms.cell = s.cell, atoms.periodic_mask = LRPOT_PERIODIC_ALL; /* of the Coulomb sum */
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(potential), 0.5));
    compare_ghosts(&s, &atoms, list, &expected);
    lrpot_nlist_free(list);
    nep_result_free(&expected);
    nep_free(&s);
    free(r);
    free(species);
    free(owner);
}
END_TEST

START_TEST(atoms_at_the_same_place_are_an_error)
{
    for (int kernel = 0; kernel < NEP_KERNELS; kernel++) {
        support_random random = { 501 };
        nep_system s;
        double energy, vectors[300];
        int32_t j[100];
        char message[80];
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        lrpot_potential *potential = model(2, kernel);
        if (potential == NULL) continue;
        out.energy = &energy;
        nep_bind(&s, potential, structure_for(potential, &random, CELL_NONE, 8), 1);
        ck_assert_int_ge(lrpot_nlist_row(s.list, &s.atoms, 3, 100, j, vectors), 1);
        memcpy(s.positions + 9, s.positions + 3 * j[0], 3 * sizeof(double));
        snprintf(message, sizeof message, "atoms %d and %d have the same position",
                 j[0] < 3 ? j[0] : 3, j[0] < 3 ? 3 : j[0]);
        ck_assert_int_eq(lrpot_potential_compute(potential, s.work, &s.atoms, s.list, NULL, &out),
                         LRPOT_E_COINCIDENT);
        ck_assert_str_eq(lrpot_last_error(), message);
        nep_free(&s);
    }
}
END_TEST

/* Energy, forces and charges of a moment tensor potential. */
typedef struct {
    double energy, forces[3 * 40], charges[40];
} moment_result;

static moment_result moments_of(const lrpot_potential *potential, lrpot_workspace *work,
                                const lrpot_structure *structure)
{
    moment_result r = { .energy = 0.0 };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &r.energy, out.forces = r.forces;
    if (lrpot_potential_charges(potential) != NULL) out.charges = r.charges;
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    return r;
}

static void same_bits(const nep_result *a, const nep_result *b, int64_t n)
{
    size_t count = (size_t)n * sizeof(double);
    ck_assert_mem_eq(&a->energy, &b->energy, sizeof a->energy);
    ck_assert_mem_eq(a->forces, b->forces, 3 * count);
    ck_assert_mem_eq(a->virial_atom, b->virial_atom, 9 * count);
    ck_assert_mem_eq(a->charges, b->charges, count);
    ck_assert_mem_eq(a->born, b->born, 9 * count);
}

/* A NEP and a moment tensor potential take turns in one workspace, on systems of other sizes: each
 * gives the bits of a workspace of its own. */
START_TEST(a_workspace_serves_neps_and_moment_tensors_in_turns)
{
    static const int32_t kinds[3] = { LRPOT_CHARGES_NONE, LRPOT_CHARGES_EDQRD,
                                      LRPOT_CHARGES_LATENT };
    support_random random = { 800u + (unsigned)_i };
    lrpot_potential *moments = models_random_potential(&random, kinds[_i % 3]);
    lrpot_workspace *shared = NULL;
    ck_ok(lrpot_workspace_create(&shared, 1 + _i % 2));
    for (int turn = 0; turn < 4; turn++) {
        lrpot_structure *other =
            models_random_structure(&random, CELL_TRICLINIC, turn % 2 == 0 ? 40 : 12, 0.0);
        lrpot_workspace *fresh = NULL;
        nep_system s;
        lrpot_potential *potential = model(_i, 1);
        nep_bind(&s, potential,
                 structure_for(potential, &random, CELL_TRICLINIC, turn % 2 == 0 ? 10 : 30),
                 1 + _i % 2);
        nep_result own = nep_evaluate(&s);
        ck_ok(lrpot_workspace_create(&fresh, 1 + _i % 2));
        moment_result expected = moments_of(moments, fresh, other),
                      got = moments_of(moments, shared, other);
        ck_assert_mem_eq(&got, &expected, sizeof got);
        lrpot_workspace *mine = s.work;
        s.work = shared;
        nep_result taken = nep_evaluate(&s);
        same_bits(&taken, &own, s.n);
        s.work = mine;
        got = moments_of(moments, shared, other);
        ck_assert_mem_eq(&got, &expected, sizeof got);
        nep_result_free(&own);
        nep_result_free(&taken);
        nep_free(&s);
        lrpot_workspace_free(fresh);
        lrpot_structure_free(other);
    }
    lrpot_workspace_free(shared);
    lrpot_potential_free(moments);
}
END_TEST

/* The features of a NEP take no block of the moment tensors: in a workspace that has served the
 * latter it adds as much memory as in a fresh one. */
START_TEST(neps_and_moment_tensors_share_no_block)
{
    support_random random = { 812 };
    nep_system s;
    lrpot_potential *potential = model(1, 1);
    lrpot_potential *moments = models_random_potential(&random, LRPOT_CHARGES_NONE);
    lrpot_structure *other = models_random_structure(&random, CELL_CUBIC, 40, 0.0);
    lrpot_workspace *shared = NULL;
    nep_bind(&s, potential, structure_for(potential, &random, CELL_CUBIC, 20), 1);
    double features[2 * 20];
    const lrpot_basis *basis = lrpot_potential_basis(potential);
    ck_ok(lrpot_basis_eval(basis, s.work, &s.atoms, s.list, features));
    int64_t alone = lrpot_workspace_bytes(s.work);
    ck_ok(lrpot_workspace_create(&shared, 1));
    moments_of(moments, shared, other);
    int64_t before = lrpot_workspace_bytes(shared);
    lrpot_workspace_free(s.work);
    s.work = shared;
    ck_ok(lrpot_basis_eval(basis, s.work, &s.atoms, s.list, features));
    ck_assert_int_gt(alone, 0);
    ck_assert_int_eq(lrpot_workspace_bytes(shared) - before, alone);
    nep_free(&s);
    lrpot_structure_free(other);
    lrpot_potential_free(moments);
}
END_TEST

enum { MOMENT_ATOMS = 9, FIRST_CHARGED = 8 };

/* Adds the first and second moments of one pair by their definition. */
static void add_moments(const double *arm, const double *r, const double *g, double *force,
                        double *virial)
{
    double reach = 0.0, turned = 0.0;
    for (int c = 0; c < 3; c++) reach += arm[c] * r[c], turned += arm[c] * g[c];
    for (int c = 0; c < 3; c++) force[c] -= reach * g[c];
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            virial[3 * a + b] -= 0.5 * (reach * (r[a] * g[b] + r[b] * g[a]) - r[a] * r[b] * turned);
}

/* Moments about the centres with a lever arm against gradients of single centres: in an isolated
 * system the force on j by the charge of i alone is the gradient of that pair. */
START_TEST(moments_with_an_arm_are_those_of_the_pairs)
{
    enum { N = MOMENT_ATOMS };
    static const double arm[3] = { 0.7, -0.4, 1.1 };
    int which = FIRST_CHARGED + _i / NEP_KERNELS, kernel = _i % NEP_KERNELS;
    support_random random = { 91 + (uint64_t)_i };
    lrpot_potential *potential = model(which, kernel);
    if (potential == NULL) return;
    nep_system s;
    nep_bind(&s, potential, structure_for(potential, &random, CELL_NONE, N), 2);
    const lrpot_basis *basis = lrpot_potential_basis(potential);
    double weights[N], expected[3 * N] = { 0 }, expected_atom[9 * N] = { 0 }, total[9] = { 0 },
                                    forces[3 * N] = { 0 }, virial[9] = { 0 },
                                    virial_atom[9 * N] = { 0 };
    static const double charge[2] = { 0.0, 1.0 };
    for (int i = 0; i < N; i++) {
        double of_centre[2 * N] = { 0 }, pulled[3 * N] = { 0 };
        weights[i] = support_uniform(&random, -1, 1);
        of_centre[2 * i + 1] = weights[i];
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.forces = pulled;
        ck_ok(lrpot_basis_pull(basis, s.work, &s.atoms, s.list, of_centre, &out));
        for (int j = 0; j < N; j++) {
            double r[3], g[3];
            for (int c = 0; c < 3; c++) {
                r[c] = s.positions[3 * j + c] - s.positions[3 * i + c];
                g[c] = -pulled[3 * j + c];
            }
            if (j != i) add_moments(arm, r, g, expected + 3 * j, expected_atom + 9 * j);
        }
    }
    for (int k = 0; k < 9 * N; k++) total[k % 9] += expected_atom[k];
    lrpot__request request = { .coefficients = charge,
                               .weights = weights,
                               .lever_arm = arm,
                               .forces = forces,
                               .virial = virial,
                               .virial_atom = virial_atom };
    ck_ok(lrpot__basis_run(basis, s.work, &s.atoms, s.list, &request));
    compare(forces, expected, 3 * N, 1e-12);
    compare(virial, total, 9, 1e-12);
    compare(virial_atom, expected_atom, 9 * N, 1e-12);
    ck_assert(largest(total, 9) > 0.0 && fabs(total[0]) + fabs(total[1]) > 1e-3);
    nep_free(&s);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nep_kernels");
    TCase *tc = tcase_create("property");
    support_add_cases(tc, fast_kernels_give_what_the_plain_one_gives, 0, MODELS * CELL_KINDS);
    support_add_cases(tc, order_of_the_atoms_does_not_matter, 0, MODELS);
    support_add_cases(tc, rotations_and_wrapping_turn_the_results_with_them, 0, MODELS);
    support_add_cases(tc, threads_change_rounding_only_and_repeat_their_bits, 0, MODELS);
    support_add_cases(tc, ghosts_stand_for_images, 0, MODELS);
    tcase_add_test(tc, atoms_at_the_same_place_are_an_error);
    support_add_cases(tc, a_workspace_serves_neps_and_moment_tensors_in_turns, 0, MODELS);
    tcase_add_test(tc, neps_and_moment_tensors_share_no_block);
    support_add_cases(tc, moments_with_an_arm_are_those_of_the_pairs, 0,
                      (MODELS - FIRST_CHARGED) * NEP_KERNELS);
    suite_add_tcase(suite, tc);
    return suite;
}
