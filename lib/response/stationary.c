#include "response/stationary.h"

#include "core/error.h"
#include "core/memory.h"

#include <math.h>

#define SLOW_PART 0.75      /* of the variance, in the means of the longest blocks */
#define LARGEST_CHANGE 0.05 /* of the integral of a correlation, by what is no fluctuation */
#define LARGEST_DIFFERENCE 0.2

/* Wallace (1959): a t variable as a normal one. */
double lrpot__score(double t, double freedom)
{
    if (!(freedom > 0.0) || isnan(t)) return 0.0;
    return (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0) * sqrt(freedom * log1p(t * t / freedom));
}

/* means[m] of m blocks; deviations from the line of least squares. */
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
    out->rise_score = error > 0.0 ? lrpot__score(slope / error, freedom) : 0.0;
    error = sqrt(about / (double)(m - 1) / (double)m);
    out->mean_score = error > 0.0 ? lrpot__score(out->mean / error, (double)(m - 1)) : 0.0;
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
    lrpot__blocking(n, copy, out->mean, &estimate, &plain);
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

lrpot_status lrpot__independent_check(int64_t n, const lrpot_estimate *estimate, const char *what)
{
    double samples = (double)n / estimate->inefficiency;
    if (estimate->plateau || samples * SLOW_PART > (double)estimate->blocks) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ASSUMPTION,
                       "the %s varies as slowly as the series is long: it holds no more than %.0f "
                       "independent samples; a longer series is needed",
                       what, samples);
}

/* A mean of z standard errors adds 2 z^2 lags/n of the integral to it. */
lrpot_status lrpot__equilibrium_check(int64_t n, const double *current, double step, int64_t lags,
                                      double independent)
{
    double share = (double)lags / (double)n;
    for (int a = 0; a < 3; a++) {
        lrpot__trend trend;
        LRPOT__TRY(lrpot__trend_fit(n, 3, current + a, &trend));
        double z = trend.mean_score;
        if (z > LRPOT__SCORE_LIMIT && 2.0 * z * z * share > LARGEST_CHANGE)
            return lrpot__fail(
                LRPOT_E_ASSUMPTION,
                "the current has a mean of %.4g e A/fs along %c, %.1f times its error "
                "over %.4g fs: the run is driven, and its fluctuations give no "
                "conductivity",
                trend.mean, "xyz"[a], z, (double)n * step);
    }
    double part = LARGEST_CHANGE * fmax(independent, 1.0) / (2.0 * (double)lags);
    return lrpot__stationary_check(n, current, part, "current");
}

lrpot_status lrpot__difference_check(int64_t pieces, double mean, double squares, double value,
                                     const char *what)
{
    double error = sqrt(squares / (double)(pieces - 1) / (double)pieces);
    double score = error > 0.0 ? lrpot__score(mean / error, (double)(pieces - 1)) : 0.0;
    if (score <= LRPOT__SCORE_LIMIT || fabs(mean) <= LARGEST_DIFFERENCE * fabs(value))
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_ASSUMPTION, "%s: %.4g S/cm, %.1f times its error", what, mean,
                       score);
}
