/* Raman scattering: learned polarizabilities, activities of modes, spectra of trajectories. Right
 * values from bonds with a polarizability along and across them, from rotations and from sums over
 * modes. */
#include "tensor_models.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PI 3.14159265358979323846
#define BOLTZMANN 8.617333262e-5
/* u A^2/fs^2 in one eV */
#define RATE (1.602176634e-19 / 1.66053906660e-27 * 1e-10)

typedef struct {
    lrpot_tensor_model *model;
    lrpot_workspace *work;
    lrpot_structure *structure;
    int64_t coordinate;
    int component;
} moved;

static double alpha_at(double x, void *ctx)
{
    moved *m = ctx;
    double alpha[9], *position = lrpot_structure_positions(m->structure) + m->coordinate,
                     kept = *position;
    *position = kept + x;
    ck_ok(lrpot_tensor_model_polarizability_structure(m->model, m->work, m->structure, alpha));
    *position = kept;
    return alpha[m->component];
}

static moved prepare(int kind, int64_t n, uint64_t seed)
{
    moved m = { .model = tensor_random_model(LRPOT_TENSORS_POLARIZABILITY, seed),
                .structure = tensor_structure(kind, n, seed + 1) };
    ck_ok(lrpot_workspace_create(&m.work, 1));
    return m;
}

static void discard(moved *m)
{
    lrpot_workspace_free(m->work);
    lrpot_structure_free(m->structure);
    lrpot_tensor_model_free(m->model);
}

START_TEST(raman_tensors_of_a_learned_polarizability_are_its_derivatives)
{
    int64_t n = _i == CELL_TINY ? 3 : 8;
    moved m = prepare(_i, n, 40 + (uint64_t)_i);
    double *gradient = malloc((size_t)n * 27 * sizeof *gradient), scale = 0.0;
    ck_ok(lrpot_tensor_model_raman_structure(m.model, m.work, m.structure, gradient));
    for (int64_t k = 0; k < 27 * n; k++) scale = fmax(scale, fabs(gradient[k]));
    ck_assert(scale > 1e-3);
    for (m.coordinate = 0; m.coordinate < 3 * n; m.coordinate++)
        for (m.component = 0; m.component < 9; m.component++)
            ck_close(gradient[27 * (m.coordinate / 3) + 3 * m.component + m.coordinate % 3],
                     support_difference(alpha_at, &m, 0.0, 1e-3), TOL_FD, scale);
    free(gradient);
    discard(&m);
}
END_TEST

/* Turned by w x r, the system's polarizability turns with it: sum_ic d alpha/dr_ic (w x r_i)_c =
 * W alpha - alpha W. */
START_TEST(a_learned_polarizability_turns_with_the_atoms)
{
    moved m = prepare(CELL_NONE, 8, 90);
    double gradient[27 * 8], alpha[9];
    const double *x = lrpot_structure_positions(m.structure);
    ck_ok(lrpot_tensor_model_raman_structure(m.model, m.work, m.structure, gradient));
    ck_ok(lrpot_tensor_model_polarizability_structure(m.model, m.work, m.structure, alpha));
    for (int w = 0; w < 3; w++)
        for (int k = 0; k < 9; k++) {
            int a = (w + 1) % 3, b = (w + 2) % 3;
            double found = 0.0, expected = 0.0, turn[9] = { 0.0 };
            turn[3 * a + b] = -1.0, turn[3 * b + a] = 1.0;
            for (int i = 0; i < 8; i++)
                found += gradient[27 * i + 3 * k + b] * x[3 * i + a]
                         - gradient[27 * i + 3 * k + a] * x[3 * i + b];
            for (int c = 0; c < 3; c++)
                expected += turn[3 * (k / 3) + c] * alpha[3 * c + k % 3]
                            - alpha[3 * (k / 3) + c] * turn[3 * c + k % 3];
            ck_close(found, expected, 1e-10, 10.0);
        }
    discard(&m);
}
END_TEST

START_TEST(fit_finds_the_polarizability_that_made_the_data)
{
    lrpot_tensor_model *source = tensor_random_model(LRPOT_TENSORS_POLARIZABILITY, 11),
                       *model = tensor_model(LRPOT_TENSORS_POLARIZABILITY);
    lrpot_workspace *work = NULL;
    lrpot_tensor_fit *fit = NULL;
    double alpha[9], found[9], rmse;
    int64_t n;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_tensor_fit_create(&fit, model));
    for (int f = 0; f < 120; f++) {
        /* half of the crystals state eps_inf instead */
        lrpot_structure *structure = tensor_structure(CELL_TRICLINIC, 6, 200 + (uint64_t)f);
        ck_ok(lrpot_tensor_model_polarizability_structure(source, work, structure, alpha));
        double factor = f % 2 ? 4.0 * PI / lrpot_structure_volume(structure) : 1.0;
        for (int k = 0; k < 9; k++)
            alpha[k] = factor * alpha[k] + (f % 2 && k % 4 == 0 ? 1.0 : 0.0);
        ck_ok(lrpot_structure_set(
            structure, f % 2 ? LRPOT_QUANTITY_EPSILON_INF : LRPOT_QUANTITY_POLARIZABILITY, alpha));
        ck_ok(lrpot_tensor_fit_add(fit, work, structure,
                                   f < 110 ? LRPOT_TENSOR_FIT_TRAIN : LRPOT_TENSOR_FIT_VALID));
        lrpot_structure_free(structure);
    }
    ck_ok(lrpot_tensor_fit_run(fit, 0.0));
    ck_ok(lrpot_tensor_fit_error(fit, LRPOT_TENSOR_FIT_VALID, &rmse, &n));
    ck_assert_int_eq(n, 90);
    lrpot_structure *fresh = tensor_structure(CELL_TRICLINIC, 9, 999);
    ck_ok(lrpot_tensor_model_polarizability_structure(source, work, fresh, alpha));
    ck_ok(lrpot_tensor_model_polarizability_structure(model, work, fresh, found));
    for (int k = 0; k < 9; k++) ck_close(found[k], alpha[k], 1e-3, 1.0);
    ck_assert_double_lt(rmse, 1e-3);
    /* no Born charges, and no polarizability of other kinds */
    double Z[81];
    ck_assert_int_eq(lrpot_tensor_model_born_charges_structure(model, work, fresh, Z, NULL),
                     LRPOT_E_UNSUPPORTED);
    ck_ok(lrpot_structure_set(fresh, LRPOT_QUANTITY_EPSILON_INF, NULL));
    ck_assert_int_eq(lrpot_tensor_fit_add(fit, work, fresh, LRPOT_TENSOR_FIT_TRAIN), LRPOT_E_STATE);
    lrpot_structure_free(fresh);
    lrpot_tensor_fit_free(fit);
    lrpot_workspace_free(work);
    lrpot_tensor_model_free(source);
    lrpot_tensor_model_free(model);
}
END_TEST

START_TEST(files_give_back_the_same_polarizability)
{
    char path[64];
    moved m = prepare(CELL_CUBIC, 6, 70);
    lrpot_tensor_model *back = NULL;
    double alpha[9], again[9];
    snprintf(path, sizeof path, "polarizability-%ld.json", (long)getpid());
    ck_ok(lrpot_tensor_model_save(m.model, path));
    ck_ok(lrpot_tensor_model_load(&back, path));
    ck_ok(lrpot_tensor_model_polarizability_structure(m.model, m.work, m.structure, alpha));
    ck_ok(lrpot_tensor_model_polarizability_structure(back, m.work, m.structure, again));
    ck_assert_mem_eq(alpha, again, sizeof alpha);
    unlink(path);
    lrpot_tensor_model_free(back);
    discard(&m);
}
END_TEST

/* ---- A bond: alpha = across 1 + (along - across) u u, with slopes along its length ---- */

enum { ATOMS = 2 };
static const double stiffness = 30.0, length = 1.3, masses[ATOMS] = { 12.0, 15.999 };
static const double along = 2.2, across = 1.1, along_slope = 2.9, across_slope = 0.4;

static void fill_bond(const double u[3], double shift, double *D, double *x, double *gradient)
{
    memset(D, 0, 36 * sizeof *D);
    for (int k = 0; k < 6; k++) x[k] = shift + (k / 3 == 0 ? -0.4 : 0.6) * length * u[k % 3];
    for (int i = 0; i < 36; i++) {
        int row = i / 6, column = i % 6;
        D[i] = stiffness * (row / 3 == column / 3 ? 1.0 : -1.0) * u[row % 3] * u[column % 3];
    }
    for (int k = 0; k < 54; k++) {
        int a = k % 27 / 9, b = k % 9 / 3, c = k % 3;
        double unit = a == b, dua = ((a == c) - u[a] * u[c]) / length,
               dub = ((b == c) - u[b] * u[c]) / length;
        gradient[k] = (k < 27 ? -1.0 : 1.0)
                      * (across_slope * unit * u[c]
                         + (along_slope - across_slope) * u[a] * u[b] * u[c]
                         + (along - across) * (dua * u[b] + u[a] * dub));
    }
}

START_TEST(a_bond_has_the_activity_of_its_slopes)
{
    static const double axes[3][3] = { { 1, 0, 0 }, { 0.6, 0, 0.8 }, { 0.36, 0.48, 0.8 } };
    double D[36], x[6], gradient[54], frequencies[6], tensors[54], parts[2];
    fill_bond(axes[_i], 3.0, D, x, gradient);
    ck_ok(lrpot_phonons_raman(ATOMS, D, masses, x, gradient, frequencies, tensors));
    double reduced = masses[0] * masses[1] / (masses[0] + masses[1]),
           mean = (along_slope + 2 * across_slope) / 3, difference = along_slope - across_slope;
    ck_close(frequencies[5], sqrt(stiffness * RATE / reduced) / (2e-3 * PI), 1e-9, 1.0);
    for (int m = 0; m < 5; m++) ck_close(frequencies[m], 0.0, 1e-5, 1.0);
    for (int k = 0; k < 45; k++) ck_assert(tensors[k] == 0.0);
    ck_ok(lrpot_raman_invariants(tensors + 45, parts));
    ck_close(parts[0], mean * mean / reduced, 1e-10, 1e-3);
    ck_close(parts[1], difference * difference / reduced, 1e-10, 1e-3);
    ck_close(lrpot_raman_activity(parts[0], parts[1]),
             (45 * mean * mean + 7 * difference * difference) / reduced, 1e-10, 1e-3);
    ck_close(lrpot_raman_depolarization(parts[0], parts[1]),
             3 * difference * difference / (45 * mean * mean + 4 * difference * difference), 1e-10,
             1e-3);
    /* without positions the rotations stay, as motions without a force */
    ck_ok(lrpot_phonons_raman(ATOMS, D, masses, NULL, gradient, frequencies, tensors));
    double rotations = 0.0;
    for (int m = 0; m < 5; m++) {
        ck_ok(lrpot_raman_invariants(tensors + 9 * m, parts));
        rotations += parts[1];
    }
    ck_assert(rotations > 0.1);
}
END_TEST

/* Classical harmonic motion with k_B T in each mode: alpha(t) = sum_m R_m Q_m(t). */
static double *harmonic(int64_t n, double step, double kelvin, int modes, const double *thz,
                        const double *tensors)
{
    double *alpha = calloc((size_t)(9 * n), sizeof *alpha), sigma = sqrt(kelvin * BOLTZMANN * RATE);
    for (int64_t t = 0; t < n; t++)
        for (int m = 0; m < modes; m++) {
            double omega = 2e-3 * PI * thz[m],
                   q = sqrt(2.0) * sigma / omega * cos(omega * step * (double)t + 0.7 * m);
            for (int k = 0; k < 9; k++) alpha[9 * t + k] += tensors[9 * m + k] * q;
        }
    return alpha;
}

START_TEST(a_harmonic_trajectory_has_the_activities_of_its_modes)
{
    enum { N = 40000, MODES = 3 };
    static const double thz[MODES] = { 8.0, 21.0, 60.0 }, kelvin = 137.0, step = 0.5;
    static const double tensors[9 * MODES] = { 1.0, 0.0, 0.0,  0.0, 1.0,  0.0, 0.0,  0.0, 1.0,
                                               0.3, 0.5, -0.2, 0.5, -0.1, 0.4, -0.2, 0.4, 0.9,
                                               2.0, 0.1, 0.0,  0.1, 0.7,  0.3, 0.0,  0.3, -1.1 };
    lrpot_series series = LRPOT_SERIES_INIT;
    lrpot_spectrum_options options = LRPOT_SPECTRUM_OPTIONS_INIT;
    int64_t n = 0, segments = 0;
    double *alpha = harmonic(N, step, kelvin, MODES, thz, tensors);
    options.window = _i;
    if (_i == LRPOT_WINDOW_NONE) options.segment = 10000; /* whole periods of all modes */
    series.n = N, series.values = alpha, series.step = step, series.temperature = kelvin;
    series.kind = LRPOT_SERIES_POLARIZABILITY;
    ck_ok(lrpot_spectrum_size(&series, &options, &n, &segments));
    double *a = malloc((size_t)(6 * n) * sizeof *a);
    ck_ok(lrpot_spectrum_raman(&series, &options, n, a, a + n, a + 2 * n, a + 3 * n, a + 4 * n,
                               a + 5 * n));
    double bin = a[1] - a[0];
    ck_close(a[1], a[n + 1] * LRPOT_CM_PER_THZ, 1e-12, 1.0);
    for (int m = 0; m < MODES; m++) {
        double parts[2], sums[3] = { 0.0, 0.0, 0.0 };
        ck_ok(lrpot_raman_invariants(tensors + 9 * m, parts));
        for (int64_t k = 0; k < n; k++)
            for (int p = 0; p < 3; p++)
                if (fabs(a[n + k] - thz[m]) < 6.0) sums[p] += bin * a[(2 + p) * n + k];
        double activity = 45 * parts[0] + 7 * parts[1];
        ck_close(sums[0], parts[0], 5e-3, activity / 45);
        ck_close(sums[1], parts[1], 5e-3, activity / 7);
        ck_close(sums[2], activity, 5e-3, 0.0);
    }
    /* a dipole's functions take no polarizability, nor the other way round */
    double sigma;
    lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
    series.volume = 1000.0;
    ck_assert_int_eq(lrpot_spectrum_infrared(&series, &options, n, NULL, NULL, a, NULL, NULL),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_dielectric_constant(&series, 0, &estimate, NULL, 0, NULL),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_conductivity_einstein(&series, NULL, &estimate, &sigma, 0, NULL),
                     LRPOT_E_ARGUMENT);
    series.kind = LRPOT_SERIES_DIPOLE;
    ck_assert_int_eq(lrpot_spectrum_raman(&series, &options, n, NULL, NULL, NULL, NULL, a, NULL),
                     LRPOT_E_ARGUMENT);
    free(a);
    free(alpha);
}
END_TEST

/* In SI units, from CODATA: pi^2/eps_0^2 (nu_L - nu)^4 h/(8 pi^2 c nu) S/45/(1 - exp(-x)), with
 * polarizabilities 4 pi eps_0 times their volumes. */
START_TEST(cross_sections_are_those_of_si_units)
{
    static const double h = 6.62607015e-34, c = 299792458.0, kb = 1.380649e-23,
                        eps_0 = 8.8541878128e-12, unit = 1.66053906660e-27;
    for (int t = 0; t < 2; t++) {
        double nu = 233100.0, laser = 1.0 / 488e-9, kelvin = t ? 2000.0 : 0.0,
               slope = pow(4 * PI * eps_0 * 1e-20, 2) / unit, /* (C m^2/V/m)^2/kg of 1 A^4/u */
            factor = PI * PI / (eps_0 * eps_0) * pow(laser - nu, 4) * h / (8 * PI * PI * c * nu)
                     / 45;
        if (t) factor /= 1 - exp(-h * c * nu / (kb * kelvin));
        ck_close(lrpot_raman_cross_section(2331.0, 1e7 / 488.0, kelvin), factor * slope * 1e20,
                 1e-6, 0.0);
    }
    ck_assert(isnan(lrpot_raman_cross_section(0.0, 20000.0, 300.0)));
    ck_assert(isnan(lrpot_raman_cross_section(100.0, 90.0, 300.0)));
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("raman");
    TCase *tcase = tcase_create("raman");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, raman_tensors_of_a_learned_polarizability_are_its_derivatives, 0,
                      CELL_KINDS);
    tcase_add_test(tcase, a_learned_polarizability_turns_with_the_atoms);
    tcase_add_test(tcase, fit_finds_the_polarizability_that_made_the_data);
    tcase_add_test(tcase, files_give_back_the_same_polarizability);
    support_add_cases(tcase, a_bond_has_the_activity_of_its_slopes, 0, 3);
    support_add_cases(tcase, a_harmonic_trajectory_has_the_activities_of_its_modes,
                      LRPOT_WINDOW_HANN, LRPOT_WINDOW_NONE + 1);
    tcase_add_test(tcase, cross_sections_are_those_of_si_units);
    suite_add_tcase(suite, tcase);
    return suite;
}
