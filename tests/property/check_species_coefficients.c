/* Models with linear coefficients of each species: with equal rows they are the models with common
 * ones, and rows act on their own species alone. */
#include "models.h"

enum { N_ATOMS = 9 };

typedef struct {
    double energy, energy_atom[N_ATOMS], forces[3 * N_ATOMS], virial[9], charges[N_ATOMS],
        born[9 * N_ATOMS];
} results;

static results results_of(const lrpot_potential *potential, const lrpot_structure *structure)
{
    results r = { 0 };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_workspace *work = NULL;
    int32_t kind = lrpot_charges_kind(lrpot_potential_charges(potential));
    out.energy = &r.energy, out.energy_atom = r.energy_atom, out.forces = r.forces,
    out.virial = r.virial, out.charges = r.charges;
    ck_ok(lrpot_workspace_create(&work, 2));
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    if (kind != LRPOT_CHARGES_NONE)
        ck_ok(lrpot_response_born_charges_structure(
            potential, work, structure,
            kind == LRPOT_CHARGES_EQUILIBRATED ? LRPOT_BORN_PHASE : LRPOT_BORN_UNFOLDED, r.born,
            NULL));
    lrpot_workspace_free(work);
    return r;
}

static void ck_same(const double *a, const double *b, int64_t n)
{
    for (int64_t k = 0; k < n; k++) ck_close(a[k], b[k], TOL_REF, models_largest(b, n));
}

static void ck_same_results(const results *a, const results *b)
{
    ck_same(&a->energy, &b->energy, 1);
    ck_same(a->energy_atom, b->energy_atom, N_ATOMS);
    ck_same(a->forces, b->forces, 3 * N_ATOMS);
    ck_same(a->virial, b->virial, 9);
    ck_same(a->charges, b->charges, N_ATOMS);
    ck_same(a->born, b->born, 9 * N_ATOMS);
}

static int64_t block_of(const lrpot_potential *potential, const char *wanted, int64_t *count)
{
    const char *name = NULL;
    int64_t offset = 0;
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, count); b++)
        if (strcmp(name, wanted) == 0) return offset;
    *count = 0;
    return -1;
}

static int64_t features_of(const lrpot_basis *basis)
{
    return basis != NULL ? lrpot_basis_count(basis) : 0;
}

static double *params_of(const lrpot_potential *potential)
{
    double *params = calloc((size_t)lrpot_potential_param_count(potential), sizeof *params);
    ck_ok(lrpot_potential_get_params(potential, lrpot_potential_param_count(potential), params));
    return params;
}

/* Copies blocks that both have in the same shape; those of coefficients row by row for each
 * species. */
static void copy_params(const lrpot_potential *common, lrpot_potential *own)
{
    const char *name = NULL;
    double *from = params_of(common), *to = params_of(own);
    int64_t offset = 0, count = 0, size = 0;
    for (int32_t b = 0; lrpot_potential_param_block(own, b, &name, &offset, &count); b++) {
        int64_t source = block_of(common, name, &size), k = size;
        if (strcmp(name, "energy.linear") == 0) k = features_of(lrpot_potential_basis(own));
        if (strcmp(name, "charges.linear") == 0)
            k = features_of(lrpot_charges_basis(lrpot_potential_charges(own)));
        if (count == size) memcpy(to + offset, from + source, (size_t)count * sizeof *to);
        else ck_assert_int_eq(count, MODEL_SPECIES * size);
        for (int64_t row = 0; count != size && row < count / k; row++)
            memcpy(to + offset + row * k, from + source + row / MODEL_SPECIES * k,
                   (size_t)k * sizeof *to);
    }
    ck_ok(lrpot_potential_set_params(own, lrpot_potential_param_count(own), to));
    free(from);
    free(to);
}

START_TEST(equal_rows_are_common_coefficients)
{
    support_random random = { 60 + (uint64_t)_i };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.tolerance = 1e-12;
    lrpot_potential *common = models_random_with(&random, _i, &charges);
    charges.flags = LRPOT_CHARGES_OWN_COEFFICIENTS;
    lrpot_potential *own = models_random_own(&random, _i, &charges, 1);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0.3);
    copy_params(common, own);
    results a = results_of(common, structure), b = results_of(own, structure);
    ck_same_results(&b, &a);
    lrpot_structure_free(structure);
    lrpot_potential_free(common);
    lrpot_potential_free(own);
}
END_TEST

START_TEST(a_row_acts_on_its_own_species_alone)
{
    support_random random = { 80 };
    lrpot_potential *potential = models_random_species(&random, LRPOT_CHARGES_NONE);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0.0);
    int64_t n = lrpot_potential_param_count(potential), count = 0,
            at = block_of(potential, "energy.linear", &count);
    int64_t features = features_of(lrpot_potential_basis(potential));
    double *params = params_of(potential);
    ck_assert_int_eq(count, MODEL_SPECIES * features);
    results before = results_of(potential, structure);
    for (int64_t k = 0; k < features; k++)
        params[at + features + k] *= 1.5; /* of the second species */
    ck_ok(lrpot_potential_set_params(potential, n, params));
    results after = results_of(potential, structure);
    int32_t seen = 0;
    for (int64_t i = 0; i < N_ATOMS; i++) {
        int moved = fabs(after.energy_atom[i] - before.energy_atom[i]) > 1e-6;
        int second = strcmp(lrpot_structure_symbol(structure, i), model_symbols[1]) == 0;
        ck_assert_int_eq(moved, second);
        seen += second;
    }
    ck_assert(seen > 0 && seen < N_ATOMS);
    free(params);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(kernels_and_threads_agree)
{
    static const int32_t kernels[3] = { LRPOT_KERNEL_PORTABLE, LRPOT_KERNEL_AVX2,
                                        LRPOT_KERNEL_AVX512 };
    lrpot_structure *structure = NULL;
    results expected = { 0 };
    for (int k = -1; k < 3; k++) {
        support_random random = { 90 };
        lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
        lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
        lrpot_potential *potential = NULL;
        options.basis = &basis;
        options.symbols = model_symbols;
        options.n_species = MODEL_SPECIES;
        basis.level = 12;
        basis.kernel = k < 0 ? LRPOT_KERNEL_REFERENCE : kernels[k];
        options.species_coefficients = 1;
        lrpot_status status = lrpot_potential_create(&potential, &options);
        if (status == LRPOT_E_UNSUPPORTED) continue; /* not on this processor */
        ck_ok(status);
        models_randomise(&random, potential);
        if (structure == NULL)
            structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0.0);
        results r = results_of(potential, structure);
        if (k < 0) expected = r;
        else ck_same_results(&r, &expected);
        lrpot_potential_free(potential);
    }
    lrpot_structure_free(structure);
}
END_TEST

START_TEST(a_choice_that_does_not_exist_is_refused)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    options.symbols = model_symbols, options.n_species = MODEL_SPECIES;
    options.species_coefficients = 2;
    ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "species_coefficients = 2"));
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("species_coefficients");
    TCase *tcase = tcase_create("species_coefficients");
    support_add_cases(tcase, equal_rows_are_common_coefficients, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    tcase_add_test(tcase, a_row_acts_on_its_own_species_alone);
    tcase_add_test(tcase, kernels_and_threads_agree);
    tcase_add_test(tcase, a_choice_that_does_not_exist_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
