/* Error bars of the response from trajectories: processes of known response, 100 seeds, at least 95
 * within two bars. */
#include "processes.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEDS = 100, NEEDED = 95 };

static const double boltzmann = 8.617333262e-5, pi = 3.14159265358979323846;

/* Counts the seeds whose value lies within two bars of the exact one, and how far their mean is
 * off, in bars of the mean. */
typedef struct tally {
    int seeds, within, plateaus;
    double deviations, squares, bars;
} tally;

static void count(tally *t, const lrpot_estimate *estimate, double exact)
{
    double d = estimate->value - exact;
    t->seeds++;
    t->within += fabs(d) <= 2.0 * estimate->error;
    t->plateaus += estimate->plateau;
    t->deviations += d;
    t->squares += d * d;
    t->bars += estimate->error;
}

static void judge(const tally *t, const char *what)
{
    double mean = t->deviations / t->seeds, spread = sqrt(t->squares / t->seeds);
    printf("# %s: %d of %d within two bars, mean bar/true bar %.3f, bias/true bar %.3f\n", what,
           t->within, t->seeds, t->bars / t->seeds / spread, mean / spread);
    ck_assert_int_eq(t->seeds, t->plateaus);
    ck_assert_msg(t->within >= NEEDED * t->seeds / 100, "%s: %d of %d", what, t->within, t->seeds);
    /* bars that are large enough to hold anything would pass the count */
    ck_assert_msg(t->bars / t->seeds < 1.6 * spread, "%s: mean bar %g, true one %g", what,
                  t->bars / t->seeds, spread);
}

static lrpot_series series_of(int64_t n, const double *values, int32_t kind)
{
    lrpot_series series = LRPOT_SERIES_INIT;
    series.n = n;
    series.values = values;
    series.step = 2.0;
    series.volume = 1000.0;
    series.temperature = 300.0;
    series.kind = kind;
    return series;
}

static int seed_count(void)
{
    const char *text = getenv("LRPOT_SEEDS");
    return text != NULL ? atoi(text) : SEEDS;
}

START_TEST(dielectric_constants_of_relaxing_dipoles_lie_within_their_bars)
{
    enum { N = 20000 };
    double *values = malloc(3 * N * sizeof *values), variance = 4.0;
    tally all = { 0 }, known_mean = { 0 };
    for (int seed = 0; seed < seed_count(); seed++) {
        support_random random = { 1000 + (uint64_t)seed };
        lrpot_series series = series_of(N, values, LRPOT_SERIES_DIPOLE);
        lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
        double exact = 1.0
                       + 4.0 * pi * LRPOT_COULOMB_CONSTANT * variance
                             / (series.volume * boltzmann * series.temperature);
        process_relaxation(&random, N, series.step, variance, 20.0, values);
        ck_ok(lrpot_dielectric_constant(&series, LRPOT_DIELECTRIC_ZERO_MEAN, &estimate, NULL, 0,
                                        NULL));
        count(&known_mean, &estimate, exact);
        for (int64_t i = 0; i < 3 * N; i++) values[i] += 7.0 * (double)(i % 3);
        ck_ok(lrpot_dielectric_constant(&series, 0, &estimate, NULL, 0, NULL));
        count(&all, &estimate, exact);
    }
    judge(&all, "eps_0, mean subtracted");
    judge(&known_mean, "eps_0, mean known");
    free(values);
}
END_TEST

START_TEST(dielectric_constants_of_vibrating_dipoles_lie_within_their_bars)
{
    enum { N = 20000 };
    double *x = malloc(3 * N * sizeof *x), *v = malloc(3 * N * sizeof *v), w = 0.05, g = 0.01,
           variance = 0.01;
    tally all = { 0 };
    for (int seed = 0; seed < seed_count(); seed++) {
        support_random random = { 5000 + (uint64_t)seed };
        lrpot_series series = series_of(N, x, LRPOT_SERIES_DIPOLE);
        lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
        for (int64_t i = 0; i < 3 * N; i++) x[i] = v[i] = 0.0;
        process_add_oscillators(&random, N, series.step, w, g, variance, x, v);
        ck_ok(lrpot_dielectric_constant(&series, 0, &estimate, NULL, 0, NULL));
        count(&all, &estimate,
              1.0
                  + 4.0 * pi * LRPOT_COULOMB_CONSTANT * variance / (w * w)
                        / (series.volume * boltzmann * series.temperature));
    }
    judge(&all, "eps_0 of oscillators");
    free(x);
    free(v);
}
END_TEST

/* Trapezoids of a sampled exponential: what the sampled process conducts, 1/12 (step/time)^2 more
 * than the continuous one. */
static double exact_conductivity(const lrpot_series *series, double variance, double time)
{
    double keep = exp(-series->step / time),
           integral = 0.5 * series->step * variance * (1.0 + keep) / (1.0 - keep);
    return LRPOT_SIEMENS_PER_CM * integral / (series->volume * boltzmann * series->temperature);
}

START_TEST(conductivities_of_relaxing_currents_lie_within_their_bars)
{
    enum { N = 40000 };
    double *values = malloc(3 * N * sizeof *values), variance = 1e-4, time = 15.0;
    tally kubo = { 0 }, einstein = { 0 };
    for (int seed = 0; seed < seed_count(); seed++) {
        support_random random = { 2000 + (uint64_t)seed };
        lrpot_series series = series_of(N, values, LRPOT_SERIES_CURRENT);
        lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
        double exact = exact_conductivity(&series, variance, time);
        process_relaxation(&random, N, series.step, variance, time, values);
        ck_ok(lrpot_conductivity_green_kubo(&series, NULL, &estimate, NULL, 0, NULL, NULL, NULL));
        count(&kubo, &estimate, exact);
        ck_ok(lrpot_conductivity_einstein(&series, NULL, &estimate, NULL, 0, NULL));
        count(&einstein, &estimate, exact);
    }
    judge(&kubo, "Green-Kubo");
    judge(&einstein, "Helfand-Einstein");
    free(values);
}
END_TEST

START_TEST(conductivities_with_a_vibration_on_top_lie_within_their_bars)
{
    enum { N = 40000 };
    double *j = malloc(3 * N * sizeof *j), *x = malloc(3 * N * sizeof *x), variance = 1e-4,
           time = 15.0;
    tally kubo = { 0 };
    for (int seed = 0; seed < seed_count(); seed++) {
        support_random random = { 3000 + (uint64_t)seed };
        lrpot_series series = series_of(N, j, LRPOT_SERIES_CURRENT);
        lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
        for (int64_t i = 0; i < 3 * N; i++) x[i] = 0.0;
        process_relaxation(&random, N, series.step, variance, time, j);
        process_add_oscillators(&random, N, series.step, 0.1, 0.05, variance, x, j);
        ck_ok(lrpot_conductivity_green_kubo(&series, NULL, &estimate, NULL, 0, NULL, NULL, NULL));
        count(&kubo, &estimate, exact_conductivity(&series, variance, time));
    }
    judge(&kubo, "Green-Kubo with a vibration");
    free(j);
    free(x);
}
END_TEST

START_TEST(conductivities_in_a_field_lie_within_their_bars)
{
    enum { N = 20000 };
    static const double field[3] = { 0.01, 0.0, 0.02 };
    double *values = malloc(3 * N * sizeof *values), sigma = 5.0;
    tally all = { 0 };
    for (int seed = 0; seed < seed_count(); seed++) {
        support_random random = { 4000 + (uint64_t)seed };
        lrpot_series series = series_of(N, values, LRPOT_SERIES_CURRENT);
        lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
        process_relaxation(&random, N, series.step, 1e-4, 15.0, values);
        for (int64_t i = 0; i < 3 * N; i++)
            values[i] += sigma * series.volume * field[i % 3] / LRPOT_SIEMENS_PER_CM;
        ck_ok(lrpot_conductivity_field(&series, field, &estimate, NULL));
        count(&all, &estimate, sigma);
    }
    judge(&all, "current in a field");
    free(values);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("spectra_errors");
    TCase *tcase = tcase_create("bars");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, dielectric_constants_of_relaxing_dipoles_lie_within_their_bars);
    tcase_add_test(tcase, dielectric_constants_of_vibrating_dipoles_lie_within_their_bars);
    tcase_add_test(tcase, conductivities_of_relaxing_currents_lie_within_their_bars);
    tcase_add_test(tcase, conductivities_with_a_vibration_on_top_lie_within_their_bars);
    tcase_add_test(tcase, conductivities_in_a_field_lie_within_their_bars);
    suite_add_tcase(suite, tcase);
    return suite;
}
