/* Preloaded: the symbol of a BLAS with 64-bit integers. */
#include <stdint.h>

double ddot_(const int64_t *n, const double *x, const int64_t *step_x, const double *y,
             const int64_t *step_y);

double ddot_(const int64_t *n, const double *x, const int64_t *step_x, const double *y,
             const int64_t *step_y)
{
    double sum = 0.0;
    for (int64_t k = 0; k < *n; k++) sum += x[k * *step_x] * y[k * *step_y];
    return sum;
}
