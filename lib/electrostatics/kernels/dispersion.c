#include "electrostatics/kernels/dispersion.h"

#include "electrostatics/splitting/chebyshev.h"

#include <math.h>
#include <stddef.h>

#define PI 3.14159265358979323846
#define SERIES_BELOW 2.0 /* u where the quotients would lose digits */

/* sum (-u)^k / (2 k! (k + n)). */
static double series(double u, int n)
{
    double term = 0.5, sum = 0.0;
    for (int k = 0; k < 40 && fabs(term) > 1e-18; k++) {
        sum += term / (k + n);
        term *= -u / (k + 1);
    }
    return sum;
}

double lrpot__dispersion_smooth(double alpha, double square, double *strength)
{
    double a2 = alpha * alpha, a6 = a2 * a2 * a2, u = a2 * square, value, slope;
    if (u < SERIES_BELOW) {
        value = series(u, 3);
        slope = series(u, 4);
    } else {
        double e = exp(-u);
        value = (1.0 - e * (1.0 + u + 0.5 * u * u)) / (u * u * u);
        slope = (3.0 * value - 0.5 * e) / u;
    }
    if (strength != NULL) *strength = 2.0 * a6 * a2 * slope;
    return a6 * value;
}

double lrpot__dispersion_rest(double alpha, double square, double *strength)
{
    double u = alpha * alpha * square, e = exp(-u) / (square * square * square),
           near = 1.0 + u + 0.5 * u * u;
    *strength = e * (6.0 * near + u * u * u) / square;
    return e * near;
}

double lrpot__dispersion_amplitude(double alpha)
{
    return sqrt(PI) / 12.0 * alpha * alpha * alpha;
}

double lrpot__dispersion_mean(double alpha)
{
    return PI * sqrt(PI) / 3.0 * alpha * alpha * alpha;
}

static double complement(double b)
{
    double term = 0.5, sum = 0.5;
    if (b < 10.0) return b * b * (1.0 - sqrt(PI) * b * exp(b * b) * erfc(b));
    for (int n = 2; n < 40 && fabs(term) > 1e-18; n++) { /* asymptotic */
        term *= -(2 * n - 1) / (2.0 * b * b);
        sum += term;
    }
    return sum;
}

double lrpot__dispersion_transform(double alpha, double square, double *slope)
{
    double b = 0.5 * sqrt(square) / alpha, c = complement(b),
           scale = lrpot__dispersion_amplitude(alpha) * exp(-b * b);
    if (slope != NULL) *slope = scale * (1.0 - 5.0 * c);
    return scale * square * (1.0 - 2.0 * c);
}

static double complement_at(const void *ctx, double t)
{
    (void)ctx;
    return complement(LRPOT__DISPERSION_MIDDLE * (1.0 + t) / (1.0 - t));
}

void lrpot__dispersion_series(double *c)
{
    lrpot__chebyshev_fit(complement_at, NULL, -1.0, 1.0, LRPOT__DISPERSION_TERMS, c);
}
