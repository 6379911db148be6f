/* Field forces and the dipole current against differences of the dipole and against the Born
 * charges. */
#include "models.h"

#define N_ATOMS 7

static const double field[3] = { 0.013, -0.027, 0.041 }; /* V/A */

static lrpot_field uniform(void)
{
    lrpot_field result = LRPOT_FIELD_INIT;
    memcpy(result.value, field, sizeof field);
    return result;
}

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const lrpot_structure *structure;
    const double *direction; /* [n][3]: displacement at x = 1; NULL for a strain */
    int a, b;                /* of the strain */
    int component;           /* of the dipole; -1: the energy */
} moved;

typedef struct {
    double energy, energy_atom[N_ATOMS], forces[3 * N_ATOMS], virial[9], virial_atom[9 * N_ATOMS],
        charges[N_ATOMS], dipole[3], current[3];
} results;

static lrpot_outputs outputs_of(results *r)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &r->energy, out.energy_atom = r->energy_atom, out.forces = r->forces,
    out.virial = r->virial;
    out.virial_atom = r->virial_atom, out.charges = r->charges, out.dipole = r->dipole;
    return out;
}

static void evaluate(const lrpot_potential *potential, lrpot_workspace *work,
                     const lrpot_structure *structure, const double *velocities, results *r)
{
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = outputs_of(r);
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(potential), 0));
    lrpot_field acting = uniform();
    if (atoms.periodic_mask != 0)
        out.virial = out.virial_atom = NULL; /* of charged systems there is none */
    ck_ok(lrpot_response_field_forces(potential, work, &atoms, list, NULL, &acting, &out));
    if (velocities != NULL)
        ck_ok(lrpot_response_current(potential, work, &atoms, list, NULL, velocities, NULL,
                                     r->current));
    lrpot_nlist_free(list);
}

static double value_at(double x, void *ctx)
{
    const moved *m = ctx;
    results r;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    if (m->direction == NULL) models_strain(copy, m->a, m->b, x);
    else
        for (int k = 0; k < 3 * N_ATOMS; k++)
            lrpot_structure_positions(copy)[k] += x * m->direction[k];
    evaluate(m->potential, m->work, copy, NULL, &r);
    lrpot_structure_free(copy);
    return m->component < 0 ? r.energy : r.dipole[m->component];
}

static void random_velocities(support_random *random, double *velocities)
{
    for (int k = 0; k < 3 * N_ATOMS; k++) velocities[k] = support_uniform(random, -1, 1);
}

static void discard(moved *m)
{
    lrpot_workspace_free(m->work);
    lrpot_structure_free((lrpot_structure *)m->structure);
    lrpot_potential_free((lrpot_potential *)m->potential);
}

START_TEST(isolated_field_forces_and_virial_are_derivatives_of_the_energy)
{
    support_random random = { 900 + (uint64_t)_i };
    moved m = { models_random_potential(&random, _i),
                NULL,
                models_random_structure(&random, CELL_NONE, N_ATOMS, 1.0),
                NULL,
                0,
                0,
                -1 };
    results r;
    double virial_sum[9] = { 0 };
    ck_ok(lrpot_workspace_create(&m.work, 1));
    evaluate(m.potential, m.work, m.structure, NULL, &r);
    for (int k = 0; k < 3 * N_ATOMS; k++) {
        double direction[3 * N_ATOMS] = { 0 };
        direction[k] = 1;
        m.direction = direction;
        ck_close(r.forces[k], -support_difference(value_at, &m, 0, MODEL_STEP), TOL_FD,
                 models_largest(r.forces, 3 * N_ATOMS));
    }
    m.direction = NULL;
    for (int k = 0; k < 9; k++) {
        m.a = k / 3, m.b = k % 3;
        ck_close(r.virial[k], -support_difference(value_at, &m, 0, MODEL_STEP), TOL_FD,
                 models_largest(r.virial, 9));
        for (int i = 0; i < N_ATOMS; i++) virial_sum[k] += r.virial_atom[9 * i + k];
        ck_close(virial_sum[k], r.virial[k], TOL_EXACT, models_largest(r.virial_atom, 9 * N_ATOMS));
    }
    discard(&m);
}
END_TEST

START_TEST(isolated_current_is_the_rate_of_the_dipole)
{
    support_random random = { 920 + (uint64_t)_i };
    moved m = { models_random_potential(&random, _i),
                NULL,
                models_random_structure(&random, CELL_NONE, N_ATOMS, 0.4),
                NULL,
                0,
                0,
                0 };
    results r;
    double velocities[3 * N_ATOMS];
    random_velocities(&random, velocities);
    m.direction = velocities;
    ck_ok(lrpot_workspace_create(&m.work, 1));
    evaluate(m.potential, m.work, m.structure, velocities, &r);
    for (m.component = 0; m.component < 3; m.component++)
        ck_close(r.current[m.component], support_difference(value_at, &m, 0, MODEL_STEP), TOL_FD,
                 models_largest(r.current, 3));
    discard(&m);
}
END_TEST

START_TEST(fixed_charges_in_a_cell_feel_the_derivative_of_the_energy)
{
    support_random random = { 930 + (uint64_t)_i };
    int32_t kind = _i % 2 == 0 ? LRPOT_CHARGES_FIXED : LRPOT_CHARGES_QRD;
    moved m = { models_random_potential(&random, kind),
                NULL,
                models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0),
                NULL,
                0,
                0,
                -1 };
    results r;
    double velocities[3 * N_ATOMS], power = 0;
    random_velocities(&random, velocities);
    m.direction = velocities;
    ck_ok(lrpot_workspace_create(&m.work, 1));
    evaluate(m.potential, m.work, m.structure, velocities, &r);
    for (int k = 0; k < 3 * N_ATOMS; k++) power += r.forces[k] * velocities[k];
    ck_close(power, -support_difference(value_at, &m, 0, MODEL_STEP), TOL_FD, 0.01);
    discard(&m);
}
END_TEST

START_TEST(field_forces_and_current_are_contractions_of_the_born_charges)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 940 + (uint64_t)(10 * _i + cell) };
        lrpot_potential *potential = models_random_potential(&random, _i);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.7);
        lrpot_workspace *work = NULL;
        double Z[9 * N_ATOMS], velocities[3 * N_ATOMS], current[3] = { 0 }, sum = 0;
        results r;
        random_velocities(&random, velocities);
        ck_ok(lrpot_workspace_create(&work, 1));
        evaluate(potential, work, structure, velocities, &r);
        ck_ok(lrpot_response_born_charges_structure(potential, work, structure, LRPOT_BORN_UNFOLDED,
                                                    Z, NULL));
        for (int i = 0; i < N_ATOMS; i++) {
            for (int b = 0; b < 3; b++) {
                double force = 0;
                for (int a = 0; a < 3; a++) force += Z[9 * i + 3 * a + b] * field[a];
                for (int a = 0; a < 3; a++)
                    current[a] += Z[9 * i + 3 * a + b] * velocities[3 * i + b];
                ck_close(r.forces[3 * i + b], force, TOL_EXACT, models_largest(Z, 9 * N_ATOMS));
            }
            sum += r.energy_atom[i];
        }
        for (int a = 0; a < 3; a++)
            ck_close(r.current[a], current[a], TOL_EXACT, 10 * models_largest(Z, 9 * N_ATOMS));
        double expected =
            -(field[0] * r.dipole[0] + field[1] * r.dipole[1] + field[2] * r.dipole[2]);
        ck_close(r.energy, expected, TOL_EXACT, 1.0);
        ck_close(sum, expected, TOL_EXACT, 1.0);
        lrpot_workspace_free(work);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

/* Forces alone of the enthalpy are one pass over the charges' derivatives, and two calls two. */
static void check_one_pass(const lrpot_potential *potential, const lrpot_structure *structure)
{
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    int32_t species[N_ATOMS];
    double two[3 * N_ATOMS], one[3 * N_ATOMS];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_field acting = uniform();
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(potential), 0));
    out.forces = two;
    ck_ok(lrpot_potential_compute(potential, work, &atoms, list, NULL, &out));
    out.flags = LRPOT_ADD;
    ck_ok(lrpot_response_field_forces(potential, work, &atoms, list, NULL, &acting, &out));
    out.flags = 0;
    out.forces = one;
    ck_ok(lrpot_response_enthalpy(potential, work, &atoms, list, NULL, &acting, &out));
    for (int k = 0; k < 3 * N_ATOMS; k++)
        ck_close(one[k], two[k], TOL_EXACT, models_largest(two, 3 * N_ATOMS));
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
}

START_TEST(one_pass_has_the_forces_of_model_and_field)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 960 + (uint64_t)(10 * _i + cell) };
        lrpot_potential *potential = models_random_potential(&random, _i);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0);
        check_one_pass(potential, structure);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(results_are_added_when_asked)
{
    support_random random = { 990 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_CUBIC, N_ATOMS, 0);
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    int32_t species[N_ATOMS];
    results once = { 0 }, twice = { 0 };
    ck_ok(lrpot_workspace_create(&work, 1));
    evaluate(potential, work, structure, NULL, &once);
    evaluate(potential, work, structure, NULL, &twice);
    lrpot_outputs out = outputs_of(&twice);
    lrpot_field acting = uniform();
    out.flags = LRPOT_ADD;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(potential), 0));
    ck_ok(lrpot_response_field_forces(potential, work, &atoms, list, NULL, &acting, &out));
    ck_close(twice.energy, 2 * once.energy, TOL_EXACT, 1.0);
    for (int k = 0; k < 3 * N_ATOMS; k++)
        ck_close(twice.forces[k], 2 * once.forces[k], TOL_EXACT, 1.0);
    for (int i = 0; i < N_ATOMS; i++)
        ck_close(twice.charges[i], 2 * once.charges[i], TOL_EXACT, 1.0);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(what_a_field_cannot_act_on_is_refused)
{
    support_random random = { 991 };
    lrpot_potential *charged = models_random_potential(&random, LRPOT_CHARGES_EDQ),
                    *neutral = models_random_potential(&random, LRPOT_CHARGES_NONE);
    lrpot_structure *structure = models_random_structure(&random, CELL_CUBIC, N_ATOMS, 0);
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    int32_t species[N_ATOMS];
    results r;
    double velocities[3 * N_ATOMS] = { 0 };
    lrpot_field acting = uniform(), infinite = LRPOT_FIELD_INIT;
    infinite.value[1] = INFINITY;
    lrpot_outputs out = outputs_of(&r);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(charged), 0));
    ck_assert_int_eq(lrpot_response_field_forces(neutral, work, &atoms, list, NULL, &acting, &out),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(
        lrpot_response_current(neutral, work, &atoms, list, NULL, velocities, NULL, r.current),
        LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(
        lrpot_response_field_forces(charged, work, &atoms, list, NULL, &infinite, &out),
        LRPOT_E_NOT_FINITE);
    velocities[4] = NAN;
    ck_assert_int_eq(
        lrpot_response_current(charged, work, &atoms, list, NULL, velocities, NULL, r.current),
        LRPOT_E_NOT_FINITE);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(charged);
    lrpot_potential_free(neutral);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("field_gradient");
    TCase *tcase = tcase_create("field_gradient");
    tcase_set_timeout(tcase, 60);
    support_add_cases(tcase, isolated_field_forces_and_virial_are_derivatives_of_the_energy,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, isolated_current_is_the_rate_of_the_dipole, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, fixed_charges_in_a_cell_feel_the_derivative_of_the_energy, 0, 2);
    support_add_cases(tcase, field_forces_and_current_are_contractions_of_the_born_charges,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_LATENT + 1);
    support_add_cases(tcase, field_forces_and_current_are_contractions_of_the_born_charges,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_LATENT + 1);
    support_add_cases(tcase, one_pass_has_the_forces_of_model_and_field, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_LATENT + 1);
    support_add_cases(tcase, one_pass_has_the_forces_of_model_and_field,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_LATENT + 1);
    tcase_add_test(tcase, results_are_added_when_asked);
    tcase_add_test(tcase, what_a_field_cannot_act_on_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
