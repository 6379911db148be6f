/* Static dielectric constant from the fluctuations of the dipole. */
#include "spectra/stationary.h"

#include "core/error.h"
#include "core/finite.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "spectra/series.h"

#include <lrpot/ewald.h>

/* largest part of the variance of a component that a trend may explain */
#define LARGEST_DRIFT 0.05

static const double four_pi = 12.566370614359172953851;

/* Subtracts the mean. Returns the variance of the mean itself, by which the variance is then too
 * small. */
static void centre(const lrpot_series *series, double *moved, double *scratch, double *shortfall)
{
    for (int a = 0; a < 3; a++) {
        double mean = 0.0;
        lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
        for (int64_t i = 0; i < series->n; i++)
            mean += series->values[3 * i + a] / (double)series->n;
        for (int64_t i = 0; i < series->n; i++) {
            moved[3 * i + a] = series->values[3 * i + a] - mean;
            scratch[i] = moved[3 * i + a];
        }
        lrpot__blocking(series->n, scratch, 0.0, &estimate, &shortfall[a]);
        shortfall[a] *= shortfall[a];
    }
}

/* Mean over time of the squares of the axes from, ..., to - 1. */
static void mean_square(int64_t n, const double *moved, int from, int to, double *scratch,
                        lrpot_estimate *out)
{
    double sum = 0.0, plain;
    for (int64_t i = 0; i < n; i++) {
        scratch[i] = 0.0;
        for (int a = from; a < to; a++) scratch[i] += moved[3 * i + a] * moved[3 * i + a];
        sum += scratch[i];
    }
    lrpot__blocking(n, scratch, sum / (double)n, out, &plain);
}

static void run(int64_t n, const double *moved, int32_t flags, double factor, int64_t n_running,
                double *running)
{
    double squares = 0.0, sums[3] = { 0.0, 0.0, 0.0 };
    int64_t i = 0;
    for (int64_t k = 0; k < n_running; k++) {
        int64_t end = (int64_t)((double)n / (double)n_running * (double)(k + 1) + 0.5);
        for (; i < end && i < n; i++)
            for (int a = 0; a < 3; a++) {
                squares += moved[3 * i + a] * moved[3 * i + a];
                sums[a] += moved[3 * i + a];
            }
        double count = i > 0 ? (double)i : 1.0, fluctuation = squares / count;
        for (int a = 0; a < 3 && !(flags & LRPOT_DIELECTRIC_ZERO_MEAN); a++)
            fluctuation -= sums[a] / count * (sums[a] / count);
        running[k] = 1.0 + factor / 3.0 * fluctuation;
    }
}

lrpot_status lrpot_dielectric_constant(const lrpot_series *series, int32_t flags,
                                       lrpot_estimate *ratio, double *axes, int64_t n_running,
                                       double *running)
{
    LRPOT__TRY(lrpot__series_check(series, 1));
    LRPOT__TRY(lrpot__estimate_check(ratio));
    if (series->kind != LRPOT_SERIES_DIPOLE)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a dielectric constant needs the dipole, the series is a current");
    if ((flags & ~LRPOT_DIELECTRIC_ZERO_MEAN) != 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "flags = %d has unknown bits", (int)flags);
    if (n_running < 0 || n_running > series->n)
        return lrpot__fail(LRPOT_E_ARGUMENT, "%lld running estimates of %lld samples",
                           (long long)n_running, (long long)series->n);
    if (n_running > 0) LRPOT__REQUIRE_NOT_NULL(running);
    int64_t n = series->n;
    double shortfall[3] = { 0.0, 0.0, 0.0 },
           factor = four_pi * LRPOT_COULOMB_CONSTANT
                    / (series->volume * LRPOT__BOLTZMANN * series->temperature);
    double *scratch = lrpot__calloc(n, sizeof *scratch),
           *moved = lrpot__duplicate(series->values, 3 * n, sizeof *moved);
    lrpot_status status = LRPOT_OK;
    lrpot_estimate total = LRPOT_ESTIMATE_INIT;
    if (scratch != NULL && moved != NULL) {
        if (!(flags & LRPOT_DIELECTRIC_ZERO_MEAN)) centre(series, moved, scratch, shortfall);
        mean_square(n, moved, 0, 3, scratch, &total);
        total.value = 1.0
                      + factor / 3.0 * (total.value + shortfall[0] + shortfall[1] + shortfall[2]);
        total.error *= factor / 3.0;
        LRPOT__FILL_RESULT(ratio, &total);
        for (int a = 0; axes != NULL && a < 3; a++) {
            lrpot_estimate one = LRPOT_ESTIMATE_INIT;
            mean_square(n, moved, a, a + 1, scratch, &one);
            axes[2 * a] = 1.0 + factor * (one.value + shortfall[a]);
            axes[2 * a + 1] = factor * one.error;
        }
        run(n, moved, flags, factor, n_running, running);
        status = lrpot__stationary_check(n, series->values, LARGEST_DRIFT, "dipole");
        if (status == LRPOT_OK) status = lrpot__correlation_time_check(n, series->values, "dipole");
    } else status = LRPOT_E_MEMORY;
    lrpot__free(scratch);
    lrpot__free(moved);
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__finite_total("dielectric constant", 1, &ratio->value));
    LRPOT__TRY(lrpot__finite_total("error of the dielectric constant", 1, &ratio->error));
    LRPOT__TRY(lrpot__finite_total("dielectric constants along the axes", 6, axes));
    return lrpot__finite_total("running dielectric constants", n_running, running);
}
