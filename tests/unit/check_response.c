/* Polarization branches, modes of known matrices, projection, and what is refused. */
#include "models.h"

static const double four_pi = 12.566370614359172953851;
/* sqrt(eV / (A^2 u)) / (2 pi) in THz. */
static const double thz = 15.633304239856193;

static lrpot_atoms two_atoms(const double *positions, const double *cell, int32_t mask)
{
    static const int32_t species[2] = { 0, 0 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = 2;
    atoms.positions = positions;
    atoms.species = species;
    atoms.cell = cell;
    atoms.periodic_mask = mask;
    return atoms;
}

START_TEST(value_is_the_branch_nearest_to_the_reference)
{
    /* A skewed cell, in which rounding the fractions alone does not find the nearest branch. */
    const double cell[9] = { 3, 0, 0, 2.8, 1.1, 0, 1.3, 1.9, 2.2 }, q[2] = { 1, -1 };
    support_random random = { 3 };
    for (int trial = 0; trial < 200; trial++) {
        double positions[6], reference[3], least = INFINITY, distance = 0;
        for (int k = 0; k < 6; k++) positions[k] = support_uniform(&random, -9, 9);
        for (int a = 0; a < 3; a++) reference[a] = support_uniform(&random, -1, 1);
        lrpot_atoms atoms = two_atoms(positions, cell, LRPOT_PERIODIC_ALL);
        lrpot_polarization p = LRPOT_POLARIZATION_INIT;
        ck_ok(lrpot_response_polarization(&atoms, q, reference, &p));
        for (int a = 0; a < 3; a++) {
            double value = p.dipole[a] / (3 * 1.1 * 2.2);
            for (int c = 0; c < 3; c++) value += (double)p.branch[c] * p.quantum[3 * c + a];
            ck_close(p.value[a], value, TOL_EXACT, 10.0);
            ck_close(p.dipole[a], positions[a] - positions[3 + a], TOL_EXACT, 10.0);
            distance += (p.value[a] - reference[a]) * (p.value[a] - reference[a]);
        }
        for (int k = 0; k < 13 * 13 * 13; k++) {
            double other = 0;
            for (int a = 0; a < 3; a++) {
                double d = p.value[a] - reference[a] + (k % 13 - 6) * p.quantum[a]
                           + (k / 13 % 13 - 6) * p.quantum[3 + a]
                           + (k / 169 - 6) * p.quantum[6 + a];
                other += d * d;
            }
            least = fmin(least, other);
        }
        ck_assert_msg(distance <= least * (1 + 1e-9), "distance %.17g, nearest %.17g",
                      sqrt(distance), sqrt(least));
    }
}
END_TEST

START_TEST(phases_are_those_of_the_definition)
{
    const double cell[9] = { 4, 0, 0, 0, 5, 0, 0, 0, 6 }, q[2] = { 0.7, -0.3 },
                 positions[6] = { 1, 1, 1, -2, 7, 3.5 };
    lrpot_atoms atoms = two_atoms(positions, cell, LRPOT_PERIODIC_ALL);
    lrpot_polarization p = LRPOT_POLARIZATION_INIT;
    ck_ok(lrpot_response_polarization(&atoms, q, NULL, &p));
    for (int c = 0; c < 3; c++) {
        double k = four_pi / 2 / cell[4 * c], real = 0, imaginary = 0;
        for (int i = 0; i < 2; i++) {
            real += q[i] * sin(k * positions[3 * i + c]) / (four_pi / 2);
            imaginary -= q[i] * cos(k * positions[3 * i + c]) / (four_pi / 2);
        }
        ck_close(p.phase_real[c], real, TOL_EXACT, 1.0);
        ck_close(p.phase_imag[c], imaginary, TOL_EXACT, 1.0);
    }
}
END_TEST

START_TEST(isolated_systems_have_a_dipole_and_no_polarization)
{
    const double q[2] = { 1, -1 }, positions[6] = { 1, 2, 3, 0.5, 0, 0 };
    lrpot_atoms atoms = two_atoms(positions, NULL, 0);
    lrpot_polarization p = LRPOT_POLARIZATION_INIT;
    ck_ok(lrpot_response_polarization(&atoms, q, NULL, &p));
    for (int a = 0; a < 3; a++) {
        ck_close(p.dipole[a], positions[a] - positions[3 + a], TOL_EXACT, 1.0);
        ck_assert(p.value[a] == 0 && p.quantum[4 * a] == 0 && p.branch[a] == 0);
    }
}
END_TEST

START_TEST(modes_of_two_springs_are_known)
{
    const double spring = 3.0, masses[2] = { 23.0, 35.5 }, reduced = 23.0 * 35.5 / 58.5;
    double D[36] = { 0 }, frequencies[6], modes[36];
    for (int a = 0; a < 3; a++) {
        D[7 * a] = D[7 * (a + 3)] = spring * (a + 1);
        D[6 * a + a + 3] = D[6 * (a + 3) + a] = -spring * (a + 1);
    }
    ck_ok(lrpot_response_gamma_modes(2, D, masses, NULL, NULL, 0, frequencies, modes));
    for (int k = 0; k < 3; k++) {
        ck_close(frequencies[k], 0.0, 1e-6, 1.0); /* square root of rounding */
        ck_close(frequencies[3 + k], thz * sqrt(spring * (k + 1) / reduced), TOL_REF, 1.0);
        /* row 3 + k moves along k against each other, weighted by the root of the masses */
        ck_close(fabs(modes[6 * (3 + k) + k]), sqrt(35.5 / 58.5), TOL_REF, 1.0);
        ck_close(fabs(modes[6 * (3 + k) + k + 3]), sqrt(23.0 / 58.5), TOL_REF, 1.0);
    }
}
END_TEST

START_TEST(unstable_modes_are_negative)
{
    double D[9] = { -2, 0, 0, 0, 1, 0, 0, 0, 3 }, mass = 2, frequencies[3];
    ck_ok(lrpot_response_gamma_modes(1, D, &mass, NULL, NULL, 0, frequencies, NULL));
    ck_close(frequencies[0], -thz, TOL_REF, 1.0);
    ck_close(frequencies[1], thz * sqrt(0.5), TOL_REF, 1.0);
    ck_close(frequencies[2], thz * sqrt(1.5), TOL_REF, 1.0);
}
END_TEST

START_TEST(the_direction_of_q_decides_which_mode_is_longitudinal)
{
    const double masses[2] = { 20, 30 }, z = 0.7, volume = 45, reduced = 12;
    const double directions[3][3] = { { 2, 0, 0 }, { 0, -0.1, 0 }, { 1, 1, 1 } };
    double D[36] = { 0 }, Z[18] = { 0 }, frequencies[6];
    for (int a = 0; a < 3; a++) {
        D[7 * a] = D[7 * (a + 3)] = 5;
        D[6 * a + a + 3] = D[6 * (a + 3) + a] = -5;
        Z[4 * a] = z;
        Z[9 + 4 * a] = -z;
    }
    for (int d = 0; d < 3; d++) {
        ck_ok(
            lrpot_response_gamma_modes(2, D, masses, Z, directions[d], volume, frequencies, NULL));
        ck_close(frequencies[3], thz * sqrt(5 / reduced), TOL_REF, 1.0);
        ck_close(frequencies[4], thz * sqrt(5 / reduced), TOL_REF, 1.0);
        ck_close(
            frequencies[5],
            thz * sqrt(5 / reduced + four_pi * LRPOT_COULOMB_CONSTANT * z * z / (volume * reduced)),
            TOL_REF, 1.0);
    }
}
END_TEST

START_TEST(bad_calls_are_refused)
{
    const double cell[9] = { 4, 0, 0, 0, 5, 0, 0, 0, 6 }, flat[9] = { 4, 0, 0, 8, 0, 0, 0, 0, 6 },
                 q[2] = { 1, -1 };
    double positions[6] = { 0, 0, 0, 1, 1, 1 }, D[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
           Z[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, mass = 1, nowhere[3] = { 0, 0, 0 }, frequencies[3];
    lrpot_polarization p = LRPOT_POLARIZATION_INIT;
    lrpot_atoms slab = two_atoms(positions, cell, 3), no_volume = two_atoms(positions, flat, 7),
                fine = two_atoms(positions, cell, 7);
    ck_assert_int_eq(lrpot_response_polarization(&slab, q, NULL, &p), LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_response_polarization(&no_volume, q, NULL, &p), LRPOT_E_CELL);
    ck_assert_int_eq(lrpot_response_polarization(&fine, NULL, NULL, &p), LRPOT_E_NULL);
    const double far[3] = { 1e-2, 1e300, 0 }, nowhere_near[3] = { 0, NAN, 0 };
    ck_assert_int_eq(lrpot_response_polarization(&fine, q, far, &p), LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "row 1") != NULL, "%s", lrpot_last_error());
    ck_assert_int_eq(lrpot_response_polarization(&fine, q, nowhere_near, &p), LRPOT_E_ARGUMENT);
    positions[2] = 1e19; /* beyond what a count of quanta holds */
    ck_assert_int_eq(lrpot_response_polarization(&fine, q, NULL, &p), LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "wrap") != NULL, "%s", lrpot_last_error());
    positions[2] = 1e6;
    ck_ok(lrpot_response_polarization(&fine, q, NULL, &p));
    positions[2] = 0;
    positions[4] = NAN;
    ck_assert_int_eq(lrpot_response_polarization(&fine, q, NULL, &p), LRPOT_E_NOT_FINITE);
    ck_assert_int_eq(lrpot_response_gamma_modes(1, D, &mass, Z, nowhere, 10, frequencies, NULL),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_response_gamma_modes(1, D, &mass, Z, D, 0, frequencies, NULL),
                     LRPOT_E_ARGUMENT);
    mass = 0;
    ck_assert_int_eq(lrpot_response_gamma_modes(1, D, &mass, NULL, NULL, 0, frequencies, NULL),
                     LRPOT_E_ARGUMENT);
    mass = 1, D[0] = NAN;
    ck_assert_int_eq(lrpot_response_gamma_modes(1, D, &mass, NULL, NULL, 0, frequencies, NULL),
                     LRPOT_E_NOT_FINITE);
    ck_assert_int_eq(lrpot_response_project(0, 0, Z), LRPOT_E_ARGUMENT);
}
END_TEST

START_TEST(models_without_charges_have_no_born_charges_and_slabs_no_phase_form)
{
    support_random random = { 9 };
    lrpot_structure *structure = models_random_structure(&random, CELL_CUBIC, 5, 0);
    lrpot_workspace *work = NULL;
    double Z[45];
    ck_ok(lrpot_workspace_create(&work, 1));
    lrpot_potential *none = models_random_potential(&random, LRPOT_CHARGES_NONE),
                    *qrd = models_random_potential(&random, LRPOT_CHARGES_QRD);
    ck_assert_int_eq(
        lrpot_response_born_charges_structure(none, work, structure, LRPOT_BORN_UNFOLDED, Z, NULL),
        LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_response_born_charges_structure(qrd, work, structure, 3, Z, NULL),
                     LRPOT_E_ARGUMENT);
    double cell[9];
    memcpy(cell, lrpot_structure_cell(structure), sizeof cell);
    ck_ok(lrpot_structure_set_cell(structure, cell, 3));
    ck_assert_int_eq(
        lrpot_response_born_charges_structure(qrd, work, structure, LRPOT_BORN_PHASE, Z, NULL),
        LRPOT_E_UNSUPPORTED);
    ck_ok(lrpot_structure_set_cell(structure, NULL, 0));
    ck_assert_int_eq(
        lrpot_response_born_charges_structure(qrd, work, structure, LRPOT_BORN_PHASE, Z, NULL),
        LRPOT_E_UNSUPPORTED);
    lrpot_workspace_free(work);
    lrpot_potential_free(none);
    lrpot_potential_free(qrd);
    lrpot_structure_free(structure);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("response");
    TCase *tcase = tcase_create("response");
    tcase_add_test(tcase, value_is_the_branch_nearest_to_the_reference);
    tcase_add_test(tcase, phases_are_those_of_the_definition);
    tcase_add_test(tcase, isolated_systems_have_a_dipole_and_no_polarization);
    tcase_add_test(tcase, modes_of_two_springs_are_known);
    tcase_add_test(tcase, unstable_modes_are_negative);
    tcase_add_test(tcase, the_direction_of_q_decides_which_mode_is_longitudinal);
    tcase_add_test(tcase, bad_calls_are_refused);
    tcase_add_test(tcase, models_without_charges_have_no_born_charges_and_slabs_no_phase_form);
    suite_add_tcase(suite, tcase);
    return suite;
}
