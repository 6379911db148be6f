/* Charges for a model without them, such as an imported .mtp: the short-range part is the model's,
 * a fit holds it or starts from it. */
#include "models.h"
#include "support.h"

#include <unistd.h>

enum { FRAMES = 8, ATOMS = 10 };

/* level of the energy basis; the options point to the bases */
static lrpot_potential_options options_of(int32_t kind, int32_t level, lrpot_basis_options bases[2])
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    for (int b = 0; b < 2; b++) {
        bases[b] = (lrpot_basis_options)LRPOT_BASIS_OPTIONS_INIT;
        bases[b].level = b == 0 ? level : 4;
        bases[b].radial_size = 4;
        bases[b].min_distance = 1.5;
        bases[b].cutoff = 4.0;
    }
    options.symbols = model_symbols;
    options.n_species = 2;
    options.basis = &bases[0];
    options.charge_basis = &bases[1];
    options.charges = kind;
    return options;
}

/* A random model without charges, written as .mtp and read again: its basis has no level. */
static lrpot_potential *imported_model(void)
{
    lrpot_basis_options bases[2];
    lrpot_potential_options options = options_of(LRPOT_CHARGES_NONE, 6, bases);
    lrpot_potential *written = NULL, *read = NULL;
    char path[] = "add-charges-XXXXXX";
    int file = mkstemp(path);
    support_random random = { 5 };
    ck_assert_int_ge(file, 0);
    close(file);
    ck_ok(lrpot_potential_create(&written, &options));
    int64_t n = lrpot_potential_param_count(written);
    double *params = calloc((size_t)n, sizeof *params);
    ck_ok(lrpot_potential_get_params(written, n, params));
    for (int64_t k = 0; k < n; k++) params[k] += support_uniform(&random, -0.02, 0.02);
    ck_ok(lrpot_potential_set_params(written, n, params));
    ck_ok(lrpot_potential_save_mtp(written, path));
    ck_ok(lrpot_potential_load(&read, path));
    ck_ok(lrpot_potential_set_symbols(read, 2, model_symbols));
    lrpot_potential_free(written);
    free(params);
    unlink(path);
    return read;
}

static lrpot_potential *with_charges(const lrpot_potential *model, int32_t kind)
{
    lrpot_basis_options bases[2];
    /* the level of the energy is not used */
    lrpot_potential_options options = options_of(kind, 2, bases);
    lrpot_potential *sum = NULL;
    ck_ok(lrpot_potential_add_charges(&sum, model, &options));
    return sum;
}

/* Copies the parameters of the blocks energy.*; returns their number. */
static int64_t energy_part(const lrpot_potential *model, double *out)
{
    int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0, used = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(model, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        if (strncmp(name, "energy.", 7) == 0) {
            memcpy(out + used, params + offset, (size_t)count * sizeof *out);
            used += count;
        }
    free(params);
    return used;
}

static void evaluate(const lrpot_potential *model, const lrpot_structure *s, double *energy,
                     double *forces)
{
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy, out.forces = forces;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(model, work, s, &out));
    lrpot_workspace_free(work);
}

/* Frames of the imported model and ions of 0.5 e, whose sum is 0: the charges have to find them. */
static lrpot_fit *fit_of(lrpot_potential *potential, const lrpot_potential *base,
                         int32_t iterations)
{
    support_random random = { 17 };
    lrpot_potential *truth = with_charges(base, LRPOT_CHARGES_QRD);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    int64_t n = lrpot_potential_param_count(truth), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(truth, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(truth, b, &name, &offset, &count); b++)
        if (strcmp(name, "charges.species") == 0) params[offset] = 0.5, params[offset + 1] = -0.5;
    ck_ok(lrpot_potential_set_params(truth, n, params));
    options.max_iterations = iterations, options.regularization = 1e-6;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < FRAMES; f++) {
        lrpot_structure *s =
            support_random_structure(&random, CELL_TRICLINIC, ATOMS, 2, model_symbols, 2.0);
        double energy = 0, charge = 0, forces[3 * ATOMS];
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
        evaluate(truth, s, &energy, forces);
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
        ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
        lrpot_structure_free(s);
    }
    free(params);
    lrpot_potential_free(truth);
    return fit;
}

static double forces_error(lrpot_fit *fit)
{
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors));
    return errors.rmse[LRPOT_FIT_FORCES];
}

static void mark_energy(lrpot_fit *fit, const lrpot_potential *model, int held)
{
    int64_t offset = 0, count = 0;
    const char *name = NULL;
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        if (strncmp(name, "energy.", 7) == 0)
            ck_ok(held ? lrpot_fit_hold(fit, name) : lrpot_fit_keep(fit, name));
}

START_TEST(charges_that_were_added_change_nothing_before_a_fit)
{
    lrpot_potential *base = imported_model(), *sum = with_charges(base, _i);
    support_random random = { 3 };
    double energy[2] = { 0 }, forces[2][3 * ATOMS];
    lrpot_structure *s =
        support_random_structure(&random, CELL_TRICLINIC, ATOMS, 2, model_symbols, 2.0);
    double charge = 0;
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    evaluate(base, s, &energy[0], forces[0]);
    evaluate(sum, s, &energy[1], forces[1]);
    ck_close(energy[1], energy[0], 1e-13, fabs(energy[0]));
    for (int x = 0; x < 3 * ATOMS; x++) ck_close(forces[1][x], forces[0][x], 1e-12, 1.0);
    lrpot_structure_free(s);
    lrpot_potential_free(base);
    lrpot_potential_free(sum);
}
END_TEST

START_TEST(a_held_short_range_part_keeps_its_bits_while_errors_fall)
{
    double before[200], after[200];
    lrpot_potential *base = imported_model(), *sum = with_charges(base, LRPOT_CHARGES_EDQRD);
    int64_t n = energy_part(base, before);
    lrpot_fit *fit = fit_of(sum, base, 40);
    double given = forces_error(fit);
    mark_energy(fit, sum, 1);
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_assert_int_eq(energy_part(sum, after), n);
    ck_assert_mem_eq(before, after, (size_t)n * sizeof *before);
    /* the truth is within reach: what is left are the steps of the fit */
    ck_assert_msg(forces_error(fit) < 0.02 * given, "%g of %g eV/A are left", forces_error(fit),
                  given);
    lrpot_fit_free(fit);
    lrpot_potential_free(base);
    lrpot_potential_free(sum);
}
END_TEST

START_TEST(a_kept_short_range_part_moves_and_ends_no_worse)
{
    double before[200], after[200], errors[3];
    for (int run = 0; run < 2; run++) {
        lrpot_potential *base = imported_model(), *sum = with_charges(base, LRPOT_CHARGES_EDQRD);
        int64_t n = energy_part(base, before);
        lrpot_fit *fit = fit_of(sum, base, run == 0 ? 1 : 40);
        errors[0] = forces_error(fit);
        mark_energy(fit, sum, 0);
        ck_ok(lrpot_fit_run(fit, NULL, NULL));
        errors[1 + run] = forces_error(fit);
        ck_assert_int_eq(energy_part(sum, after), n);
        if (run == 1) ck_assert_mem_ne(before, after, (size_t)n * sizeof *before);
        lrpot_fit_free(fit);
        lrpot_potential_free(base);
        lrpot_potential_free(sum);
    }
    ck_assert_msg(errors[1] <= errors[0] * (1 + 1e-9), "%g eV/A given, %g after one iteration",
                  errors[0], errors[1]);
    ck_assert_msg(errors[2] < 0.05 * errors[0], "%g of %g eV/A are left", errors[2], errors[0]);
}
END_TEST

START_TEST(what_cannot_be_added_is_refused)
{
    lrpot_potential *base = imported_model(), *sum = with_charges(base, LRPOT_CHARGES_EDQ),
                    *none = NULL;
    lrpot_basis_options bases[2];
    lrpot_potential_options options = options_of(LRPOT_CHARGES_EDQ, 6, bases);
    lrpot_fit_options settings = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    ck_assert_int_eq(lrpot_potential_add_charges(&none, sum, &options), LRPOT_E_ARGUMENT);
    options.charges = LRPOT_CHARGES_NONE;
    ck_assert_int_eq(lrpot_potential_add_charges(&none, base, &options), LRPOT_E_ARGUMENT);
    options.charges = 99;
    ck_assert_int_eq(lrpot_potential_add_charges(&none, base, &options), LRPOT_E_ARGUMENT);
    options.struct_size = 8;
    ck_assert_int_eq(lrpot_potential_add_charges(&none, base, &options), LRPOT_E_SIZE);
    ck_assert_int_eq(lrpot_potential_add_charges(&none, NULL, &options), LRPOT_E_NULL);
    ck_assert_ptr_null(none);
    ck_ok(lrpot_fit_create(&fit, sum, &settings));
    ck_assert_int_eq(lrpot_fit_keep(fit, "energy.cubic"), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_fit_keep(fit, NULL), LRPOT_E_NULL);
    lrpot_fit_free(fit);
    lrpot_potential_free(base);
    lrpot_potential_free(sum);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("add_charges");
    TCase *tcase = tcase_create("add_charges");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, charges_that_were_added_change_nothing_before_a_fit,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_LATENT + 1);
    tcase_add_test(tcase, a_held_short_range_part_keeps_its_bits_while_errors_fall);
    tcase_add_test(tcase, a_kept_short_range_part_moves_and_ends_no_worse);
    tcase_add_test(tcase, what_cannot_be_added_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
