/* All targets of fits, by their table: references are read, weighed, reported and told to be
 * missing, and the gradient of the loss is that of differences. */
#include "models.h"
#include "support.h"

enum { ATOMS = 5, POINTS = 4 };

static lrpot_fit_target facts_of(int32_t target)
{
    lrpot_fit_target facts = LRPOT_FIT_TARGET_INIT;
    ck_ok(lrpot_fit_target_facts(target, &facts));
    return facts;
}

static void set_reference(support_random *random, lrpot_structure *structure, int32_t quantity)
{
    double values[9 * ATOMS], points[3 * POINTS];
    for (int k = 0; k < 9 * ATOMS; k++) values[k] = support_uniform(random, -1, 1);
    if (quantity >= 0) {
        ck_assert(lrpot_quantity_size(quantity, ATOMS) <= 9 * ATOMS);
        ck_ok(lrpot_structure_set(structure, quantity, values));
        return;
    }
    for (int k = 0; k < 3 * POINTS; k++) points[k] = support_uniform(random, 9, 12);
    ck_ok(lrpot_structure_set_points(structure, POINTS, points, values));
}

/* Moments of the atoms are targets of a density, the others of any charges. */
static int has_moments(int32_t target)
{
    int32_t quantity = facts_of(target).quantity;
    return quantity == LRPOT_QUANTITY_ATOMIC_DIPOLES
           || quantity == LRPOT_QUANTITY_ATOMIC_QUADRUPOLES;
}

/* So is what charges respond to a field with. */
static int is_response(int32_t target)
{
    int32_t quantity = facts_of(target).quantity;
    return quantity == LRPOT_QUANTITY_EPSILON_INF || quantity == LRPOT_QUANTITY_POLARIZABILITY;
}

static lrpot_potential *model_of(support_random *random, int32_t target)
{
    lrpot_charges_options density = LRPOT_CHARGES_OPTIONS_INIT;
    density.order = 2, density.tolerance = 1e-13, density.reach = 3.5, density.sigma = 1.1;
    return has_moments(target) || is_response(target)
               ? models_random_with(random, LRPOT_CHARGES_DENSITY, &density)
               : models_random_potential(random, LRPOT_CHARGES_EDQRD);
}

static lrpot_fit *fit_of(lrpot_potential *potential, int32_t target)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.targets = LRPOT_FIT_TARGET(target);
    options.errors[target] = 0.3;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    return fit;
}

/* An isolated frame and a crystal: some targets take one kind alone. */
static void add_frames(support_random *random, lrpot_fit *fit, int32_t target, int with_reference)
{
    static const int cells[2] = { CELL_NONE, CELL_TRICLINIC };
    int32_t quantity = facts_of(target).quantity, refusals = 0;
    for (int c = 0; c < 2; c++) {
        lrpot_structure *s = models_random_structure(random, cells[c], ATOMS, 0.0);
        if (with_reference) set_reference(random, s, quantity);
        lrpot_status status = lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1);
        if (with_reference) ck_ok(status);
        else if (status != LRPOT_OK)
            refusals += strstr(lrpot_last_error(), facts_of(target).label) != NULL;
        lrpot_structure_free(s);
    }
    ck_assert(with_reference || refusals > 0);
}

static double loss_at(lrpot_fit *fit, int64_t n, double *params, int64_t k, double x)
{
    double kept = params[k], loss = 0;
    params[k] = x;
    ck_ok(lrpot_fit_loss(fit, n, params, &loss, NULL));
    params[k] = kept;
    return loss;
}

START_TEST(gradient_is_that_of_differences)
{
    support_random random = { 400 + (uint64_t)_i };
    lrpot_potential *potential = model_of(&random, _i);
    lrpot_fit *fit = fit_of(potential, _i);
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    double loss = 0;
    add_frames(&random, fit, _i, 1);
    int64_t n = lrpot_fit_param_count(fit);
    double *params = calloc((size_t)n, sizeof *params),
           *gradient = calloc((size_t)n, sizeof(double));
    ck_ok(lrpot_fit_get_params(fit, n, params));
    ck_ok(lrpot_fit_loss(fit, n, params, &loss, gradient));
    for (int64_t k = 0; k < n; k += 7) {
        double size = fmax(fabs(params[k]), 1e-3), step = 5e-5 * size,
               up = loss_at(fit, n, params, k, params[k] + step),
               down = loss_at(fit, n, params, k, params[k] - step);
        ck_close(gradient[k], (up - down) / (2 * step), 1e-5, 1e-2 * loss / size);
    }
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors));
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++)
        ck_assert_msg((errors.n[t] > 0) == (t == _i), "target %d", t);
    ck_assert(errors.rmse[_i] > 0.0);
    free(params);
    free(gradient);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(a_missing_reference_is_named)
{
    support_random random = { 500 };
    lrpot_potential *potential = model_of(&random, _i);
    lrpot_fit *fit = fit_of(potential, _i);
    add_frames(&random, fit, _i, 0);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(moments_that_charges_lack_are_refused_with_the_kind)
{
    support_random random = { 600 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    if (has_moments(_i)) {
        options.targets = LRPOT_FIT_TARGET(_i);
        ck_assert_int_eq(lrpot_fit_create(&fit, potential, &options), LRPOT_E_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), facts_of(_i).name));
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "of kind edqrd"));
    }
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(facts_are_complete_and_names_are_unique)
{
    lrpot_fit_target facts = facts_of(_i);
    ck_assert(facts.error > 0.0);
    ck_assert(*facts.name != '\0' && *facts.label != '\0' && *facts.unit != '\0');
    ck_assert(strncmp(facts.weight_key, "config_", 7) == 0);
    for (int32_t t = 0; t < _i; t++) {
        ck_assert_str_ne(facts.name, facts_of(t).name);
        ck_assert_str_ne(facts.weight_key, facts_of(t).weight_key);
    }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("targets");
    TCase *tcase = tcase_create("targets");
    tcase_set_timeout(tcase, 300);
    support_add_cases(tcase, gradient_is_that_of_differences, 0, lrpot_fit_target_count());
    support_add_cases(tcase, a_missing_reference_is_named, 0, lrpot_fit_target_count());
    support_add_cases(tcase, moments_that_charges_lack_are_refused_with_the_kind, 0,
                      lrpot_fit_target_count());
    support_add_cases(tcase, facts_are_complete_and_names_are_unique, 0, lrpot_fit_target_count());
    suite_add_tcase(suite, tcase);
    return suite;
}
