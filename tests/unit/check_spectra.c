/* Response from trajectories against closed forms and plain sums. */
#include "processes.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

static const double boltzmann = 8.617333262e-5, pi = 3.14159265358979323846,
                    light_speed = 2997.92458; /* A/fs */

static lrpot_series series_of(int64_t n, const double *values, int32_t kind)
{
    lrpot_series series = LRPOT_SERIES_INIT;
    series.n = n;
    series.values = values;
    series.step = 1.0;
    series.volume = 1000.0;
    series.temperature = 300.0;
    series.kind = kind;
    return series;
}

static double *room(int64_t n)
{
    return calloc((size_t)n, sizeof(double));
}

/* Integral of n alpha over wavenumbers, cm^-2, of a current with the given <J.J>. */
static double exact_intensity(const lrpot_series *series, double mean_square)
{
    double prefactor = 1e8 * 4.0 * pi * LRPOT_COULOMB_CONSTANT
                       / (6.0 * light_speed * series->volume * boltzmann * series->temperature);
    return prefactor * 0.5 * mean_square * 1e3 * LRPOT_CM_PER_THZ;
}

static double trapezoids(int64_t n, const double *x, const double *y, double low, double high)
{
    double sum = 0.0;
    for (int64_t k = 1; k < n; k++)
        if (x[k] > low && x[k] <= high) sum += 0.5 * (x[k] - x[k - 1]) * (y[k] + y[k - 1]);
    return sum;
}

static int64_t highest(int64_t n, const double *x, const double *y, double low, double high)
{
    int64_t best = -1;
    for (int64_t k = 0; k < n; k++)
        if (x[k] >= low && x[k] < high && (best < 0 || y[k] > y[best])) best = k;
    return best;
}

START_TEST(a_cosine_has_its_place_and_its_intensity_whatever_the_window)
{
    enum { N = 4000, SEGMENT = 1000, BIN = 50 };
    double *current = room(3 * N), *dipole = room(3 * N), w = 2.0 * pi * BIN / SEGMENT,
           amplitude = 0.3;
    for (int64_t i = 0; i < N; i++) {
        current[3 * i + 1] = amplitude * cos(w * (double)i + 0.4);
        dipole[3 * i + 1] = amplitude / w * sin(w * (double)i + 0.4);
    }
    for (int32_t window = LRPOT_WINDOW_HANN; window <= LRPOT_WINDOW_NONE; window++)
        for (int32_t kind = LRPOT_SERIES_DIPOLE; kind <= LRPOT_SERIES_CURRENT; kind++) {
            lrpot_series series =
                series_of(N, kind == LRPOT_SERIES_CURRENT ? current : dipole, kind);
            lrpot_spectrum_options options = LRPOT_SPECTRUM_OPTIONS_INIT;
            int64_t n = 0, segments = 0;
            options.segment = SEGMENT;
            options.window = window;
            ck_ok(lrpot_spectrum_size(&series, &options, &n, &segments));
            ck_assert_int_eq(n, SEGMENT / 2 + 1);
            ck_assert_int_eq(segments, kind == LRPOT_SERIES_CURRENT ? 7 : 6);
            double *wavenumber = room(n), *thz = room(n), *absorption = room(n),
                   *axes = room(3 * n), sum = 0.0;
            ck_ok(lrpot_spectrum_infrared(&series, &options, n, wavenumber, thz, absorption, NULL,
                                          axes));
            for (int64_t k = 0; k < n; k++) sum += absorption[k] * (wavenumber[1] - wavenumber[0]);
            ck_assert_int_eq(highest(n, wavenumber, absorption, 0.0, 1e9), BIN);
            ck_close(wavenumber[BIN], 1e8 * w / (2.0 * pi * light_speed), TOL_REF, 0.0);
            ck_close(thz[BIN], 1e3 * BIN / SEGMENT, TOL_EXACT, 0.0);
            /* the line's foot is differentiated with the frequency of each bin, the Gaussian's is
             * cut */
            ck_close(sum, exact_intensity(&series, 0.5 * amplitude * amplitude),
                     kind == LRPOT_SERIES_CURRENT ? 1e-8 : 1e-3, 0.0);
            ck_close(absorption[BIN], axes[3 * BIN + 1] / 3.0, TOL_EXACT, 0.0);
            ck_close(axes[3 * BIN], 0.0, TOL_EXACT, 1.0);
            free(wavenumber);
            free(thz);
            free(absorption);
            free(axes);
        }
    free(current);
    free(dipole);
}
END_TEST

START_TEST(damped_oscillators_peak_in_their_bin_and_keep_their_intensity)
{
    enum { N = 1 << 21, SEGMENT = 2048 };
    static const double centres[2] = { 400.0, 1600.0 },
                        variances[2] = { 1e-4, 2e-4 }; /* cm^-1, (e A/fs)^2 */
    double *x = room(3 * N), *v = room(3 * N), per_cm = 2.0 * pi * light_speed * 1e-8,
           width = 100.0 * per_cm;
    support_random random = { 77 };
    for (int o = 0; o < 2; o++)
        process_add_oscillators(&random, N, 1.0, centres[o] * per_cm, width, variances[o], x, v);
    for (int32_t kind = LRPOT_SERIES_DIPOLE; kind <= LRPOT_SERIES_CURRENT; kind++) {
        lrpot_series series = series_of(N, kind == LRPOT_SERIES_CURRENT ? v : x, kind);
        lrpot_spectrum_options options = LRPOT_SPECTRUM_OPTIONS_INIT;
        int64_t n = 0, outside = 0;
        options.segment = SEGMENT;
        ck_ok(lrpot_spectrum_size(&series, &options, &n, NULL));
        double *wavenumber = room(n), *absorption = room(n), *error = room(n), *exact = room(n);
        ck_ok(lrpot_spectrum_infrared(&series, &options, n, wavenumber, NULL, absorption, error,
                                      NULL));
        for (int64_t k = 0; k < n; k++) {
            double w = wavenumber[k] * per_cm;
            for (int o = 0; o < 2; o++) {
                double w0 = centres[o] * per_cm,
                       below = (w0 * w0 - w * w) * (w0 * w0 - w * w) + width * width * w * w;
                /* spectrum over its integral 1/2 <J.J>, in wavenumbers */
                exact[k] += exact_intensity(&series, 3.0 * variances[o]) * 4.0 * width * w * w
                            / below * per_cm / (2.0 * pi);
            }
            if (wavenumber[k] > 100.0 && wavenumber[k] < 3000.0)
                outside += fabs(absorption[k] - exact[k]) > 2.0 * error[k] + 0.01 * exact[k];
        }
        double bin = wavenumber[1], split = 1000.0;
        for (int o = 0; o < 2; o++) {
            double low = o == 0 ? 0.0 : split, high = o == 0 ? split : 1e9;
            int64_t peak = highest(n, wavenumber, absorption, low, high);
            ck_assert_msg(fabs(wavenumber[peak] - centres[o]) <= bin,
                          "peak at %g, oscillator at %g, bin %g", wavenumber[peak], centres[o],
                          bin);
            ck_close(trapezoids(n, wavenumber, absorption, low, high),
                     trapezoids(n, wavenumber, exact, low, high), 0.01, 0.0);
        }
        ck_close(trapezoids(n, wavenumber, absorption, 0.0, 1e9),
                 exact_intensity(&series, 3.0 * (variances[0] + variances[1])), 0.01, 0.0);
        ck_assert_int_lt(outside, 18); /* of 178: 2 bars leave out one in 20 */
        free(wavenumber);
        free(absorption);
        free(error);
        free(exact);
    }
    free(x);
    free(v);
}
END_TEST

START_TEST(quantum_corrections_have_their_factors)
{
    enum { N = 1024 };
    double *v = room(3 * N), *x = room(3 * N);
    support_random random = { 5 };
    process_add_oscillators(&random, N, 1.0, 0.3, 0.05, 1.0, x, v);
    lrpot_series series = series_of(N, v, LRPOT_SERIES_CURRENT);
    lrpot_spectrum_options options = LRPOT_SPECTRUM_OPTIONS_INIT;
    int64_t n = 0;
    ck_ok(lrpot_spectrum_size(&series, &options, &n, NULL));
    double *thz = room(n), *plain = room(n), *corrected = room(n);
    ck_ok(lrpot_spectrum_infrared(&series, &options, n, NULL, thz, plain, NULL, NULL));
    for (int32_t quantum = LRPOT_QUANTUM_HARMONIC; quantum <= LRPOT_QUANTUM_SCHOFIELD; quantum++) {
        options.quantum = quantum;
        ck_ok(lrpot_spectrum_infrared(&series, &options, n, NULL, NULL, corrected, NULL, NULL));
        for (int64_t k = 1; k < n; k++) {
            double q = 6.62607015e-34 * thz[k] * 1e12 / (1.380649e-23 * series.temperature),
                   factor = 1.0;
            /* times q (1 - exp(-q)) of the quantum expression, over q^2 of the classical one */
            if (quantum == LRPOT_QUANTUM_STANDARD)
                factor = 2.0 / (1.0 + exp(-q)) * (1.0 - exp(-q)) / q;
            if (quantum == LRPOT_QUANTUM_SCHOFIELD) factor = exp(0.5 * q) * (1.0 - exp(-q)) / q;
            ck_close(corrected[k], factor * plain[k], 1e-8, 0.0);
        }
    }
    free(thz);
    free(plain);
    free(corrected);
    free(v);
    free(x);
}
END_TEST

START_TEST(running_integrals_and_displacements_are_those_of_plain_sums)
{
    enum { N = 1000, LAGS = 60 };
    double *values = room(3 * N), correlation[LAGS], integral[LAGS], error[LAGS],
           displacement[LAGS], window[2];
    support_random random = { 9 };
    process_relaxation(&random, N, 1.0, 0.5, 1.0, values);
    for (int64_t i = 0; i < N; i++)
        values[3 * i] += 1e3; /* far from zero: digits are lost only once */
    lrpot_series series = series_of(N, values, LRPOT_SERIES_CURRENT);
    lrpot_conductivity_options options = LRPOT_CONDUCTIVITY_OPTIONS_INIT;
    lrpot_estimate sigma = LRPOT_ESTIMATE_INIT;
    options.begin = 4.0;
    options.end = 10.0;
    options.blocks = 20;
    /* a mean so large is no equilibrium; the curves are there all the same */
    ck_assert_int_eq(lrpot_conductivity_green_kubo(&series, &options, &sigma, window, LAGS,
                                                   correlation, integral, error),
                     LRPOT_E_ASSUMPTION);
    ck_close(window[0], 4.0, TOL_EXACT, 0.0);
    ck_close(window[1], 10.0, TOL_EXACT, 0.0);
    ck_assert_int_eq(sigma.blocks, 20);
    ck_assert_int_eq(sigma.block, 50);
    ck_assert(isfinite(error[49]) && isnan(error[50]));
    double sum = 0.0, plateau = 0.0, before = 0.0,
           factor = LRPOT_SIEMENS_PER_CM / (3.0 * series.volume * boltzmann * series.temperature);
    series.kind = LRPOT_SERIES_DIPOLE;
    ck_ok(lrpot_conductivity_einstein(&series, &options, &sigma, NULL, LAGS, displacement));
    for (int64_t k = 0; k < LAGS; k++) {
        double product = 0.0, square = 0.0;
        for (int64_t i = 0; i < 3 * (N - k); i++) {
            product += values[i] * values[i + 3 * k] / (double)(N - k);
            square += (values[i + 3 * k] - values[i]) * (values[i + 3 * k] - values[i])
                      / (double)(N - k);
        }
        sum += k > 0 ? 0.5 * factor * (before + product) : 0.0;
        if (k >= 4 && k <= 10) plateau += sum / 7.0;
        before = product;
        ck_close(correlation[k], product, 1e-12, 0.0);
        ck_close(integral[k], sum, 1e-12, 1.0);
        ck_close(displacement[k], square, 1e-10, 1.0);
    }
    series.kind = LRPOT_SERIES_CURRENT;
    ck_assert_int_eq(
        lrpot_conductivity_green_kubo(&series, &options, &sigma, NULL, 0, NULL, NULL, NULL),
        LRPOT_E_ASSUMPTION);
    ck_close(sigma.value, plateau, 1e-12, 0.0);
    free(values);
}
END_TEST

START_TEST(currents_and_their_dipole_conduct_alike)
{
    enum { N = 60000 };
    double *current = room(3 * N), *dipole = room(3 * N);
    support_random random = { 11 };
    process_relaxation(&random, N, 2.0, 1e-4, 20.0, current);
    for (int64_t i = 3; i < 3 * N; i++)
        dipole[i] = dipole[i - 3] + 1.0 * (current[i - 3] + current[i]);
    lrpot_series of_current = series_of(N, current, LRPOT_SERIES_CURRENT),
                 of_dipole = series_of(N, dipole, LRPOT_SERIES_DIPOLE);
    of_current.step = of_dipole.step = 2.0;
    lrpot_estimate a = LRPOT_ESTIMATE_INIT, b = LRPOT_ESTIMATE_INIT;
    lrpot_conductivity_options options = LRPOT_CONDUCTIVITY_OPTIONS_INIT;
    options.end = 200.0;
    ck_ok(lrpot_conductivity_einstein(&of_current, &options, &a, NULL, 0, NULL));
    ck_ok(lrpot_conductivity_einstein(&of_dipole, &options, &b, NULL, 0, NULL));
    ck_close(a.value, b.value, 1e-9, 0.0);
    ck_ok(lrpot_conductivity_green_kubo(&of_current, &options, &a, NULL, 0, NULL, NULL, NULL));
    ck_ok(lrpot_conductivity_green_kubo(&of_dipole, &options, &b, NULL, 0, NULL, NULL, NULL));
    ck_close(a.value, b.value, 0.01, 0.0); /* sampled half a step apart */
    free(current);
    free(dipole);
}
END_TEST

START_TEST(heat_flux_conducts_heat_by_the_same_integral)
{
    enum { N = 60000, LAGS = 100 };
    double *values = room(3 * N), charge[2][LAGS], heat[2][LAGS];
    support_random random = { 12 };
    process_relaxation(&random, N, 2.0, 1e-4, 20.0, values);
    lrpot_series current = series_of(N, values, LRPOT_SERIES_CURRENT),
                 flux = series_of(N, values, LRPOT_SERIES_HEAT);
    current.step = flux.step = 2.0;
    lrpot_estimate sigma = LRPOT_ESTIMATE_INIT, kappa = LRPOT_ESTIMATE_INIT;
    double ratio = LRPOT_WATT_PER_METRE_KELVIN / LRPOT_SIEMENS_PER_CM / flux.temperature;
    ck_ok(lrpot_conductivity_green_kubo(&current, NULL, &sigma, NULL, LAGS, charge[0], charge[1],
                                        NULL));
    ck_ok(lrpot_thermal_conductivity(&flux, NULL, &kappa, NULL, LAGS, heat[0], heat[1], NULL));
    ck_close(kappa.value, ratio * sigma.value, 1e-12, 0.0);
    ck_close(kappa.error, ratio * sigma.error, 1e-12, 0.0);
    for (int k = 0; k < LAGS; k++) {
        ck_close(heat[0][k], charge[0][k], TOL_EXACT, 0.0);
        ck_close(heat[1][k], ratio * charge[1][k], 1e-12, 0.0);
    }
    /* of an exponential correlation: <J.J> tau/(3 V k_B T^2) */
    double exact = LRPOT_WATT_PER_METRE_KELVIN * heat[0][0] * 20.0
                   / (3.0 * flux.volume * boltzmann * flux.temperature * flux.temperature);
    ck_assert(fabs(kappa.value - exact) < 5 * kappa.error && kappa.error < 0.3 * exact);
    ck_assert_int_eq(lrpot_thermal_conductivity(&current, NULL, &kappa, NULL, 0, NULL, NULL, NULL),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_conductivity_green_kubo(&flux, NULL, &sigma, NULL, 0, NULL, NULL, NULL),
                     LRPOT_E_ARGUMENT);
    lrpot_conductivity_options options = LRPOT_CONDUCTIVITY_OPTIONS_INIT;
    options.end = 200.0;
    for (int i = 0; i < N; i++) values[3 * i] += 0.005; /* a driven run */
    ck_assert_int_eq(lrpot_thermal_conductivity(&flux, &options, &kappa, NULL, 0, NULL, NULL, NULL),
                     LRPOT_E_ASSUMPTION);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "eV A/fs"));
    free(values);
}
END_TEST

START_TEST(current_in_a_field_is_divided_by_it)
{
    enum { N = 32 };
    static const double field[3] = { 0.0, 0.02, 0.0 };
    double values[3 * N], density[3];
    for (int64_t i = 0; i < N; i++) {
        values[3 * i] = i % 2 ? 1.0 : -1.0;
        values[3 * i + 1] = 3.0;
        values[3 * i + 2] = 0.5;
    }
    lrpot_series series = series_of(N, values, LRPOT_SERIES_CURRENT);
    lrpot_estimate sigma = LRPOT_ESTIMATE_INIT;
    ck_ok(lrpot_conductivity_field(&series, field, &sigma, density));
    /* 3 e A/fs in 1000 A^3 at 0.02 V/A */
    ck_close(sigma.value, 1.602176634e-19 * 3e-10 / 1e-15 / 1e-27 / 0.02e10 * 0.01, TOL_REF, 0.0);
    ck_close(sigma.error, 0.0, TOL_EXACT, 1.0);
    ck_close(density[0], 0.0, TOL_EXACT, 1.0);
    ck_close(density[2], 0.5 / 1000.0, TOL_EXACT, 0.0);
}
END_TEST

START_TEST(fluctuations_by_axis_average_to_the_ratio)
{
    enum { N = 8192, POINTS = 16 };
    double *values = room(3 * N), axes[6], running[POINTS];
    support_random random = { 21 };
    process_relaxation(&random, N, 1.0, 2.0, 3.0, values);
    for (int64_t i = 0; i < N; i++) values[3 * i + 2] = 2.0 * values[3 * i + 2] + 50.0;
    lrpot_series series = series_of(N, values, LRPOT_SERIES_DIPOLE);
    lrpot_estimate ratio = LRPOT_ESTIMATE_INIT;
    ck_ok(lrpot_dielectric_constant(&series, 0, &ratio, axes, POINTS, running));
    ck_close(ratio.value, (axes[0] + axes[2] + axes[4]) / 3.0, TOL_REF, 0.0);
    ck_assert(axes[4] - 1.0 > 3.0 * (axes[0] - 1.0));
    /* the last running value is the plain variance: (1.602e-19 C 1e-10 m)^2/(eps_0 1e-27 m^3 k_B T)
     * in SI */
    double mean[3] = { 0.0, 0.0, 0.0 }, squares = 0.0;
    for (int64_t i = 0; i < 3 * N; i++) mean[i % 3] += values[i] / N;
    for (int64_t i = 0; i < 3 * N; i++)
        squares += (values[i] - mean[i % 3]) * (values[i] - mean[i % 3]) / N;
    double moment = 1.602176634e-29,
           si = moment * moment / (8.8541878128e-12 * 1e-27 * 1.380649e-23 * 300.0);
    ck_close(running[POINTS - 1], 1.0 + si * squares / 3.0, 1e-8, 0.0);
    ck_assert(ratio.value > running[POINTS - 1]
              && ratio.value - running[POINTS - 1] < 0.5 * ratio.error);
    free(values);
}
END_TEST

START_TEST(blocks_find_the_error_of_a_correlated_mean)
{
    enum { N = 1 << 18 };
    double *values = room(3 * N), time = 12.0, keep = exp(-1.0 / time);
    support_random random = { 31 };
    process_relaxation(&random, N, 1.0, 1.0, time, values);
    lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
    ck_ok(lrpot_series_mean(N, 3, values + 1, &estimate));
    double g = (1.0 + keep) / (1.0 - keep), exact = sqrt(g / N);
    ck_assert_int_eq(estimate.plateau, 1);
    ck_assert_msg(fabs(estimate.error / exact - 1.0) < 0.15, "error %g, exact %g", estimate.error,
                  exact);
    ck_assert_msg(fabs(estimate.inefficiency / g - 1.0) < 0.3, "inefficiency %g, exact %g",
                  estimate.inefficiency, g);
    ck_assert(fabs(estimate.value) < 3.0 * estimate.error);
    ck_ok(lrpot_series_mean(64, 3, values + 1, &estimate)); /* five correlation times */
    ck_assert_int_eq(estimate.plateau, 0);
    free(values);
}
END_TEST

/* Records of a hysteron that switches at +-coercive between +-1: virgin curve, then cycles. */
static int64_t hysteron(double coercive, int cycles, double *fields, double *polarization)
{
    int64_t n = 0;
    double state = 0.0;
    for (int i = 0; i <= 10 + 40 * cycles; i++) {
        int phase = (i + 10) % 40; /* 0: lowest field, 20: highest */
        if (i < 10) phase = 10 + i;
        double field = 0.01 * (phase <= 20 ? phase - 10 : 30 - phase);
        if (field > coercive) state = 1.0;
        if (field < -coercive) state = -1.0;
        for (int r = 0; r < 20; r++, n++) {
            fields[n] = field;
            polarization[n] = 0.05 * state + (r < 5 ? 1.0 : 0.0)
                              + 2.0 * field; /* the first quarter has not settled */
        }
    }
    return n;
}

START_TEST(a_hysteron_has_its_coercive_field_and_area)
{
    enum { CYCLES = 3, MOST = 20 * (11 + 40 * CYCLES) };
    double *fields = room(MOST), *polarization = room(MOST), *point = room(3 * MOST),
           coercive = 0.055;
    int32_t branches[MOST];
    int64_t n = hysteron(coercive, CYCLES, fields, polarization);
    lrpot_loop_options options = LRPOT_LOOP_OPTIONS_INIT;
    lrpot_loop loop = LRPOT_LOOP_INIT;
    options.discard = 0.25;
    ck_assert_int_le(n, MOST);
    ck_ok(lrpot_loop_compute(n, fields, polarization, &options, &loop, MOST, point, point + MOST,
                             point + 2 * MOST, branches));
    ck_assert_int_eq(loop.points, 11 + 40 * CYCLES);
    ck_close(loop.remanent[0], -0.05, 1e-12, 1.0);
    ck_close(loop.remanent[1], 0.05, 1e-12, 1.0);
    /* between 0.05 and 0.06: -0.05 + 0.1 to 0.05 + 0.12 does not pass zero there; on the line 2 E -
     * 0.05 it does, at 0.025 */
    ck_close(loop.coercive[0], 0.025, 1e-10, 0.0);
    ck_close(loop.coercive[1], -0.025, 1e-10, 0.0);
    ck_close(loop.area, 4.0 * 0.05 * coercive, 1e-10, 0.0);
    ck_assert_int_eq(branches[0], LRPOT_BRANCH_VIRGIN);
    ck_assert_int_eq(branches[9], LRPOT_BRANCH_VIRGIN);
    ck_assert_int_eq(branches[10], LRPOT_BRANCH_FALLING);
    ck_assert_int_eq(branches[31], LRPOT_BRANCH_RISING);
    ck_close(point[MOST + 20], 0.05 + 2.0 * point[20], 1e-12, 1.0);
    free(fields);
    free(polarization);
    free(point);
}
END_TEST

START_TEST(a_smooth_loop_is_measured_with_its_errors)
{
    enum { STEPS = 200, RECORDS = 64, MOST = (4 * STEPS + 1) * RECORDS };
    double *fields = room(MOST), *polarization = room(MOST), top = 0.1, coercive = 0.03,
           width = 0.02, noise = 0.02;
    support_random random = { 41 };
    int64_t n = 0;
    for (int i = 0; i <= 4 * STEPS; i++) {
        int falling = i > 0 && i <= 2 * STEPS;
        double field =
            top * (i <= 2 * STEPS ? 1.0 - (double)i / STEPS : (double)(i - 3 * STEPS) / STEPS);
        for (int r = 0; r < RECORDS; r++, n++) {
            fields[n] = field;
            polarization[n] = tanh((field + (falling || i == 0 ? coercive : -coercive)) / width)
                              + noise * process_normal(&random);
        }
    }
    lrpot_loop loop = LRPOT_LOOP_INIT;
    ck_ok(lrpot_loop_compute(n, fields, polarization, NULL, &loop, 0, NULL, NULL, NULL, NULL));
    for (int b = 0; b < 2; b++) {
        double sign = b == 0 ? 1.0 : -1.0;
        ck_assert(fabs(loop.coercive[b] - sign * coercive) < 3.0 * loop.coercive_error[b] + 1e-5);
        ck_assert(loop.coercive_error[b] > 1e-6 && loop.coercive_error[b] < 2e-4);
        ck_assert(fabs(loop.remanent[b] + sign * tanh(coercive / width))
                  < 3.0 * loop.remanent_error[b]);
    }
    double area = 2.0 * width
                  * log(cosh((top + coercive) / width) / cosh((top - coercive) / width));
    ck_close(loop.area, area, 2e-3, 0.0);
    ck_assert(fabs(loop.area - area) < 3.0 * loop.area_error + 1e-5);
    free(fields);
    free(polarization);
}
END_TEST

#define refuses(call, status_expected, word)                                        \
    do {                                                                            \
        ck_assert_int_eq(call, status_expected);                                    \
        ck_assert_msg(strstr(lrpot_last_error(), word) != NULL, "'%s' has no '%s'", \
                      lrpot_last_error(), word);                                    \
    } while (0)

START_TEST(what_is_wrong_with_a_series_is_named)
{
    enum { N = 64 };
    double values[3 * N] = { 0.0 }, times[N], step = -1.0, absorption[N];
    lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
    lrpot_series good = series_of(N, values, LRPOT_SERIES_DIPOLE), bad = good;
    for (int i = 0; i < N; i++) times[i] = 0.5 * i;
    ck_ok(lrpot_series_step(N, times, &step));
    ck_close(step, 0.5, TOL_EXACT, 0.0);
    times[N - 1] += 0.01;
    times[40] += 0.1;
    refuses(lrpot_series_step(N, times, &step), LRPOT_E_ARGUMENT, "times[41]");
    times[40] = NAN;
    refuses(lrpot_series_step(N, times, &step), LRPOT_E_NOT_FINITE, "times[40]");
    refuses(lrpot_series_step(1, times, &step), LRPOT_E_ARGUMENT, "1 times");
    bad.n = 7;
    refuses(lrpot_dielectric_constant(&bad, 0, &estimate, NULL, 0, NULL), LRPOT_E_ARGUMENT,
            "7 samples");
    bad = good;
    bad.step = 0.0;
    refuses(lrpot_dielectric_constant(&bad, 0, &estimate, NULL, 0, NULL), LRPOT_E_ARGUMENT,
            "step = 0");
    bad = good;
    bad.temperature = -3.0;
    refuses(lrpot_dielectric_constant(&bad, 0, &estimate, NULL, 0, NULL), LRPOT_E_ARGUMENT,
            "temperature = -3");
    bad = good;
    bad.struct_size = 8;
    refuses(lrpot_dielectric_constant(&bad, 0, &estimate, NULL, 0, NULL), LRPOT_E_SIZE,
            "lrpot_series.struct_size is 8");
    bad = good;
    bad.kind = LRPOT_SERIES_CURRENT;
    refuses(lrpot_dielectric_constant(&bad, 0, &estimate, NULL, 0, NULL), LRPOT_E_ARGUMENT,
            "current");
    refuses(lrpot_spectrum_infrared(&good, NULL, 5, NULL, NULL, absorption, NULL, NULL),
            LRPOT_E_SIZE, "lrpot_spectrum_size");
    refuses(lrpot_conductivity_green_kubo(&good, NULL, &estimate, NULL, N, NULL, NULL, NULL),
            LRPOT_E_ARGUMENT, "n_lags = 64");
    refuses(lrpot_conductivity_field(&good, values, &estimate, NULL), LRPOT_E_ARGUMENT,
            "field 0, 0, 0");
    for (int i = 0; i < 3 * N; i++) values[i] = cos(0.01 * i);
    refuses(lrpot_conductivity_green_kubo(&good, NULL, &estimate, NULL, 0, NULL, NULL, NULL),
            LRPOT_E_ACCURACY, "not decayed");
    values[3 * 17 + 2] = INFINITY;
    refuses(lrpot_dielectric_constant(&good, 0, &estimate, NULL, 0, NULL), LRPOT_E_NOT_FINITE,
            "sample 17");
    values[3 * 17 + 2] = NAN;
    refuses(lrpot_conductivity_einstein(&good, NULL, &estimate, NULL, 0, NULL), LRPOT_E_NOT_FINITE,
            "component 2");
    ck_close(estimate.value, 0.0, TOL_EXACT, 0.0);
}
END_TEST

START_TEST(what_is_wrong_with_options_is_named)
{
    enum { N = 64 };
    double values[3 * N] = { 0.0 };
    int64_t n = 0;
    lrpot_series series = series_of(N, values, LRPOT_SERIES_CURRENT);
    lrpot_spectrum_options spectrum = LRPOT_SPECTRUM_OPTIONS_INIT;
    spectrum.segment = 100;
    refuses(lrpot_spectrum_size(&series, &spectrum, &n, NULL), LRPOT_E_ARGUMENT, "100 samples");
    spectrum.segment = 0;
    spectrum.overlap = 0.99;
    refuses(lrpot_spectrum_size(&series, &spectrum, &n, NULL), LRPOT_E_ARGUMENT, "0.99");
    spectrum.overlap = 0.0;
    spectrum.window = 9;
    refuses(lrpot_spectrum_size(&series, &spectrum, &n, NULL), LRPOT_E_ARGUMENT, "window 9");
    lrpot_conductivity_options options = LRPOT_CONDUCTIVITY_OPTIONS_INIT;
    lrpot_estimate sigma = LRPOT_ESTIMATE_INIT;
    options.end = 8.0;
    refuses(lrpot_conductivity_green_kubo(&series, &options, &sigma, NULL, 0, NULL, NULL, NULL),
            LRPOT_E_ACCURACY, "too short");
    options.blocks = 2;
    refuses(lrpot_conductivity_green_kubo(&series, &options, &sigma, NULL, 0, NULL, NULL, NULL),
            LRPOT_E_ARGUMENT, "2 blocks");
    double fields[4] = { 0.0, 0.1, 0.2, 0.3 };
    lrpot_loop loop = LRPOT_LOOP_INIT;
    lrpot_loop_options loop_options = LRPOT_LOOP_OPTIONS_INIT;
    refuses(lrpot_loop_compute(4, fields, values, NULL, &loop, 0, NULL, NULL, NULL, NULL),
            LRPOT_E_ARGUMENT, "falling");
    refuses(lrpot_loop_compute(4, fields, values, NULL, &loop, 2, values, values, values, NULL),
            LRPOT_E_SIZE, "4");
    loop_options.discard = 1.0;
    refuses(lrpot_loop_compute(4, fields, values, &loop_options, &loop, 0, NULL, NULL, NULL, NULL),
            LRPOT_E_ARGUMENT, "discard = 1");
    fields[2] = NAN;
    refuses(lrpot_loop_compute(4, fields, values, NULL, &loop, 0, NULL, NULL, NULL, NULL),
            LRPOT_E_NOT_FINITE, "fields[2]");
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("spectra");
    TCase *tcase = tcase_create("spectra");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_cosine_has_its_place_and_its_intensity_whatever_the_window);
    tcase_add_test(tcase, damped_oscillators_peak_in_their_bin_and_keep_their_intensity);
    tcase_add_test(tcase, quantum_corrections_have_their_factors);
    tcase_add_test(tcase, running_integrals_and_displacements_are_those_of_plain_sums);
    tcase_add_test(tcase, currents_and_their_dipole_conduct_alike);
    tcase_add_test(tcase, heat_flux_conducts_heat_by_the_same_integral);
    tcase_add_test(tcase, current_in_a_field_is_divided_by_it);
    tcase_add_test(tcase, fluctuations_by_axis_average_to_the_ratio);
    tcase_add_test(tcase, blocks_find_the_error_of_a_correlated_mean);
    tcase_add_test(tcase, a_hysteron_has_its_coercive_field_and_area);
    tcase_add_test(tcase, a_smooth_loop_is_measured_with_its_errors);
    tcase_add_test(tcase, what_is_wrong_with_a_series_is_named);
    tcase_add_test(tcase, what_is_wrong_with_options_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
