/* Dynamical matrices at any wave vector against differences of forces in supercells, for all charge
 * models; limits at Gamma. */
#include "phonon_probe.h"

#define N_ATOMS 3

static const double two_pi = 6.283185307179586476925;

static lrpot_structure *rock_salt(double a)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double h = a / 2, cell[9] = { 0, h, h, h, 0, h, h, h, 0 },
                 positions[6] = { 0, 0, 0, h, h, h };
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    return structure;
}

static const int cells[3] = { CELL_TRICLINIC, CELL_LEFT_HANDED, CELL_TINY };

/* With networks the systems are neutral: a supercell of another total charge would be another
 * system to them. */
static void check_supercell(int32_t kind, int cell, double total_charge, uint64_t seed)
{
    static const int times[3] = { 2, 1, 3 };
    support_random random = { seed };
    phonon_probe c;
    phonon_probe_open(&c, &random, kind,
                      models_random_structure(&random, cell, N_ATOMS, total_charge));
    phonon_probe_same_as_supercell(&c, times);
    phonon_probe_close(&c);
}

START_TEST(matrices_are_the_supercells_force_constants_at_its_wave_vectors)
{
    check_supercell(_i % PROBE_KINDS, cells[_i / PROBE_KINDS], _i % 2 ? 0.3 : 0,
                    300 + (uint64_t)_i);
}
END_TEST

START_TEST(matrices_of_models_with_networks_are_the_supercells_force_constants)
{
    check_supercell(_i, CELL_TRICLINIC, 0, 350 + (uint64_t)_i);
}
END_TEST

START_TEST(matrices_of_densities_are_the_supercells_force_constants)
{
    check_supercell(PROBE_DENSITIES + _i, cells[_i % 3],
                    _i % 2 && _i < PROBE_DENSITY_CASES ? 0.3 : 0, 370 + (uint64_t)_i);
}
END_TEST

START_TEST(matrices_are_hermitian_and_conjugate_at_the_opposite_wave_vector)
{
    static const double wave[3] = { 0.31, -0.12, 0.47 };
    support_random random = { 500 + (uint64_t)_i };
    phonon_probe c;
    phonon_probe_open(&c, &random, _i, models_random_structure(&random, CELL_TRICLINIC, 4, 0));
    phonon_probe_hermitian(&c, wave);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(translations_cost_nothing_at_gamma)
{
    support_random random = { 600 + (uint64_t)_i };
    phonon_probe c;
    phonon_probe_open(&c, &random, _i, models_random_structure(&random, CELL_TRICLINIC, 4, 0.5));
    phonon_probe_translations_cost_nothing(&c);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(modes_are_the_same_one_reciprocal_vector_further)
{
    static const int one[3] = { 1, 1, 1 }, shift[3] = { 1, -2, 1 };
    static const double wave[3] = { 0.2, 0.1, -0.3 };
    support_random random = { 700 + (uint64_t)_i };
    phonon_probe c;
    double further[3], here[36], there[36], zero[36], at_shift[36];
    phonon_probe_open(&c, &random, _i, models_random_structure(&random, CELL_TRICLINIC, 4, 0));
    phonon_probe_wave(c.structure, shift, one, further);
    static const double none[3] = { 0, 0, 0 }, direction[3] = { 1, 2, -1 };
    ck_ok(lrpot_phonons_modes(c.phonons, c.work, none, direction, zero, NULL));
    ck_ok(lrpot_phonons_modes(c.phonons, c.work, further, direction, at_shift, NULL));
    for (int a = 0; a < 3; a++) further[a] += wave[a];
    ck_ok(lrpot_phonons_modes(c.phonons, c.work, wave, NULL, here, NULL));
    ck_ok(lrpot_phonons_modes(c.phonons, c.work, further, NULL, there, NULL));
    double scale = fmax(fabs(here[0]), fabs(here[c.size - 1]));
    for (int64_t k = 0; k < c.size; k++) {
        ck_close(here[k], there[k], TOL_FD, scale);
        ck_close(zero[k] * fabs(zero[k]), at_shift[k] * fabs(at_shift[k]), TOL_FD, scale * scale);
    }
    phonon_probe_close(&c);
}
END_TEST

START_TEST(modes_solve_their_equations)
{
    static const double wave[3] = { 0.4, 0.1, -0.2 }, thz = 15.633304239856193;
    support_random random = { 800 };
    phonon_probe c;
    double frequencies[12], modes[288];
    phonon_probe_open(&c, &random, LRPOT_CHARGES_EDQRD,
                      models_random_structure(&random, CELL_TRICLINIC, 4, 0));
    ck_ok(lrpot_phonons_modes(c.phonons, c.work, wave, NULL, frequencies, modes));
    double *D = phonon_probe_matrix(&c, wave, NULL), scale = models_largest(D, 2 * c.size * c.size);
    const double *m = lrpot_phonons_masses(c.phonons);
    for (int64_t f = 0; f < c.size; f++)
        for (int64_t k = 0; k < c.size; k++) {
            double re = 0, im = 0, value = frequencies[f] * fabs(frequencies[f]) / (thz * thz);
            for (int64_t l = 0; l < c.size; l++) {
                const double *d = D + 2 * (k * c.size + l), *e = modes + 2 * (f * c.size + l),
                             root = sqrt(m[k / 3] * m[l / 3]);
                re += (d[0] * e[0] - d[1] * e[1]) / root;
                im += (d[0] * e[1] + d[1] * e[0]) / root;
            }
            ck_close(re, value * modes[2 * (f * c.size + k)], TOL_REF, scale);
            ck_close(im, value * modes[2 * (f * c.size + k) + 1], TOL_REF, scale);
        }
    free(D);
    phonon_probe_close(&c);
}
END_TEST

/* D(k) = D(0, n) + O(k^2): two short waves give the limit to k^4. Sites of rock salt are centres of
 * inversion, so nothing leaks. */
START_TEST(short_waves_meet_the_limit_along_their_direction)
{
    static const double none[3] = { 0, 0, 0 }, n[3] = { 0.6, -0.64, 0.48 };
    support_random random = { 900 + (uint64_t)_i };
    phonon_probe c;
    double waves[2][3], size = _i < PROBE_DENSITIES ? 0.02 : 0.01; /* screening has a length too */
    lrpot_structure *structure = rock_salt(5.64);
    for (int a = 0; _i >= PROBE_DENSITIES && a < 3; a++) /* the tensor has three different axes */
        models_strain(structure, a, (a + a / 2) % 3, 0.06 * (a + 1));
    phonon_probe_open(&c, &random, _i, structure);
    ck_close(lrpot_phonons_leak(c.phonons), 0, 1e-12, 1);
    for (int a = 0; a < 3; a++) {
        waves[0][a] = size * n[a];
        waves[1][a] = 0.5 * size * n[a];
    }
    double *at_2 = phonon_probe_matrix(&c, waves[0], NULL),
           *at_1 = phonon_probe_matrix(&c, waves[1], NULL),
           *limit = phonon_probe_matrix(&c, none, n);
    double scale = models_largest(limit, 2 * c.size * c.size);
    for (int64_t k = 0; k < 2 * c.size * c.size; k++)
        ck_close((4 * at_1[k] - at_2[k]) / 3, limit[k], 1e-6, scale);
    free(at_1);
    free(at_2);
    free(limit);
    phonon_probe_close(&c);
}
END_TEST

static const double tensor[9] = { 2.2, 0.3, -0.2, 0.3, 3.1, 0.1, -0.2, 0.1, 4.0 },
                    oblique[3] = { 0.6, -0.64, 0.48 };

/* D(0, n) - D(0) = 4 pi k_e/V (n.root.Z_i)_a (n.root.Z_j)_b / (n.eps.n) with the unfolded Born
 * charges of lib/response. */
static void limit_by_tensor(const phonon_probe *c, double *matrix)
{
    double root[9], along[3] = { 0, 0, 0 }, loss = 0, Z[18], charge[6] = { 0 };
    ck_ok(lrpot_response_screening(tensor, root, NULL));
    ck_ok(lrpot_response_born_charges_structure(c->potential, c->work, c->structure,
                                                LRPOT_BORN_UNFOLDED, Z, NULL));
    for (int x = 0; x < 9; x++) {
        along[x % 3] += oblique[x / 3] * root[x];
        loss += oblique[x / 3] * tensor[x] * oblique[x % 3];
    }
    for (int k = 0; k < 6; k++)
        for (int a = 0; a < 3; a++) charge[k] += along[a] * Z[9 * (k / 3) + 3 * a + k % 3];
    double strength = 2 * two_pi * LRPOT_COULOMB_CONSTANT / lrpot_structure_volume(c->structure)
                      / loss;
    for (int k = 0; k < 36; k++) matrix[2 * k] += strength * charge[k / 6] * charge[k % 6];
}

START_TEST(a_tensor_screens_the_limit_and_the_short_waves)
{
    static const double none[3] = { 0, 0, 0 };
    support_random random = { 900 + (uint64_t)_i };
    phonon_probe c;
    double waves[2][3];
    phonon_probe_open(&c, &random, _i, rock_salt(5.64));
    double *expected = phonon_probe_matrix(&c, none, NULL);
    limit_by_tensor(&c, expected);
    ck_ok(lrpot_phonons_set_screening(c.phonons, tensor));
    for (int a = 0; a < 3; a++) {
        waves[0][a] = 0.01 * oblique[a];
        waves[1][a] = 0.005 * oblique[a];
    }
    double *at_2 = phonon_probe_matrix(&c, waves[0], NULL),
           *at_1 = phonon_probe_matrix(&c, waves[1], NULL),
           *limit = phonon_probe_matrix(&c, none, oblique);
    double scale = models_largest(limit, 2 * c.size * c.size);
    for (int64_t k = 0; k < 2 * c.size * c.size; k++) {
        ck_close(limit[k], expected[k], 1e-5, scale); /* the next waves decay by 1e-6 */
        ck_close((4 * at_1[k] - at_2[k]) / 3, limit[k], 1e-6, scale);
    }
    free(at_1);
    free(at_2);
    free(limit);
    free(expected);
    phonon_probe_close(&c);
}
END_TEST

/* Square frequencies at all waves of a supercell are those of the supercell itself at Gamma. */
START_TEST(screening_by_a_tensor_does_not_depend_on_the_cell)
{
    static const int times[3] = { 2, 1, 3 };
    support_random random = { 950 };
    phonon_probe c;
    lrpot_phonons *super = NULL;
    double all[54] = { 0 }, folded_sum[6] = { 0 }, whole_sum[6] = { 0 };
    phonon_probe_open(&c, &random, LRPOT_CHARGES_EDQRD,
                      models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0));
    lrpot_structure *large = phonon_probe_repeat(c.structure, times);
    ck_ok(lrpot_phonons_create(&super, c.potential, c.work, large, 0));
    ck_ok(lrpot_phonons_set_screening(c.phonons, tensor));
    ck_ok(lrpot_phonons_set_screening(super, tensor));
    for (int x = 0; x < 2; x++)
        for (int z = 0; z < 3; z++) {
            const int m[3] = { x, 0, z };
            double wave[3], f[9];
            phonon_probe_wave(c.structure, m, times, wave);
            ck_ok(lrpot_phonons_modes(c.phonons, c.work, wave, NULL, f, NULL));
            for (int k = 0; k < 9; k++)
                for (int p = 0; p < 6; p++) folded_sum[p] += pow(f[k] * fabs(f[k]) / 1e3, p + 1);
        }
    static const double none[3] = { 0, 0, 0 };
    ck_ok(lrpot_phonons_modes(super, c.work, none, NULL, all, NULL));
    for (int k = 0; k < 54; k++)
        for (int p = 0; p < 6; p++) whole_sum[p] += pow(all[k] * fabs(all[k]) / 1e3, p + 1);
    for (int p = 0; p < 6; p++)
        ck_close(folded_sum[p], whole_sum[p], 1e-6, fabs(whole_sum[p]) + 1e-3);
    lrpot_phonons_free(super);
    lrpot_structure_free(large);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(one_dielectric_constant_changes_no_wave)
{
    static const double wave[3] = { 0.1, 0.05, -0.07 }, same[9] = { 3, 0, 0, 0, 3, 0, 0, 0, 3 },
                        uniaxial[9] = { 2, 0, 0, 0, 2, 0, 0, 0, 5 },
                        skew[9] = { 2, 1, 0, 0, 2, 0, 0, 0, 2 }, none[3] = { 0, 0, 0 },
                        axis[3] = { 0, 0, 1 };
    support_random random = { 960 };
    phonon_probe c;
    phonon_probe_open(&c, &random, LRPOT_CHARGES_EDQRD, rock_salt(5.64));
    double *plain = phonon_probe_matrix(&c, wave, NULL),
           *on_axis = phonon_probe_matrix(&c, none, axis);
    double scale = models_largest(plain, 2 * c.size * c.size), moved = 0;
    ck_ok(lrpot_phonons_set_screening(c.phonons, same));
    double *again = phonon_probe_matrix(&c, wave, NULL);
    ck_ok(lrpot_phonons_set_screening(c.phonons, uniaxial));
    double *screened = phonon_probe_matrix(&c, wave, NULL),
           *along = phonon_probe_matrix(&c, none, axis);
    for (int64_t k = 0; k < 2 * c.size * c.size; k++) {
        ck_assert(again[k] == plain[k]);
        moved = fmax(moved, fabs(screened[k] - plain[k]));
        ck_close(along[k], on_axis[k], 1e-5, scale);
    }
    ck_assert(moved > 1e-3 * scale);
    ck_assert_int_eq(lrpot_phonons_set_screening(c.phonons, skew), LRPOT_E_ARGUMENT);
    ck_ok(lrpot_phonons_set_screening(c.phonons, NULL));
    free(plain);
    free(on_axis);
    free(again);
    free(screened);
    free(along);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(charge_that_waves_carry_is_told)
{
    support_random random = { 1000 };
    phonon_probe c;
    phonon_probe_open(&c, &random, LRPOT_CHARGES_EDQRD,
                      models_random_structure(&random, CELL_TRICLINIC, 4, 0));
    ck_assert(lrpot_phonons_leak(c.phonons) > 1e-3);
    phonon_probe_close(&c);
    phonon_probe_open(&c, &random, LRPOT_CHARGES_QRD,
                      models_random_structure(&random, CELL_TRICLINIC, 4, 0));
    ck_assert(lrpot_phonons_leak(c.phonons) == 0);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(what_is_no_crystal_is_refused)
{
    static const double nowhere[3] = { 0, NAN, 0 }, none[3] = { 0, 0, 0 };
    support_random random = { 1100 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_structure *molecule = models_random_structure(&random, CELL_NONE, 3, 0);
    lrpot_workspace *work = NULL;
    lrpot_phonons *phonons = NULL;
    double matrix[72];
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_phonons_create(&phonons, potential, work, molecule, 0),
                     LRPOT_E_UNSUPPORTED);
    lrpot_structure_free(molecule);
    molecule = rock_salt(5.64);
    ck_assert_int_eq(lrpot_phonons_create(&phonons, potential, work, molecule, -1),
                     LRPOT_E_ARGUMENT);
    ck_ok(lrpot_phonons_create(&phonons, potential, work, molecule, 0));
    ck_assert_int_eq(lrpot_phonons_matrix(phonons, work, nowhere, NULL, matrix),
                     LRPOT_E_NOT_FINITE);
    ck_assert_int_eq(lrpot_phonons_matrix(phonons, work, none, none, matrix), LRPOT_E_ARGUMENT);
    lrpot_phonons_free(phonons);
    lrpot_structure_free(molecule);
    lrpot_workspace_free(work);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("phonons");
    TCase *tcase = tcase_create("phonons");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, matrices_are_the_supercells_force_constants_at_its_wave_vectors, 0,
                      PROBE_KINDS * 3);
    support_add_cases(tcase, matrices_of_models_with_networks_are_the_supercells_force_constants,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ, MODELS_WITH_HIDDEN + PROBE_KINDS);
    for (int first = 0; first <= PROBE_DENSITIES; first += PROBE_DENSITIES) {
        int last = first + (first > 0 ? PROBE_DENSITY_CASES : PROBE_KINDS);
        support_add_cases(tcase, matrices_are_hermitian_and_conjugate_at_the_opposite_wave_vector,
                          first, last);
        support_add_cases(tcase, translations_cost_nothing_at_gamma, first, last);
        support_add_cases(tcase, modes_are_the_same_one_reciprocal_vector_further, first, last);
        support_add_cases(tcase, short_waves_meet_the_limit_along_their_direction, first, last);
    }
    tcase_add_test(tcase, modes_solve_their_equations);
    support_add_cases(tcase, a_tensor_screens_the_limit_and_the_short_waves, 1,
                      LRPOT_CHARGES_EDQRD + 1);
    tcase_add_test(tcase, screening_by_a_tensor_does_not_depend_on_the_cell);
    tcase_add_test(tcase, one_dielectric_constant_changes_no_wave);
    tcase_add_test(tcase, charge_that_waves_carry_is_told);
    tcase_add_test(tcase, what_is_no_crystal_is_refused);
    TCase *densities = tcase_create("densities");
    tcase_set_timeout(densities, 120);
    tcase_set_tags(densities, "slow");
    support_add_cases(densities, matrices_of_densities_are_the_supercells_force_constants, 0,
                      PROBE_DENSITY_CASES + 2);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, densities);
    return suite;
}
