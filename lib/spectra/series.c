/* Time series: checks, the current of a dipole, means with errors by blocking. */
#include "spectra/series.h"

#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"

#include <math.h>
#include <stdlib.h>

/* with fewer blocks the standard deviation is uncertain by more than a quarter */
enum { MIN_BLOCKS = 8 };

lrpot_status lrpot__estimate_check(lrpot_estimate *estimate)
{
    LRPOT__REQUIRE_NOT_NULL(estimate);
    LRPOT__REQUIRE_RESULT(lrpot_estimate, estimate);
    return LRPOT_OK;
}

static lrpot_status positive(const char *what, double value)
{
    if (value > 0.0 && isfinite(value)) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ARGUMENT, "lrpot_series.%s = %g, expected a positive number", what,
                       value);
}

/* Checks size, pointer, length, step, temperature on request, and finite samples of so many
 * components. */
static lrpot_status check_samples(const lrpot_series *series, int with_temperature, int components)
{
    LRPOT__REQUIRE_NOT_NULL(series->values);
    if (series->n < LRPOT__SERIES_MIN)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a series of %lld samples is too short, expected at least %d",
                           (long long)series->n, LRPOT__SERIES_MIN);
    LRPOT__TRY(positive("step", series->step));
    if (with_temperature) LRPOT__TRY(positive("temperature", series->temperature));
    for (int64_t i = 0; i < components * series->n; i++)
        if (!isfinite(series->values[i]))
            return lrpot__fail(
                LRPOT_E_NOT_FINITE, "sample %lld of the series has component %d = %g",
                (long long)(i / components), (int)(i % components), series->values[i]);
    return LRPOT_OK;
}

lrpot_status lrpot__series_check(const lrpot_series *series, int with_temperature)
{
    LRPOT__REQUIRE_NOT_NULL(series);
    LRPOT__REQUIRE_INPUT(lrpot_series, series);
    if (series->kind != LRPOT_SERIES_DIPOLE && series->kind != LRPOT_SERIES_CURRENT)
        return lrpot__fail(LRPOT_E_ARGUMENT, "lrpot_series.kind = %d is neither dipole nor current",
                           (int)series->kind);
    LRPOT__TRY(positive("volume", series->volume));
    return check_samples(series, with_temperature, 3);
}

lrpot_status lrpot__series_check_heat(const lrpot_series *series)
{
    LRPOT__REQUIRE_NOT_NULL(series);
    LRPOT__REQUIRE_INPUT(lrpot_series, series);
    if (series->kind != LRPOT_SERIES_HEAT)
        return lrpot__fail(LRPOT_E_ARGUMENT, "lrpot_series.kind = %d, expected LRPOT_SERIES_HEAT",
                           (int)series->kind);
    LRPOT__TRY(positive("volume", series->volume));
    return check_samples(series, 1, 3);
}

lrpot_status lrpot__series_check_polarizability(const lrpot_series *series, int with_temperature)
{
    LRPOT__REQUIRE_NOT_NULL(series);
    LRPOT__REQUIRE_INPUT(lrpot_series, series);
    if (series->kind != LRPOT_SERIES_POLARIZABILITY)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "lrpot_series.kind = %d, expected LRPOT_SERIES_POLARIZABILITY",
                           (int)series->kind);
    return check_samples(series, with_temperature, 9);
}

/* 1 if the samples are currents themselves. */
static int is_rate(const lrpot_series *series)
{
    return series->kind == LRPOT_SERIES_CURRENT || series->kind == LRPOT_SERIES_HEAT;
}

int64_t lrpot__series_current_count(const lrpot_series *series)
{
    return is_rate(series) ? series->n : series->n - 1;
}

double *lrpot__series_current(const lrpot_series *series)
{
    if (is_rate(series)) return lrpot__duplicate(series->values, 3 * series->n, sizeof(double));
    int64_t size = 3 * (series->n - 1);
    double *current = lrpot__calloc(size, sizeof *current);
    for (int64_t i = 0; current != NULL && i < size; i++)
        current[i] = (series->values[i + 3] - series->values[i]) / series->step;
    return current;
}

lrpot_status lrpot_series_step(int64_t n, const double *times, double *step)
{
    LRPOT__REQUIRE_NOT_NULL(times);
    LRPOT__REQUIRE_NOT_NULL(step);
    if (n < 2) return lrpot__fail(LRPOT_E_ARGUMENT, "%lld times have no step", (long long)n);
    LRPOT__TRY(lrpot__all_finite("times", n, times));
    double mean = (times[n - 1] - times[0]) / (double)(n - 1);
    if (!(mean > 0.0))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "times do not ascend: the first is %.9g, the last %.9g", times[0],
                           times[n - 1]);
    int64_t worst = 1;
    for (int64_t i = 2; i < n; i++)
        if (fabs(times[i] - times[i - 1] - mean) > fabs(times[worst] - times[worst - 1] - mean))
            worst = i;
    double there = times[worst] - times[worst - 1];
    if (fabs(there - mean) > 1e-3 * mean)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "times are not evenly spaced: times[%lld] = %.9g is %.6g after the one "
                           "before, the mean step is %.6g",
                           (long long)worst, times[worst], there, mean);
    *step = mean;
    return LRPOT_OK;
}

double lrpot__error_of_mean(double squares, int64_t m)
{
    double blocks = (double)m;
    return sqrt(squares / (blocks * (blocks - 1.0))) * (1.0 + 1.0 / sqrt(2.0 * (blocks - 1.0)));
}

static double squares_about(int64_t n, const double *values, double mean)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) sum += (values[i] - mean) * (values[i] - mean);
    return sum;
}

void lrpot__blocking(int64_t n, double *values, double mean, lrpot_estimate *out, double *plain)
{
    double first = 0.0, largest = -1.0;
    out->value = mean;
    out->reserved = 0;
    *plain = 0.0;
    for (int64_t m = n, block = 1; m >= MIN_BLOCKS; m /= 2, block *= 2) {
        double squares = squares_about(m, values, mean),
               variance = squares / ((double)m * (double)(m - 1));
        double length = (double)block;
        if (block == 1) first = variance;
        double ratio = first > 0.0 ? variance / first : 1.0;
        /* Too short for a plateau: the largest error bar is the best lower bound. */
        out->plateau = length * length * length > 16.0 * (double)n * ratio * ratio;
        if (out->plateau || variance > largest) {
            largest = variance;
            *plain = sqrt(variance);
            out->error = lrpot__error_of_mean(squares, m);
            out->inefficiency = ratio;
            out->block = block;
            out->blocks = m;
        }
        if (out->plateau) return;
        for (int64_t i = 0; i < m / 2; i++) values[i] = 0.5 * (values[2 * i] + values[2 * i + 1]);
    }
}

lrpot_status lrpot_series_mean(int64_t n, int64_t stride, const double *values, lrpot_estimate *out)
{
    LRPOT__REQUIRE_NOT_NULL(values);
    LRPOT__TRY(lrpot__estimate_check(out));
    if (n < LRPOT__SERIES_MIN || stride < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "%lld numbers at stride %lld, expected at least %d at 1 or more",
                           (long long)n, (long long)stride, LRPOT__SERIES_MIN);
    double *copy = lrpot__calloc(n, sizeof *copy), sum = 0.0, plain;
    if (copy == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < n; i++) sum += copy[i] = values[i * stride];
    lrpot_status status = lrpot__all_finite("values", n, copy);
    if (status == LRPOT_OK) lrpot__blocking(n, copy, sum / (double)n, out, &plain);
    lrpot__free(copy);
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__finite_total("mean", 1, &out->value));
    return lrpot__finite_total("error of the mean", 1, &out->error);
}
