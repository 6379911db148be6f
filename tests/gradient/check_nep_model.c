/* A nep.txt behind the public calls that all models have: features and their adjoint, charges,
 * field, currents, phonons, potential at points, copies, and refusals by name. */
#include "support.h"

#include <lrpot/lrpot.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 12, MOST = 32 };

typedef struct {
    lrpot_potential *model;
    lrpot_workspace *work;
    lrpot_structure *structure;
    lrpot_atoms atoms;
    lrpot_nlist *list;
    int64_t n;
    int32_t species[MOST];
    double r[3 * MOST], direction[3 * MOST];
} system_of;

static lrpot_potential *load(const char *relative)
{
    lrpot_potential *model = NULL;
    char *path = support_source(relative);
    ck_ok(lrpot_potential_load(&model, path));
    free(path);
    return model;
}

static lrpot_potential *load_test_model(const char *name)
{
    char relative[128];
    snprintf(relative, sizeof relative, "tests/reference/data/nep/%s.txt", name);
    return load(relative);
}

static void open_system(system_of *s, lrpot_potential *model, int kind, uint64_t seed)
{
    support_random random = { seed };
    *s = (system_of){ .model = model, .atoms = LRPOT_ATOMS_INIT, .n = N };
    s->structure = support_random_structure(&random, kind, N, lrpot_potential_species_count(model),
                                            lrpot_potential_symbols(model), 1.8);
    ck_ok(lrpot_workspace_create(&s->work, 2));
    ck_ok(lrpot_structure_view(s->structure, lrpot_potential_species_count(model),
                               lrpot_potential_symbols(model), s->species, &s->atoms));
    memcpy(s->r, s->atoms.positions, sizeof(double) * 3 * N);
    s->atoms.positions = s->r;
    for (int k = 0; k < 3 * N; k++) s->direction[k] = support_uniform(&random, -1, 1);
    ck_ok(lrpot_nlist_build(&s->list, &s->atoms, lrpot_potential_cutoff(model), 0.1));
}

static void close_system(system_of *s)
{
    lrpot_potential_free(s->model);
    lrpot_workspace_free(s->work);
    lrpot_structure_free(s->structure);
    lrpot_nlist_free(s->list);
}

/* A weighted sum of features or charges along the direction of a system. */
typedef struct {
    system_of *s;
    const double *weights;
    double start[3 * N];
    int charges;
} probe;

static double weighted(double x, void *ctx)
{
    probe *p = ctx;
    double values[2 * MOST], sum = 0.0;
    int64_t count = p->charges ? N : N * lrpot_basis_count(lrpot_potential_basis(p->s->model));
    for (int k = 0; k < 3 * N; k++) p->s->r[k] = p->start[k] + x * p->s->direction[k];
    ck_ok(lrpot_nlist_rebuild(p->s->list, &p->s->atoms));
    if (p->charges)
        ck_ok(lrpot_charges_eval(lrpot_potential_charges(p->s->model), p->s->work, &p->s->atoms,
                                 p->s->list, NULL, values));
    else
        ck_ok(lrpot_basis_eval(lrpot_potential_basis(p->s->model), p->s->work, &p->s->atoms,
                               p->s->list, values));
    for (int64_t k = 0; k < count; k++) sum += p->weights[k] * values[k];
    return sum;
}

/* forces are -d/dr of the weighted sum. */
static void compare_adjoint(system_of *s, const double *weights, int charges, const double *forces)
{
    probe p = { .s = s, .weights = weights, .charges = charges };
    double along = 0.0, scale = 1.0;
    memcpy(p.start, s->r, sizeof p.start);
    for (int k = 0; k < 3 * N; k++) {
        along -= forces[k] * s->direction[k];
        scale += fabs(forces[k]);
    }
    ck_close(support_difference(weighted, &p, 0.0, 2e-4), along, TOL_FD, scale);
    memcpy(s->r, p.start, sizeof p.start);
    ck_ok(lrpot_nlist_rebuild(s->list, &s->atoms));
}

static const char *const names[] = { "nep4_typecut", "nep4_zbl_charge1", "nep4_zbl_charge2",
                                     "nep4_zbl_charge3" };
enum { NAMES = sizeof names / sizeof names[0], FIRST_CHARGED = 1 };

START_TEST(features_are_outputs_with_an_adjoint)
{
    system_of s;
    support_random random = { 5 };
    double weights[2 * N], forces[3 * N] = { 0.0 };
    open_system(&s, load_test_model(names[_i]), CELL_TRICLINIC, 3);
    const lrpot_basis *basis = lrpot_potential_basis(s.model);
    ck_assert_str_eq(lrpot_basis_descriptor(basis), "neuroevolution potential (NEP)");
    ck_assert_int_eq(lrpot_basis_count(basis), _i < FIRST_CHARGED ? 1 : 2);
    for (int k = 0; k < 2 * N; k++) weights[k] = support_uniform(&random, -1, 1);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    ck_ok(lrpot_basis_pull(basis, s.work, &s.atoms, s.list, weights, &out));
    compare_adjoint(&s, weights, 0, forces);
    close_system(&s);
}
END_TEST

START_TEST(charges_follow_with_the_total_kept)
{
    system_of s;
    support_random random = { 6 };
    double weights[N], forces[3 * N] = { 0.0 }, q[N], sum = 0.0;
    open_system(&s, load_test_model(names[_i]), CELL_TRICLINIC, 4);
    s.atoms.total_charge = -0.4;
    for (int k = 0; k < N; k++) weights[k] = support_uniform(&random, -1, 1);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    const lrpot_charges *charges = lrpot_potential_charges(s.model);
    ck_ok(lrpot_charges_pull(charges, s.work, &s.atoms, s.list, NULL, weights, &out));
    ck_ok(lrpot_charges_eval(charges, s.work, &s.atoms, s.list, NULL, q));
    for (int i = 0; i < N; i++) sum += q[i];
    ck_close(sum, -0.4, 1e-14, 1.0);
    compare_adjoint(&s, weights, 1, forces);
    close_system(&s);
}
END_TEST

/* Force of a field: sum_a E_a Z[a][b] times the root of eps_inf, that of the file or the one given;
 * current: sum Z v. In crystals and in isolated systems. */
START_TEST(field_and_current_are_those_of_the_born_charges)
{
    lrpot_field field = LRPOT_FIELD_INIT;
    field.value[0] = 0.3, field.value[1] = -0.2, field.value[2] = 0.5;
    double Z[9 * N], forces[3 * N], plain[3 * N], current[3], expected[3] = { 0.0, 0.0, 0.0 };
    system_of s;
    open_system(&s, load_test_model(names[FIRST_CHARGED + _i % 3]),
                _i < 3 ? CELL_TRICLINIC : CELL_NONE, 7);
    ck_ok(lrpot_response_born_charges(s.model, s.work, &s.atoms, s.list, LRPOT_BORN_UNFOLDED, Z,
                                      NULL));
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    ck_ok(lrpot_response_field_forces(s.model, s.work, &s.atoms, s.list, NULL, &field, &out));
    for (int a = 0; a < 3; a++) field.eps_inf[4 * a] = 1.0;
    out.forces = plain;
    ck_ok(lrpot_response_field_forces(s.model, s.work, &s.atoms, s.list, NULL, &field, &out));
    ck_ok(lrpot_response_current(s.model, s.work, &s.atoms, s.list, NULL, s.direction, NULL,
                                 current));
    const double root = sqrt(lrpot_potential_epsilon_infinity(s.model));
    for (int i = 0; i < N; i++)
        for (int b = 0; b < 3; b++) {
            double force = 0.0;
            for (int a = 0; a < 3; a++) {
                force += field.value[a] * Z[9 * i + 3 * a + b];
                expected[a] += Z[9 * i + 3 * a + b] * s.direction[3 * i + b];
            }
            ck_close(forces[3 * i + b], root * force, 1e-12, 10.0);
            ck_close(plain[3 * i + b], force, 1e-12, 10.0);
        }
    for (int a = 0; a < 3; a++) ck_close(current[a], expected[a], 1e-12, 10.0);
    close_system(&s);
}
END_TEST

/* 2 ions of rock salt: the dynamical matrix at wave vector 0 from differences of forces. */
START_TEST(phonons_at_gamma_are_differences_of_forces)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double h = 2.8, step = 1e-4;
    const double cell[9] = { 0, h, h, h, 0, h, h, h, 0 }, start[6] = { 0, 0, 0, h, h, h },
                 wave[3] = { 0, 0, 0 };
    double matrix[72], forces[4][6];
    lrpot_potential *model = load("examples/data/nacl_nep.txt");
    lrpot_workspace *work = NULL;
    lrpot_structure *structure = NULL;
    lrpot_phonons *phonons = NULL;
    ck_ok(lrpot_potential_set_accuracy(model, 1e-11));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_create(&structure, 2, symbols, start, cell, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_phonons_create(&phonons, model, work, structure, 0));
    ck_ok(lrpot_phonons_matrix(phonons, work, wave, NULL, matrix));
    for (int k = 0; k < 6; k++) {
        for (int side = 0; side < 4; side++) {
            static const double steps[4] = { -2, -1, 1, 2 };
            lrpot_outputs out = LRPOT_OUTPUTS_INIT;
            out.forces = forces[side];
            lrpot_structure_positions(structure)[k] = start[k] + steps[side] * step;
            ck_ok(lrpot_potential_compute_structure(model, work, structure, &out));
        }
        lrpot_structure_positions(structure)[k] = start[k];
        for (int l = 0; l < 6; l++) {
            double found = -(forces[0][l] - 8 * forces[1][l] + 8 * forces[2][l] - forces[3][l])
                           / (12 * step);
            ck_close(matrix[2 * (6 * k + l)], found, 1e-6, 1.0);
            ck_close(matrix[2 * (6 * k + l) + 1], 0.0, 1e-10, 1.0);
        }
    }
    lrpot_phonons_free(phonons);
    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
}
END_TEST

/* The Coulomb constant of the programs that fit NEPs, at a point outside of an isolated system. */
START_TEST(potential_at_points_has_the_constant_of_the_model)
{
    static const double point[3] = { 40, -30, 25 };
    double q[N], value, expected = 0.0;
    system_of s;
    open_system(&s, load_test_model("nep4_zbl_charge1"), CELL_NONE, 8);
    ck_ok(lrpot_charges_eval(lrpot_potential_charges(s.model), s.work, &s.atoms, s.list, NULL, q));
    ck_ok(lrpot_potential_points(s.model, s.work, &s.atoms, s.list, 1, point, &value));
    for (int i = 0; i < N; i++) {
        double square = 0.0;
        for (int a = 0; a < 3; a++) square += pow(point[a] - s.r[3 * i + a], 2);
        expected += 14.399645 * q[i] / sqrt(square);
    }
    ck_close(value, expected, 1e-12, 1.0);
    ck_close(pow(lrpot_potential_charge_unit(s.model), 2), 14.399645 / LRPOT_COULOMB_CONSTANT,
             1e-15, 1.0);
    close_system(&s);
}
END_TEST

static double energy_of(const lrpot_potential *model, lrpot_workspace *work,
                        const lrpot_structure *structure, double *forces)
{
    double energy = 0.0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.forces = forces;
    ck_ok(lrpot_potential_compute_structure(model, work, structure, &out));
    return energy;
}

/* Conventions go along with a copy, which outlives its original; a workspace has no memory. */
START_TEST(copies_and_used_workspaces_give_the_same_bits)
{
    double forces[4][3 * N], energies[4];
    lrpot_potential *copy = NULL, *other = load("examples/data/rocksalt.json");
    lrpot_workspace *used = NULL;
    lrpot_structure *salt = NULL;
    char *path = support_source("examples/data/rattled.xyz");
    system_of s;
    open_system(&s, load_test_model(names[_i]), CELL_TRICLINIC, 9);
    ck_ok(lrpot_structure_read(&salt, path, 0));
    if (_i == FIRST_CHARGED) {
        ck_ok(lrpot_nep_set_sum(s.model, LRPOT_NEP_SUM_AS_FITTED));
        ck_ok(lrpot_nep_set_forces(s.model, LRPOT_NEP_FORCES_PLAIN));
    }
    ck_ok(lrpot_workspace_create(&used, 2));
    energies[0] = energy_of(s.model, s.work, s.structure, forces[0]);
    ck_ok(lrpot_potential_clone(&copy, s.model));
    lrpot_potential_free(s.model);
    s.model = copy;
    energies[1] = energy_of(copy, s.work, s.structure, forces[1]);
    (void)energy_of(other, used, salt, NULL);
    energies[2] = energy_of(copy, used, s.structure, forces[2]);
    ck_assert_int_eq(memcmp(forces[0], forces[1], sizeof forces[0]), 0);
    ck_assert_int_eq(memcmp(forces[0], forces[2], sizeof forces[0]), 0);
    ck_assert(energies[0] == energies[1] && energies[0] == energies[2]);
    lrpot_workspace_free(used);
    lrpot_structure_free(salt);
    lrpot_potential_free(other);
    free(path);
    close_system(&s);
}
END_TEST

static void refused(lrpot_status status)
{
    ck_assert_int_eq(status, LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "needs moment tensors"));
}

START_TEST(what_needs_moment_tensors_says_so)
{
    lrpot_potential *model = load_test_model(names[_i]);
    lrpot_active_set *set = NULL;
    lrpot_fit *fit = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    double nothing = 0.0;
    ck_assert_int_eq(lrpot_potential_param_count(model), 0);
    ck_assert_int_eq(lrpot_potential_param_block(model, 0, NULL, NULL, NULL), 0);
    ck_ok(lrpot_potential_get_params(model, 0, &nothing));
    ck_assert_ptr_null(lrpot_basis_radial(lrpot_potential_basis(model)));
    ck_assert_ptr_null(lrpot_potential_active_set(model));
    refused(lrpot_potential_set_params(model, 0, &nothing));
    refused(lrpot_active_set_create(&set, model));
    refused(lrpot_active_set_create_kind(&set, model, 0, 10));
    refused(lrpot_fit_create(&fit, model, &options));
    refused(lrpot_potential_save_mtp(model, "never_written.mtp"));
    lrpot_potential_free(model);
}
END_TEST

START_TEST(what_needs_a_nep_says_so)
{
    double Z[9 * 64];
    lrpot_potential *other = load("examples/data/rocksalt.json"), *plain = load_test_model("nep5"),
                    *damped = load_test_model("nep4_zbl_charge3");
    lrpot_workspace *work = NULL;
    lrpot_structure *salt = NULL;
    lrpot_phonons *phonons = NULL;
    char *path = support_source("examples/data/rattled.xyz"),
         *frame = support_source("tests/reference/data/nep/nep4_zbl_charge3.xyz");
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_read(&salt, path, 0));
    ck_assert_int_eq(
        lrpot_response_born_charges_structure(other, work, salt, LRPOT_BORN_MIDPOINT, Z, NULL),
        LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_nep_set_sum(other, 0), LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_nep_set_forces(plain, 0), LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_nep_set_sum(damped, 2), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_nep_set_forces(damped, -1), LRPOT_E_ARGUMENT);
    ck_assert(lrpot_potential_epsilon_infinity(other) == 0.0);
    ck_assert(lrpot_potential_epsilon_infinity(damped) > 0.0);
    lrpot_structure_free(salt);
    ck_ok(lrpot_structure_read(&salt, frame, 0));
    ck_assert_int_eq(lrpot_phonons_create(&phonons, damped, work, salt, 0), LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "damped Coulomb pairs"));
    lrpot_structure_free(salt);
    lrpot_workspace_free(work);
    lrpot_potential_free(other);
    lrpot_potential_free(plain);
    lrpot_potential_free(damped);
    free(path);
    free(frame);
}
END_TEST

/* A rank of a parallel host may own nothing. */
START_TEST(no_atoms_are_no_error)
{
    lrpot_potential *model = load_test_model("nep4_typecut");
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    double energy = 1.0, r[3] = { 0, 0, 0 };
    int32_t species = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.forces = r;
    atoms.positions = r, atoms.species = &species;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(model), 0));
    ck_ok(lrpot_potential_compute(model, work, &atoms, list, NULL, &out));
    ck_assert(energy == 0.0);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nep_model");
    TCase *tc = tcase_create("model");
    support_add_cases(tc, features_are_outputs_with_an_adjoint, 0, NAMES);
    support_add_cases(tc, charges_follow_with_the_total_kept, FIRST_CHARGED, NAMES);
    support_add_cases(tc, field_and_current_are_those_of_the_born_charges, 0, 6);
    tcase_add_test(tc, phonons_at_gamma_are_differences_of_forces);
    tcase_add_test(tc, potential_at_points_has_the_constant_of_the_model);
    support_add_cases(tc, copies_and_used_workspaces_give_the_same_bits, 0, NAMES);
    support_add_cases(tc, what_needs_moment_tensors_says_so, 0, NAMES);
    tcase_add_test(tc, what_needs_a_nep_says_so);
    tcase_add_test(tc, no_atoms_are_no_error);
    suite_add_tcase(suite, tc);
    return suite;
}
