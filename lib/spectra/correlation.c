/* Correlations of long series by fast Fourier transforms. */
#include "spectra/correlation.h"

#include "core/error.h"
#include "core/fftw_planner.h"
#include "core/memory.h"

#include <limits.h>
#include <string.h>

static int is_smooth(int64_t size)
{
    static const int primes[] = { 2, 3, 5, 7 };
    for (int p = 0; p < 4; p++)
        while (size % primes[p] == 0) size /= primes[p];
    return size == 1;
}

int64_t lrpot__smooth_size(int64_t size, int step)
{
    if (size % 2 != 0) size += step;
    while (!is_smooth(size)) size += 2 * step;
    return size;
}

lrpot_status lrpot__transform_create(lrpot__transform *transform, int64_t size)
{
    *transform = (lrpot__transform){ .size = size };
    if (size > INT_MAX)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a transform of %lld points, at most %d are offered", (long long)size,
                           INT_MAX);
    transform->real = lrpot__calloc(size, sizeof *transform->real);
    transform->modes = lrpot__calloc(size / 2 + 1, sizeof *transform->modes);
    if (transform->real == NULL || transform->modes == NULL) return LRPOT_E_MEMORY;
    lrpot__fftw_planner_lock();
    /* ESTIMATE: every run gives the same bits */
    transform->forward =
        fftw_plan_dft_r2c_1d((int)size, transform->real, transform->modes, FFTW_ESTIMATE);
    transform->backward =
        fftw_plan_dft_c2r_1d((int)size, transform->modes, transform->real, FFTW_ESTIMATE);
    lrpot__fftw_planner_unlock();
    if (transform->forward != NULL && transform->backward != NULL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_MEMORY, "FFTW has no plan for %lld points", (long long)size);
}

void lrpot__transform_free(lrpot__transform *transform)
{
    lrpot__fftw_planner_lock();
    if (transform->forward != NULL) fftw_destroy_plan(transform->forward);
    if (transform->backward != NULL) fftw_destroy_plan(transform->backward);
    lrpot__fftw_planner_unlock();
    lrpot__free(transform->real);
    lrpot__free(transform->modes);
}

/* Sums of products of the series minus shift[3], not normalised. */
static void correlate(lrpot__transform *t, int64_t n, const double *x, const double *shift,
                      int64_t n_lags, double *out)
{
    memset(out, 0, (size_t)n_lags * sizeof *out);
    for (int a = 0; a < 3; a++) {
        for (int64_t i = 0; i < n; i++) t->real[i] = x[3 * i + a] - shift[a];
        memset(t->real + n, 0, (size_t)(t->size - n) * sizeof *t->real);
        fftw_execute(t->forward);
        for (int64_t k = 0; k <= t->size / 2; k++) {
            t->modes[k][0] = t->modes[k][0] * t->modes[k][0] + t->modes[k][1] * t->modes[k][1];
            t->modes[k][1] = 0.0;
        }
        fftw_execute(t->backward);
        for (int64_t k = 0; k < n_lags; k++) out[k] += t->real[k] / (double)t->size;
    }
}

void lrpot__autocorrelation(lrpot__transform *transform, int64_t n, const double *x, int64_t n_lags,
                            double *out)
{
    static const double none[3] = { 0.0, 0.0, 0.0 };
    correlate(transform, n, x, none, n_lags, out);
    for (int64_t k = 0; k < n_lags; k++) out[k] /= (double)(n - k);
}

static double square_at(const double *x, const double *mean)
{
    double sum = 0.0;
    for (int a = 0; a < 3; a++) sum += (x[a] - mean[a]) * (x[a] - mean[a]);
    return sum;
}

void lrpot__mean_square_displacement(lrpot__transform *transform, int64_t n, const double *x,
                                     int64_t n_lags, double *out)
{
    /* Relative to the mean: a dipole far from zero would cost digits. */
    double mean[3] = { 0.0, 0.0, 0.0 }, squares = 0.0;
    for (int64_t i = 0; i < 3 * n; i++) mean[i % 3] += x[i] / (double)n;
    correlate(transform, n, x, mean, n_lags, out);
    for (int64_t i = 0; i < n; i++) squares += 2.0 * square_at(x + 3 * i, mean);
    for (int64_t k = 0; k < n_lags; k++) {
        out[k] = (squares - 2.0 * out[k]) / (double)(n - k);
        squares -= square_at(x + 3 * k, mean) + square_at(x + 3 * (n - 1 - k), mean);
    }
    out[0] = 0.0; /* exactly zero, without the rounding error of large sums */
}
