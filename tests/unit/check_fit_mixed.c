/* Fits to data that are not all alike: sources that disagree, targets that some frames lack,
 * weights, and what is known beforehand. */
#include "models.h"
#include "support.h"

#define FRAMES 16
#define ATOMS 8

static lrpot_potential *small_model(int32_t kind, int32_t channels)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    charges.channels = channels;
    options.basis = options.charge_basis = &basis;
    options.symbols = model_symbols;
    options.n_species = 2;
    basis.level = 4;
    basis.radial_size = 4;
    basis.min_distance = 1.5;
    basis.cutoff = 4.0;
    options.charges = kind;
    options.charge_options = &charges;
    ck_ok(lrpot_potential_create(&potential, &options));
    return potential;
}

static void set_block(lrpot_potential *potential, const char *wanted, const double *values,
                      int64_t n_values)
{
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        if (strcmp(name, wanted) == 0)
            memcpy(params + offset, values, (size_t)n_values * sizeof *values);
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
}

/* Rigid ions with a pair repulsion. */
static lrpot_potential *true_model(double charge)
{
    const double repulsion = 0.05, charges[2] = { charge, -charge };
    lrpot_potential *truth = small_model(LRPOT_CHARGES_QRD, 0);
    set_block(truth, "energy.linear", &repulsion, 1);
    set_block(truth, "charges.species", charges, 2);
    return truth;
}

static lrpot_structure *labelled_structure(support_random *random, const lrpot_potential *truth,
                                           int cell, const double offsets[2])
{
    lrpot_structure *s = support_random_structure(random, cell, ATOMS, 2, model_symbols, 2.0);
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, forces[3 * ATOMS], charge = 0;
    out.energy = &energy, out.forces = forces;
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(truth, work, s, &out));
    for (int i = 0; i < ATOMS; i++)
        energy += offsets[strcmp(lrpot_structure_symbol(s, i), model_symbols[1]) == 0];
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
    lrpot_workspace_free(work);
    return s;
}

static lrpot_fit *new_fit(lrpot_potential *potential, int32_t targets, int32_t flags)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.seed = 1, options.threads = 2, options.max_iterations = 40,
    options.regularization = 1e-6;
    options.targets = targets, options.flags = flags;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    return fit;
}

static void add_structures(lrpot_fit *fit, support_random *random, const lrpot_potential *truth,
                           const double offsets[2])
{
    static const double none[2] = { 0, 0 };
    for (int f = 0; f < FRAMES; f++) {
        lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
        how.source = f % 3 == 1, how.set = f < FRAMES - 4 ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID;
        lrpot_structure *s = labelled_structure(random, truth, f % 2 ? CELL_NONE : CELL_TRICLINIC,
                                                how.source ? offsets : none);
        ck_ok(lrpot_fit_add_frame(fit, s, &how));
        lrpot_structure_free(s);
    }
}

START_TEST(two_sources_of_different_zeros_give_one_model_and_their_difference)
{
    support_random random = { 41 };
    const double offsets[2] = { 0.7, -1.9 };
    lrpot_potential *truth = true_model(0.8), *potential = small_model(LRPOT_CHARGES_QRD, 0);
    lrpot_fit *fit = new_fit(potential, 0, 0);
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    double found[2];
    add_structures(fit, &random, truth, offsets);
    ck_assert_int_eq(lrpot_fit_param_count(fit), lrpot_potential_param_count(potential) + 2);
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_fit_offsets(fit, 1, 2, found));
    for (int z = 0; z < 2; z++) ck_close(found[z], offsets[z], 1e-3, 1.0);
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &errors));
    ck_assert_msg(errors.rmse[LRPOT_FIT_ENERGY] < 1e-3 && errors.rmse[LRPOT_FIT_FORCES] < 2e-3,
                  "%g eV/atom, %g eV/A", errors.rmse[LRPOT_FIT_ENERGY],
                  errors.rmse[LRPOT_FIT_FORCES]);
    ck_assert_int_eq(lrpot_fit_offsets(fit, 2, 2, found), LRPOT_E_ARGUMENT);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    lrpot_potential_free(truth);
}
END_TEST

START_TEST(frames_may_lack_targets_when_that_is_allowed)
{
    support_random random = { 42 };
    static const double none[2] = { 0, 0 };
    lrpot_potential *potential = true_model(0.5);
    lrpot_structure *s = labelled_structure(&random, potential, CELL_NONE, none);
    const int32_t targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES
                            | LRPOT_FIT_TARGET_DIPOLE;
    lrpot_fit *strict = new_fit(potential, targets, 0),
              *lenient = new_fit(potential, targets, LRPOT_FIT_SKIP_MISSING);
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
    ck_assert_int_eq(lrpot_fit_add_frame(strict, s, &how), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "dipole"));
    ck_ok(lrpot_fit_add_frame(lenient, s, &how));
    how.target_weights[0] = how.target_weights[3] =
        -1; /* no energy, no dipole: then it lacks nothing */
    ck_ok(lrpot_fit_add_frame(strict, s, &how));
    ck_ok(lrpot_fit_errors_of(strict, LRPOT_FIT_TRAIN, &errors));
    ck_assert_int_eq(errors.n[LRPOT_FIT_ENERGY], 0);
    ck_assert_int_eq(errors.n[LRPOT_FIT_FORCES], 3 * ATOMS);
    lrpot_fit_free(strict);
    lrpot_fit_free(lenient);
    lrpot_structure_free(s);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(the_weight_of_a_target_multiplies_its_squares)
{
    support_random random = { 43 };
    static const double none[2] = { 0, 0 };
    lrpot_potential *truth = true_model(0.5), *potential = small_model(LRPOT_CHARGES_QRD, 0);
    lrpot_structure *s = labelled_structure(&random, truth, CELL_NONE, none);
    int64_t n = lrpot_potential_param_count(potential);
    double *params = calloc((size_t)n, sizeof *params), losses[3];
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int k = 0; k < 3; k++) { /* both once, energy three times, forces three times */
        lrpot_fit *fit = new_fit(potential, 0, 0);
        lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
        if (k > 0) how.target_weights[k - 1] = 3;
        ck_ok(lrpot_fit_add_frame(fit, s, &how));
        ck_ok(lrpot_fit_loss(fit, n, params, &losses[k], NULL));
        lrpot_fit_free(fit);
    }
    ck_assert(losses[1] > losses[0] && losses[2] > losses[0]);
    ck_close(losses[1] - losses[0] + losses[2] - losses[0], 2 * losses[0], TOL_EXACT, losses[0]);
    free(params);
    lrpot_structure_free(s);
    lrpot_potential_free(truth);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(held_charges_of_species_stay_while_the_environment_adds_to_them)
{
    support_random random = { 44 };
    static const double none[2] = { 0, 0 }, baseline[2] = { 0.8, -0.8 };
    lrpot_potential *truth = true_model(0.8), *potential = small_model(LRPOT_CHARGES_LATENT, 2);
    lrpot_fit *fit = NULL;
    int64_t n = lrpot_charges_param_count(lrpot_potential_charges(potential));
    double *params = calloc((size_t)n, sizeof *params), moved = 0;
    set_block(potential, "charges.species", baseline, 2);
    fit = new_fit(potential, 0, 0);
    ck_ok(lrpot_fit_hold(fit, "charges.species"));
    ck_assert_int_eq(lrpot_fit_hold(fit, "charges.hardness"), LRPOT_E_ARGUMENT);
    add_structures(fit, &random, truth, none);
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_charges_get_params(lrpot_potential_charges(potential), n, params));
    for (int z = 0; z < 2; z++)
        ck_assert_double_eq(params[n - 4 + z], baseline[z]); /* two channels of b are the last */
    for (int64_t k = 0; k < n - 4; k++) moved = fmax(moved, fabs(params[k]));
    ck_assert(moved > 0.01);
    free(params);
    lrpot_fit_free(fit);
    lrpot_potential_free(truth);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(reference_charges_tell_the_sign_without_being_a_target)
{
    support_random random = { 45 };
    static const double none[2] = { 0, 0 };
    lrpot_potential *truth = true_model(-0.8), *potential = small_model(LRPOT_CHARGES_QRD, 0);
    lrpot_fit *fit = new_fit(potential, 0, 0);
    double charges[ATOMS], params[4];
    for (int f = 0; f < FRAMES; f++) {
        lrpot_structure *s =
            labelled_structure(&random, truth, f % 2 ? CELL_NONE : CELL_TRICLINIC, none);
        for (int i = 0; i < ATOMS; i++)
            charges[i] = strcmp(lrpot_structure_symbol(s, i), "Na") == 0
                             ? -1
                             : 1; /* against electronegativity */
        if (_i) ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_CHARGES, charges));
        ck_ok(lrpot_fit_add(fit, s, f < FRAMES - 4 ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, 1));
        lrpot_structure_free(s);
    }
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_charges_get_params(lrpot_potential_charges(potential), 4, params));
    ck_close(0.5 * (params[0] - params[1]), _i ? -0.8 : 0.8, 5e-3, 1.0);
    lrpot_fit_free(fit);
    lrpot_potential_free(truth);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_mixed");
    TCase *tcase = tcase_create("fit_mixed");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, two_sources_of_different_zeros_give_one_model_and_their_difference);
    tcase_add_test(tcase, frames_may_lack_targets_when_that_is_allowed);
    tcase_add_test(tcase, the_weight_of_a_target_multiplies_its_squares);
    tcase_add_test(tcase, held_charges_of_species_stay_while_the_environment_adds_to_them);
    support_add_cases(tcase, reference_charges_tell_the_sign_without_being_a_target, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
