/* Promises of a fit beside numbers: it recovers a model, repeats itself, keeps its best state,
 * and refuses what it cannot do. */
#include "models.h"
#include "support.h"

#define FRAMES 8
#define ATOMS 10

/* A small model of two species; the same call gives the same kind of model for the truth and for
 * the fit. */
static lrpot_potential *small_model(int32_t kind)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    options.basis = options.charge_basis = &basis;
    options.symbols = model_symbols;
    options.n_species = 2;
    basis.level = 4;
    basis.radial_size = 4;
    basis.min_distance = 1.5;
    basis.cutoff = 4.0;
    options.charges = kind;
    ck_ok(lrpot_potential_create(&potential, &options));
    return potential;
}

static lrpot_structure *labelled_structure(support_random *random, const lrpot_potential *truth,
                                           int cell)
{
    lrpot_structure *s = support_random_structure(random, cell, ATOMS, 2, model_symbols, 2.0);
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, forces[3 * ATOMS], virial[9], stress[9], charge = 0;
    out.energy = &energy, out.forces = forces, out.virial = virial;
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(truth, work, s, &out));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
    if (cell != CELL_NONE) {
        for (int k = 0; k < 9; k++) stress[k] = -virial[k] / lrpot_structure_volume(s);
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_STRESS, stress));
    }
    lrpot_workspace_free(work);
    return s;
}

/* A fit to data of a model of its own kind: two rigid ions with a pair repulsion. */
static lrpot_fit *fit_to_frames_of_ions(lrpot_potential *potential, int frames, int64_t seed,
                                        int32_t iterations)
{
    support_random random = { 17 };
    lrpot_potential *truth = small_model(LRPOT_CHARGES_QRD);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    int64_t n = lrpot_potential_param_count(truth), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(truth, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(truth, b, &name, &offset, &count); b++) {
        if (strcmp(name, "energy.linear") == 0) params[offset] = 0.05;
        if (strcmp(name, "charges.species") == 0) params[offset] = 0.8, params[offset + 1] = -0.8;
    }
    ck_ok(lrpot_potential_set_params(truth, n, params));
    options.seed = seed, options.threads = 2, options.max_iterations = iterations,
    options.regularization = 1e-6;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < frames; f++) {
        lrpot_structure *s = labelled_structure(&random, truth, f % 2 ? CELL_NONE : CELL_TRICLINIC);
        ck_ok(lrpot_fit_add(fit, s, f < frames - 2 ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, 1));
        lrpot_structure_free(s);
    }
    free(params);
    lrpot_potential_free(truth);
    return fit;
}

static lrpot_fit *fit_to_rigid_ions(lrpot_potential *potential, int64_t seed, int32_t iterations)
{
    return fit_to_frames_of_ions(potential, FRAMES, seed, iterations);
}

START_TEST(charges_are_recovered_from_energies_forces_and_stresses)
{
    lrpot_potential *potential = small_model(LRPOT_CHARGES_QRD);
    lrpot_fit *fit = fit_to_rigid_ions(potential, 1, 60);
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &errors));
    ck_assert_msg(errors.rmse[LRPOT_FIT_FORCES] < 2e-3, "validation forces %g eV/A",
                  errors.rmse[LRPOT_FIT_FORCES]);
    int64_t n = lrpot_charges_param_count(lrpot_potential_charges(potential));
    double params[4];
    ck_assert_int_eq(n, 4);
    ck_ok(lrpot_charges_get_params(lrpot_potential_charges(potential), n, params));
    ck_close(0.5 * (params[0] - params[1]), 0.8, 5e-3, 1.0);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_bits)
{
    double *results[2] = { NULL, NULL };
    int64_t n = 0;
    for (int run = 0; run < 2; run++) {
        lrpot_potential *potential = small_model(LRPOT_CHARGES_EDQRD);
        lrpot_fit *fit = fit_to_rigid_ions(potential, 5, 4);
        ck_ok(lrpot_fit_run(fit, NULL, NULL));
        n = lrpot_potential_param_count(potential);
        results[run] = calloc((size_t)n, sizeof(double));
        ck_ok(lrpot_potential_get_params(potential, n, results[run]));
        lrpot_fit_free(fit);
        lrpot_potential_free(potential);
    }
    ck_assert_mem_eq(results[0], results[1], (size_t)n * sizeof(double));
    free(results[0]);
    free(results[1]);
}
END_TEST

static int32_t stop_at_three(void *ctx, const lrpot_fit_progress *progress)
{
    double *best = ctx;
    if (progress->valid->rmse[LRPOT_FIT_FORCES] < best[0])
        best[0] = progress->valid->rmse[LRPOT_FIT_FORCES];
    return ++best[1] >= 12;
}

START_TEST(an_interrupted_fit_keeps_its_best_state_and_resumes)
{
    lrpot_potential *potential = small_model(LRPOT_CHARGES_QRD);
    lrpot_fit *fit = fit_to_rigid_ions(potential, 2, 60);
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    double best[2] = { 1e9, 0 };
    ck_assert_int_eq(lrpot_fit_run(fit, stop_at_three, best), LRPOT_E_INTERRUPTED);
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &errors));
    ck_assert_msg(errors.rmse[LRPOT_FIT_FORCES] < 3 * best[0], "%g eV/A kept, %g seen",
                  errors.rmse[LRPOT_FIT_FORCES], best[0]);
    const lrpot_fit_errors kept = errors;
    ck_assert_int_eq(lrpot_fit_errors_of(fit, 7, &errors), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "set = 7"));
    ck_assert_mem_eq(&errors, &kept, sizeof errors);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(every_kind_of_charges_can_be_fitted)
{
    lrpot_potential *potential = small_model(_i);
    lrpot_fit *fit = fit_to_rigid_ions(potential, 1, 6);
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors));
    ck_assert_int_eq(errors.n[LRPOT_FIT_ENERGY], FRAMES - 2);
    ck_assert(isfinite(errors.rmse[LRPOT_FIT_FORCES]) && isfinite(errors.rmse[LRPOT_FIT_ENERGY])
              && isfinite(errors.rmse[LRPOT_FIT_STRESS]));
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

/* References made by the model and the response functions themselves. */
static lrpot_structure *structure_with_charges(support_random *random,
                                               const lrpot_potential *potential, int cell,
                                               int with_dipole)
{
    lrpot_structure *s = models_random_structure(random, cell, ATOMS, 0);
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double charges[ATOMS], born[9 * ATOMS], dipole[3] = { 0, 0, 0 };
    const double *positions = lrpot_structure_positions(s);
    out.charges = charges;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, s, &out));
    ck_ok(
        lrpot_response_born_charges_structure(potential, work, s, LRPOT_BORN_UNFOLDED, born, NULL));
    for (int i = 0; i < ATOMS; i++)
        for (int a = 0; a < 3; a++) dipole[a] += charges[i] * positions[3 * i + a];
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_CHARGES, charges));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_BORN_CHARGES, born));
    if (with_dipole) ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_DIPOLE, dipole));
    lrpot_workspace_free(work);
    return s;
}

START_TEST(the_model_has_no_error_in_its_own_charges_dipole_and_born_charges)
{
    support_random random = { 91 + (uint64_t)_i };
    lrpot_potential *potential = models_random_potential(&random, _i);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    static const int32_t targets[3] = { LRPOT_FIT_TARGET_CHARGES, LRPOT_FIT_TARGET_DIPOLE,
                                        LRPOT_FIT_TARGET_BORN };
    static const int64_t expected[3] = { 2 * ATOMS, 3, 18 * ATOMS };
    options.targets = LRPOT_FIT_TARGET_DIPOLE | LRPOT_FIT_TARGET_CHARGES | LRPOT_FIT_TARGET_BORN;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int cell = 0; cell < 2; cell++) {
        lrpot_structure *s =
            structure_with_charges(&random, potential, cell ? CELL_TRICLINIC : CELL_NONE, !cell);
        ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
        lrpot_structure_free(s);
    }
    for (int k = 0; k < 3; k++) {
        double rmse = 0, mae = 0;
        int64_t n = 0;
        ck_ok(support_fit_error(fit, LRPOT_FIT_TRAIN, targets[k], &rmse, &mae, &n));
        ck_assert_int_eq(n, expected[k]);
        ck_close(rmse, 0, 1e-10, 1.0);
        ck_close(mae, 0, 1e-10, 1.0);
    }
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(a_training_frame_without_a_target_is_refused_by_name)
{
    support_random random = { 23 };
    lrpot_potential *potential = small_model(LRPOT_CHARGES_QRD);
    lrpot_structure *s = labelled_structure(&random, potential, CELL_NONE);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_DIPOLE;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    ck_assert_int_eq(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "dipole"));
    ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_VALID, 1));
    lrpot_fit_free(fit);
    lrpot_structure_free(s);
    lrpot_potential_free(potential);
    potential = small_model(LRPOT_CHARGES_NONE);
    ck_assert_int_eq(lrpot_fit_create(&fit, potential, &options), LRPOT_E_ARGUMENT);
    lrpot_potential_free(potential);
}
END_TEST

typedef struct stage_counts {
    int sample, last;
} stage_counts;

static int32_t count_stages(void *ctx, const lrpot_fit_progress *p)
{
    stage_counts *counts = ctx;
    int sampled = strcmp(p->stage, "sample") == 0;
    counts->sample += sampled;
    if (p->iteration == 0) counts->last = 0;
    counts->last += !sampled;
    return 0;
}

START_TEST(many_frames_are_approached_by_a_part_of_them)
{
    const int few = _i == 0, iterations = 6;
    lrpot_potential *potential = small_model(LRPOT_CHARGES_QRD);
    lrpot_fit *fit = fit_to_frames_of_ions(potential, few ? FRAMES : 80, 1, iterations);
    stage_counts counts = { 0 };
    ck_ok(lrpot_fit_run(fit, count_stages, &counts));
    /* a stage may find its minimum before */
    ck_assert_msg(few ? counts.sample == 0 : counts.sample > 0 && counts.sample <= iterations,
                  "%d iterations on a part", counts.sample);
    ck_assert_msg(counts.last > 0 && counts.last <= iterations, "%d iterations of the last stage",
                  counts.last);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(a_species_that_no_training_frame_has_is_named)
{
    support_random random = { 24 };
    static const char *const symbols[3] = { "Na", "Cl", "Xe" };
    lrpot_potential *potential = NULL, *truth = small_model(LRPOT_CHARGES_NONE);
    lrpot_potential_options model = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_structure *s = labelled_structure(&random, truth, CELL_NONE);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    model.basis = &basis;
    model.symbols = symbols, model.n_species = 3, basis.level = 2;
    ck_ok(lrpot_potential_create(&potential, &model));
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
    ck_assert_int_eq(lrpot_fit_run(fit, NULL, NULL), LRPOT_E_SPECIES);
    ck_assert_msg(strstr(lrpot_last_error(), "species 2, 'Xe'") != NULL, "%s", lrpot_last_error());
    lrpot_fit_free(fit);
    lrpot_structure_free(s);
    lrpot_potential_free(potential);
    lrpot_potential_free(truth);
}
END_TEST

START_TEST(bad_requests_are_refused)
{
    lrpot_potential *potential = small_model(LRPOT_CHARGES_NONE);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    double loss, params[1] = { 0 };
    options.errors[LRPOT_FIT_FORCES] = -1;
    ck_assert_int_eq(lrpot_fit_create(&fit, potential, &options), LRPOT_E_ARGUMENT);
    options.errors[LRPOT_FIT_FORCES] = 0;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    ck_assert_int_eq(lrpot_fit_run(fit, NULL, NULL), LRPOT_E_STATE);
    ck_assert_int_eq(lrpot_fit_loss(fit, 1, params, &loss, NULL), LRPOT_E_SIZE);
    support_random random = { 3 };
    lrpot_structure *bare = support_random_structure(&random, CELL_CUBIC, 4, 2, model_symbols, 2.0);
    ck_assert_int_eq(lrpot_fit_add(fit, bare, LRPOT_FIT_TRAIN, 1), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_fit_add(fit, bare, 7, 1), LRPOT_E_ARGUMENT);
    lrpot_structure_free(bare);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit");
    TCase *tcase = tcase_create("fit");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, charges_are_recovered_from_energies_forces_and_stresses);
    tcase_add_test(tcase, the_same_seed_gives_the_same_bits);
    tcase_add_test(tcase, an_interrupted_fit_keeps_its_best_state_and_resumes);
    support_add_cases(tcase, every_kind_of_charges_can_be_fitted, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, the_model_has_no_error_in_its_own_charges_dipole_and_born_charges,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_LATENT + 1);
    tcase_add_test(tcase, a_training_frame_without_a_target_is_refused_by_name);
    support_add_cases(tcase, many_frames_are_approached_by_a_part_of_them, 0, 2);
    tcase_add_test(tcase, a_species_that_no_training_frame_has_is_named);
    tcase_add_test(tcase, bad_requests_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
