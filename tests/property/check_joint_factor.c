/* The factor of the charges in the Born charges, fitted along with the charges. */
#include "models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ATOMS = 8, FRAMES = 10 };

static lrpot_tensor_model *factor_on(const lrpot_potential *potential, double cutoff)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    options.potential = potential;
    options.kind = LRPOT_TENSORS_LOCAL;
    options.levels[0] = options.levels[1] = 6;
    options.min_distance = 1.2;
    options.cutoff = cutoff;
    ck_ok(lrpot_tensor_model_create(&model, &options));
    return model;
}

/* Around 1.3, by as much as amplitude times what each function does. */
static void set_factor(lrpot_tensor_model *model, double amplitude, uint64_t seed)
{
    support_random random = { seed };
    int64_t n = lrpot_tensor_model_param_count(model), width = n / MODEL_SPECIES;
    double *params = calloc((size_t)n, sizeof *params);
    for (int64_t k = 0; k < n; k++)
        params[k] = (k + 1) % width == 0 ? 1.3 : support_uniform(&random, -amplitude, amplitude);
    ck_ok(lrpot_tensor_model_set_params(model, n, params));
    free(params);
}

static void label(const lrpot_potential *potential, const lrpot_tensor_model *tensors,
                  lrpot_structure *frame)
{
    double energy, forces[3 * ATOMS], Z[9 * ATOMS];
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.forces = forces;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, frame, &out));
    ck_ok(lrpot_tensor_model_born_charges_structure(tensors, work, frame, Z, NULL));
    ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_FORCES, forces));
    ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_BORN_CHARGES, Z));
    lrpot_workspace_free(work);
}

/* Molecules and crystals by turns, labelled by a potential and a factor; one comes after the factor
 * has been named. */
static void add_frames(lrpot_fit *fit, lrpot_tensor_model *factor, const lrpot_potential *potential,
                       const lrpot_tensor_model *tensors, int n)
{
    support_random random = { 77 };
    for (int f = 0; f < n; f++) {
        lrpot_structure *frame =
            support_random_structure(&random, f % 2 ? CELL_TRICLINIC : CELL_NONE, ATOMS,
                                     MODEL_SPECIES, model_symbols, MODEL_DISTANCE);
        double charge = f % 3 - 1.0;
        ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
        label(potential, tensors, frame);
        if (f == n - 1) ck_ok(lrpot_fit_factor_joint(fit, factor));
        ck_ok(lrpot_fit_add(fit, frame, LRPOT_FIT_TRAIN, 1.0));
        lrpot_structure_free(frame);
    }
}

static lrpot_fit_options options_of(void)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    options.targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES | LRPOT_FIT_TARGET_BORN;
    options.errors[LRPOT_FIT_ENERGY] = options.errors[LRPOT_FIT_FORCES] =
        options.errors[LRPOT_FIT_BORN] = 0.1;
    options.robustness = -1;
    options.sum_rule_error = 1e6; /* random charges obey none */
    return options;
}

/* With a factor that sees farther than the potential does. */
START_TEST(the_born_charges_of_the_fit_are_those_of_the_tensor_model)
{
    support_random random = { 41 };
    lrpot_potential *potential = models_random_potential(&random, _i);
    lrpot_tensor_model *factor = factor_on(potential, lrpot_potential_cutoff(potential) + 0.7);
    lrpot_fit_options options = options_of();
    lrpot_fit *fit = NULL;
    double rmse, mae;
    int64_t n;
    set_factor(factor, 0.2, 3);
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    add_frames(fit, factor, potential, factor, 4);
    ck_ok(support_fit_error(fit, LRPOT_FIT_TRAIN, LRPOT_FIT_TARGET_BORN, &rmse, &mae, &n));
    ck_assert_int_eq(n, 4 * 9 * ATOMS);
    ck_assert_double_lt(rmse, 1e-11);
    lrpot_fit_free(fit);
    lrpot_tensor_model_free(factor);
    lrpot_potential_free(potential);
}
END_TEST

typedef struct {
    lrpot_fit *fit;
    double *params;
    int64_t n, k;
} descent;

static double loss_at(double x, void *ctx)
{
    descent *d = ctx;
    double loss, kept = d->params[d->k];
    d->params[d->k] = x;
    ck_ok(lrpot_fit_loss(d->fit, d->n, d->params, &loss, NULL));
    d->params[d->k] = kept;
    return loss;
}

/* At parameters away from those that made the data, of the charges and of the factor alike. */
START_TEST(gradients_are_those_of_the_loss)
{
    support_random random = { 3 };
    lrpot_potential *potential = models_random_potential(&random, _i), *other = NULL;
    lrpot_tensor_model *factor = factor_on(potential, 3.6);
    lrpot_fit_options options = options_of();
    lrpot_fit *fit = NULL;
    set_factor(factor, 0.2, 3);
    ck_ok(lrpot_potential_clone(&other, potential));
    ck_ok(lrpot_fit_create(&fit, other, &options));
    add_frames(fit, factor, potential, factor, 4);
    descent d = { fit, NULL, lrpot_fit_param_count(fit), 0 };
    int64_t own = lrpot_potential_param_count(other);
    ck_assert_int_eq(d.n, own + lrpot_tensor_model_param_count(factor));
    double *gradient = malloc((size_t)d.n * sizeof *gradient), loss, scale[2] = { 0, 0 };
    d.params = malloc((size_t)d.n * sizeof *d.params);
    ck_ok(lrpot_fit_get_params(fit, d.n, d.params));
    for (int64_t k = 0; k < d.n; k++) d.params[k] += support_uniform(&random, -0.02, 0.02);
    ck_ok(lrpot_fit_loss(fit, d.n, d.params, &loss, gradient));
    for (int64_t k = 0; k < d.n; k++) scale[k >= own] = fmax(scale[k >= own], fabs(gradient[k]));
    ck_assert_double_gt(scale[1], 0);
    for (d.k = 0; d.k < d.n; d.k += d.k < own ? 7 : 1)
        ck_close(gradient[d.k], support_difference(loss_at, &d, d.params[d.k], 1e-4), TOL_FD,
                 fmax(scale[d.k >= own], 1e-3 * loss));
    free(gradient);
    free(d.params);
    lrpot_fit_free(fit);
    lrpot_potential_free(other);
    lrpot_tensor_model_free(factor);
    lrpot_potential_free(potential);
}
END_TEST

/* Charges and factor both start elsewhere. */
START_TEST(one_fit_finds_the_charges_and_the_factor_that_made_the_data)
{
    support_random random = { 5 };
    lrpot_potential *truth = models_random_potential(&random, LRPOT_CHARGES_EDQRD),
                    *potential = NULL;
    lrpot_tensor_model *tensors = factor_on(truth, 3.6), *factor = factor_on(truth, 3.6);
    lrpot_fit_options options = options_of();
    lrpot_fit *fit = NULL;
    int64_t own = lrpot_potential_param_count(truth), n;
    double *params = malloc((size_t)own * sizeof *params), rmse[2], mae;
    set_factor(tensors, 0.1, 3);
    ck_ok(lrpot_potential_clone(&potential, truth));
    ck_ok(lrpot_potential_get_params(truth, own, params));
    for (int64_t k = 0; k < own; k++) params[k] += support_uniform(&random, -0.01, 0.01);
    ck_ok(lrpot_potential_set_params(potential, own, params));
    options.resume = 1;
    options.regularization = 1e-6;
    options.max_iterations = 25;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    add_frames(fit, factor, truth, tensors, FRAMES);
    ck_ok(support_fit_error(fit, LRPOT_FIT_TRAIN, LRPOT_FIT_TARGET_BORN, &rmse[0], &mae, &n));
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(support_fit_error(fit, LRPOT_FIT_TRAIN, LRPOT_FIT_TARGET_BORN, &rmse[1], &mae, &n));
    ck_assert_double_gt(rmse[0], 0.1);
    ck_assert_double_lt(rmse[1], 2e-3);

    /* the tensor model by itself has the factor and the charges of the fit */
    lrpot_workspace *work = NULL;
    lrpot_structure *frame = support_random_structure(&random, CELL_CUBIC, ATOMS, MODEL_SPECIES,
                                                      model_symbols, MODEL_DISTANCE);
    double Z[9 * ATOMS], expected[9 * ATOMS], sum = 0, size = 0;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_tensor_model_born_charges_structure(factor, work, frame, Z, NULL));
    ck_ok(lrpot_tensor_model_born_charges_structure(tensors, work, frame, expected, NULL));
    for (int k = 0; k < 9 * ATOMS; k++) {
        sum += (Z[k] - expected[k]) * (Z[k] - expected[k]);
        size += expected[k] * expected[k];
    }
    ck_assert_double_lt(sum, 1e-2 * size);
    lrpot_workspace_free(work);
    lrpot_structure_free(frame);
    lrpot_fit_free(fit);
    free(params);
    lrpot_tensor_model_free(factor);
    lrpot_tensor_model_free(tensors);
    lrpot_potential_free(potential);
    lrpot_potential_free(truth);
}
END_TEST

START_TEST(a_factor_comes_before_the_fit_begins_and_only_once)
{
    support_random random = { 8 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQ);
    lrpot_tensor_model *factor = factor_on(potential, 3.6);
    lrpot_fit_options options = options_of();
    lrpot_fit *fit = NULL;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    add_frames(fit, factor, potential, factor, 1);
    ck_assert_int_eq(lrpot_fit_factor(fit, factor), LRPOT_E_STATE);
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors));
    ck_assert_int_eq(lrpot_fit_factor_joint(fit, factor), LRPOT_E_STATE);
    ck_assert_int_eq(lrpot_fit_factor_joint(fit, NULL), LRPOT_E_NULL);
    lrpot_fit_free(fit);
    lrpot_tensor_model_free(factor);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("joint_factor");
    TCase *tests = tcase_create("joint_factor");
    tcase_set_timeout(tests, 120);
    support_add_cases(tests, the_born_charges_of_the_fit_are_those_of_the_tensor_model,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_EDQRD + 1);
    support_add_cases(tests, gradients_are_those_of_the_loss, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_EDQRD + 1);
    tcase_add_test(tests, one_fit_finds_the_charges_and_the_factor_that_made_the_data);
    tcase_add_test(tests, a_factor_comes_before_the_fit_begins_and_only_once);
    suite_add_tcase(suite, tests);
    return suite;
}
