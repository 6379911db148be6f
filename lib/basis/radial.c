/* Radial functions: Chebyshev polynomials with a smooth cutoff (Shapeev, Multiscale Model. Simul.
 * 14, 1153 (2016), eq. 2.8). */
#include "basis/radial.h"

#include <math.h>

void lrpot__radial_polynomials(const lrpot_basis *basis, double r, double *value,
                               double *derivative)
{
    const lrpot_basis_options *o = &basis->options;
    double slope = 2.0 / (o->cutoff - o->min_distance);
    int clamped = basis->clamp_below && r < o->min_distance;
    double x = clamped ? o->min_distance : r;
    double t = slope * (x - 0.5 * (o->min_distance + o->cutoff)), from_end = x - o->cutoff;
    double factor = basis->no_cutoff_factor ? 1.0 : from_end * from_end;
    double factor_derivative = basis->no_cutoff_factor ? 0.0 : 2.0 * from_end;
    for (int32_t b = 0; b < o->radial_size; b++) {
        if (b == 0) {
            value[0] = o->scaling * factor;
            derivative[0] = o->scaling * factor_derivative;
        } else if (b == 1) {
            value[1] = t * value[0];
            derivative[1] = slope * value[0] + t * derivative[0];
        } else {
            value[b] = 2.0 * t * value[b - 1] - value[b - 2];
            derivative[b] = 2.0 * (slope * value[b - 1] + t * derivative[b - 1])
                            - derivative[b - 2];
        }
    }
    for (int32_t b = 0; b < o->radial_size && clamped; b++) derivative[b] = 0.0;
}

double lrpot__radial_rest(const lrpot_basis *basis, int64_t pair, double r, double *pace)
{
    double start = basis->rest != NULL ? basis->rest[pair] : 0.0;
    *pace = 1.0;
    if (r >= start) return r;
    double width = LRPOT__REST_WIDTH * start, u = fmin((start - r) / width, 1.0);
    *pace = 1.0 - u;
    return start - width * (u - 0.5 * u * u);
}
