/* Time series of dipoles and currents: functions shared by dielectric constants, spectra and
 * conductivities. */
#ifndef LRPOT__SERIES_H
#define LRPOT__SERIES_H

#include "core/constants.h"

#include <lrpot/spectra.h>

#include <fftw3.h>

#define LRPOT__SERIES_MIN 16 /* least number of samples for an error bar */

/* Checks size, pointer, length, finite values, positive constants. The temperature is checked only
 * on request. */
lrpot_status lrpot__series_check(const lrpot_series *series, int with_temperature);
lrpot_status lrpot__estimate_check(lrpot_estimate *estimate);

/* Number of samples of the current of a series. A dipole has one less, half a step later. */
int64_t lrpot__series_current_count(const lrpot_series *series);
/* The current, [count][3]; the caller frees it. NULL and a message without memory. */
double *lrpot__series_current(const lrpot_series *series);

/* Error of the mean of values, which are overwritten. *plain: the error bar without its own
 * uncertainty. */
void lrpot__blocking(int64_t n, double *values, double mean, lrpot_estimate *out, double *plain);

/* Standard deviation of a mean of m independent numbers with the given sum of squared deviations,
 * plus its own uncertainty. */
double lrpot__error_of_mean(double squares, int64_t m);

/* Real Fourier transforms of one length. */
typedef struct lrpot__transform {
    int64_t size;
    double *real;        /* [size] */
    fftw_complex *modes; /* [size/2 + 1] */
    fftw_plan forward, backward;
} lrpot__transform;
/* The next (step 1) or previous (step -1) even number without prime factors beyond 7. */
int64_t lrpot__smooth_size(int64_t size, int step);
lrpot_status lrpot__transform_create(lrpot__transform *transform, int64_t size);
void lrpot__transform_free(lrpot__transform *transform);

/* out[k] = sum over axes and i of x[i].x[i + k] / (n - k), k < n_lags <= n; the transform has at
 * least n + n_lags - 1 points. */
void lrpot__autocorrelation(lrpot__transform *transform, int64_t n, const double *x, int64_t n_lags,
                            double *out);
/* out[k] = mean of |x[i + k] - x[i]|^2. */
void lrpot__mean_square_displacement(lrpot__transform *transform, int64_t n, const double *x,
                                     int64_t n_lags, double *out);

#endif
