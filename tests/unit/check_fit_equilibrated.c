/* Equilibrated charges under fit: a model of the same kind is found again, from frames of several
 * total charges, some of which have fragments that keep their charge. */
#include "models.h"
#include "support.h"

#include <lrpot/response.h>

#define FRAMES 14
#define ATOMS 8

static const double widths[2] = { 1.1, 0.8 };

/* charge_level 0: one electronegativity and one hardness per species. */
static lrpot_potential *small_model(int32_t charge_level)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = model_symbols;
    options.n_species = 2;
    basis.level = 4;
    basis.radial_size = 4;
    basis.min_distance = 1.5;
    basis.cutoff = 4.0;
    charge_basis = basis;
    charge_basis.level = charge_level;
    options.charges = LRPOT_CHARGES_EQUILIBRATED;
    options.widths = widths;
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
            memcpy(params + offset, values,
                   (size_t)(n_values < count ? n_values : count) * sizeof *values);
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
}

static lrpot_potential *true_model(support_random *random, int32_t charge_level)
{
    static const double repulsion = 0.05, species[4] = { -1.6, 1.4, 3.0, 5.0 };
    double linear[64];
    lrpot_potential *truth = small_model(charge_level);
    set_block(truth, "energy.linear", &repulsion, 1);
    set_block(truth, "charges.species", species, 4);
    for (int k = 0; k < 64; k++) linear[k] = support_uniform(random, -0.05, 0.05);
    set_block(truth, "charges.linear", linear, 64);
    return truth;
}

/* Halves that keep their charge; the second fragment of three has no atoms. */
static void divide(lrpot_structure *s, double total)
{
    double fragments[ATOMS], charges[3] = { 0.5 * total + 0.3, 0.0, 0.5 * total - 0.3 };
    for (int i = 0; i < ATOMS; i++) fragments[i] = 2 * (i % 2);
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FRAGMENT, fragments));
    ck_ok(lrpot_structure_set_fragment_charges(s, 3, charges));
}

/* References by the model itself: of what it has. */
static lrpot_structure *labelled_structure(support_random *random, const lrpot_potential *truth,
                                           int cell, double total, int divided)
{
    lrpot_structure *s = support_random_structure(random, cell, ATOMS, 2, model_symbols, 2.0);
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, forces[3 * ATOMS], virial[9], stress[9], charges[ATOMS], dipole[3] = { 0, 0, 0 };
    const double *positions = lrpot_structure_positions(s);
    out.energy = &energy, out.forces = forces, out.virial = virial, out.charges = charges;
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
    if (divided) divide(s, total);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(truth, work, s, &out));
    for (int k = 0; k < 3 * ATOMS; k++) dipole[k % 3] += charges[k / 3] * positions[k];
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_CHARGES, charges));
    for (int k = 0; k < 9 && cell != CELL_NONE; k++)
        stress[k] = -virial[k] / lrpot_structure_volume(s);
    if (cell == CELL_NONE) ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_DIPOLE, dipole));
    else ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_STRESS, stress));
    lrpot_workspace_free(work);
    return s;
}

static lrpot_fit *fit_to(const lrpot_potential *truth, support_random *random,
                         lrpot_potential *potential, int32_t targets)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    options.seed = 1, options.threads = 2, options.max_iterations = 60,
    options.regularization = 1e-6, options.targets = targets;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < FRAMES; f++) {
        lrpot_structure *s = labelled_structure(random, truth, f % 2 ? CELL_NONE : CELL_TRICLINIC,
                                                f % 3 - 1, f % 4 >= 2);
        ck_ok(lrpot_fit_add(fit, s, f < FRAMES - 3 ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, 1));
        lrpot_structure_free(s);
    }
    return fit;
}

START_TEST(electronegativity_and_hardness_are_recovered_from_energies_and_forces)
{
    support_random random = { 71 };
    lrpot_potential *truth = true_model(&random, 0), *potential = small_model(0);
    lrpot_fit *fit = fit_to(truth, &random, potential, 0);
    double found[4], given[4];
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_charges_get_params(lrpot_potential_charges(truth), 4, given));
    ck_ok(lrpot_charges_get_params(lrpot_potential_charges(potential), 4, found));
    for (int k = 0; k < 4; k++) ck_close(found[k], given[k], 1e-3, 1.0);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    lrpot_potential_free(truth);
}
END_TEST

START_TEST(charges_of_other_frames_follow_from_a_fit_with_dipoles_and_charges)
{
    support_random random = { 72 };
    lrpot_potential *truth = true_model(&random, 4), *potential = small_model(4);
    const int32_t targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES
                            | LRPOT_FIT_TARGET_STRESS | LRPOT_FIT_TARGET_DIPOLE
                            | LRPOT_FIT_TARGET_CHARGES;
    lrpot_fit *fit = fit_to(truth, &random, potential, targets);
    double rmse = 0, mae = 0;
    int64_t n = 0;
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(support_fit_error(fit, LRPOT_FIT_VALID, LRPOT_FIT_TARGET_CHARGES, &rmse, &mae, &n));
    ck_assert_int_eq(n, 3 * ATOMS);
    ck_assert_msg(rmse < 1e-4, "charges of validation frames %g e", rmse);
    ck_ok(support_fit_error(fit, LRPOT_FIT_VALID, LRPOT_FIT_TARGET_DIPOLE, &rmse, &mae, &n));
    ck_assert_msg(n > 0 && rmse < 1e-3, "dipoles of validation frames %g e A", rmse);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    lrpot_potential_free(truth);
}
END_TEST

/* The model whose Born charges they are, isolated and periodic, leaves nothing. */
START_TEST(born_charges_of_the_fit_are_those_of_the_response)
{
    support_random random = { 75 };
    lrpot_potential *truth = true_model(&random, 4);
    lrpot_structure *s = models_two_molecules(&random, _i ? CELL_CUBIC : CELL_NONE, 0.8);
    lrpot_workspace *work = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    double born[9 * ATOMS], rmse = 0, mae = 0;
    int64_t n = 0;
    options.targets = LRPOT_FIT_TARGET_BORN;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_response_born_charges_structure(truth, work, s, LRPOT_BORN_UNFOLDED, born, NULL));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_BORN_CHARGES, born));
    ck_ok(lrpot_fit_create(&fit, truth, &options));
    ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
    ck_ok(support_fit_error(fit, LRPOT_FIT_TRAIN, LRPOT_FIT_TARGET_BORN, &rmse, &mae, &n));
    ck_assert_int_eq(n, 9 * ATOMS);
    ck_assert_msg(rmse < 1e-8, "Born charges differ by %g e", rmse);
    lrpot_fit_free(fit);
    lrpot_workspace_free(work);
    lrpot_structure_free(s);
    lrpot_potential_free(truth);
}
END_TEST

static void expect_refusal(lrpot_structure *s, const char *words)
{
    support_random random = { 73 };
    lrpot_potential *potential = true_model(&random, 0);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    ck_assert_int_eq(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1), LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), words) != NULL, "%s", lrpot_last_error());
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    lrpot_structure_free(s);
}

START_TEST(fragments_that_do_not_fit_the_frame_are_refused_by_name)
{
    support_random random = { 74 };
    lrpot_potential *truth = true_model(&random, 0);
    double charges[3] = { 1.0, 0.5, -1.5 };
    lrpot_structure *s = labelled_structure(&random, truth, CELL_NONE, 0, 1);
    ck_ok(lrpot_structure_set_fragment_charges(s, 3, charges));
    expect_refusal(s, "fragment 1 has a charge of 0.5 e but no atoms");
    s = labelled_structure(&random, truth, CELL_NONE, 0, 1);
    charges[1] = 0.0;
    ck_ok(lrpot_structure_set_fragment_charges(s, 3, charges));
    expect_refusal(s, "the charges of the fragments sum to -0.5 e, the total charge is 0 e");
    lrpot_potential_free(truth);
}
END_TEST

/* Hardness is positive whatever the parameters, but nearly none of it leaves points that gain
 * without end by exchanging charge. */
START_TEST(charges_without_a_least_energy_are_refused_with_frame_and_atoms)
{
    static const double points[2] = { 0.0, 0.0 }, soft[4] = { 0.0, 0.0, -4.0, -4.0 },
                        positions[9] = { 0, 0, 0, 1.6, 0, 0, 0, 3.5, 0 };
    const char *const names[3] = { "Na", "Cl", "Na" };
    lrpot_potential_options model = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    lrpot_structure *s = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    double energy = 0.0, params[128], loss = 0.0;
    model.basis = &basis;
    model.symbols = model_symbols, model.n_species = 2, basis.level = 2, basis.radial_size = 4;
    model.charges = LRPOT_CHARGES_EQUILIBRATED, model.widths = points;
    ck_ok(lrpot_potential_create(&potential, &model));
    set_block(potential, "charges.species", soft, 4);
    ck_ok(lrpot_structure_create(&s, 3, names, positions, NULL, 0));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
    int64_t n = lrpot_fit_param_count(fit);
    ck_assert_int_le(n, 128);
    ck_ok(lrpot_potential_get_params(potential, n, params));
    ck_assert_int_eq(lrpot_fit_loss(fit, n, params, &loss, NULL), LRPOT_E_SINGULAR);
    ck_assert_msg(strstr(lrpot_last_error(), "frame 0 (3 atoms)") != NULL, "%s",
                  lrpot_last_error());
    ck_assert_msg(strstr(lrpot_last_error(), "between atoms 0 and 1 (species 0 and 1)") != NULL,
                  "%s", lrpot_last_error());
    lrpot_fit_free(fit);
    lrpot_structure_free(s);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_equilibrated");
    TCase *tcase = tcase_create("fit_equilibrated");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, electronegativity_and_hardness_are_recovered_from_energies_and_forces);
    tcase_add_test(tcase, charges_of_other_frames_follow_from_a_fit_with_dipoles_and_charges);
    tcase_add_test(tcase, fragments_that_do_not_fit_the_frame_are_refused_by_name);
    support_add_cases(tcase, born_charges_of_the_fit_are_those_of_the_response, 0, 2);
    tcase_add_test(tcase, charges_without_a_least_energy_are_refused_with_frame_and_atoms);
    suite_add_tcase(suite, tcase);
    return suite;
}
