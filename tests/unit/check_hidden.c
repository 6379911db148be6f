/* Networks beside the linear heads, from the outside: files, copies, what is refused, charge
 * states, fits. */
#include "models.h"
#include "support.h"

#include <stdio.h>
#include <unistd.h>

static lrpot_potential *model_of(int32_t kind)
{
    support_random random = { 90 + (uint64_t)kind };
    return models_random_potential(&random, MODELS_WITH_HIDDEN + kind);
}

static double energy_of(const lrpot_potential *potential, double total_charge)
{
    support_random random = { 7 };
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, 8, total_charge);
    lrpot_workspace *work = NULL;
    double energy = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    return energy;
}

static int64_t block_of(const lrpot_potential *potential, const char *wanted, int64_t *offset)
{
    const char *name = NULL;
    int64_t count = 0;
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, offset, &count); b++)
        if (strcmp(name, wanted) == 0) return count;
    return 0;
}

START_TEST(files_and_copies_hold_them)
{
    lrpot_potential *potential = model_of(_i), *copy = NULL, *read = NULL;
    char path[] = "hidden-XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
    double energy = energy_of(potential, 0.4);
    ck_ok(lrpot_potential_save(potential, path));
    ck_ok(lrpot_potential_clone(&copy, potential));
    lrpot_potential_free(potential);
    ck_ok(lrpot_potential_load(&read, path));
    ck_assert(energy_of(copy, 0.4) == energy);
    ck_assert(energy_of(read, 0.4) == energy);
    ck_assert_int_eq(lrpot_potential_save_mtp(read, path), LRPOT_E_UNSUPPORTED);
    lrpot_potential_free(copy);
    lrpot_potential_free(read);
    remove(path);
}
END_TEST

START_TEST(weights_of_zero_leave_the_linear_model)
{
    lrpot_potential *potential = model_of(_i);
    int64_t n = lrpot_potential_param_count(potential), offset = 0, energies = 0, charges = 0;
    double *params = calloc((size_t)n, sizeof *params), bent = energy_of(potential, 0.0),
           straight = 0;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    energies = block_of(potential, "energy.hidden", &offset);
    memset(params + offset, 0, (size_t)energies * sizeof *params);
    charges = block_of(potential, "charges.hidden", &offset);
    if (charges > 0) memset(params + offset, 0, (size_t)charges * sizeof *params);
    ck_assert_int_gt(energies, 0);
    ck_assert_int_eq(charges > 0, _i >= LRPOT_CHARGES_EDQ);
    ck_ok(lrpot_potential_set_params(potential, n, params));
    straight = energy_of(potential, 0.0);
    ck_assert(fabs(straight - bent) > 1e-3);
    /* the random numbers of networks come last, so that the linear part is that of the model
     * without */
    support_random random = { 90 + (uint64_t)_i };
    lrpot_potential *linear = models_random_potential(&random, _i);
    ck_close(straight, energy_of(linear, 0.0), TOL_REF, 1.0);
    free(params);
    lrpot_potential_free(linear);
    lrpot_potential_free(potential);
}
END_TEST

/* Without charges of the atoms nothing but the input of the networks knows the total charge. */
START_TEST(the_total_charge_counts_where_it_is_an_input)
{
    support_random random = { 33 };
    lrpot_potential *with = model_of(LRPOT_CHARGES_NONE),
                    *without = models_random_potential(&random, LRPOT_CHARGES_NONE);
    ck_assert(energy_of(without, 0.0) == energy_of(without, 1.0));
    ck_assert(fabs(energy_of(with, 0.0) - energy_of(with, 1.0)) > 1e-3);
    lrpot_potential_free(with);
    lrpot_potential_free(without);
}
END_TEST

START_TEST(shapes_that_make_no_sense_are_refused)
{
    static const struct {
        int32_t charges, energy[2], charge_input, own[2], own_input;
    } wrong[] = { { LRPOT_CHARGES_NONE, { 0, 4 }, 0, { 0, 0 }, 0 },
                  { LRPOT_CHARGES_NONE, { -1, 0 }, 0, { 0, 0 }, 0 },
                  { LRPOT_CHARGES_NONE, { 65, 0 }, 0, { 0, 0 }, 0 },
                  { LRPOT_CHARGES_NONE, { 0, 0 }, 1, { 0, 0 }, 0 },
                  { LRPOT_CHARGES_NONE, { 4, 0 }, 2, { 0, 0 }, 0 },
                  { LRPOT_CHARGES_FIXED, { 0, 0 }, 0, { 4, 0 }, 0 },
                  { LRPOT_CHARGES_QRD, { 0, 0 }, 0, { 0, 0 }, 1 },
                  { LRPOT_CHARGES_LATENT, { 4, 0 }, 1, { 0, 0 }, 1 } };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
        lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
        lrpot_potential *potential = NULL;
        options.symbols = model_symbols;
        options.n_species = 2;
        options.charges = wrong[k].charges;
        options.charge_options = &charges;
        options.charge_input = wrong[k].charge_input;
        memcpy(options.hidden, wrong[k].energy, sizeof options.hidden);
        memcpy(charges.hidden, wrong[k].own, sizeof charges.hidden);
        charges.charge_input = wrong[k].own_input;
        ck_assert_int_eq(lrpot_potential_create(&potential, &options), LRPOT_E_ARGUMENT);
        ck_assert_ptr_null(potential);
    }
}
END_TEST

enum { ATOMS = 6, TRAIN = 48, VALID = 12 };

static lrpot_potential *small_model(int32_t hidden, int32_t charge_input)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    options.basis = &basis;
    options.symbols = model_symbols;
    options.n_species = 2;
    basis.level = 6;
    basis.radial_size = 4;
    basis.min_distance = 1.5;
    basis.cutoff = 4.0;
    options.hidden[0] = hidden;
    options.charge_input = charge_input;
    ck_ok(lrpot_potential_create(&potential, &options));
    return potential;
}

/* Atoms in a small box, none closer to another than 1.6 A. */
static lrpot_structure *cluster(support_random *random)
{
    static const char *const symbols[ATOMS] = { "Na", "Cl", "Na", "Cl", "Na", "Cl" };
    lrpot_structure *s = NULL;
    double r[3 * ATOMS];
    for (int i = 0; i < ATOMS;) {
        int apart = 1;
        for (int a = 0; a < 3; a++) r[3 * i + a] = support_uniform(random, 0, 4.2);
        for (int j = 0; j < i; j++)
            apart = apart
                    && hypot(hypot(r[3 * i] - r[3 * j], r[3 * i + 1] - r[3 * j + 1]),
                             r[3 * i + 2] - r[3 * j + 2])
                           > 1.6;
        i = apart ? i + 1 : i;
    }
    ck_ok(lrpot_structure_create(&s, ATOMS, symbols, r, NULL, 0));
    return s;
}

/* Pairs repel the farther the larger the total charge is. */
static void label(lrpot_structure *s, double total_charge)
{
    double energy = 0, forces[3 * ATOMS] = { 0 };
    const double *r = lrpot_structure_positions(s);
    for (int i = 0; i < ATOMS; i++)
        for (int j = 0; j < i; j++) {
            double d[3], square = 0;
            for (int a = 0; a < 3; a++) d[a] = r[3 * i + a] - r[3 * j + a], square += d[a] * d[a];
            double range = 1.5 + 0.5 * total_charge, value = exp(-square / (range * range));
            energy += value;
            for (int a = 0; a < 3; a++)
                forces[3 * i + a] += 2 * d[a] / (range * range) * value,
                    forces[3 * j + a] -= 2 * d[a] / (range * range) * value;
        }
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &total_charge));
}

static double error_of_fit(lrpot_potential *potential)
{
    support_random random = { 51 };
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    lrpot_fit *fit = NULL;
    options.max_iterations = 120, options.starts = 1, options.regularization = 1e-3;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < TRAIN + VALID; f++) {
        lrpot_structure *s = cluster(&random);
        label(s, f % 2);
        ck_ok(lrpot_fit_add(fit, s, f < TRAIN ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, 1));
        lrpot_structure_free(s);
    }
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &errors));
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    return errors.rmse[LRPOT_FIT_FORCES];
}

START_TEST(a_fit_tells_two_charge_states_apart)
{
    double blind = error_of_fit(small_model(4, 0)), seeing = error_of_fit(small_model(4, 1)),
           linear = error_of_fit(small_model(0, 0));
    ck_assert_msg(
        seeing < 0.5 * blind && seeing < 0.5 * linear,
        "forces of validation frames: %g with the total charge, %g without, %g linear eV/A", seeing,
        blind, linear);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("hidden");
    TCase *tcase = tcase_create("hidden"), *slow = tcase_create("fits");
    int end = LRPOT_CHARGES_EQUILIBRATED + 1;
    support_add_cases(tcase, files_and_copies_hold_them, LRPOT_CHARGES_NONE, end);
    support_add_cases(tcase, weights_of_zero_leave_the_linear_model, LRPOT_CHARGES_NONE, end);
    tcase_add_test(tcase, the_total_charge_counts_where_it_is_an_input);
    tcase_add_test(tcase, shapes_that_make_no_sense_are_refused);
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 300);
    tcase_add_test(slow, a_fit_tells_two_charge_states_apart);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, slow);
    return suite;
}
