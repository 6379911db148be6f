/* Fits of self-consistent densities: predictions are those of the model, and the gradient of the
 * loss is that of differences, for all orders, responses, widths and boundaries. */
#include "density_probe.h"

#include <lrpot/response.h>

enum { MOST = 8 /* atoms of two molecules */ };

static void set_references(support_random *random, lrpot_structure *s)
{
    static const struct {
        int32_t quantity;
        double size;
    } references[] = {
        { LRPOT_QUANTITY_ENERGY, 3 },         { LRPOT_QUANTITY_FORCES, 1 },
        { LRPOT_QUANTITY_STRESS, 0.1 },       { LRPOT_QUANTITY_DIPOLE, 1 },
        { LRPOT_QUANTITY_CHARGES, 1 },        { LRPOT_QUANTITY_BORN_CHARGES, 1 },
        { LRPOT_QUANTITY_ATOMIC_DIPOLES, 1 }, { LRPOT_QUANTITY_ATOMIC_QUADRUPOLES, 1 },
        { LRPOT_QUANTITY_EPSILON_INF, 3 },    { LRPOT_QUANTITY_POLARIZABILITY, 9 }
    };
    double values[9 * MOST];
    for (size_t k = 0; k < sizeof references / sizeof references[0]; k++) {
        int64_t count = lrpot_quantity_size(references[k].quantity, lrpot_structure_count(s));
        if (references[k].quantity == LRPOT_QUANTITY_STRESS && lrpot_structure_cell(s) == NULL)
            continue;
        for (int64_t v = 0; v < count; v++)
            values[v] = support_uniform(random, -references[k].size, references[k].size);
        ck_ok(lrpot_structure_set(s, references[k].quantity, values));
    }
}

static void add_frame(const fit_point *p, lrpot_structure *s)
{
    ck_ok(lrpot_fit_add(p->fit, s, LRPOT_FIT_TRAIN, 1));
    lrpot_structure_free(s);
}

static lrpot_structure *with_references(support_random *random, lrpot_structure *s)
{
    set_references(random, s);
    return s;
}

/* number: a case of density_probe.h, and the same with networks from CASES + VARIANTS on. */
static lrpot_potential *model_of(support_random *random, int number, lrpot_charges_options *charges)
{
    int networks = number >= CASES + VARIANTS;
    *charges = options_of_case(networks ? number - CASES - VARIANTS : number);
    charges->tolerance = 1e-13;
    lrpot_potential *potential = models_random_with(
        random, LRPOT_CHARGES_DENSITY + (networks ? MODELS_WITH_HIDDEN : 0), charges);
    if (charges->flags & LRPOT_CHARGES_WITHOUT_SELF) weaken(potential, charges);
    return potential;
}

static void open_fit(fit_point *p, lrpot_potential *potential, int32_t targets)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++) options.errors[t] = 0.2;
    options.errors[LRPOT_FIT_ENERGY] = 0.1, options.errors[LRPOT_FIT_FORCES] = 0.3;
    options.errors[LRPOT_FIT_STRESS] = 0.05;
    options.targets = targets;
    *p = (fit_point){ NULL, NULL, 0, 0 };
    ck_ok(lrpot_fit_create(&p->fit, potential, &options));
}

/* Of the last `dense` parameters each is moved, of those before few. */
static void compare_gradient(fit_point *p, lrpot_potential *potential, int dense, int step)
{
    p->n = lrpot_fit_param_count(p->fit);
    p->params = calloc((size_t)(2 * p->n), sizeof *p->params);
    double *gradient = p->params + p->n, loss = 0;
    ck_ok(lrpot_potential_get_params(potential, p->n, p->params));
    ck_ok(lrpot_fit_loss(p->fit, p->n, p->params, &loss, gradient));
    for (p->at = 0; p->at<p->n; p->at += p->n - p->at> dense ? step : 1) {
        double size = fmax(fabs(p->params[p->at]), 1e-3);
        ck_close(gradient[p->at], support_difference(fit_loss_at, p, p->params[p->at], 5e-5 * size),
                 TOL_FD, 1e-2 * loss / size);
    }
    free(p->params);
    lrpot_fit_free(p->fit);
    lrpot_potential_free(potential);
}

/* Crystals, molecules and fragments. */
START_TEST(gradient_of_a_fit_is_its_derivative)
{
    support_random random = { 9500 + (uint64_t)_i };
    lrpot_charges_options charges;
    lrpot_potential *potential = model_of(&random, _i, &charges);
    int32_t targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES | LRPOT_FIT_TARGET_STRESS
                      | LRPOT_FIT_TARGET_DIPOLE | LRPOT_FIT_TARGET_CHARGES;
    fit_point p;
    if (charges.order > 0) targets |= LRPOT_FIT_TARGET_ATOMIC_DIPOLES;
    if (charges.order > 1) targets |= LRPOT_FIT_TARGET_ATOMIC_QUADRUPOLES;
    open_fit(&p, potential, targets);
    static const int cells[2] = { CELL_TRICLINIC, CELL_NONE };
    for (int c = 0; c < 2; c++)
        add_frame(&p,
                  with_references(&random, models_random_structure(&random, cells[c], N_ATOMS, c)));
    if (_i < CASES + VARIANTS)
        add_frame(&p, with_references(&random, models_two_molecules(&random, CELL_NONE, 0.5)));
    compare_gradient(&p, potential, 60, 7);
}
END_TEST

/* A molecule, fragments in a crystal and, where charge does not run through it, a crystal without
 * fragments. */
static void add_fields(const fit_point *p, support_random *random,
                       const lrpot_charges_options *charges)
{
    add_frame(p, with_references(random, models_random_structure(random, CELL_NONE, 4, 1)));
    add_frame(p, with_references(random, models_two_molecules(random, CELL_CUBIC, 0.5)));
    if (charges->response != LRPOT_RESPONSE_ATOMS)
        add_frame(p,
                  with_references(random, models_random_structure(random, CELL_TRICLINIC, 4, 1)));
}

START_TEST(gradient_of_born_charges_is_their_derivative)
{
    support_random random = { 9550 + (uint64_t)_i };
    lrpot_charges_options charges;
    lrpot_potential *potential = model_of(&random, _i, &charges);
    fit_point p;
    open_fit(&p, potential, LRPOT_FIT_TARGET_BORN);
    add_fields(&p, &random, &charges);
    compare_gradient(&p, potential, 12, 23);
}
END_TEST

START_TEST(gradient_of_the_polarizability_is_its_derivative)
{
    support_random random = { 9640 + (uint64_t)_i };
    lrpot_charges_options charges;
    lrpot_potential *potential = model_of(&random, _i, &charges);
    fit_point p;
    open_fit(&p, potential, LRPOT_FIT_TARGET_EPSILON_INF | LRPOT_FIT_TARGET_POLARIZABILITY);
    if (charges.response == LRPOT_RESPONSE_NONE) {
        lrpot_structure *s =
            with_references(&random, models_random_structure(&random, CELL_NONE, 4, 1));
        ck_assert_int_eq(lrpot_fit_add(p.fit, s, LRPOT_FIT_TRAIN, 1), LRPOT_E_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "does not respond"));
        lrpot_structure_free(s);
        lrpot_fit_free(p.fit);
        lrpot_potential_free(potential);
        return;
    }
    add_fields(&p, &random, &charges);
    compare_gradient(&p, potential, 12, 23);
}
END_TEST

/* The references are what the model gives elsewhere: physical Born charges on the scale of the
 * model, and quadrupoles with a trace, which does not count. */
static void set_own(const probe *p, lrpot_structure *s, const lrpot_charges_options *charges)
{
    int32_t species[MOST], responds = charges->response != LRPOT_RESPONSE_NONE;
    double born[9 * MOST], moments[13 * MOST], eps[9] = { 4, 0, 0, 0, 4, 0, 0, 0, 4 }, alpha[9];
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    int64_t n = lrpot_structure_count(s);
    ck_ok(lrpot_structure_view(s, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(p->potential), 0));
    if (charges->response != LRPOT_RESPONSE_ATOMS || atoms.cell == NULL
        || atoms.fragments != NULL) {
        ck_ok(lrpot_response_born_charges(p->potential, p->work, &atoms, list, LRPOT_BORN_UNFOLDED,
                                          born, NULL));
        ck_ok(lrpot_response_polarizability(p->potential, p->work, &atoms, list, alpha,
                                            responds && atoms.cell != NULL ? eps : NULL));
        for (int k = 0; k < 9; k++) alpha[k] *= LRPOT_COULOMB_CONSTANT;
        for (int64_t k = 0; !responds && k < 9 * n; k++) born[k] *= 2;
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_BORN_CHARGES, born));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_POLARIZABILITY, alpha));
    }
    ck_ok(lrpot_charges_moments(lrpot_potential_charges(p->potential), p->work, &atoms, list, NULL,
                                charges->order > 0 ? moments : NULL,
                                charges->order > 1 ? moments + 3 * n : NULL));
    for (int64_t k = 3 * n; k < 12 * n && charges->order > 1; k += 9)
        for (int a = 0; a < 9; a += 4) moments[k + a] += 0.7;
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_EPSILON_INF, eps));
    if (charges->order > 0) ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ATOMIC_DIPOLES, moments));
    if (charges->order > 1)
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ATOMIC_QUADRUPOLES, moments + 3 * n));
    lrpot_nlist_free(list);
}

START_TEST(predictions_of_a_fit_are_those_of_the_model)
{
    support_random random = { 9570 + (uint64_t)_i };
    lrpot_charges_options charges;
    probe model = { .potential = model_of(&random, _i, &charges) };
    int32_t targets = LRPOT_FIT_TARGET_BORN;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    fit_point p;
    ck_ok(lrpot_workspace_create(&model.work, 1));
    if (charges.order > 0) targets |= LRPOT_FIT_TARGET_ATOMIC_DIPOLES;
    if (charges.order > 1) targets |= LRPOT_FIT_TARGET_ATOMIC_QUADRUPOLES;
    if (charges.response != LRPOT_RESPONSE_NONE)
        targets |= LRPOT_FIT_TARGET_EPSILON_INF | LRPOT_FIT_TARGET_POLARIZABILITY;
    open_fit(&p, model.potential, targets);
    for (int c = 0; c < (charges.response == LRPOT_RESPONSE_ATOMS ? 3 : 4); c++) {
        lrpot_structure *s =
            c % 3 == 0
                ? models_random_structure(&random, c == 0 ? CELL_NONE : CELL_TRICLINIC, N_ATOMS, 1)
                : models_two_molecules(&random, c == 1 ? CELL_NONE : CELL_CUBIC, 0.5);
        set_own(&model, s, &charges);
        add_frame(&p, s);
    }
    ck_ok(lrpot_fit_errors_of(p.fit, LRPOT_FIT_TRAIN, &errors));
    ck_assert(errors.n[LRPOT_FIT_BORN] > 0);
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++)
        if (errors.n[t] > 0)
            ck_assert_msg(errors.rmse[t] < 1e-8, "target %d: %g", t, errors.rmse[t]);
    lrpot_fit_free(p.fit);
    lrpot_workspace_free(model.work);
    lrpot_potential_free(model.potential);
}
END_TEST

/* Charge that runs through the whole crystal; and slabs, which have no dielectric tensor. */
START_TEST(fields_without_a_limit_are_refused)
{
    static const struct {
        int32_t target, response, mask;
        const char *word;
    } cases[] = {
        { LRPOT_FIT_TARGET_BORN, LRPOT_RESPONSE_ATOMS, LRPOT_PERIODIC_ALL, "as in a metal" },
        { LRPOT_FIT_TARGET_EPSILON_INF, LRPOT_RESPONSE_ATOMS, LRPOT_PERIODIC_ALL, "as in a metal" },
        { LRPOT_FIT_TARGET_POLARIZABILITY, LRPOT_RESPONSE_ATOMS, LRPOT_PERIODIC_ALL,
          "as in a metal" },
        { LRPOT_FIT_TARGET_BORN, LRPOT_RESPONSE_BONDS, 3, "slabs and wires" },
        { LRPOT_FIT_TARGET_POLARIZABILITY, LRPOT_RESPONSE_BONDS, 3, "slabs and wires" }
    };
    support_random random = { 9590 };
    lrpot_charges_options charges;
    lrpot_potential *potential = model_of(&random, RESPONSES + cases[_i].response, &charges);
    lrpot_structure *s = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0);
    fit_point p;
    double cell[9];
    memcpy(cell, lrpot_structure_cell(s), sizeof cell);
    ck_ok(lrpot_structure_set_cell(s, cell, cases[_i].mask));
    open_fit(&p, potential, cases[_i].target);
    set_references(&random, s);
    ck_assert_int_eq(lrpot_fit_add(p.fit, s, LRPOT_FIT_TRAIN, 1), LRPOT_E_UNSUPPORTED);
    ck_assert_msg(strstr(lrpot_last_error(), cases[_i].word) != NULL, "%s", lrpot_last_error());
    lrpot_structure_free(s);
    lrpot_fit_free(p.fit);
    lrpot_potential_free(potential);
}
END_TEST

/* Losses of the stage "direct", first and last. */
static int32_t follow(void *ctx, const lrpot_fit_progress *progress)
{
    double *losses = ctx;
    if (strcmp(progress->stage, "direct") != 0) return 0;
    if (progress->iteration == 0) losses[0] = progress->loss;
    losses[1] = progress->loss;
    return 0;
}

/* The moments of a model are its answer to their own potentials. So the direct start finds the
 * heads of the model again, which depend on the species alone. */
START_TEST(a_direct_start_finds_the_model_of_its_moments)
{
    enum { HEADS = 10, FRAMES = 4 };
    static const double sizes[HEADS] = { 0.5, 0.3, 0.4, 0.2, 0.2, 0.4, 0.4, 0.1, 0.1, 0.4 },
                        means[HEADS] = { 0, 0, -3, 0, 0, -3, -6, 0, 0, -6 };
    support_random random = { 9600 + (uint64_t)_i };
    lrpot_charges_options charges = options_of(2, _i);
    charges.tolerance = 1e-13;
    double heads[HEADS * MODEL_SPECIES], zero[HEADS * MODEL_SPECIES] = { 0 }, losses[2] = { 0 };
    for (int k = 0; k < HEADS * MODEL_SPECIES; k++)
        heads[k] = means[k / MODEL_SPECIES]
                   + support_uniform(&random, -1, 1) * sizes[k / MODEL_SPECIES];
    probe truth = { .potential = models_constant_density(model_symbols, MODEL_SPECIES, 1e-10,
                                                         &charges, heads) };
    lrpot_potential *fitted =
        models_constant_density(model_symbols, MODEL_SPECIES, 1e-10, &charges, zero);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    ck_ok(lrpot_workspace_create(&truth.work, 1));
    options.targets = LRPOT_FIT_TARGET_CHARGES | LRPOT_FIT_TARGET_ATOMIC_DIPOLES
                      | LRPOT_FIT_TARGET_ATOMIC_QUADRUPOLES;
    options.flags = LRPOT_FIT_DIRECT_START | LRPOT_FIT_NO_CORE | LRPOT_FIT_NO_ACTIVE_SET;
    options.max_iterations = 1, options.starts = 1, options.regularization = -1;
    ck_ok(lrpot_fit_create(&fit, fitted, &options));
    for (int c = 0; c < FRAMES; c++) {
        double q[N_ATOMS];
        lrpot_structure *s = models_random_structure(
            &random, c % 2 == 0 ? CELL_NONE : CELL_TRICLINIC, N_ATOMS, 0.1 * c);
        set_own(&truth, s, &charges);
        compute(&truth, s, NULL, NULL, NULL, q, NULL);
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_CHARGES, q));
        ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
        lrpot_structure_free(s);
    }
    ck_ok(lrpot_fit_run(fit, follow, losses));
    ck_assert_msg(losses[1] < 1e-8 * losses[0], "%g of %g", losses[1], losses[0]);
    lrpot_fit_free(fit);
    lrpot_potential_free(fitted);
    lrpot_potential_free(truth.potential);
    lrpot_workspace_free(truth.work);
}
END_TEST

START_TEST(a_direct_start_without_moments_is_refused)
{
    support_random random = { 9620 };
    lrpot_charges_options charges;
    lrpot_potential *density = model_of(&random, RESPONSES, &charges),
                    *edqrd = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.flags = LRPOT_FIT_DIRECT_START;
    options.targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_CHARGES;
    ck_assert_int_eq(lrpot_fit_create(&fit, edqrd, &options), LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "of kind edqrd"));
    ck_assert_int_eq(lrpot_fit_create(&fit, density, &options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "needs the target atomic_dipoles"));
    options.targets |= LRPOT_FIT_TARGET_ATOMIC_DIPOLES;
    options.flags |= LRPOT_FIT_SKIP_MISSING;
    ck_assert_int_eq(lrpot_fit_create(&fit, density, &options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "LRPOT_FIT_SKIP_MISSING"));
    lrpot_potential_free(density);
    lrpot_potential_free(edqrd);
}
END_TEST

/* What a fit of two widths does with the heads of the capacities kappa, narrow and wide, while wide
 * ones rest. */
typedef struct resting {
    const lrpot_potential *potential;
    double narrow[2], wide[2]; /* least and greatest */
    int32_t steps, later;
} resting;

static int32_t watch_heads(void *ctx, const lrpot_fit_progress *progress)
{
    enum { KAPPA = 2 };
    resting *r = ctx;
    int64_t n = lrpot_potential_param_count(r->potential), offset = 0, count = 0;
    const char *name = NULL;
    double *params = calloc((size_t)n, sizeof *params);
    int32_t narrow = strcmp(progress->stage, "narrow") == 0;
    r->steps += narrow, r->later += r->steps > 0 && !narrow;
    ck_ok(lrpot_potential_get_params(r->potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(r->potential, b, &name, &offset, &count); b++)
        for (int z = 0; strcmp(name, "charges.species") == 0 && narrow && z < 2 * MODEL_SPECIES;
             z++) {
            double *range = z < MODEL_SPECIES ? r->narrow : r->wide,
                   head = params[offset + KAPPA * MODEL_SPECIES + z];
            range[0] = fmin(range[0], head), range[1] = fmax(range[1], head);
        }
    free(params);
    return 0;
}

START_TEST(wide_capacities_rest_until_the_narrow_ones_are_fitted)
{
    support_random random = { 9640 };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.order = 1, charges.features = _i == 0 ? 8 : 4;
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &charges);
    resting r = { potential, { HUGE_VAL, -HUGE_VAL }, { HUGE_VAL, -HUGE_VAL }, 0, 0 };
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.max_iterations = 2, options.starts = 1;
    options.targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES;
    options.flags = LRPOT_FIT_NO_CORE | LRPOT_FIT_NO_ACTIVE_SET;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int c = 0; c < 3; c++) {
        lrpot_structure *s =
            with_references(&random, models_random_structure(&random, CELL_NONE, MOST, 0.1 * c));
        ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
        lrpot_structure_free(s);
    }
    ck_ok(lrpot_fit_run(fit, watch_heads, &r));
    ck_assert_int_eq(r.steps > 0, _i == 0);
    if (_i == 0) {
        ck_assert(r.wide[0] == r.wide[1]);
        ck_assert(r.narrow[0] < r.narrow[1]);
        ck_assert_int_gt(r.later, 0);
    }
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    enum { ALL = CASES + VARIANTS, SMALL = CASES + SMALL_VARIANTS, NETWORKS = ALL };
    Suite *suite = suite_create("density_fit");
    TCase *tcase = tcase_create("gradient");
    tcase_set_timeout(tcase, 240);
    support_add_cases(tcase, gradient_of_a_fit_is_its_derivative, 0, CASES);
    support_add_cases(tcase, gradient_of_a_fit_is_its_derivative, NETWORKS,
                      NETWORKS + 2 * RESPONSES);
    support_add_cases(tcase, gradient_of_born_charges_is_their_derivative, 0, CASES);
    support_add_cases(tcase, predictions_of_a_fit_are_those_of_the_model, 0, SMALL);
    support_add_cases(tcase, gradient_of_the_polarizability_is_its_derivative, 0, CASES);
    support_add_cases(tcase, fields_without_a_limit_are_refused, 0, 5);
    support_add_cases(tcase, a_direct_start_finds_the_model_of_its_moments, 0, 2);
    tcase_add_test(tcase, a_direct_start_without_moments_is_refused);
    support_add_cases(tcase, wide_capacities_rest_until_the_narrow_ones_are_fitted, 0, 2);
    suite_add_tcase(suite, tcase);
    TCase *slow = tcase_create("slow"); /* several widths, quadrupoles with networks */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 240);
    support_add_sampled(slow, gradient_of_a_fit_is_its_derivative, CASES, ALL, 5);
    support_add_cases(slow, gradient_of_a_fit_is_its_derivative, NETWORKS + 2 * RESPONSES,
                      NETWORKS + CASES);
    support_add_sampled(slow, gradient_of_born_charges_is_their_derivative, CASES, ALL, 5);
    support_add_cases(slow, gradient_of_born_charges_is_their_derivative, NETWORKS,
                      NETWORKS + CASES);
    support_add_sampled(slow, gradient_of_the_polarizability_is_its_derivative, CASES, ALL, 5);
    support_add_cases(slow, predictions_of_a_fit_are_those_of_the_model, SMALL, ALL);
    suite_add_tcase(suite, slow);
    return suite;
}
