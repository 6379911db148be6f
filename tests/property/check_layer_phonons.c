/* Dynamical matrices of layers: against differences of forces in supercells, for all charge models;
 * long waves against the slopes of a sheet; bending against the tension. */
#include "phonon_probe.h"

#define N_ATOMS 3
#define AXES 3 /* rows that do not repeat */

static const double pi = 3.14159265358979323846, none[3] = { 0, 0, 0 };

/* A tilted cell without its periodicity along one row, which becomes something useless. */
static lrpot_structure *layer_of(support_random *random, int axis, int64_t n, double total_charge)
{
    lrpot_structure *s = models_random_structure(
        random, axis == 1 ? CELL_LEFT_HANDED : CELL_TRICLINIC, n, total_charge);
    double cell[9];
    memcpy(cell, lrpot_structure_cell(s), sizeof cell);
    for (int a = 0; a < 3; a++)
        cell[3 * axis + a] = axis == 2 ? 0.0 : cell[3 * ((axis + 1) % 3) + a];
    ck_ok(lrpot_structure_set_cell(s, cell, LRPOT_PERIODIC_ALL & ~(1 << axis)));
    return s;
}

/* A flat square of ions. */
static lrpot_structure *square_layer(double a)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double cell[9] = { a, 0, 0, 0, a, 0, 0, 0, 1 },
                 positions[6] = { 0, 0, 0, a / 2, a / 2, 0 };
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, 2, symbols, positions, cell, 3));
    return structure;
}

static void check_supercell(int32_t kind, int axis, double total_charge, uint64_t seed)
{
    int times[3] = { 1, 1, 1 };
    support_random random = { seed };
    phonon_probe c;
    times[(axis + 1 + (int)(seed % 2)) % 3] = 3;
    phonon_probe_open(&c, &random, kind, layer_of(&random, axis, N_ATOMS, total_charge));
    phonon_probe_same_as_supercell(&c, times);
    phonon_probe_close(&c);
}

START_TEST(matrices_are_the_supercells_force_constants_at_its_wave_vectors)
{
    check_supercell(_i % PROBE_KINDS, _i / PROBE_KINDS, _i % 2 ? 0.3 : 0, 1300 + (uint64_t)_i);
}
END_TEST

START_TEST(matrices_of_models_with_networks_are_the_supercells_force_constants)
{
    check_supercell(_i, 2, 0, 1350 + (uint64_t)_i);
}
END_TEST

START_TEST(matrices_of_densities_are_the_supercells_force_constants)
{
    check_supercell(PROBE_DENSITIES + _i, _i % AXES, _i % 2 ? 0.3 : 0, 1370 + (uint64_t)_i);
}
END_TEST

START_TEST(matrices_are_hermitian_and_conjugate_at_the_opposite_wave_vector)
{
    static const int places[3] = { 31, -12, 0 }, parts[3] = { 100, 100, 1 };
    support_random random = { 1500 + (uint64_t)_i };
    phonon_probe c;
    double wave[3];
    phonon_probe_open(&c, &random, _i, layer_of(&random, 2, 4, 0));
    phonon_probe_wave(c.structure, places, parts, wave);
    phonon_probe_hermitian(&c, wave);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(translations_cost_nothing_at_gamma)
{
    support_random random = { 1600 + (uint64_t)_i };
    phonon_probe c;
    phonon_probe_open(&c, &random, _i, layer_of(&random, _i % AXES, 4, 0.5));
    phonon_probe_translations_cost_nothing(&c);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(modes_are_the_same_one_reciprocal_vector_further)
{
    static const int one[3] = { 1, 1, 1 }, parts[3] = { 10, 10, 10 };
    support_random random = { 1700 + (uint64_t)_i };
    phonon_probe c;
    double further[3], wave[3], here[36], there[36], zero[36], at_shift[36];
    int axis = _i % AXES, shift[3] = { 1, -2, 3 }, place[3] = { 2, 1, -3 };
    phonon_probe_open(&c, &random, _i, layer_of(&random, axis, 4, 0));
    shift[axis] = place[axis] = 0;
    phonon_probe_wave(c.structure, shift, one, further);
    phonon_probe_wave(c.structure, place, parts, wave);
    ck_ok(lrpot_phonons_modes(c.phonons, c.work, none, wave, zero, NULL));
    ck_ok(lrpot_phonons_modes(c.phonons, c.work, further, wave, at_shift, NULL));
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

/* (D(q) - D(0))/|q| for |q| -> 0, of the part that is even in q: two waves give it to |q|^2. */
static double *slope_of(const phonon_probe *c, const double *n, double q)
{
    double wave[3], twice[3];
    for (int a = 0; a < 3; a++) {
        wave[a] = q * n[a];
        twice[a] = 2 * q * n[a];
    }
    double *at_0 = phonon_probe_matrix(c, none, NULL), *at_1 = phonon_probe_matrix(c, wave, NULL),
           *at_2 = phonon_probe_matrix(c, twice, NULL);
    for (int64_t k = 0; k < 2 * c->size * c->size; k++)
        at_0[k] = (4 * at_1[k] - at_2[k] - 3 * at_0[k]) / (2 * q);
    free(at_1);
    free(at_2);
    return at_0;
}

/* Densities whose charge runs through the whole sheet have no Born charges. */
static int flows(int32_t kind)
{
    return kind >= PROBE_DENSITIES && (kind - PROBE_DENSITIES) % 3 == LRPOT_RESPONSE_ATOMS;
}

/* 2 pi k_e/A [(n.Z_i)_a (n.Z_j)_b - Z_i,za Z_j,zb]: nothing screens the longest waves of a sheet,
 * not even a density that responds. Sites of the square are centres of inversion. */
START_TEST(long_waves_have_the_slope_of_the_born_charges)
{
    static const double n[3] = { 0.6, -0.8, 0 };
    support_random random = { 1900 + (uint64_t)_i };
    phonon_probe c;
    if (flows(_i)) return;
    double Z[18], area, scale, along[6] = { 0 };
    phonon_probe_open(&c, &random, _i, square_layer(5.64));
    ck_close(lrpot_phonons_leak(c.phonons), 0, 1e-12, 1);
    ck_ok(lrpot_response_born_charges_structure(c.potential, c.work, c.structure,
                                                LRPOT_BORN_UNFOLDED, Z, NULL));
    area = 5.64 * 5.64;
    for (int k = 0; k < 6; k++)
        for (int a = 0; a < 3; a++) along[k] += n[a] * Z[9 * (k / 3) + 3 * a + k % 3];
    double *slope = slope_of(&c, n, 2e-4);
    scale = 2 * pi * LRPOT_COULOMB_CONSTANT / area * (models_largest(Z, 18) + 0.1)
            * (models_largest(Z, 18) + 0.1);
    for (int64_t k = 0; k < 6; k++)
        for (int64_t l = 0; l < 6; l++) {
            double across = Z[9 * (k / 3) + 6 + k % 3] * Z[9 * (l / 3) + 6 + l % 3];
            ck_close(slope[2 * (6 * k + l)],
                     2 * pi * LRPOT_COULOMB_CONSTANT / area * (along[k] * along[l] - across), 1e-5,
                     scale);
        }
    free(slope);
    phonon_probe_close(&c);
}
END_TEST

/* With eps(q) = surroundings + radius |q| waves lose 2 pi k_e/A (q.Z)(q.Z)/|q| (1 - 1/eps), beside
 * what they lose at Gamma to other vectors of the lattice; translations stay free. */
START_TEST(a_sheet_screens_its_longitudinal_waves)
{
    static const double n[3] = { 0.6, -0.8, 0 }, q = 0.05, radius = 7.0, surroundings = 1.5;
    support_random random = { 1920 };
    phonon_probe c;
    double Z[18], wave[3], along[6] = { 0 };
    phonon_probe_open(&c, &random, LRPOT_CHARGES_EDQRD, square_layer(3.9));
    for (int a = 0; a < 3; a++) wave[a] = q * n[a];
    double *bare = phonon_probe_matrix(&c, wave, NULL), *rest = phonon_probe_matrix(&c, none, NULL);
    ck_ok(lrpot_phonons_set_sheet(c.phonons, radius, surroundings));
    double *D = phonon_probe_matrix(&c, wave, NULL), *still = phonon_probe_matrix(&c, none, NULL);
    ck_ok(lrpot_response_born_charges_structure(c.potential, c.work, c.structure,
                                                LRPOT_BORN_UNFOLDED, Z, NULL));
    for (int k = 0; k < 6; k++)
        for (int a = 0; a < 3; a++) along[k] += n[a] * Z[9 * (k / 3) + 3 * a + k % 3];
    double cutoff = lrpot_potential_cutoff(c.potential),
           strength = 2 * pi * LRPOT_COULOMB_CONSTANT / (3.9 * 3.9) * q
                      * exp(-0.25 * cutoff * cutoff * q * q)
                      * (1 / (surroundings + radius * q) - 1),
           scale = fabs(strength) * models_largest(along, 6) * models_largest(along, 6);
    for (int k = 0; k < 36; k++) {
        ck_close(D[2 * k] - bare[2 * k] - (still[2 * k] - rest[2 * k]),
                 strength * along[k / 6] * along[k % 6], 1e-2, scale);
        ck_close(D[2 * k + 1], bare[2 * k + 1], 1e-2, scale);
    }
    for (int k = 0; k < 6; k++)
        for (int b = 0; b < 3; b++)
            ck_close(still[2 * (6 * k + b)] + still[2 * (6 * k + 3 + b)],
                     rest[2 * (6 * k + b)] + rest[2 * (6 * k + 3 + b)], 1e-9, 1);
    ck_ok(lrpot_phonons_set_sheet(c.phonons, 0, 1));
    double *again = phonon_probe_matrix(&c, wave, NULL);
    phonon_probe_same(again, bare, 6, TOL_EXACT);
    ck_assert_int_eq(lrpot_phonons_set_sheet(c.phonons, -1, 1), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_phonons_set_sheet(c.phonons, 1, 0.5), LRPOT_E_ARGUMENT);
    free(bare);
    free(rest);
    free(D);
    free(still);
    free(again);
    phonon_probe_close(&c);
}
END_TEST

/* Charge that flows through the whole sheet leaves no field: the limit is that at Gamma. */
START_TEST(long_waves_meet_the_matrix_at_gamma)
{
    static const double wave[3] = { 3e-6, -4e-6, 0 };
    support_random random = { 1950 + (uint64_t)_i };
    phonon_probe c;
    phonon_probe_open(&c, &random, _i, square_layer(5.64));
    double *D = phonon_probe_matrix(&c, none, wave), *E = phonon_probe_matrix(&c, wave, NULL);
    phonon_probe_same(E, D, c.size, 2e-4);
    free(D);
    free(E);
    phonon_probe_close(&c);
}
END_TEST

/* A rotation out of the plane costs nothing, so that a long wave of the whole layer along its
 * normal costs the work of the tension alone: sum of D_iz,jz = q.(dE/dstrain).q, to q^4. Without
 * tension its frequency is quadratic. */
START_TEST(bending_costs_the_tension)
{
    static const double q = 0.01;
    support_random random = { 2000 + (uint64_t)_i };
    phonon_probe c;
    /* sheets with a charge of their own repel themselves */
    if (_i == LRPOT_CHARGES_FIXED || _i == LRPOT_CHARGES_EDQ) return;
    double wave[3] = { 0.8 * q, 0.6 * q, 0 }, twice[3] = { 1.6 * q, 1.2 * q, 0 }, virial[9],
           cost[2] = { 0, 0 }, forces[6];
    phonon_probe_open(&c, &random, _i, square_layer(5.3));
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.virial = virial;
    out.forces = forces;
    ck_ok(lrpot_potential_compute_structure(c.potential, c.work, c.structure, &out));
    double *at[2] = { phonon_probe_matrix(&c, wave, NULL), phonon_probe_matrix(&c, twice, NULL) };
    for (int w = 0; w < 2; w++)
        for (int k = 2; k < 6; k += 3)
            for (int l = 2; l < 6; l += 3) cost[w] += at[w][2 * (6 * k + l)];
    double tension = (16 * cost[0] - cost[1]) / (12 * q * q);
    ck_close(tension, -(0.64 * virial[0] + 0.96 * virial[1] + 0.36 * virial[4]), 1e-5,
             fmax(fabs(virial[0]), 1));
    free(at[0]);
    free(at[1]);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(velocities_are_slopes_in_the_plane)
{
    static const int places[3] = { 13, 0, -22 }, parts[3] = { 100, 1, 100 };
    static const double h = 1e-4, thz_to_km_s = 0.2 * 3.14159265358979323846;
    support_random random = { 2100 };
    phonon_probe c;
    double wave[3], normal[3], along[3], near[2][12], f[12], v[36];
    phonon_probe_open(&c, &random, LRPOT_CHARGES_EDQ, layer_of(&random, 1, 4, 0));
    phonon_probe_wave(c.structure, places, parts, wave);
    const double *cell = lrpot_structure_cell(c.structure);
    phonon_probe_cross(cell + 6, cell, normal);
    for (int a = 0; a < 3; a++) along[a] = cell[a];
    ck_ok(lrpot_phonons_velocities(c.phonons, c.work, wave, along, f, v));
    double length = sqrt(along[0] * along[0] + along[1] * along[1] + along[2] * along[2]);
    for (int side = 0; side < 2; side++) {
        double moved[3];
        for (int a = 0; a < 3; a++) moved[a] = wave[a] + (side == 0 ? -h : h) * along[a] / length;
        ck_ok(lrpot_phonons_modes(c.phonons, c.work, moved, NULL, near[side], NULL));
    }
    for (int m = 0; m < 12; m++) {
        double across = 0, slope = 0;
        if (f[m] < 0.01) continue;
        for (int a = 0; a < 3; a++) {
            across += v[3 * m + a] * normal[a];
            slope += v[3 * m + a] * along[a] / length;
        }
        ck_close(across, 0, 1e-9, 100);
        ck_close(slope, thz_to_km_s * (near[1][m] - near[0][m]) / (2 * h), 1e-5, 100);
    }
    phonon_probe_close(&c);
}
END_TEST

START_TEST(meshes_lie_in_the_plane)
{
    static const int32_t mesh[3] = { 3, 1, 2 }, box[3] = { 3, 2, 2 };
    support_random random = { 2200 };
    phonon_probe c;
    double weights[6], waves[18], sum = 0;
    phonon_probe_open(&c, &random, LRPOT_CHARGES_FIXED, layer_of(&random, 1, 2, 0));
    const double *cell = lrpot_structure_cell(c.structure);
    ck_ok(lrpot_phonons_mesh_waves(c.phonons, mesh, weights, waves));
    for (int k = 0; k < lrpot_phonons_mesh_count(mesh); k++) {
        double normal[3], across = 0, x[2] = { 0, 0 };
        phonon_probe_cross(cell + 6, cell, normal);
        for (int a = 0; a < 3; a++) {
            across += normal[a] * waves[3 * k + a];
            for (int d = 0; d < 2; d++) x[d] += cell[6 * d + a] * waves[3 * k + a] / (2 * pi);
        }
        ck_close(across, 0, 1e-12, 10);
        ck_close(x[0], (k / 2 + 0.5) / 3, 1e-12, 1);
        ck_close(x[1], (k % 2 + 0.5) / 2, 1e-12, 1);
        sum += weights[k];
    }
    ck_close(sum, 1, 1e-12, 1);
    ck_assert_int_eq(lrpot_phonons_mesh_waves(c.phonons, box, weights, waves), LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "row 2") != NULL, "%s", lrpot_last_error());
    phonon_probe_close(&c);
}
END_TEST

START_TEST(what_leaves_the_plane_is_refused)
{
    static const double across[3] = { 0.1, 0, 0.25 }, along[3] = { 0.1, 0, 0 },
                        eps[9] = { 3, 0, 0, 0, 3, 0, 0, 0, 3 };
    support_random random = { 2300 };
    phonon_probe c;
    double matrix[72], v[18];
    phonon_probe_open(&c, &random, LRPOT_CHARGES_FIXED, square_layer(5.64));
    ck_assert_int_eq(lrpot_phonons_matrix(c.phonons, c.work, across, NULL, matrix),
                     LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "0.25 1/A") != NULL, "%s", lrpot_last_error());
    ck_assert_int_eq(lrpot_phonons_matrix(c.phonons, c.work, along, across, matrix),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_phonons_velocities(c.phonons, c.work, across, along, NULL, v),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_phonons_set_screening(c.phonons, eps), LRPOT_E_UNSUPPORTED);
    phonon_probe_close(&c);
}
END_TEST

START_TEST(wires_are_refused)
{
    support_random random = { 2400 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_FIXED);
    lrpot_structure *wire = square_layer(5.64);
    lrpot_workspace *work = NULL;
    lrpot_phonons *phonons = NULL;
    double cell[9];
    memcpy(cell, lrpot_structure_cell(wire), sizeof cell);
    ck_ok(lrpot_structure_set_cell(wire, cell, 1));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_phonons_create(&phonons, potential, work, wire, 0), LRPOT_E_UNSUPPORTED);
    lrpot_workspace_free(work);
    lrpot_structure_free(wire);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("layer phonons");
    TCase *tcase = tcase_create("layers");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, matrices_are_the_supercells_force_constants_at_its_wave_vectors, 0,
                      PROBE_KINDS * AXES);
    support_add_cases(tcase, matrices_of_models_with_networks_are_the_supercells_force_constants,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ, MODELS_WITH_HIDDEN + PROBE_KINDS);
    for (int first = 0; first <= PROBE_DENSITIES; first += PROBE_DENSITIES) {
        int last = first + (first > 0 ? PROBE_DENSITY_CASES : PROBE_KINDS);
        support_add_cases(tcase, matrices_are_hermitian_and_conjugate_at_the_opposite_wave_vector,
                          first, last);
        support_add_cases(tcase, translations_cost_nothing_at_gamma, first, last);
        support_add_cases(tcase, modes_are_the_same_one_reciprocal_vector_further, first, last);
        support_add_cases(tcase, long_waves_meet_the_matrix_at_gamma, first, last);
        support_add_cases(tcase, bending_costs_the_tension, first, last);
    }
    support_add_cases(tcase, long_waves_have_the_slope_of_the_born_charges, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_EDQRD + 1);
    support_add_cases(tcase, long_waves_have_the_slope_of_the_born_charges, PROBE_DENSITIES,
                      PROBE_DENSITIES + PROBE_DENSITY_CASES);
    tcase_add_test(tcase, a_sheet_screens_its_longitudinal_waves);
    tcase_add_test(tcase, velocities_are_slopes_in_the_plane);
    tcase_add_test(tcase, meshes_lie_in_the_plane);
    tcase_add_test(tcase, what_leaves_the_plane_is_refused);
    tcase_add_test(tcase, wires_are_refused);
    TCase *densities = tcase_create("densities");
    tcase_set_timeout(densities, 120);
    tcase_set_tags(densities, "slow");
    support_add_cases(densities, matrices_of_densities_are_the_supercells_force_constants, 0,
                      PROBE_DENSITY_CASES);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, densities);
    return suite;
}
