/* Creating bases, and what they refuse. */
#include "basis_system.h"

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "basis/radial.h"

#include <math.h>

static lrpot_basis_options options_of(int32_t level)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    options.level = level;
    options.n_species = 2;
    options.cutoff = BASIS_CUTOFF;
    return options;
}

START_TEST(defaults_are_filled_in)
{
    lrpot_basis_options options = options_of(12), used = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    ck_ok(lrpot_basis_create(&basis, &options));
    ck_ok(lrpot_basis_get_options(basis, &used));
    ck_assert_int_eq(used.radial_size, 8);
    ck_assert_int_eq(used.radial_step, 4);
    ck_assert_double_eq(used.scaling, 1.0);
    ck_assert_int_ge(used.kernel, LRPOT_KERNEL_PORTABLE);
    ck_assert_int_eq(lrpot_basis_count(basis), 29);
    ck_assert_int_eq(lrpot_basis_radial_functions(basis), 3);
    lrpot_basis_free(basis);
    lrpot_basis_free(NULL);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    static const lrpot_status expected[] = { LRPOT_E_ARGUMENT,   LRPOT_E_ARGUMENT, LRPOT_E_ARGUMENT,
                                             LRPOT_E_ARGUMENT,   LRPOT_E_ARGUMENT, LRPOT_E_ARGUMENT,
                                             LRPOT_E_NOT_FINITE, LRPOT_E_SIZE,     LRPOT_E_ARGUMENT,
                                             LRPOT_E_ARGUMENT,   LRPOT_E_ARGUMENT };
    lrpot_basis_options options = options_of(8);
    switch (_i) {
    case 0: options.level = 9; break;
    case 1: options.level = 30; break;
    case 2: options.n_species = 0; break;
    case 3: options.radial_size = 1; break;
    case 4: options.min_distance = options.cutoff; break;
    case 5: options.kernel = 17; break;
    case 6: options.cutoff = NAN; break;
    case 7: options.struct_size = 8; break;
    case 8: options.radial_step = -1; break;
    case 9: options.radial_step = 9; break;
    default: options.min_distance = -1; break;
    }
    lrpot_basis *basis = NULL;
    ck_assert_int_eq(lrpot_basis_create(&basis, &options), expected[_i]);
    ck_assert_ptr_null(basis);
}
END_TEST

START_TEST(a_smaller_radial_step_gives_more_radial_functions)
{
    static const int32_t steps[] = { 0, 4, 2 }, functions[] = { 92, 92, 244 },
                         radial[] = { 4, 4, 8 };
    for (int i = 0; i < 3; i++) {
        lrpot_basis_options options = options_of(16), used = LRPOT_BASIS_OPTIONS_INIT;
        lrpot_basis *basis = NULL;
        options.radial_step = steps[i];
        ck_ok(lrpot_basis_create(&basis, &options));
        ck_ok(lrpot_basis_get_options(basis, &used));
        ck_assert_int_eq(used.radial_step, i < 2 ? 4 : 2);
        ck_assert_int_eq(lrpot_basis_count(basis), functions[i]);
        ck_assert_int_eq(lrpot_basis_radial_functions(basis), radial[i]);
        lrpot_basis_free(basis);
    }
}
END_TEST

START_TEST(radial_coefficients_start_near_one_polynomial_each_and_can_be_replaced)
{
    lrpot_basis_options options = options_of(16);
    lrpot_basis *basis = NULL;
    ck_ok(lrpot_basis_create(&basis, &options));
    const double *c = lrpot_basis_radial(basis);
    for (int pair = 0; pair < 4; pair++)
        for (int mu = 0; mu < 4; mu++)
            for (int b = 0; b < 8; b++)
                ck_assert_double_le(fabs(c[(pair * 4 + mu) * 8 + b] - (b == mu)), 0.1);
    double other[4 * 4 * 8];
    for (int i = 0; i < 4 * 4 * 8; i++) other[i] = i;
    ck_ok(lrpot_basis_set_radial(basis, other));
    ck_assert_double_eq(lrpot_basis_radial(basis)[77], 77.0);
    other[5] = INFINITY;
    ck_assert_int_eq(lrpot_basis_set_radial(basis, other), LRPOT_E_NOT_FINITE);
    ck_assert_double_eq(lrpot_basis_radial(basis)[5], 5.0);
    lrpot_basis_free(basis);
}
END_TEST

START_TEST(clone_gives_the_same_features)
{
    support_random random = { 41 };
    basis_system s;
    basis_system_create(&s, &random, CELL_TRICLINIC, 9, 10, 2, LRPOT_KERNEL_AUTO, 1);
    lrpot_basis *clone = NULL, *original = s.basis;
    ck_ok(lrpot__basis_clone(&clone, original));
    basis_results a = basis_system_run(&s);
    s.basis = clone;
    basis_results b = basis_system_run(&s);
    ck_assert_mem_eq(a.features, b.features,
                     (size_t)(s.n * lrpot_basis_count(clone)) * sizeof(double));
    basis_results_free(&a);
    basis_results_free(&b);
    lrpot_basis_free(original);
    basis_system_free(&s);
}
END_TEST

START_TEST(radial_polynomials_have_their_derivatives)
{
    support_random random = { 43 };
    lrpot_basis *basis = basis_random(&random, 4, 1, LRPOT_KERNEL_REFERENCE);
    double q[32], dq[32], high[32], low[32], unused[32];
    for (int variant = 0; variant < 4; variant++) {
        basis->no_cutoff_factor = variant & 1;
        basis->clamp_below = variant >> 1;
        for (double r = 0.9; r < BASIS_CUTOFF; r += 0.17) {
            lrpot__radial_polynomials(basis, r, q, dq);
            lrpot__radial_polynomials(basis, r + 1e-5, high, unused);
            lrpot__radial_polynomials(basis, r - 1e-5, low, unused);
            for (int b = 0; b < 8; b++) ck_close((high[b] - low[b]) / 2e-5, dq[b], TOL_FD, 20.0);
            if (basis->clamp_below && r < 1.19) ck_assert_double_eq(dq[3], 0.0);
        }
    }
    lrpot_basis_free(basis);
}
END_TEST

START_TEST(an_atom_alone_has_no_features_and_no_force)
{
    static const int32_t kernels[] = { LRPOT_KERNEL_REFERENCE, LRPOT_KERNEL_PORTABLE,
                                       LRPOT_KERNEL_AUTO };
    support_random random = { 47 };
    const char *symbols[2] = { "Na", "Cl" };
    const double positions[6] = { 0, 0, 0, 20, 0, 0 };
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, 2, symbols, positions, NULL, 0));
    basis_system s;
    basis_system_bind(&s, &random, structure, basis_random(&random, 12, 2, kernels[_i]), 1);
    basis_results r = basis_system_run(&s);
    for (int64_t i = 0; i < 2 * lrpot_basis_count(s.basis); i++)
        ck_assert_double_eq(r.features[i], 0.0);
    for (int i = 0; i < 6; i++) ck_assert_double_eq(r.forces[i], 0.0);
    for (int i = 0; i < 2; i++) ck_assert_double_eq(r.values[i], 0.0);
    basis_results_free(&r);
    basis_system_free(&s);
}
END_TEST

START_TEST(no_atoms_at_all_are_fine)
{
    lrpot_basis_options options = options_of(8);
    lrpot_basis *basis = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    double virial[9] = { 0 };
    const int64_t offsets[1] = { 0 };
    ck_ok(lrpot_basis_create(&basis, &options));
    ck_ok(lrpot_workspace_create(&work, 2));
    ck_ok(lrpot_nlist_wrap_csr(&list, 0, offsets, NULL, NULL, BASIS_CUTOFF));
    double coefficients[9] = { 1 };
    lrpot__request request = { .coefficients = coefficients, .virial = virial };
    ck_ok(lrpot__basis_run(basis, work, &atoms, list, &request));
    for (int i = 0; i < 9; i++) ck_assert_double_eq(virial[i], 0.0);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_basis_free(basis);
}
END_TEST

/* Three atoms with a list of the caller's, so that it can be wrong. */
static lrpot_status run_lent(const double *positions, const int32_t *species, double list_cutoff,
                             double coefficient, int32_t kernel)
{
    static const int64_t offsets[4] = { 0, 2, 4, 6 };
    static const int32_t j[6] = { 1, 2, 0, 2, 0, 1 };
    lrpot_basis_options options = options_of(8);
    options.kernel = kernel;
    lrpot_basis *basis = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = 3;
    atoms.positions = positions;
    atoms.species = species;
    ck_ok(lrpot_basis_create(&basis, &options));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_nlist_wrap_csr(&list, 3, offsets, j, NULL, list_cutoff));
    double weights[3 * 9], forces[9] = { 7, 7, 7, 7, 7, 7, 7, 7, 7 };
    int64_t count = lrpot_basis_count(basis);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    ck_assert_int_le(3 * count, 3 * 9);
    for (int64_t k = 0; k < 3 * count; k++) weights[k] = (double)(k % count);
    weights[2] = coefficient;
    out.forces = forces;
    lrpot_status status = lrpot_basis_pull(basis, work, &atoms, list, weights, &out);
    for (int i = 0; i < 9 && status != LRPOT_OK; i++) ck_assert_double_eq(forces[i], 7.0);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_basis_free(basis);
    return status;
}

START_TEST(wrong_input_is_refused_and_outputs_stay)
{
    static const int32_t kernels[] = { LRPOT_KERNEL_REFERENCE, LRPOT_KERNEL_PORTABLE,
                                       LRPOT_KERNEL_AUTO };
    const double good[9] = { 0, 0, 0, 2, 0, 0, 0, 2, 0 }, same[9] = { 0, 0, 0, 2, 0, 0, 2, 0, 0 },
                 nan[9] = { 0, 0, 0, NAN, 0, 0, 0, 2, 0 };
    const int32_t species[3] = { 0, 1, 0 }, unknown[3] = { 0, 2, 0 };
    int32_t kernel = kernels[_i];
    ck_ok(run_lent(good, species, BASIS_CUTOFF, 0.0, kernel));
    ck_assert_int_eq(run_lent(same, species, BASIS_CUTOFF, 0.0, kernel), LRPOT_E_COINCIDENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "atoms 1 and 2"));
    ck_assert_int_eq(run_lent(nan, species, BASIS_CUTOFF, 0.0, kernel), LRPOT_E_NOT_FINITE);
    ck_assert_int_eq(run_lent(good, unknown, BASIS_CUTOFF, 0.0, kernel), LRPOT_E_SPECIES);
    ck_assert_int_eq(run_lent(good, species, BASIS_CUTOFF - 1, 0.0, kernel), LRPOT_E_CUTOFF);
    ck_assert_int_eq(run_lent(good, species, BASIS_CUTOFF, INFINITY, kernel), LRPOT_E_NOT_FINITE);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("basis");
    TCase *tc = tcase_create("basis");
    tcase_add_test(tc, defaults_are_filled_in);
    tcase_add_test(tc, a_smaller_radial_step_gives_more_radial_functions);
    support_add_cases(tc, wrong_options_are_refused, 0, 11);
    tcase_add_test(tc, radial_coefficients_start_near_one_polynomial_each_and_can_be_replaced);
    tcase_add_test(tc, clone_gives_the_same_features);
    tcase_add_test(tc, radial_polynomials_have_their_derivatives);
    support_add_cases(tc, an_atom_alone_has_no_features_and_no_force, 0, 3);
    tcase_add_test(tc, no_atoms_at_all_are_fine);
    support_add_cases(tc, wrong_input_is_refused_and_outputs_stay, 0, 3);
    suite_add_tcase(suite, tc);
    return suite;
}
