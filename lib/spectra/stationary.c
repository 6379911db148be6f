#include "spectra/stationary.h"

#include "core/error.h"
#include "core/memory.h"
#include "spectra/series.h"

#include <math.h>

/* Largest part of the variance in the means of eighths. Random walks have more in 99 of 100 cases,
 * processes of twenty independent samples less. */
#define SLOW_PART 0.65
enum { LONG_PIECES = 8 };

#define LARGEST_EXCESS 2.5 /* largest ratio for 21 squares: probability 1e-4 */
/* largest relative change of the integral of a correlation by parts that are not fluctuations */
#define LARGEST_CHANGE 0.05
#define LARGEST_DIFFERENCE 0.2

/* Score of a t variable as a normal one (Wallace 1959). */
double lrpot__normal_score(double t, double freedom)
{
    if (!(freedom > 0.0) || isnan(t)) return 0.0;
    return (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0) * sqrt(freedom * log1p(t * t / freedom));
}

/* Fits a line to means[m] of m blocks; deviations from the line of least squares. */
static void fit_line(int64_t m, const double *means, lrpot__trend *out)
{
    double middle = 0.5 * (double)(m - 1), above = 0.0, below = 0.0, rest = 0.0, about = 0.0;
    for (int64_t k = 0; k < m; k++) {
        double x = (double)k - middle;
        above += x * (means[k] - out->mean);
        below += x * x;
        about += (means[k] - out->mean) * (means[k] - out->mean);
    }
    double slope = above / below;
    for (int64_t k = 0; k < m; k++) {
        double deviation = means[k] - out->mean - slope * ((double)k - middle);
        rest += deviation * deviation;
    }
    double freedom = (double)(m - 2), error = sqrt(rest / freedom / below);
    out->rise = slope * (double)m;
    out->rise_score = error > 0.0 ? lrpot__normal_score(slope / error, freedom) : 0.0;
    error = sqrt(about / (double)(m - 1) / (double)m);
    out->mean_score = error > 0.0 ? lrpot__normal_score(out->mean / error, (double)(m - 1)) : 0.0;
}

/* Removes the mean and the line of least squares. */
static void remove_line(int64_t n, double *values, double mean)
{
    double middle = 0.5 * (double)(n - 1), above = 0.0, below = 0.0;
    for (int64_t i = 0; i < n; i++) {
        above += ((double)i - middle) * (values[i] - mean);
        below += ((double)i - middle) * ((double)i - middle);
    }
    for (int64_t i = 0; i < n; i++) values[i] -= mean + above / below * ((double)i - middle);
}

lrpot_status lrpot__trend_fit(int64_t n, int64_t stride, const double *values, lrpot__trend *out)
{
    lrpot_estimate estimate = LRPOT_ESTIMATE_INIT;
    double *copy = lrpot__calloc(n, sizeof *copy), plain, sum = 0.0, squares = 0.0;
    if (copy == NULL) return LRPOT_E_MEMORY;
    *out = (lrpot__trend){ 0 };
    for (int64_t i = 0; i < n; i++) sum += copy[i] = values[i * stride];
    out->mean = sum / (double)n;
    for (int64_t i = 0; i < n; i++) squares += (copy[i] - out->mean) * (copy[i] - out->mean);
    remove_line(n, copy, out->mean); /* blocks do not have to be longer than a trend */
    lrpot__blocking(n, copy, 0.0, &estimate, &plain);
    int64_t block = estimate.block > 0 ? estimate.block : 1, m = n / block;
    for (int64_t k = 0; k < m; k++) {
        copy[k] = 0.0;
        for (int64_t i = k * block; i < (k + 1) * block; i++)
            copy[k] += values[i * stride] / (double)block;
    }
    if (m > 2) fit_line(m, copy, out);
    if (squares > 0.0) out->part = out->rise * out->rise / 12.0 * (double)n / squares;
    lrpot__free(copy);
    return LRPOT_OK;
}

lrpot_status lrpot__stationary_check(int64_t n, const double *values, double part, const char *what)
{
    for (int a = 0; a < 3; a++) {
        lrpot__trend trend;
        LRPOT__TRY(lrpot__trend_fit(n, 3, values + a, &trend));
        if (trend.rise_score > LRPOT__SCORE_LIMIT && trend.part > part)
            return lrpot__fail(
                LRPOT_E_ASSUMPTION,
                "the %s drifts: along %c by %.4g over the series, which is %.0f %% of "
                "its variance; the series is no equilibrium",
                what, "xyz"[a], trend.rise, 100.0 * fmin(trend.part, 1.0));
    }
    return LRPOT_OK;
}

/* Variance of the means of a few long pieces, and that of the samples, summed over the axes. */
static double slow_variance(int64_t n, const double *values, double *samples)
{
    double mean[3] = { 0.0, 0.0, 0.0 }, all = 0.0, slow = 0.0;
    int64_t piece = n / LONG_PIECES;
    n = piece * LONG_PIECES;
    for (int64_t i = 0; i < 3 * n; i++) mean[i % 3] += values[i] / (double)n;
    for (int64_t i = 0; i < 3 * n; i++)
        all += (values[i] - mean[i % 3]) * (values[i] - mean[i % 3]) / (double)n;
    for (int64_t p = 0; p < 3 * LONG_PIECES; p++) {
        double sum = 0.0;
        for (int64_t i = 0; i < piece; i++) sum += values[3 * (p / 3 * piece + i) + p % 3];
        double apart = sum / (double)piece - mean[p % 3];
        slow += apart * apart / (double)(LONG_PIECES - 1);
    }
    *samples = all;
    return slow;
}

lrpot_status lrpot__correlation_time_check(int64_t n, const double *values, const char *what)
{
    double samples, slow = slow_variance(n, values, &samples);
    double part = samples > 0.0 ? slow / samples : 0.0;
    if (part <= SLOW_PART) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_ASSUMPTION,
        "the %s varies as slowly as the series is long: the means of its eighths "
        "scatter by %.0f %% of its variance; it diffuses, or a longer series is needed",
        what, 100.0 * part);
}

/* A mean of z standard errors adds 2 z^2 lags/n of the integral to it. */
lrpot_status lrpot__series_equilibrium_check(int64_t n, const double *current, double step,
                                             int64_t lags, double independent, const char *unit)
{
    double share = (double)lags / (double)n;
    for (int a = 0; a < 3; a++) {
        lrpot__trend trend;
        LRPOT__TRY(lrpot__trend_fit(n, 3, current + a, &trend));
        double z = trend.mean_score;
        if (z > LRPOT__SCORE_LIMIT && 2.0 * z * z * share > LARGEST_CHANGE)
            return lrpot__fail(LRPOT_E_ASSUMPTION,
                               "the current has a mean of %.4g %s along %c, %.1f times its error "
                               "over %.4g fs: the run is driven, and its fluctuations give no "
                               "conductivity",
                               trend.mean, unit, "xyz"[a], z, (double)n * step);
    }
    double part = LARGEST_CHANGE * fmax(independent, 1.0) / (2.0 * (double)lags);
    return lrpot__stationary_check(n, current, part, "current");
}

lrpot_status lrpot__slow_modes_check(int64_t n, const double *current, double step, double integral)
{
    double samples, slow = slow_variance(n, current, &samples),
                    expected = 2.0 * integral / (step * (double)(n / LONG_PIECES));
    if (!(expected > 0.0) || slow <= LARGEST_EXCESS * expected) return LRPOT_OK;
    return lrpot__fail(
        LRPOT_E_ASSUMPTION,
        "the mean currents of the eighths of the series scatter %.1f times as much as "
        "the integral of the correlation says: part of the current changes more "
        "slowly than the window, or is driven",
        slow / expected);
}

lrpot_status lrpot__difference_check(int64_t pieces, double mean, double squares, double value,
                                     const char *what, const char *unit)
{
    double error = sqrt(squares / (double)(pieces - 1) / (double)pieces);
    double score = error > 0.0 ? lrpot__normal_score(mean / error, (double)(pieces - 1)) : 0.0;
    if (score <= LRPOT__SCORE_LIMIT || fabs(mean) <= LARGEST_DIFFERENCE * fabs(value))
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ASSUMPTION, "%s: %.4g %s, %.1f times its error", what, mean, unit,
                       score);
}
