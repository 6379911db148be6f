/* A published program turns the phase polarization by the cell before taking off the phase, which
 * is right in orthorhombic cells only: in this cell it gives (-0.0135, -0.0179, -0.0298) for a
 * dipole change of (-0.02, -0.01, -0.03). */
#include "models.h"

static const double cell[9] = { 5, 0, 0, 1.5, 6, 0, 0.7, -0.9, 7 };
static const double charges[2] = { 1, -1 }, change[3] = { 0.02, 0.01, 0.03 };
static const char *const symbols[2] = { "Na", "Cl" };

static lrpot_structure *two_ions(double displacement)
{
    double positions[6] = { 0.3, 0.4, 0.5, 2.6, 2.9, 3.8 };
    lrpot_structure *structure = NULL;
    for (int a = 0; a < 3; a++) positions[3 + a] += displacement * change[a];
    ck_ok(lrpot_structure_create(&structure, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    return structure;
}

START_TEST(polarization_follows_a_displacement_in_a_triclinic_cell)
{
    double value[2][3];
    for (int k = 0; k < 2; k++) {
        int32_t species[2];
        lrpot_structure *structure = two_ions(k);
        lrpot_atoms atoms = LRPOT_ATOMS_INIT;
        lrpot_polarization polarization = LRPOT_POLARIZATION_INIT;
        ck_ok(lrpot_structure_view(structure, 2, symbols, species, &atoms));
        ck_ok(
            lrpot_response_polarization(&atoms, charges, k == 0 ? NULL : value[0], &polarization));
        memcpy(value[k], polarization.value, sizeof value[k]);
        lrpot_structure_free(structure);
    }
    for (int a = 0; a < 3; a++)
        ck_close(210.0 * (value[1][a] - value[0][a]), -change[a], 1e-12, 1.0);
}
END_TEST

START_TEST(phase_born_charges_of_fixed_ions_are_their_charges_in_a_triclinic_cell)
{
    const double params[2] = { 1, -1 };
    double Z[18];
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    lrpot_workspace *work = NULL;
    lrpot_structure *structure = two_ions(0);
    options.basis = &basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.level = 2;
    options.charges = LRPOT_CHARGES_FIXED;
    ck_ok(lrpot_potential_create(&potential, &options));
    int64_t n = lrpot_potential_param_count(potential);
    double *all = calloc((size_t)n, sizeof *all);
    ck_ok(lrpot_potential_get_params(potential, n, all));
    memcpy(all + n - 2, params, sizeof params);
    ck_ok(lrpot_potential_set_params(potential, n, all));
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int32_t form = LRPOT_BORN_UNFOLDED; form <= LRPOT_BORN_PHASE; form++) {
        ck_ok(lrpot_response_born_charges_structure(potential, work, structure, form, Z, NULL));
        for (int k = 0; k < 18; k++)
            ck_close(Z[k], k % 9 % 4 == 0 ? charges[k / 9] : 0.0, TOL_EXACT, 1.0);
    }
    free(all);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("triclinic_polarization");
    TCase *tcase = tcase_create("triclinic_polarization");
    tcase_add_test(tcase, polarization_follows_a_displacement_in_a_triclinic_cell);
    tcase_add_test(tcase, phase_born_charges_of_fixed_ions_are_their_charges_in_a_triclinic_cell);
    suite_add_tcase(suite, tcase);
    return suite;
}
