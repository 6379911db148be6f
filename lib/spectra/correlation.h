/* Correlations of long series by fast Fourier transforms. */
#ifndef LRPOT__CORRELATION_H
#define LRPOT__CORRELATION_H

#include "spectra/series.h"

#include <fftw3.h>

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
