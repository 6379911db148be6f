/* Equilibrated charges of systems in parts that keep their charge each. */
#include "models.h"

#define N_ATOMS 9
#define N_FRAGMENTS 4 /* the third has no atoms */

static const double widths[MODEL_SPECIES] = { 1.1, 0.8, 0.6 },
                    parameters[2 * MODEL_SPECIES] = { 2, -3, 1, 1, 3, -2 };
static const double fragment_of[N_ATOMS] = { 0, 1, 1, 3, 0, 0, 3, 1, 0 },
                    fragment_charges[N_FRAGMENTS] = { 1, -0.7, 0, 0.2 };

static lrpot_structure *structure_in_parts(support_random *random, int cell)
{
    lrpot_structure *structure = models_random_structure(random, cell, N_ATOMS, 0.5);
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_FRAGMENT, fragment_of));
    ck_ok(lrpot_structure_set_fragment_charges(structure, N_FRAGMENTS, fragment_charges));
    return structure;
}

static lrpot_charges *species_charges(int32_t solver)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_charges *charges = NULL;
    options.kind = LRPOT_CHARGES_EQUILIBRATED, options.n_species = MODEL_SPECIES,
    options.widths = widths;
    options.solver = solver, options.tolerance = 1e-12;
    ck_ok(lrpot_charges_create(&charges, NULL, &options));
    ck_ok(lrpot_charges_set_params(charges, 2 * MODEL_SPECIES, parameters));
    return charges;
}

/* dE/dq of each atom, from its definition. */
static void slopes(const lrpot_atoms *atoms, lrpot_workspace *work, const double *q, double *slope)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    options.accuracy = 1e-10, options.n_widths = MODEL_SPECIES, options.widths = widths,
    options.flags = LRPOT_EWALD_SELF;
    out.potential = slope;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_ewald_eval(ewald, work, atoms, NULL, NULL, q, &out));
    for (int i = 0; i < N_ATOMS; i++) {
        int32_t z = atoms->species[i];
        slope[i] += parameters[z] + log(1 + exp(parameters[MODEL_SPECIES + z])) * q[i];
    }
    lrpot_ewald_free(ewald);
}

START_TEST(each_part_has_its_charge_and_no_charge_gains_by_moving_within_it)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 5000 + (uint64_t)cell };
        lrpot_structure *structure = structure_in_parts(&random, cell);
        lrpot_charges *charges = species_charges(_i);
        lrpot_workspace *work = NULL;
        double q[N_ATOMS], slope[N_ATOMS], sums[N_FRAGMENTS] = { 0 };
        int32_t species[N_ATOMS];
        lrpot_atoms atoms = LRPOT_ATOMS_INIT;
        ck_ok(lrpot_workspace_create(&work, 1));
        ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
        ck_ok(lrpot_charges_eval(charges, work, &atoms, NULL, NULL, q));
        slopes(&atoms, work, q, slope);
        for (int i = 0; i < N_ATOMS; i++) sums[(int)fragment_of[i]] += q[i];
        for (int f = 0; f < N_FRAGMENTS; f++)
            ck_close(sums[f], fragment_charges[f], TOL_EXACT, 1.0);
        for (int i = 0; i < N_ATOMS; i++)
            for (int j = 0; j < i; j++)
                if (fragment_of[i] == fragment_of[j]) ck_close(slope[i], slope[j], 1e-9, 1.0);
        ck_assert(fabs(slope[0] - slope[1]) > 1e-3); /* it would gain between parts */
        lrpot_workspace_free(work);
        lrpot_charges_free(charges);
        lrpot_structure_free(structure);
    }
}
END_TEST

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    const double *weights; /* NULL: the energy */
    int coordinate;
} moved;

static double value_at(double x, void *ctx)
{
    const moved *m = ctx;
    double energy, q[N_ATOMS],
        sum = 0, *place = lrpot_structure_positions(m->structure) + m->coordinate, kept = *place;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.charges = q;
    *place += x;
    ck_ok(lrpot_potential_compute_structure(m->potential, m->work, m->structure, &out));
    *place = kept;
    for (int i = 0; m->weights != NULL && i < N_ATOMS; i++) sum += m->weights[i] * q[i];
    return m->weights != NULL ? sum : energy;
}

static void pull(const moved *m, double *forces)
{
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    memset(forces, 0, 3 * N_ATOMS * sizeof *forces);
    ck_ok(lrpot_structure_view(m->structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m->potential), 0));
    ck_ok(lrpot_charges_pull(lrpot_potential_charges(m->potential), m->work, &atoms, list, NULL,
                             m->weights, &out));
    lrpot_nlist_free(list);
}

START_TEST(forces_and_pulls_are_derivatives)
{
    for (int cell = CELL_TRICLINIC; cell <= CELL_NONE; cell += CELL_NONE - CELL_TRICLINIC) {
        support_random random = { 5100 + (uint64_t)cell };
        lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
        options.solver = _i, options.tolerance = 1e-12, options.widths = widths;
        lrpot_potential *potential =
            models_random_with(&random, LRPOT_CHARGES_EQUILIBRATED, &options);
        double weights[N_ATOMS], forces[3 * N_ATOMS], pulled[3 * N_ATOMS];
        moved m = { potential, NULL, NULL, NULL, 0 };
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        do {
            lrpot_structure_free(m.structure);
            m.structure = structure_in_parts(&random, cell);
        } while (!models_clear_of_cutoffs(m.structure));
        out.forces = forces;
        ck_ok(lrpot_workspace_create(&m.work, 1));
        ck_ok(lrpot_potential_compute_structure(potential, m.work, m.structure, &out));
        for (int i = 0; i < N_ATOMS; i++) weights[i] = support_uniform(&random, -1, 1);
        for (int which = 0; which < 2; which++) {
            double *values = which == 0 ? forces : pulled;
            m.weights = which == 0 ? NULL : weights;
            if (which == 1) pull(&m, pulled);
            for (m.coordinate = 0; m.coordinate < 3 * N_ATOMS; m.coordinate += 2)
                ck_close(values[m.coordinate], -support_difference(value_at, &m, 0, MODEL_STEP),
                         TOL_FD, models_largest(values, 3 * N_ATOMS));
        }
        lrpot_workspace_free(m.work);
        lrpot_structure_free(m.structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(parts_that_cannot_have_their_charge_are_refused)
{
    support_random random = { 5200 };
    static const double without_atoms[N_FRAGMENTS] = { 1, -0.7, 0.2, 0 },
                        another_sum[N_FRAGMENTS] = { 1, 1, 0, 0 };
    static const struct {
        const double *charges;
        const char *message;
    } cases[] = { { without_atoms, "fragment 2 has a charge of 0.2 e but no atoms" },
                  { another_sum, "sum to 2 e, the total charge is 0.5 e" } };
    for (int32_t solver = LRPOT_SOLVER_DENSE; solver <= LRPOT_SOLVER_ITERATIVE; solver++)
        for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
            lrpot_structure *structure = structure_in_parts(&random, CELL_CUBIC);
            lrpot_charges *charges = species_charges(solver);
            lrpot_workspace *work = NULL;
            double q[N_ATOMS];
            int32_t species[N_ATOMS];
            lrpot_atoms atoms = LRPOT_ATOMS_INIT;
            ck_ok(lrpot_workspace_create(&work, 1));
            ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
            atoms.fragment_charges = cases[k].charges;
            ck_assert_int_eq(lrpot_charges_eval(charges, work, &atoms, NULL, NULL, q),
                             LRPOT_E_ARGUMENT);
            ck_assert_msg(strstr(lrpot_last_error(), cases[k].message) != NULL, "%s",
                          lrpot_last_error());
            lrpot_workspace_free(work);
            lrpot_charges_free(charges);
            lrpot_structure_free(structure);
        }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fragments");
    TCase *tcase = tcase_create("fragments");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, each_part_has_its_charge_and_no_charge_gains_by_moving_within_it,
                      LRPOT_SOLVER_DENSE, LRPOT_SOLVER_ITERATIVE + 1);
    support_add_cases(tcase, forces_and_pulls_are_derivatives, LRPOT_SOLVER_DENSE,
                      LRPOT_SOLVER_ITERATIVE + 1);
    tcase_add_test(tcase, parts_that_cannot_have_their_charge_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
