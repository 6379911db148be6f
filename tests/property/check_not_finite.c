/* Numbers near the end of their range: a call gives finite results, or LRPOT_E_NOT_FINITE (or
 * another error) with what is not finite. Never NaN with LRPOT_OK. */
#include "models.h"

#define ATOMS 8

static double all[64 * ATOMS * ATOMS];

static int finite(const double *values, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(values[i])) return 0;
    return 1;
}

/* Checks one call; counts the errors that this file is about. */
static void judge(const char *call, lrpot_status status, const double *values, int64_t n,
                  int *refused)
{
    ck_assert_msg(status != LRPOT_E_BUG && status >= LRPOT_OK, "%s: %d", call, status);
    if (status == LRPOT_OK)
        ck_assert_msg(finite(values, n), "%s: LRPOT_OK with a number that is not finite", call);
    if (status != LRPOT_E_NOT_FINITE) return;
    ck_assert_msg(strlen(lrpot_last_error()) > 10, "%s: %s", call, lrpot_last_error());
    (*refused)++;
}

/* Parameters of one block times `size`; returns whether the block is there. */
static int enlarge(lrpot_potential *p, int32_t block, double size)
{
    const char *name = NULL;
    int64_t n = lrpot_potential_param_count(p), offset = 0, count = 0;
    if (!lrpot_potential_param_block(p, block, &name, &offset, &count)) return 0;
    double *params = calloc((size_t)n, sizeof *params);
    ck_ok(lrpot_potential_get_params(p, n, params));
    for (int64_t k = offset; k < offset + count; k++) params[k] *= size;
    lrpot_status status = lrpot_potential_set_params(p, n, params);
    free(params);
    return status == LRPOT_OK ? 1 : -1;
}

static void try_model(lrpot_potential *p, lrpot_structure *s, int *refused)
{
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, forces[3 * ATOMS], virial[9], potential[ATOMS], q[ATOMS], dipole[3], residual[9],
        points[3] = { 0.1, 0.2, 0.3 }, sites[ATOMS];
    ck_ok(lrpot_workspace_create(&work, 1));
    out.energy = &energy;
    judge("energy", lrpot_potential_compute_structure(p, work, s, &out), &energy, 1, refused);
    out.energy = NULL, out.energy_atom = sites;
    judge("energies", lrpot_potential_compute_structure(p, work, s, &out), sites, ATOMS, refused);
    out.energy_atom = NULL, out.forces = forces;
    judge("forces", lrpot_potential_compute_structure(p, work, s, &out), forces, 3 * ATOMS,
          refused);
    out.forces = NULL, out.virial = virial;
    judge("virial", lrpot_potential_compute_structure(p, work, s, &out), virial, 9, refused);
    if (lrpot_potential_charges(p) != NULL) {
        out.virial = NULL, out.charges = q, out.dipole = dipole;
        judge("charges", lrpot_potential_compute_structure(p, work, s, &out), q, ATOMS, refused);
        out.charges = NULL;
        judge("dipole", lrpot_potential_compute_structure(p, work, s, &out), dipole, 3, refused);
        out.dipole = NULL, out.potential = potential;
        judge("potential", lrpot_potential_compute_structure(p, work, s, &out), potential, ATOMS,
              refused);
        judge("born",
              lrpot_response_born_charges_structure(p, work, s, LRPOT_BORN_UNFOLDED, all, residual),
              all, 9 * ATOMS, refused);
        judge("points", lrpot_potential_points_structure(p, work, s, 1, points, sites), sites, 1,
              refused);
    }
    judge("gamma", lrpot_response_gamma_constants(p, work, s, 0, all), all, 9 * ATOMS * ATOMS,
          refused);
    lrpot_workspace_free(work);
}

static const int32_t KINDS[] = { LRPOT_CHARGES_NONE,   LRPOT_CHARGES_FIXED,
                                 LRPOT_CHARGES_EDQ,    LRPOT_CHARGES_EDQRD,
                                 LRPOT_CHARGES_LATENT, LRPOT_CHARGES_EQUILIBRATED };

/* every kind of charges, every block of parameters, sizes up to the end of the range */
START_TEST(a_model_gives_finite_numbers_or_an_error)
{
    static const double sizes[] = { 1e150, 1e200, 1e300, 1e306, 1e307 };
    support_random random = { 60u + (unsigned)_i };
    lrpot_structure *s = support_random_structure(&random, CELL_TRICLINIC, ATOMS, MODEL_SPECIES,
                                                  model_symbols, MODEL_DISTANCE);
    int refused = 0;
    for (int32_t block = 0;; block++) {
        int there = 0;
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            support_random again = { 7 };
            lrpot_potential *p = models_random_own(&again, KINDS[_i], NULL, 0);
            there = enlarge(p, block, sizes[k]);
            if (there == 1) try_model(p, s, &refused);
            lrpot_potential_free(p);
            if (there == 0) break;
        }
        if (there == 0) break;
    }
    ck_assert_msg(refused > 4, "%d calls gave LRPOT_E_NOT_FINITE", refused);
    lrpot_structure_free(s);
}
END_TEST

/* charges and moments whose products overflow; boundaries and methods */
START_TEST(coulomb_sums_name_what_is_not_finite)
{
    static const int32_t masks[] = { 7, 3, 0 };
    support_random random = { 3 };
    lrpot_structure *s = support_random_structure(&random, CELL_CUBIC, ATOMS, MODEL_SPECIES,
                                                  model_symbols, MODEL_DISTANCE);
    int32_t species[ATOMS];
    double q[ATOMS], mu[3 * ATOMS], energy, forces[3 * ATOMS], virial[9], potential[ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_workspace *work = NULL;
    lrpot_ewald *ewald = NULL;
    lrpot_ewald_operator *op = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    int refused = 0;
    ck_ok(lrpot_structure_view(s, MODEL_SPECIES, model_symbols, species, &atoms));
    atoms.periodic_mask = masks[_i];
    ck_ok(lrpot_workspace_create(&work, 1));
    options.accuracy = 1e5;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    for (double size = 1e140; size < 1e308; size *= 1e20) {
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        for (int i = 0; i < ATOMS; i++) q[i] = i % 2 ? size : -size;
        for (int k = 0; k < 3 * ATOMS; k++) mu[k] = support_uniform(&random, -1, 1) * size;
        out.energy = &energy;
        judge("sum", lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, q, &out), &energy, 1,
              &refused);
        out.energy = NULL, out.forces = forces;
        judge("forces", lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, q, &out), forces,
              3 * ATOMS, &refused);
        out.forces = NULL, out.virial = virial;
        judge("virial", lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, q, &out), virial, 9,
              &refused);
        judge("moments",
              lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, q, mu, NULL, &energy, forces,
                                    NULL, NULL, NULL, NULL),
              &energy, 1, &refused);
    }
    if (masks[_i] != 3) {
        ck_ok(lrpot_ewald_operator_create(&op, ewald, 1));
        ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
        for (int i = 0; i < ATOMS; i++) q[i] = 1e308;
        judge("operator", lrpot_ewald_operator_apply(op, NULL, q, potential, &energy), potential,
              ATOMS, &refused);
        lrpot_ewald_operator_free(op);
    }
    /* what is periodic is refused as below double precision first */
    int least = masks[_i] == 0 ? 3 : masks[_i] == 7 ? 1 : 0;
    ck_assert_msg(refused >= least, "%d calls gave LRPOT_E_NOT_FINITE", refused);
    lrpot_ewald_free(ewald);
    lrpot_workspace_free(work);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(the_message_names_quantity_and_atom)
{
    double positions[6] = { 0, 0, 0, 2, 0, 0 }, q[2] = { 1e160, 1e160 }, forces[6];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    atoms.n_owned = atoms.n_all = 2, atoms.positions = positions;
    out.forces = forces;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, q, &out),
                     LRPOT_E_NOT_FINITE);
    ck_assert_msg(strstr(lrpot_last_error(), "force of atom 0") != NULL, "%s", lrpot_last_error());
    lrpot_ewald_free(ewald);
    lrpot_workspace_free(work);
}
END_TEST

START_TEST(series_of_large_numbers_give_no_infinite_response)
{
    double values[3 * 64], field[3] = { 1e-200, 0, 0 };
    lrpot_series s = LRPOT_SERIES_INIT;
    lrpot_estimate e = LRPOT_ESTIMATE_INIT;
    support_random random = { 9 };
    int refused = 0;
    s.n = 64, s.values = values, s.step = 1, s.volume = 1000, s.temperature = 300;
    for (double size = 1e150; size < 1e308; size *= 1e50) {
        double absorption[33];
        int64_t n = 0;
        for (int k = 0; k < 3 * 64; k++) values[k] = size * support_uniform(&random, -1, 1);
        judge("mean", lrpot_series_mean(64, 3, values, &e), &e.value, 1, &refused);
        s.kind = LRPOT_SERIES_DIPOLE;
        judge("dielectric", lrpot_dielectric_constant(&s, 0, &e, NULL, 0, NULL), &e.value, 1,
              &refused);
        judge("einstein", lrpot_conductivity_einstein(&s, NULL, &e, NULL, 0, NULL), &e.value, 1,
              &refused);
        ck_ok(lrpot_spectrum_size(&s, NULL, &n, NULL));
        judge("infrared", lrpot_spectrum_infrared(&s, NULL, n, NULL, NULL, absorption, NULL, NULL),
              absorption, n, &refused);
        s.kind = LRPOT_SERIES_CURRENT;
        judge("driven", lrpot_conductivity_field(&s, field, &e, NULL), &e.value, 1, &refused);
        judge("green-kubo", lrpot_conductivity_green_kubo(&s, NULL, &e, NULL, 0, NULL, NULL, NULL),
              &e.value, 1, &refused);
    }
    ck_assert_msg(refused > 4, "%d calls gave LRPOT_E_NOT_FINITE", refused);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("not_finite");
    TCase *tcase = tcase_create("property");
    tcase_set_timeout(tcase, 240);
    support_add_cases(tcase, a_model_gives_finite_numbers_or_an_error, 0,
                      (int)(sizeof KINDS / sizeof *KINDS));
    support_add_cases(tcase, coulomb_sums_name_what_is_not_finite, 0, 3);
    tcase_add_test(tcase, the_message_names_quantity_and_atom);
    tcase_add_test(tcase, series_of_large_numbers_give_no_infinite_response);
    suite_add_tcase(suite, tcase);
    return suite;
}
