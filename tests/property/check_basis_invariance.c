/* Operations that must not change the features, forces and virials of the moment tensor basis. */
#include "basis_system.h"

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "core/memory.h"

#include <math.h>

enum { LEVEL = 12 };

static lrpot_structure *transformed(const lrpot_structure *structure, const double *rotation,
                                    const double *shift, const int64_t *order)
{
    int64_t n = lrpot_structure_count(structure);
    const double *from = lrpot_structure_positions_const(structure),
                 *cell = lrpot_structure_cell(structure);
    double *to = malloc((size_t)n * 3 * sizeof *to), turned[9];
    const char **symbols = malloc((size_t)n * sizeof *symbols);
    for (int64_t i = 0; i < n; i++) {
        int64_t source = order != NULL ? order[i] : i;
        symbols[i] = lrpot_structure_symbol(structure, source);
        for (int a = 0; a < 3; a++) {
            to[3 * i + a] = shift != NULL ? shift[a] : 0.0;
            for (int b = 0; b < 3; b++)
                to[3 * i + a] += (rotation != NULL ? rotation[3 * a + b] : a == b)
                                 * from[3 * source + b];
        }
    }
    for (int row = 0; row < 3 && cell != NULL; row++)
        for (int a = 0; a < 3; a++) {
            turned[3 * row + a] = 0;
            for (int b = 0; b < 3; b++)
                turned[3 * row + a] += (rotation != NULL ? rotation[3 * a + b] : a == b)
                                       * cell[3 * row + b];
        }
    lrpot_structure *out = NULL;
    ck_ok(lrpot_structure_create(&out, n, symbols, to, cell != NULL ? turned : NULL,
                                 lrpot_structure_periodic_mask(structure)));
    free(to);
    free(symbols);
    return out;
}

/* Improper or proper by the sign of `mirror`. */
static void random_rotation(support_random *random, double mirror, double *r)
{
    double q[4], norm = 0;
    for (int i = 0; i < 4; i++) {
        q[i] = support_uniform(random, -1, 1);
        norm += q[i] * q[i];
    }
    double w = q[0], x = q[1], y = q[2], z = q[3], s = 2 / norm;
    double m[9] = { 1 - s * (y * y + z * z), s * (x * y - w * z),     s * (x * z + w * y),
                    s * (x * y + w * z),     1 - s * (x * x + z * z), s * (y * z - w * x),
                    s * (x * z - w * y),     s * (y * z + w * x),     1 - s * (x * x + y * y) };
    for (int i = 0; i < 9; i++) r[i] = mirror * m[i];
}

/* The same basis and coefficients on another structure. */
static basis_results results_on(const basis_system *like, lrpot_structure *structure)
{
    basis_system s = *like;
    s.structure = structure;
    s.n = lrpot_structure_count(structure);
    s.species = malloc((size_t)s.n * sizeof *s.species);
    s.weights = malloc((size_t)s.n * sizeof *s.weights);
    for (int64_t i = 0; i < s.n; i++) s.weights[i] = 1.0;
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    ck_ok(lrpot_basis_get_options(s.basis, &options));
    s.atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, options.n_species, basis_symbols, s.species, &s.atoms));
    ck_ok(lrpot_nlist_build(&s.list, &s.atoms, BASIS_CUTOFF, 0.0));
    basis_results r = basis_system_run(&s);
    free(s.species);
    free(s.weights);
    lrpot_nlist_free(s.list);
    return r;
}

static double largest(const double *values, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(values[i]));
    return most;
}

/* Sums with cancellation: what a rotation of the input rounds is amplified with the degree of the
 * polynomials. */
#define TOL_INVARIANCE (50 * TOL_EXACT)

static void make_step(basis_system *s, int kind, int64_t n, int32_t step)
{
    support_random random = { 17 + (uint64_t)kind };
    basis_system_create_step(s, &random, kind, kind == CELL_TINY ? 3 : n, LEVEL, step, 2,
                             LRPOT_KERNEL_AUTO, 1);
    for (int64_t i = 0; i < s->n; i++) s->weights[i] = 1.0;
}

static void make(basis_system *s, int kind, int64_t n)
{
    make_step(s, kind, n, 0);
}

START_TEST(features_are_invariant_and_forces_turn_under_rotation_and_reflection)
{
    basis_system s;
    make_step(&s, _i % CELL_KINDS, 12, _i < CELL_KINDS ? 0 : 2);
    support_random random = { 5 };
    double rotation[9];
    random_rotation(&random, _i % 2 ? -1 : 1, rotation);
    lrpot_structure *other = transformed(s.structure, rotation, NULL, NULL);
    basis_results a = basis_system_run(&s), b = results_on(&s, other);
    int64_t k = lrpot_basis_count(s.basis);
    double feature_scale = largest(a.features, s.n * k),
           force_scale = fmax(largest(a.forces, 3 * s.n), largest(a.values, s.n));
    for (int64_t i = 0; i < s.n * k; i++)
        ck_close(b.features[i], a.features[i], TOL_INVARIANCE, feature_scale);
    for (int64_t i = 0; i < s.n; i++)
        for (int c = 0; c < 3; c++) {
            double turned = 0;
            for (int d = 0; d < 3; d++) turned += rotation[3 * c + d] * a.forces[3 * i + d];
            ck_close(b.forces[3 * i + c], turned, TOL_INVARIANCE, force_scale);
        }
    basis_results_free(&a);
    basis_results_free(&b);
    lrpot_structure_free(other);
    basis_system_free(&s);
}
END_TEST

START_TEST(permutation_of_the_atoms_permutes_the_results)
{
    basis_system s;
    make(&s, _i, 12);
    int64_t order[12], k = lrpot_basis_count(s.basis);
    for (int64_t i = 0; i < s.n; i++) order[i] = (5 * i + 2) % s.n;
    lrpot_structure *other = transformed(s.structure, NULL, NULL, order);
    basis_results a = basis_system_run(&s), b = results_on(&s, other);
    double feature_scale = largest(a.features, s.n * k),
           force_scale = fmax(largest(a.forces, 3 * s.n), largest(a.values, s.n));
    for (int64_t i = 0; i < s.n; i++) {
        for (int64_t f = 0; f < k; f++)
            ck_close(b.features[i * k + f], a.features[order[i] * k + f], TOL_INVARIANCE,
                     feature_scale);
        for (int c = 0; c < 3; c++)
            ck_close(b.forces[3 * i + c], a.forces[3 * order[i] + c], TOL_INVARIANCE, force_scale);
    }
    for (int c = 0; c < 9; c++)
        ck_close(b.virial[c], a.virial[c], TOL_INVARIANCE, largest(a.virial, 9));
    basis_results_free(&a);
    basis_results_free(&b);
    lrpot_structure_free(other);
    basis_system_free(&s);
}
END_TEST

START_TEST(translation_changes_nothing)
{
    basis_system s;
    make(&s, _i, 12);
    double shift[3] = { 1.234, -7.5, 3.25 };
    lrpot_structure *other = transformed(s.structure, NULL, shift, NULL);
    basis_results a = basis_system_run(&s), b = results_on(&s, other);
    double scale = fmax(largest(a.forces, 3 * s.n), largest(a.values, s.n));
    for (int64_t i = 0; i < s.n; i++) ck_close(b.values[i], a.values[i], TOL_INVARIANCE, scale);
    for (int64_t i = 0; i < 3 * s.n; i++) ck_close(b.forces[i], a.forces[i], TOL_INVARIANCE, scale);
    basis_results_free(&a);
    basis_results_free(&b);
    lrpot_structure_free(other);
    basis_system_free(&s);
}
END_TEST

START_TEST(forces_sum_to_zero)
{
    basis_system s;
    make(&s, _i, 12);
    basis_results r = basis_system_run(&s);
    for (int c = 0; c < 3; c++) {
        double sum = 0;
        for (int64_t i = 0; i < s.n; i++) sum += r.forces[3 * i + c];
        ck_close(sum, 0.0, TOL_INVARIANCE, largest(r.forces, 3 * s.n) + largest(r.values, s.n));
    }
    basis_results_free(&r);
    basis_system_free(&s);
}
END_TEST

START_TEST(supercell_repeats_the_results)
{
    static const int32_t repeat[3] = { 2, 1, 3 };
    basis_system s;
    make(&s, _i, 7);
    if (s.atoms.periodic_mask != 0) {
        lrpot_structure *other = NULL;
        ck_ok(lrpot_structure_repeat(&other, s.structure, repeat));
        basis_results a = basis_system_run(&s), b = results_on(&s, other);
        int64_t copies = lrpot_structure_count(other) / s.n;
        double scale = fmax(largest(a.forces, 3 * s.n), largest(a.values, s.n)), sum[2] = { 0, 0 };
        ck_assert_int_eq(copies, 6);
        for (int64_t i = 0; i < copies * s.n; i++) {
            sum[1] += b.values[i];
            if (i < s.n) sum[0] += a.values[i];
        }
        ck_close(sum[1], copies * sum[0], TOL_INVARIANCE, scale * (double)(copies * s.n));
        for (int c = 0; c < 9; c++)
            ck_close(b.virial[c], copies * a.virial[c], TOL_INVARIANCE,
                     largest(a.virial, 9) * copies);
        basis_results_free(&a);
        basis_results_free(&b);
        lrpot_structure_free(other);
    }
    basis_system_free(&s);
}
END_TEST

/* All atoms of the images within the cutoff as ghosts with owners. */
static void with_ghosts(const basis_system *s, lrpot_atoms *atoms, int64_t **owner,
                        int32_t **species)
{
    enum { REACH = 4 };
    int64_t images = (2 * REACH + 1) * (2 * REACH + 1) * (2 * REACH + 1), n = s->n, at = n;
    double *r = malloc((size_t)(images * n) * 3 * sizeof *r);
    const double *cell = s->atoms.cell, *from = s->atoms.positions;
    *owner = malloc((size_t)(images * n) * sizeof **owner);
    *species = malloc((size_t)(images * n) * sizeof **species);
    memcpy(r, from, (size_t)n * 3 * sizeof *r);
    memcpy(*species, s->species, (size_t)n * sizeof **species);
    for (int64_t i = 0; i < n; i++) (*owner)[i] = i;
    for (int x = -REACH; x <= REACH; x++)
        for (int y = -REACH; y <= REACH; y++)
            for (int z = -REACH; z <= REACH; z++)
                for (int64_t i = 0; i < n && (x != 0 || y != 0 || z != 0); i++, at++) {
                    for (int c = 0; c < 3; c++)
                        r[3 * at + c] = from[3 * i + c] + x * cell[c] + y * cell[3 + c]
                                        + z * cell[6 + c];
                    (*owner)[at] = i;
                    (*species)[at] = s->species[i];
                }
    *atoms = s->atoms;
    atoms->n_all = at;
    atoms->positions = r;
    atoms->species = *species;
    atoms->periodic_mask = 0;
}

START_TEST(ghosts_with_owners_act_like_periodic_images)
{
    static const int kinds[] = { CELL_CUBIC, CELL_TRICLINIC };
    basis_system s, g;
    make(&s, kinds[_i], 9);
    int64_t *owner;
    int32_t *species;
    g = s;
    with_ghosts(&s, &g.atoms, &owner, &species);
    ck_ok(lrpot_nlist_build(&g.list, &g.atoms, BASIS_CUTOFF, 0.0));
    basis_results a = basis_system_run(&s), partial = basis_system_run(&g);
    g.atoms.ghost_owner = owner;
    basis_results folded = basis_system_run(&g);
    double scale = fmax(largest(a.forces, 3 * s.n), largest(a.values, s.n)), ghost_force = 0;
    for (int64_t i = 0; i < 3 * s.n; i++) {
        double sum = 0; /* what the host would fold */
        for (int64_t j = 0; j < g.atoms.n_all; j++)
            if (owner[j] == i / 3) sum += partial.forces[3 * j + i % 3];
        ck_close(sum, a.forces[i], TOL_INVARIANCE, scale);
        ck_close(folded.forces[i], a.forces[i], TOL_INVARIANCE, scale);
    }
    for (int64_t i = 0; i < 9 * s.n; i++)
        ck_close(folded.virial_atom[i], a.virial_atom[i], TOL_INVARIANCE,
                 largest(a.virial_atom, 9 * s.n) + scale);
    for (int64_t i = 3 * s.n; i < 3 * g.atoms.n_all; i++) {
        ghost_force = fmax(ghost_force, fabs(partial.forces[i]));
        ck_assert_double_eq(folded.forces[i], 0.0);
    }
    ck_assert_double_gt(ghost_force, 1e-3 * scale);
    for (int c = 0; c < 9; c++)
        ck_close(folded.virial[c], a.virial[c], TOL_INVARIANCE, largest(a.virial, 9));
    basis_results_free(&a);
    basis_results_free(&partial);
    basis_results_free(&folded);
    lrpot_nlist_free(g.list);
    free((void *)(uintptr_t)g.atoms.positions);
    free(owner);
    free(species);
    basis_system_free(&s);
}
END_TEST

START_TEST(threads_change_rounding_at_most_and_repeated_runs_nothing)
{
    static const int32_t kernels[] = { LRPOT_KERNEL_REFERENCE, LRPOT_KERNEL_PORTABLE,
                                       LRPOT_KERNEL_AUTO };
    support_random random = { 23 };
    basis_system s;
    basis_system_create(&s, &random, CELL_CUBIC, 60, LEVEL, 2, kernels[_i], 1);
    basis_results one = basis_system_run(&s);
    double scale = fmax(largest(one.forces, 3 * s.n), largest(one.values, s.n));
    for (int32_t threads = 1; threads <= 5; threads += 2) {
        lrpot_workspace_free(s.work);
        ck_ok(lrpot_workspace_create(&s.work, threads));
        basis_results a = basis_system_run(&s), b = basis_system_run(&s);
        ck_assert_mem_eq(a.forces, b.forces, (size_t)s.n * 3 * sizeof(double));
        ck_assert_mem_eq(a.virial, b.virial, sizeof a.virial);
        ck_assert_mem_eq(a.virial_atom, b.virial_atom, (size_t)s.n * 9 * sizeof(double));
        ck_assert_mem_eq(a.features, one.features,
                         (size_t)(s.n * lrpot_basis_count(s.basis)) * sizeof(double));
        for (int64_t i = 0; i < 3 * s.n; i++)
            ck_close(a.forces[i], one.forces[i], TOL_EXACT, scale);
        basis_results_free(&a);
        basis_results_free(&b);
    }
    basis_results_free(&one);
    basis_system_free(&s);
}
END_TEST

START_TEST(steady_state_allocates_nothing)
{
    static const int32_t kernels[] = { LRPOT_KERNEL_REFERENCE, LRPOT_KERNEL_AUTO };
    support_random random = { 29 };
    basis_system s;
    basis_system_create(&s, &random, CELL_CUBIC, 30, LEVEL, 2, kernels[_i], 1);
    (void)basis_system_energy(&s);
    double forces[90] = { 0 }, virial[9] = { 0 };
    lrpot__request request = { .coefficients = s.coefficients, .forces = forces, .virial = virial };
    ck_ok(lrpot__basis_run(s.basis, s.work, &s.atoms, s.list, &request));
    int64_t before = lrpot__allocation_count();
    for (int step = 0; step < 3; step++)
        ck_ok(lrpot__basis_run(s.basis, s.work, &s.atoms, s.list, &request));
    ck_assert_int_eq(lrpot__allocation_count(), before);
    basis_system_free(&s);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("basis_invariance");
    TCase *tc = tcase_create("invariance");
    tcase_set_timeout(tc, 120);
    support_add_cases(tc, features_are_invariant_and_forces_turn_under_rotation_and_reflection, 0,
                      2 * CELL_KINDS);
    support_add_cases(tc, permutation_of_the_atoms_permutes_the_results, 0, CELL_KINDS);
    support_add_cases(tc, translation_changes_nothing, 0, CELL_KINDS);
    support_add_cases(tc, forces_sum_to_zero, 0, CELL_KINDS);
    support_add_cases(tc, supercell_repeats_the_results, 0, CELL_KINDS);
    support_add_cases(tc, ghosts_with_owners_act_like_periodic_images, 0, 2);
    support_add_cases(tc, threads_change_rounding_at_most_and_repeated_runs_nothing, 0, 3);
    support_add_cases(tc, steady_state_allocates_nothing, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
