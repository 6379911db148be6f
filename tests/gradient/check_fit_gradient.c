/* The gradient of the fit's loss against differences, for every charge model, with periodic and
 * isolated frames together. */
#include "fit_probe.h"
#include "models.h"
#include "support.h"

/* References of a size that leaves ordinary residuals. */
static void add_frame(support_random *random, lrpot_fit *fit, int cell, double total_charge,
                      int32_t source, int divided, int whole)
{
    lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
    lrpot_structure *structure = models_random_structure(random, cell, 7, total_charge);
    double energy = support_uniform(random, -3, 3), forces[21], stress[9];
    for (int k = 0; k < 21; k++) forces[k] = support_uniform(random, -1, 1);
    for (int k = 0; k < 9; k++) stress[k] = support_uniform(random, -0.1, 0.1);
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_FORCES, forces));
    if (cell != CELL_NONE) ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_STRESS, stress));
    double dipole[3], charges[7], born[63];
    for (int k = 0; k < 3; k++) dipole[k] = support_uniform(random, -1, 1);
    for (int k = 0; k < 7; k++) charges[k] = support_uniform(random, -1, 1);
    for (int k = 0; k < 63; k++) born[k] = support_uniform(random, -1, 1);
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_DIPOLE, dipole));
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_CHARGES, charges));
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_BORN_CHARGES, born));
    double fragments[7] = { 0, 1, 1, 0, 2, 2, 0 },
           fragment_charges[3] = { total_charge + 0.5, 0.2, -0.7 };
    if (divided) ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_FRAGMENT, fragments));
    if (divided) ck_ok(lrpot_structure_set_fragment_charges(structure, 3, fragment_charges));
    double points[15], potentials[5];
    for (int k = 0; k < 15; k++) points[k] = support_uniform(random, -4, 8);
    for (int k = 0; k < 5; k++) potentials[k] = support_uniform(random, -1, 1);
    ck_ok(lrpot_structure_set_points(structure, 5, points, potentials));
    how.source = source, how.weight = support_uniform(random, 0.5, 2);
    for (int k = 0; k < 7; k++) how.target_weights[k] = support_uniform(random, 0.5, 2);
    if (cell != CELL_NONE && whole)
        how.target_weights[5] = -1; /* charge flows through a crystal without end */
    ck_ok(lrpot_fit_add_frame(fit, structure, &how));
    lrpot_structure_free(structure);
}

enum {
    KEPT = LRPOT_CHARGES_EQUILIBRATED + 1,
    FREE,
    OWN,
    NUMBERS = OWN + LRPOT_CHARGES_EQUILIBRATED + 1,
    CHANNELS_WITH_HIDDEN = MODELS_WITH_HIDDEN + LRPOT_CHARGES_EQUILIBRATED + 1
};

/* Behind the kinds: latent charges of three channels, with the sum kept and without; all kinds with
 * coefficients of each species; behind the kinds with networks the three channels again. */
static lrpot_potential *model_number(support_random *random, int number)
{
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    if (number <= LRPOT_CHARGES_EQUILIBRATED
        || (number >= MODELS_WITH_HIDDEN && number < CHANNELS_WITH_HIDDEN))
        return models_random_potential(random, number);
    if (number >= OWN && number < NUMBERS) return models_random_species(random, number - OWN);
    charges.channels = 3;
    if (number == CHANNELS_WITH_HIDDEN)
        return models_random_with(random, MODELS_WITH_HIDDEN + LRPOT_CHARGES_LATENT, &charges);
    charges.neutrality = number == KEPT ? LRPOT_NEUTRALITY_EXACT : LRPOT_NEUTRALITY_OFF;
    return models_random_with(random, LRPOT_CHARGES_LATENT, &charges);
}

/* Behind the parameters of the model those of the sources. */
static void compare_gradient(fit_point *p, support_random *random, const lrpot_potential *potential)
{
    p->n = lrpot_fit_param_count(p->fit);
    p->params = calloc((size_t)p->n, sizeof *p->params);
    double *gradient = calloc((size_t)p->n, sizeof *gradient), loss = 0;
    ck_ok(lrpot_potential_get_params(potential, lrpot_potential_param_count(potential), p->params));
    for (int64_t k = lrpot_potential_param_count(potential); k < p->n; k++)
        p->params[k] = support_uniform(random, -1, 1);
    ck_ok(lrpot_fit_loss(p->fit, p->n, p->params, &loss, gradient));
    for (p->at = 0; p->at<p->n; p->at += p->n - p->at> 12 ? 5 : 1) {
        double size = fmax(fabs(p->params[p->at]), 1e-3), step = 5e-5 * size;
        double numeric = support_difference(fit_loss_at, p, p->params[p->at], step);
        /* what a parameter can change in the loss at all sets the scale of rounding */
        ck_close(gradient[p->at], numeric, TOL_FD, 1e-2 * loss / size);
    }
    free(gradient);
    free(p->params);
}

/* Born charges take the Jacobian; without them the gradient is made without it. */
static void check_model(int number, int with_born)
{
    support_random random = { 700 + (uint64_t)number };
    lrpot_potential *potential = model_number(&random, number);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    options.errors[LRPOT_FIT_ENERGY] = 0.1, options.errors[LRPOT_FIT_FORCES] = 0.3,
    options.errors[LRPOT_FIT_STRESS] = 0.05, options.threads = 2;
    options.errors[LRPOT_FIT_DIPOLE] = options.errors[LRPOT_FIT_CHARGES] =
        options.errors[LRPOT_FIT_BORN] = 0.2,
    options.errors[LRPOT_FIT_POTENTIAL] = 0.5;
    if (lrpot_potential_charges(potential) != NULL)
        options.targets = (2 * LRPOT_FIT_TARGET_POTENTIAL - 1)
                          & ~(with_born ? 0 : LRPOT_FIT_TARGET_BORN);
    int equilibrated = lrpot_charges_kind(lrpot_potential_charges(potential))
                       == LRPOT_CHARGES_EQUILIBRATED;
    fit_point p = { NULL, NULL, 0, 0 };
    ck_ok(lrpot_fit_create(&p.fit, potential, &options));
    add_frame(&random, p.fit, CELL_TRICLINIC, 0, 0, 1, equilibrated);
    add_frame(&random, p.fit, CELL_TINY, 1, 2, 0, equilibrated);
    add_frame(&random, p.fit, CELL_NONE, -1, 1, 0, equilibrated);
    add_frame(&random, p.fit, CELL_NONE, 1, 0, 1, equilibrated);
    compare_gradient(&p, &random, potential);
    lrpot_fit_free(p.fit);
    lrpot_potential_free(potential);
}

START_TEST(gradient_of_the_loss_is_its_derivative)
{
    check_model(_i, 1);
}
END_TEST

START_TEST(gradient_without_jacobian_is_the_derivative)
{
    check_model(_i, 0);
}
END_TEST

/* With forces beside them and without, for the second derivatives are made for either alone. */
START_TEST(gradient_by_born_charges_of_fragments_is_its_derivative)
{
    support_random random = { 800 + (uint64_t)_i };
    lrpot_potential *potential = model_number(&random, LRPOT_CHARGES_EQUILIBRATED);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    options.errors[LRPOT_FIT_FORCES] = 0.3, options.errors[LRPOT_FIT_BORN] = 0.2,
    options.targets = LRPOT_FIT_TARGET_BORN | (_i % 2 ? LRPOT_FIT_TARGET_FORCES : 0);
    fit_point p = { NULL, NULL, 0, 0 };
    lrpot_structure *molecules =
        models_two_molecules(&random, _i / 2 ? CELL_CUBIC : CELL_NONE, 0.6);
    double born[72], forces[24];
    for (int k = 0; k < 72; k++) born[k] = support_uniform(&random, -1, 1);
    for (int k = 0; k < 24; k++) forces[k] = support_uniform(&random, -1, 1);
    ck_ok(lrpot_structure_set(molecules, LRPOT_QUANTITY_BORN_CHARGES, born));
    ck_ok(lrpot_structure_set(molecules, LRPOT_QUANTITY_FORCES, forces));
    ck_ok(lrpot_fit_create(&p.fit, potential, &options));
    ck_ok(lrpot_fit_add(p.fit, molecules, LRPOT_FIT_TRAIN, 1));
    compare_gradient(&p, &random, potential);
    lrpot_structure_free(molecules);
    lrpot_fit_free(p.fit);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_gradient");
    TCase *tcase = tcase_create("fit_gradient");
    tcase_set_timeout(tcase, 300);
    support_add_cases(tcase, gradient_of_the_loss_is_its_derivative, LRPOT_CHARGES_NONE, NUMBERS);
    support_add_cases(tcase, gradient_without_jacobian_is_the_derivative, LRPOT_CHARGES_NONE,
                      NUMBERS);
    support_add_cases(tcase, gradient_by_born_charges_of_fragments_is_its_derivative, 0, 4);
    suite_add_tcase(suite, tcase);
    TCase *slow = tcase_create("slow"); /* the same derivatives through networks */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 300);
    support_add_cases(slow, gradient_of_the_loss_is_its_derivative,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ, CHANNELS_WITH_HIDDEN + 1);
    suite_add_tcase(suite, slow);
    return suite;
}
