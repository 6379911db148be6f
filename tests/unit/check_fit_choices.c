/* Choices of a fit, and inputs that it refuses before it starts. */
#include "models.h"
#include "support.h"

#define ATOMS 8

static lrpot_potential *small_model(int32_t level)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    options.basis = &basis;
    options.symbols = model_symbols;
    options.n_species = 2;
    basis.level = level;
    basis.radial_size = 4;
    basis.min_distance = 1.5;
    basis.cutoff = 4.0;
    options.charges = LRPOT_CHARGES_QRD;
    ck_ok(lrpot_potential_create(&potential, &options));
    return potential;
}

/* Forces of a random model, spoilt by noise. */
static lrpot_structure *noisy_structure(support_random *random, const lrpot_potential *truth,
                                        double noise)
{
    lrpot_structure *s = support_random_structure(random, CELL_NONE, ATOMS, 2, model_symbols, 2.0);
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, forces[3 * ATOMS], charge = 0;
    out.energy = &energy, out.forces = forces;
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(truth, work, s, &out));
    for (int k = 0; k < 3 * ATOMS; k++) forces[k] += support_uniform(random, -noise, noise);
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
    lrpot_workspace_free(work);
    return s;
}

static void add_frames(lrpot_fit *fit, int n, int n_valid)
{
    support_random random = { 61 };
    const double charges[2] = { 0.8, -0.8 };
    double params[200];
    lrpot_potential *truth = small_model(2);
    int64_t count = lrpot_potential_param_count(truth);
    ck_assert(count <= 200);
    ck_ok(lrpot_potential_get_params(truth, count, params));
    memcpy(params + count - 4, charges, sizeof charges); /* b, then s */
    ck_ok(lrpot_potential_set_params(truth, count, params));
    for (int f = 0; f < n; f++) {
        lrpot_structure *s = noisy_structure(&random, truth, 0.3);
        ck_ok(lrpot_fit_add(fit, s, f < n - n_valid ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, 1));
        lrpot_structure_free(s);
    }
    lrpot_potential_free(truth);
}

static lrpot_fit *new_fit(lrpot_potential *potential, double regularization, int32_t flags)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.seed = 1, options.max_iterations = 30, options.regularization = regularization,
    options.flags = flags, options.starts = 1;
    options.errors[LRPOT_FIT_FORCES] = 0.2, options.errors[LRPOT_FIT_ENERGY] = 0.02;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    return fit;
}

START_TEST(regularization_is_chosen_by_validation)
{
    double forces[2], start = 1e6; /* holds the model where it starts */
    for (int k = 0; k < 2; k++) {
        lrpot_potential *potential = small_model(4);
        lrpot_fit *fit = new_fit(potential, start, k ? LRPOT_FIT_CHOOSE_REGULARIZATION : 0);
        lrpot_fit_options chosen = LRPOT_FIT_OPTIONS_INIT;
        lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
        add_frames(fit, 20, 6);
        ck_ok(lrpot_fit_run(fit, NULL, NULL));
        ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &errors));
        ck_ok(lrpot_fit_get_options(fit, &chosen));
        forces[k] = errors.rmse[LRPOT_FIT_FORCES];
        if (k)
            ck_assert_msg(chosen.regularization < 0.5 * start, "regularization %g",
                          chosen.regularization);
        else ck_assert_double_eq(chosen.regularization, start);
        lrpot_fit_free(fit);
        lrpot_potential_free(potential);
    }
    ck_assert_msg(forces[1] < 0.9 * forces[0],
                  "validation forces %g, with the first regularization %g", forces[1], forces[0]);
}
END_TEST

START_TEST(a_choice_by_validation_needs_validation_data)
{
    lrpot_potential *potential = small_model(2);
    lrpot_fit *fit = new_fit(potential, 1, LRPOT_FIT_CHOOSE_REGULARIZATION);
    add_frames(fit, 4, 0);
    ck_assert_int_eq(lrpot_fit_run(fit, NULL, NULL), LRPOT_E_STATE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "validation"));
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

enum { MOST_ITERATIONS = 40, PATIENCE = 2 };

typedef struct {
    double merit[MOST_ITERATIONS];
    int count;
} path;

static int note_merit(void *ctx, const lrpot_fit_progress *progress)
{
    path *p = ctx;
    ck_assert_int_lt(p->count, MOST_ITERATIONS);
    p->merit[p->count++] = progress->merit;
    return 0;
}

/* One stage from the given model. */
static void follow_path(int32_t patience, path *p)
{
    lrpot_potential *potential = small_model(8);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.seed = 1, options.max_iterations = MOST_ITERATIONS, options.regularization = -1,
    options.resume = 1, options.tolerance = 1e-12, options.patience = patience;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    add_frames(fit, 12, 6);
    ck_ok(lrpot_fit_run(fit, note_merit, p));
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}

/* Six noisy frames are soon fitted too well: with patience the same path ends earlier, and where it
 * must. */
START_TEST(a_stage_ends_when_validation_has_not_fallen_for_long)
{
    path whole = { .count = 0 }, cut = { .count = 0 };
    follow_path(0, &whole);
    follow_path(PATIENCE, &cut);
    int expected = 0, waited = 0;
    for (double least = INFINITY; expected < whole.count && waited < PATIENCE; expected++) {
        waited = whole.merit[expected] < least ? 0 : waited + 1;
        if (waited == 0) least = whole.merit[expected];
    }
    ck_assert_int_eq(waited, PATIENCE);
    ck_assert_int_lt(expected, whole.count);
    ck_assert_int_eq(cut.count, expected);
    for (int k = 0; k < expected; k++) ck_assert(cut.merit[k] == whole.merit[k]);
}
END_TEST

START_TEST(patience_needs_validation_data)
{
    lrpot_potential *potential = small_model(2);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.patience = -1;
    ck_assert_int_eq(lrpot_fit_create(&fit, potential, &options), LRPOT_E_ARGUMENT);
    options.patience = 3;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    add_frames(fit, 4, 0);
    ck_assert_int_eq(lrpot_fit_run(fit, NULL, NULL), LRPOT_E_STATE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "no validation data"));
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(automatic_weights_follow_what_is_left_and_keep_that_of_forces)
{
    lrpot_potential *potential = small_model(2);
    lrpot_fit *fit = new_fit(potential, 1, 0);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT, after = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    add_frames(fit, 20, 0);
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors));
    ck_ok(lrpot_fit_get_options(fit, &options));
    lrpot_fit_free(fit);
    options.flags = LRPOT_FIT_AUTO_WEIGHTS, options.resume = 1;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    add_frames(fit, 20, 0);
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_fit_get_options(fit, &after));
    ck_assert_double_eq(after.errors[LRPOT_FIT_FORCES], options.errors[LRPOT_FIT_FORCES]);
    ck_assert_double_eq(after.errors[LRPOT_FIT_STRESS],
                        options.errors[LRPOT_FIT_STRESS]); /* no frame has any */
    ck_close(after.errors[LRPOT_FIT_ENERGY],
             options.errors[LRPOT_FIT_FORCES] * errors.rmse[LRPOT_FIT_ENERGY]
                 / errors.rmse[LRPOT_FIT_FORCES],
             1e-6, 1e-9);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(frames_beyond_the_limit_of_memory_are_refused_by_number)
{
    support_random random = { 62 };
    lrpot_potential *potential = small_model(2);
    lrpot_structure *s = noisy_structure(&random, potential, 0.1);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = new_fit(potential, 1, 0);
    ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
    int64_t one = lrpot_fit_memory(fit), two = 0;
    ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
    two = lrpot_fit_memory(fit);
    ck_assert(two > one && one > 8 * 4 * ATOMS * ATOMS);
    lrpot_fit_free(fit);
    options.memory_limit = (double)one;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
    ck_assert_int_eq(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1), LRPOT_E_STATE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "frame 1"));
    ck_assert_int_eq(lrpot_fit_memory(fit), one);
    lrpot_fit_free(fit);
    lrpot_structure_free(s);
    lrpot_potential_free(potential);
}
END_TEST

/* Frames without room for their Coulomb sums give the same loss and gradient, bit by bit. */
START_TEST(frames_beyond_the_limit_of_memory_are_made_anew)
{
    enum { N = 160 };
    support_random random = { 67 };
    lrpot_potential *potential = small_model(2);
    lrpot_structure *frames[N];
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fits[2];
    int64_t n = lrpot_potential_param_count(potential), forecast = 0;
    double *params = calloc((size_t)(3 * n), sizeof *params), loss[2];
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int k = 0; k < N; k++) frames[k] = noisy_structure(&random, potential, 0.1);
    for (int with_limit = 0; with_limit < 2; with_limit++) {
        lrpot_fit **fit = &fits[with_limit];
        if (with_limit)
            options.memory_limit = (double)lrpot_fit_memory(fits[0])
                                   - 0.5 * N * 8 * 4 * ATOMS * ATOMS;
        ck_ok(lrpot_fit_create(fit, potential, &options));
        ck_ok(lrpot_fit_forecast(*fit, N, frames, NULL, 0, &forecast));
        for (int k = 0; k < N; k++) ck_ok(lrpot_fit_add(*fit, frames[k], LRPOT_FIT_TRAIN, 1));
        ck_assert_int_eq(forecast, lrpot_fit_memory(*fit));
        ck_ok(lrpot_fit_loss(*fit, n, params, &loss[with_limit], params + (1 + with_limit) * n));
    }
    ck_assert_int_eq(lrpot_fit_frames_anew(fits[0]), 0);
    ck_assert(lrpot_fit_frames_anew(fits[1]) > 0 && lrpot_fit_frames_anew(fits[1]) < N);
    ck_assert((double)lrpot_fit_memory(fits[1]) <= options.memory_limit);
    ck_assert(loss[0] == loss[1]);
    ck_assert_int_eq(memcmp(params + n, params + 2 * n, (size_t)n * sizeof *params), 0);
    for (int k = 0; k < N; k++) lrpot_structure_free(frames[k]);
    for (int k = 0; k < 2; k++) lrpot_fit_free(fits[k]);
    lrpot_potential_free(potential);
    free(params);
}
END_TEST

START_TEST(memory_of_frames_is_known_before_they_are_set_up)
{
    enum { N = 5 };
    support_random random = { 63 };
    lrpot_potential *potential = small_model(2);
    lrpot_structure *frames[N];
    lrpot_fit *fit = new_fit(potential, 1, 0);
    int64_t before = 0, none = 0;
    for (int k = 0; k < N; k++) frames[k] = noisy_structure(&random, potential, 0.1);
    ck_ok(lrpot_fit_forecast(fit, N, frames, NULL, 0, &before));
    ck_ok(lrpot_fit_forecast(fit, 0, NULL, NULL, 0, &none));
    ck_assert_int_eq(none, lrpot_fit_memory(fit));
    for (int k = 0; k < N; k++) ck_ok(lrpot_fit_add(fit, frames[k], LRPOT_FIT_TRAIN, 1));
    ck_close((double)before, (double)lrpot_fit_memory(fit), 1e-3, 1);
    ck_ok(lrpot_fit_forecast(fit, 0, NULL, NULL, 0, &none));
    ck_assert_int_eq(none, lrpot_fit_memory(fit));
    lrpot_fit_free(fit);
    for (int k = 0; k < N; k++) lrpot_structure_free(frames[k]);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_choices");
    TCase *tcase = tcase_create("fit_choices");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, regularization_is_chosen_by_validation);
    tcase_add_test(tcase, a_choice_by_validation_needs_validation_data);
    tcase_add_test(tcase, a_stage_ends_when_validation_has_not_fallen_for_long);
    tcase_add_test(tcase, patience_needs_validation_data);
    tcase_add_test(tcase, automatic_weights_follow_what_is_left_and_keep_that_of_forces);
    tcase_add_test(tcase, frames_beyond_the_limit_of_memory_are_refused_by_number);
    tcase_add_test(tcase, frames_beyond_the_limit_of_memory_are_made_anew);
    tcase_add_test(tcase, memory_of_frames_is_known_before_they_are_set_up);
    suite_add_tcase(suite, tcase);
    return suite;
}
