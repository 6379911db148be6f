/* Charges added to a NEP: its numbers stay, a fit finds the charges beside it, one file holds the
 * sum. */
#include "nep_system.h"

#include <lrpot/active_set.h>
#include <lrpot/fit.h>
#include <lrpot/io.h>
#include <unistd.h>

enum { FRAMES = 8, ATOMS = 10, COMPONENTS = 12 };
static const char *const symbols[] = { "Te", "Pb" };

static lrpot_potential *plain_nep(void)
{
    char *path = nep_own_file("nep4_typecut", ".txt");
    lrpot_potential *model = NULL;
    ck_ok(lrpot_potential_load(&model, path));
    free(path);
    return model;
}

static lrpot_potential *with_charges(const lrpot_potential *nep, int32_t kind)
{
    static const double widths[] = { 1.1, 0.9 };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *sum = NULL;
    charge_basis.level = 4, charge_basis.radial_size = 4;
    charge_basis.min_distance = 1.5, charge_basis.cutoff = 4.0;
    options.charge_basis = &charge_basis;
    options.charges = kind;
    if (lrpot_charges_kind_traits(kind) & LRPOT_CHARGES_TAKES_WIDTHS) options.widths = widths;
    ck_ok(lrpot_potential_add_charges(&sum, nep, &options));
    return sum;
}

static lrpot_structure *random_frame(support_random *random)
{
    double charge = 0.0;
    lrpot_structure *s = support_random_structure(random, CELL_TRICLINIC, ATOMS, 2, symbols, 2.0);
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    return s;
}

static void evaluate(const lrpot_potential *model, const lrpot_structure *s, double *energy,
                     double *forces, double *virial)
{
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy, out.forces = forces, out.virial = virial;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(model, work, s, &out));
    lrpot_workspace_free(work);
}

static double *params_of(const lrpot_potential *model, int64_t *n)
{
    *n = lrpot_potential_param_count(model);
    double *params = calloc((size_t)*n + 1, sizeof *params);
    ck_ok(lrpot_potential_get_params(model, *n, params));
    return params;
}

static void set_block(lrpot_potential *model, const char *block, double first, double second)
{
    int64_t n = 0, offset = 0, count = 0;
    double *params = params_of(model, &n);
    const char *name = NULL;
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        if (strcmp(name, block) == 0) params[offset] = first, params[offset + 1] = second;
    ck_ok(lrpot_potential_set_params(model, n, params));
    free(params);
}

/* Frames of the NEP and ions of 0.5 e, with shifted energies of the species. */
static lrpot_fit *fit_of(lrpot_potential *potential, const lrpot_potential *nep, int32_t iterations)
{
    support_random random = { 17 };
    lrpot_potential *truth = with_charges(nep, LRPOT_CHARGES_QRD);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    set_block(truth, "charges.species", 0.5, -0.5);
    set_block(truth, "energy.species", 0.7, -1.3);
    options.max_iterations = iterations, options.regularization = 1e-6;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < FRAMES; f++) {
        lrpot_structure *s = random_frame(&random);
        double energy = 0, forces[3 * ATOMS], virial[9], stress[9];
        evaluate(truth, s, &energy, forces, virial);
        for (int k = 0; k < 9; k++)
            stress[k] = -0.5 * (virial[k] + virial[k % 3 * 3 + k / 3]) / lrpot_structure_volume(s);
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_STRESS, stress));
        ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
        lrpot_structure_free(s);
    }
    lrpot_potential_free(truth);
    return fit;
}

static lrpot_fit_errors errors_of(lrpot_fit *fit)
{
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors));
    return errors;
}

START_TEST(charges_that_were_added_change_nothing_before_a_fit)
{
    lrpot_potential *nep = plain_nep(), *sum = with_charges(nep, _i);
    support_random random = { 3 };
    double energy[2] = { 0 }, forces[2][3 * ATOMS];
    lrpot_structure *s = random_frame(&random);
    evaluate(nep, s, &energy[0], forces[0], NULL);
    evaluate(sum, s, &energy[1], forces[1], NULL);
    ck_close(energy[1], energy[0], 1e-13, fabs(energy[0]));
    for (int x = 0; x < 3 * ATOMS; x++) ck_close(forces[1][x], forces[0][x], 1e-12, 1.0);
    lrpot_structure_free(s);
    lrpot_potential_free(nep);
    lrpot_potential_free(sum);
}
END_TEST

/* Parameters are those of the charges, and the energies of the species. */
START_TEST(gradients_of_the_loss_are_its_slopes)
{
    static const int32_t kinds[] = { LRPOT_CHARGES_EDQRD, LRPOT_CHARGES_LATENT,
                                     LRPOT_CHARGES_EQUILIBRATED };
    lrpot_potential *nep = plain_nep(), *sum = with_charges(nep, kinds[_i]);
    support_random random = { 29 };
    lrpot_fit *fit = fit_of(sum, nep, 10);
    int64_t n = 0, offset = 0, count = 0;
    const char *name = NULL;
    double *params = params_of(sum, &n), *gradient = calloc((size_t)n, sizeof *gradient), loss;
    ck_assert(lrpot_potential_param_block(sum, 0, &name, &offset, &count));
    ck_assert_str_eq(name, "energy.species");
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(lrpot_fit_param_count(fit), n);
    for (int64_t k = 0; k < n; k++) params[k] += support_uniform(&random, 0.0, 0.2);
    ck_ok(lrpot_fit_loss(fit, n, params, &loss, gradient));
    for (int c = 0; c < COMPONENTS; c++) {
        int64_t k = c < 2 ? c : 2 + (n - 3) * (c - 2) / (COMPONENTS - 3);
        double h = 1e-4, kept = params[k], sums[4];
        static const double places[] = { 1, -1, 2, -2 };
        for (int p = 0; p < 4; p++) {
            params[k] = kept + places[p] * h;
            ck_ok(lrpot_fit_loss(fit, n, params, &sums[p], NULL));
        }
        params[k] = kept;
        double slope = (8.0 * (sums[0] - sums[1]) - (sums[2] - sums[3])) / (12.0 * h);
        ck_close(gradient[k], slope, 1e-6, fmax(fabs(slope), 1e-4 * loss));
    }
    free(params);
    free(gradient);
    lrpot_fit_free(fit);
    lrpot_potential_free(nep);
    lrpot_potential_free(sum);
}
END_TEST

START_TEST(a_fit_finds_the_charges_beside_the_nep)
{
    lrpot_potential *nep = plain_nep(), *sum = with_charges(nep, LRPOT_CHARGES_EDQRD);
    lrpot_fit *fit = fit_of(sum, nep, 60);
    lrpot_fit_errors given = errors_of(fit);
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    lrpot_fit_errors left = errors_of(fit);
    const int32_t targets[] = { LRPOT_FIT_ENERGY, LRPOT_FIT_FORCES, LRPOT_FIT_STRESS };
    for (int t = 0; t < 3; t++)
        ck_assert_msg(left.rmse[targets[t]] < 0.05 * given.rmse[targets[t]],
                      "target %d: %g of %g left", targets[t], left.rmse[targets[t]],
                      given.rmse[targets[t]]);
    ck_assert_ptr_null(lrpot_potential_active_set(sum));
    lrpot_fit_free(fit);
    lrpot_potential_free(nep);
    lrpot_potential_free(sum);
}
END_TEST

START_TEST(held_energies_of_the_species_keep_the_whole_short_range_part)
{
    lrpot_potential *nep = plain_nep(), *sum = with_charges(nep, LRPOT_CHARGES_EDQRD);
    lrpot_fit *fit = fit_of(sum, nep, 4);
    support_random random = { 5 };
    lrpot_structure *s = random_frame(&random);
    double energy[2] = { 0 };
    ck_ok(lrpot_fit_hold(fit, "energy.species"));
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    int64_t n = 0;
    double *params = params_of(sum, &n);
    ck_assert(params[0] == 0.0 && params[1] == 0.0);
    for (int64_t k = 0; k < n; k++) params[k] = 0.0;     /* no charges left */
    for (int64_t k = n - 2; k < n; k++) params[k] = 1.0; /* but shares */
    ck_ok(lrpot_potential_set_params(sum, n, params));
    evaluate(nep, s, &energy[0], NULL, NULL);
    evaluate(sum, s, &energy[1], NULL, NULL);
    ck_close(energy[1], energy[0], 1e-13, fabs(energy[0]));
    free(params);
    lrpot_structure_free(s);
    lrpot_fit_free(fit);
    lrpot_potential_free(nep);
    lrpot_potential_free(sum);
}
END_TEST

START_TEST(one_file_holds_the_sum)
{
    lrpot_potential *nep = plain_nep(), *sum = with_charges(nep, LRPOT_CHARGES_LATENT),
                    *back = NULL;
    lrpot_fit *fit = fit_of(sum, nep, 3);
    char path[] = "charges-on-nep-XXXXXX";
    support_random random = { 3 };
    lrpot_structure *s = random_frame(&random);
    double energy[2] = { 0 }, forces[2][3 * ATOMS];
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    close(mkstemp(path));
    ck_ok(lrpot_potential_save(sum, path));
    ck_ok(lrpot_potential_load(&back, path));
    unlink(path);
    evaluate(sum, s, &energy[0], forces[0], NULL);
    evaluate(back, s, &energy[1], forces[1], NULL);
    ck_assert(energy[0] == energy[1]);
    ck_assert_mem_eq(forces[0], forces[1], sizeof forces[0]);
    ck_assert_int_eq(lrpot_potential_save_nep(back, path), LRPOT_E_UNSUPPORTED);
    set_block(back, "energy.species", 0.0, 0.0);
    ck_assert_int_eq(lrpot_potential_save_nep(back, path), LRPOT_E_UNSUPPORTED);
    ck_assert(strstr(lrpot_last_error(), "charges beside the NEP") != NULL);
    lrpot_structure_free(s);
    lrpot_fit_free(fit);
    lrpot_potential_free(nep);
    lrpot_potential_free(sum);
    lrpot_potential_free(back);
}
END_TEST

START_TEST(a_nep_alone_has_nothing_to_fit)
{
    lrpot_potential *nep = plain_nep();
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    ck_assert_int_eq(lrpot_potential_param_count(nep), 0);
    ck_assert_int_eq(lrpot_fit_create(&fit, nep, &options), LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_null(fit);
    lrpot_potential_free(nep);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("charges_on_nep");
    TCase *tcase = tcase_create("unit");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, charges_that_were_added_change_nothing_before_a_fit,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_LATENT + 1);
    support_add_cases(tcase, gradients_of_the_loss_are_its_slopes, 0, 3);
    tcase_add_test(tcase, a_fit_finds_the_charges_beside_the_nep);
    tcase_add_test(tcase, held_energies_of_the_species_keep_the_whole_short_range_part);
    tcase_add_test(tcase, one_file_holds_the_sum);
    tcase_add_test(tcase, a_nep_alone_has_nothing_to_fit);
    suite_add_tcase(suite, tcase);
    return suite;
}
