/* Forces, virial and potential of whole models against differences of the energy, for every charge
 * model and every kind of cell. */
#include "models.h"

#define N_ATOMS 7
#define N_MANY 600

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const lrpot_structure *structure;
    double step;
    int64_t coordinate;
    int a, b;
} moved;

static double energy_at_displacement(double x, void *ctx)
{
    const moved *m = ctx;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    lrpot_structure_positions(copy)[m->coordinate] += x;
    double energy = models_energy(m->potential, m->work, copy);
    lrpot_structure_free(copy);
    return energy;
}

static double energy_at_strain(double x, void *ctx)
{
    const moved *m = ctx;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    models_strain(copy, m->a, m->b, x);
    double energy = models_energy(m->potential, m->work, copy);
    lrpot_structure_free(copy);
    return energy;
}

static void check_forces(moved *m, const double *forces, int64_t every)
{
    int64_t n = lrpot_structure_count(m->structure);
    double scale = models_largest(forces, 3 * n);
    for (int64_t k = 0; k < 3 * n; k += every) {
        m->coordinate = k;
        ck_close(forces[k], -support_difference(energy_at_displacement, m, 0, m->step), TOL_FD,
                 scale);
    }
}

static void check_virial(moved *m, const double *virial)
{
    double scale = models_largest(virial, 9);
    for (m->a = 0; m->a < 3; m->a++)
        for (m->b = 0; m->b < 3; m->b++)
            ck_close(virial[3 * m->a + m->b], -support_difference(energy_at_strain, m, 0, m->step),
                     TOL_FD, scale);
}

static void check_sums(int64_t n, const double *energy, const double *energy_atom,
                       const double *virial, const double *virial_atom)
{
    double energy_sum = 0, virial_sum[9] = { 0 };
    for (int64_t i = 0; i < n; i++) {
        energy_sum += energy_atom[i];
        for (int k = 0; k < 9; k++) virial_sum[k] += virial_atom[9 * i + k];
    }
    ck_close(energy_sum, *energy, TOL_REF, (double)n);
    for (int k = 0; k < 9; k++)
        ck_close(virial_sum[k], virial[k], TOL_REF, models_largest(virial, 9));
}

/* Forces on every so-manyth coordinate. */
static void check_structure(const lrpot_potential *potential, const lrpot_structure *structure,
                            int64_t every)
{
    int64_t n = lrpot_structure_count(structure);
    double energy, virial[9], *energy_atom = calloc((size_t)(13 * n), sizeof *energy_atom),
                              *forces = energy_atom + n, *virial_atom = forces + 3 * n;
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.energy_atom = energy_atom, out.forces = forces, out.virial = virial,
    out.virial_atom = virial_atom;
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    /* In large structures some pair always crosses the cutoff, where the second derivative jumps:
     * the smaller the step the fewer. */
    moved m = { potential, work, structure, n > 10 ? MODEL_STEP / 32 : MODEL_STEP, 0, 0, 0 };
    if (n > 1) check_forces(&m, forces, every); /* one atom has none */
    check_virial(&m, virial);
    check_sums(n, &energy, energy_atom, virial, virial_atom);
    lrpot_workspace_free(work);
    free(energy_atom);
}

static void check_model(int32_t kind, int cell, double total_charge, uint64_t seed)
{
    support_random random = { seed };
    lrpot_potential *potential = models_random_potential(&random, kind);
    lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, total_charge);
    check_structure(potential, structure, 2);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}

START_TEST(forces_and_virial_are_derivatives_of_the_energy)
{
    for (int cell = 0; cell < CELL_KINDS; cell++)
        check_model(_i, cell, 0.0, 100 + (uint64_t)(10 * _i + cell));
}
END_TEST

START_TEST(forces_and_virial_of_charged_systems_are_derivatives_of_the_energy)
{
    for (int cell = 0; cell < CELL_KINDS; cell++)
        check_model(_i, cell, 1.5, 200 + (uint64_t)(10 * _i + cell));
}
END_TEST

START_TEST(forces_and_virial_with_coefficients_of_each_species_are_derivatives_of_the_energy)
{
    for (int cell = 0; cell < CELL_KINDS; cell += 2) {
        support_random random = { 400 + (uint64_t)(10 * _i + cell) };
        lrpot_potential *potential = models_random_species(&random, _i);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.4);
        check_structure(potential, structure, 2);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

/* One or three channels, neutral or not, with or without self-energy. */
START_TEST(forces_and_virial_of_every_latent_model_are_derivatives_of_the_energy)
{
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.channels = _i % 2 == 0 ? 1 : 3;
    charges.neutrality = _i / 2 % 2 == 0 ? LRPOT_NEUTRALITY_EXACT : LRPOT_NEUTRALITY_OFF;
    charges.flags = _i / 4 == 0 ? 0 : LRPOT_CHARGES_SELF;
    charges.sigma = 1.3;
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 900 + (uint64_t)(10 * _i + cell) };
        lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_LATENT, &charges);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, -0.7);
        check_structure(potential, structure, 2);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(forces_and_virial_of_wires_and_slabs_are_derivatives_of_the_energy)
{
    for (int32_t mask = 1; mask < LRPOT_PERIODIC_ALL; mask++) {
        support_random random = { 270 + (uint64_t)mask };
        lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_NONE);
        lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0);
        double cell[9];
        memcpy(cell, lrpot_structure_cell(structure), sizeof cell);
        ck_ok(lrpot_structure_set_cell(structure, cell, mask));
        check_structure(potential, structure, 1);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(forces_and_virial_of_one_atom_and_of_many_are_derivatives_of_the_energy)
{
    support_random random = { 280 + (uint64_t)_i };
    lrpot_potential *potential = models_random_potential(&random, _i);
    lrpot_structure *one = models_random_structure(&random, CELL_TRICLINIC, 1, 0.5);
    /* equations of charges take their time; this many need the iterative solver */
    int64_t n = _i == LRPOT_CHARGES_EQUILIBRATED ? 120 : N_MANY;
    lrpot_structure *many = models_random_structure(&random, CELL_TRICLINIC, n, 0.5);
    check_structure(potential, one, 1);
    check_structure(potential, many, n == N_MANY ? 997 : 331);
    lrpot_structure_free(one);
    lrpot_structure_free(many);
    lrpot_potential_free(potential);
}
END_TEST

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const lrpot_structure *structure;
    double q[N_ATOMS];
    int64_t atom;
} recharged;

static double coulomb_at_charge(double x, void *ctx)
{
    recharged *r = ctx;
    double energy = 0, q[N_ATOMS];
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    memcpy(q, r->q, sizeof q);
    q[r->atom] += x;
    ck_ok(lrpot_structure_view(r->structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_ewald_eval(lrpot_potential_ewald(r->potential), r->work, &atoms, NULL, NULL, q,
                           &out));
    return energy;
}

START_TEST(potential_is_the_derivative_of_the_coulomb_energy_by_the_charges)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 300 + (uint64_t)cell };
        lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.5);
        lrpot_workspace *work = NULL;
        double phi[N_ATOMS];
        recharged r = { potential, NULL, structure, { 0 }, 0 };
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.potential = phi, out.charges = r.q;
        ck_ok(lrpot_workspace_create(&work, 1));
        r.work = work;
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
        for (r.atom = 0; r.atom < N_ATOMS; r.atom++)
            ck_close(phi[r.atom], support_difference(coulomb_at_charge, &r, 0, MODEL_STEP), TOL_FD,
                     models_largest(phi, N_ATOMS));
        lrpot_workspace_free(work);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("potential_gradient");
    TCase *tcase = tcase_create("potential_gradient");
    tcase_set_timeout(tcase, 300);
    support_add_cases(tcase, forces_and_virial_are_derivatives_of_the_energy, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, forces_and_virial_are_derivatives_of_the_energy,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_NONE,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_NONE + 1);
    support_add_cases(tcase, forces_and_virial_of_charged_systems_are_derivatives_of_the_energy,
                      LRPOT_CHARGES_QRD, LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, forces_and_virial_of_charged_systems_are_derivatives_of_the_energy,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(
        tcase, forces_and_virial_with_coefficients_of_each_species_are_derivatives_of_the_energy,
        LRPOT_CHARGES_NONE, LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, forces_and_virial_of_every_latent_model_are_derivatives_of_the_energy,
                      0, 8);
    tcase_add_test(tcase, forces_and_virial_of_wires_and_slabs_are_derivatives_of_the_energy);
    support_add_cases(tcase,
                      forces_and_virial_of_one_atom_and_of_many_are_derivatives_of_the_energy,
                      LRPOT_CHARGES_NONE, LRPOT_CHARGES_EQUILIBRATED + 1);
    tcase_add_test(tcase, potential_is_the_derivative_of_the_coulomb_energy_by_the_charges);
    suite_add_tcase(suite, tcase);
    return suite;
}
