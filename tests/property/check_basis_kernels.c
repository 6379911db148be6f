/* The fast kernels give what the reference kernel gives. */
#include "basis_system.h"

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "basis/moments.h"
#include "basis/network.h"
#include "basis/plan/plan_import.h"

#include <math.h>

enum { LEVELS = 11 };

static double largest(const double *values, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(values[i]));
    return most;
}

static void compare(const char *what, const double *values, const double *expected, int64_t n,
                    double scale)
{
    for (int64_t i = 0; i < n; i++)
        ck_assert_msg(fabs(values[i] - expected[i]) <= 1e-12 * scale,
                      "%s %lld = %.17g, expected %.17g, scale %g", what, (long long)i, values[i],
                      expected[i], scale);
}

/* Runs the system with the other kernel and compares everything. */
static void compare_kernel(basis_system *s, int which)
{
    lrpot_basis *reference = s->basis, *other = basis_with_kernel(reference, which);
    if (other == NULL) return;
    int64_t k = lrpot_basis_count(reference), n = s->atoms.n_owned;
    basis_results expected = basis_system_run(s);
    s->basis = other;
    basis_results r = basis_system_run(s);
    s->basis = reference;
    /* A value is a sum of terms that may cancel: their size is the scale. */
    double terms = 0;
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t f = 0; f < k; f++)
            sum += fabs(s->coefficients[f] * expected.features[i * k + f]);
        terms = fmax(terms, sum);
    }
    for (int64_t f = 0; f < k; f++)
        for (int64_t i = 0; i < n; i++)
            compare(
                "feature", r.features + i * k + f, expected.features + i * k + f, 1,
                fmax(fabs(expected.features[i * k + f]), 1e-3 * largest(expected.features, n * k)));
    compare("value", r.values, expected.values, n, terms);
    compare("force", r.forces, expected.forces, 3 * s->atoms.n_all,
            fmax(largest(expected.forces, 3 * s->atoms.n_all), terms));
    compare("virial", r.virial, expected.virial, 9, fmax(largest(expected.virial, 9), terms));
    compare("virial of an atom", r.virial_atom, expected.virial_atom, 9 * s->atoms.n_all,
            fmax(largest(expected.virial_atom, 9 * s->atoms.n_all), terms));
    basis_results_free(&expected);
    basis_results_free(&r);
    lrpot_basis_free(other);
}

START_TEST(kernels_agree_at_every_level)
{
    support_random random = { 3 + (uint64_t)_i };
    basis_system s;
    int level = 2 + 2 * (_i / BASIS_KERNELS);
    basis_system_create(&s, &random, _i % CELL_KINDS, level > 16 ? 9 : 17, level, 1 + _i % 4,
                        LRPOT_KERNEL_REFERENCE, 1);
    compare_kernel(&s, _i % BASIS_KERNELS);
    basis_system_free(&s);
}
END_TEST

START_TEST(kernels_agree_at_other_radial_steps)
{
    static const int32_t levels[] = { 8, 14, 16, 18, 12, 16 }, steps[] = { 2, 2, 2, 2, 1, 5 };
    for (int i = 0; i < 6; i++) {
        support_random random = { 801 + (uint64_t)i };
        basis_system s;
        basis_system_create_step(&s, &random, i % CELL_KINDS, 9, levels[i], steps[i], 1 + i % 4,
                                 LRPOT_KERNEL_REFERENCE, 1);
        compare_kernel(&s, _i);
        basis_system_free(&s);
    }
}
END_TEST

START_TEST(kernels_agree_for_any_number_of_atoms)
{
    for (int64_t n = 1; n <= 20; n++) {
        support_random random = { 101 + (uint64_t)n };
        basis_system s;
        basis_system_create(&s, &random, (int)(n % CELL_KINDS), n, 10, n < 3 ? 1 : 3,
                            LRPOT_KERNEL_REFERENCE, 1);
        compare_kernel(&s, _i);
        basis_system_free(&s);
    }
}
END_TEST

START_TEST(kernels_agree_on_imported_radial_functions)
{
    for (int variant = 1; variant < 4; variant++) {
        support_random random = { 201 + (uint64_t)variant };
        basis_system s;
        basis_system_create(&s, &random, CELL_TRICLINIC, 12, 10, 2, LRPOT_KERNEL_REFERENCE, 1);
        s.basis->no_cutoff_factor = variant & 1;
        s.basis->clamp_below = variant >> 1;
        s.basis->options.min_distance = 2.0; /* some pairs are nearer */
        compare_kernel(&s, _i);
        basis_system_free(&s);
    }
}
END_TEST

START_TEST(kernels_agree_for_other_radial_sizes)
{
    static const int32_t sizes[] = { 2, 3, 5, 9, 12, 20 };
    for (int i = 0; i < 6; i++) {
        support_random random = { 301 + (uint64_t)i };
        lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
        lrpot_basis *basis = NULL;
        options.level = 12;
        options.n_species = 2;
        options.radial_size = sizes[i];
        options.cutoff = BASIS_CUTOFF;
        options.kernel = LRPOT_KERNEL_REFERENCE;
        ck_ok(lrpot_basis_create(&basis, &options));
        basis_system s;
        basis_system_bind(&s, &random,
                          support_random_structure(&random, CELL_CUBIC, 10, 2, basis_symbols, 1.6),
                          basis, 1);
        compare_kernel(&s, _i);
        basis_system_free(&s);
    }
}
END_TEST

/* A file may lack the moments that the trace of another would be, list its basics in another order,
 * or name a scalar twice. */
static lrpot__plan *odd_plan(void)
{
    lrpot__moment basic[] = { { 2, 0, 0, 0 }, { 0, 2, 0, 0 }, { 0, 0, 2, 0 }, { 0, 0, 0, 2 },
                              { 0, 1, 1, 0 }, { 0, 1, 0, 1 }, { 0, 0, 1, 1 }, { 2, 0, 0, 3 } };
    lrpot__product products[] = { { 1, 1, 1, 8 },  { 2, 2, 1, 8 },  { 3, 3, 1, 8 },
                                  { 4, 4, 2, 8 },  { 5, 5, 2, 8 },  { 6, 6, 2, 8 }, /* M:M */
                                  { 8, 0, 3, 9 },  { 7, 7, 1, 10 }, { 0, 0, 1, 11 },
                                  { 9, 9, 1, 12 }, { 8, 0, 1, 13 }, { 0, 0, 2, 13 } };
    int32_t scalars[] = { 10, 8, 10, 0, 9, 13, 12 };
    lrpot__plan tables = { .n_basic = 8,
                           .n_moments = 14,
                           .n_products = 12,
                           .n_scalars = 7,
                           .basic = basic,
                           .products = products,
                           .scalars = scalars };
    lrpot__plan *plan = NULL;
    ck_ok(lrpot__plan_import(&plan, &tables));
    return plan;
}

START_TEST(kernels_agree_on_odd_tables)
{
    support_random random = { 401 };
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    options.n_species = 2;
    options.cutoff = BASIS_CUTOFF;
    options.kernel = LRPOT_KERNEL_REFERENCE;
    ck_ok(lrpot__basis_create_with_plan(&basis, &options, odd_plan()));
    basis_system s;
    basis_system_bind(&s, &random,
                      support_random_structure(&random, CELL_CUBIC, 10, 2, basis_symbols, 1.6),
                      basis, 1);
    compare_kernel(&s, _i);
    basis_system_free(&s);
}
END_TEST

START_TEST(coefficients_of_the_atoms_act_like_common_ones)
{
    for (int which = -1; which < BASIS_KERNELS; which++) {
        support_random random = { 501 };
        basis_system s;
        basis_system_create(&s, &random, CELL_NEEDLE, 13, 12, 2, LRPOT_KERNEL_REFERENCE, 1);
        int64_t k = lrpot_basis_count(s.basis);
        lrpot_basis *reference = s.basis,
                    *other = which < 0 ? s.basis : basis_with_kernel(s.basis, which);
        basis_results expected = basis_system_run(&s);
        double *spread = malloc((size_t)(s.n * k) * sizeof *spread),
               *forces = calloc((size_t)s.n * 3, sizeof *forces);
        double *values = calloc((size_t)s.n, sizeof *values),
               *weighted = malloc((size_t)(s.n * k) * sizeof *weighted);
        for (int64_t i = 0; i < s.n * k; i++) {
            spread[i] = s.coefficients[i % k];
            weighted[i] = s.weights[i / k] * spread[i];
        }
        lrpot__request values_only = { .atom_coefficients = spread, .values = values },
                       pull = { .atom_coefficients = weighted, .forces = forces };
        if (other != NULL) {
            ck_ok(lrpot__basis_run(other, s.work, &s.atoms, s.list, &values_only));
            ck_ok(lrpot__basis_run(other, s.work, &s.atoms, s.list, &pull));
            compare("value", values, expected.values, s.n,
                    largest(expected.values, s.n) + largest(expected.forces, 3 * s.n));
            compare("force", forces, expected.forces, 3 * s.n, largest(expected.forces, 3 * s.n));
            if (other != reference) lrpot_basis_free(other);
        }
        basis_results_free(&expected);
        free(spread);
        free(weighted);
        free(forces);
        free(values);
        basis_system_free(&s);
    }
}
END_TEST

START_TEST(networks_act_like_coefficients_of_the_atoms_at_their_features)
{
    static const int32_t widths[2] = { 5, 3 };
    for (int which = -1; which < BASIS_KERNELS; which++) {
        support_random random = { 701 };
        basis_system s;
        basis_system_create(&s, &random, CELL_NEEDLE, 13, 12, 2, LRPOT_KERNEL_REFERENCE, 1);
        int64_t k = lrpot_basis_count(s.basis);
        lrpot_basis *reference = s.basis,
                    *other = which < 0 ? s.basis : basis_with_kernel(s.basis, which);
        lrpot__network *network = NULL;
        s.atoms.total_charge = 0.8;
        ck_ok(lrpot__network_create(&network, k, 2, 2, widths, 1));
        for (int64_t w = 0; w < lrpot__network_count(network); w++)
            network->weights[w] = support_uniform(&random, -0.3, 0.3);
        double *features = calloc((size_t)(s.n * k), sizeof *features),
               *rows = calloc((size_t)(s.n * k), sizeof *rows);
        double *values = calloc((size_t)s.n, sizeof *values),
               *forces = calloc((size_t)s.n * 3, sizeof *forces),
               *expected = calloc((size_t)s.n * 4, sizeof *expected);
        ck_ok(lrpot_basis_eval(reference, s.work, &s.atoms, s.list, features));
        for (int64_t i = 0; i < s.n; i++) {
            for (int64_t c = 0; c < k; c++) {
                rows[i * k + c] = s.coefficients[c];
                expected[i] += s.coefficients[c] * features[i * k + c];
            }
            expected[i] += lrpot__network_run(network, 1, s.species[i], features + i * k, 0.8, 1.0,
                                              rows + i * k);
        }
        lrpot__request given = { .atom_coefficients = rows,
                                 .weights = s.weights,
                                 .forces = expected + s.n };
        lrpot__request request = { .coefficients = s.coefficients,
                                   .network = network,
                                   .output = 1,
                                   .weights = s.weights,
                                   .values = values,
                                   .forces = forces };
        ck_ok(lrpot__basis_run(reference, s.work, &s.atoms, s.list, &given));
        if (other != NULL) {
            ck_ok(lrpot__basis_run(other, s.work, &s.atoms, s.list, &request));
            compare("value", values, expected, s.n,
                    largest(expected, s.n) + largest(expected + s.n, 3 * s.n));
            compare("force", forces, expected + s.n, 3 * s.n, largest(expected + s.n, 3 * s.n));
            if (other != reference) lrpot_basis_free(other);
        }
        double *blocks[5] = { features, rows, values, forces, expected };
        for (int b = 0; b < 5; b++) free(blocks[b]);
        lrpot__network_free(network);
        basis_system_free(&s);
    }
}
END_TEST

START_TEST(forces_with_an_arm_are_the_virials_of_the_atoms_along_it)
{
    static const double arm[3] = { 0.7, -0.4, 1.1 };
    for (int which = -1; which < BASIS_KERNELS; which++) {
        support_random random = { 601 };
        basis_system s;
        basis_system_create(&s, &random, CELL_TRICLINIC, 13, 12, 2, LRPOT_KERNEL_REFERENCE, 1);
        lrpot_basis *reference = s.basis,
                    *other = which < 0 ? s.basis : basis_with_kernel(s.basis, which);
        basis_results expected = basis_system_run(&s);
        double *forces = calloc((size_t)s.n * 3, sizeof *forces),
               *along = calloc((size_t)s.n * 3, sizeof *along),
               *twice = calloc((size_t)s.n, sizeof *twice);
        for (int64_t k = 0; k < 9 * s.n; k++)
            along[3 * (k / 9) + k % 3] += arm[k % 9 / 3] * expected.virial_atom[k];
        lrpot__request request = {
            .coefficients = s.coefficients, .weights = s.weights, .forces = forces, .lever_arm = arm
        };
        if (other != NULL) {
            ck_ok(lrpot__basis_run(other, s.work, &s.atoms, s.list, &request));
            compare("force", forces, along, 3 * s.n, largest(expected.virial_atom, 9 * s.n));
            /* a second adjoint, of twice the weights, shares the pass */
            for (int64_t i = 0; i < s.n; i++) twice[i] = 2.0 * s.weights[i];
            for (int64_t k = 0; k < 3 * s.n; k++) along[k] += 2.0 * expected.forces[k];
            memset(forces, 0, (size_t)s.n * 3 * sizeof *forces);
            request.offsets = twice;
            ck_ok(lrpot__basis_run(other, s.work, &s.atoms, s.list, &request));
            compare("forces of both", forces, along, 3 * s.n, largest(along, 3 * s.n));
            if (other != reference) lrpot_basis_free(other);
        }
        basis_results_free(&expected);
        free(forces);
        free(along);
        free(twice);
        basis_system_free(&s);
    }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("basis_kernels");
    TCase *tc = tcase_create("kernels");
    tcase_set_timeout(tc, 120);
    support_add_cases(tc, kernels_agree_at_every_level, 0, LEVELS * BASIS_KERNELS);
    support_add_cases(tc, kernels_agree_at_other_radial_steps, 0, BASIS_KERNELS);
    support_add_cases(tc, kernels_agree_for_any_number_of_atoms, 0, BASIS_KERNELS);
    support_add_cases(tc, kernels_agree_on_imported_radial_functions, 0, BASIS_KERNELS);
    support_add_cases(tc, kernels_agree_for_other_radial_sizes, 0, BASIS_KERNELS);
    support_add_cases(tc, kernels_agree_on_odd_tables, 0, BASIS_KERNELS);
    tcase_add_test(tc, coefficients_of_the_atoms_act_like_common_ones);
    tcase_add_test(tc, networks_act_like_coefficients_of_the_atoms_at_their_features);
    tcase_add_test(tc, forces_with_an_arm_are_the_virials_of_the_atoms_along_it);
    suite_add_tcase(suite, tc);
    return suite;
}
