/* Real-space interaction of points and Gaussians. */
#include "electrostatics/ewald.h"

#include <math.h>

#define TWO_BY_SQRT_PI 1.12837916709551257390

/* erfc(a r)/r and its derivative. */
static void complement(double r, double a, double *value, double *derivative)
{
    double e = erfc(a * r);
    *value = e / r;
    *derivative = -(*value + TWO_BY_SQRT_PI * a * exp(-a * a * r * r)) / r;
}

void lrpot__pair_kernel(double r, double alpha, double gamma, double *value, double *derivative)
{
    double other = 0.0, other_derivative = 0.0;
    complement(r, alpha, value, derivative);
    if (gamma == 0.0) return;
    complement(r, gamma, &other, &other_derivative);
    *value -= other;
    *derivative -= other_derivative;
}

double lrpot__pair_gamma(const lrpot_ewald *ewald, int32_t a, int32_t b)
{
    if (ewald->widths == NULL) return 0.0;
    double square = ewald->widths[a] * ewald->widths[a] + ewald->widths[b] * ewald->widths[b];
    return square > 0.0 ? 1.0 / sqrt(2.0 * square) : 0.0;
}
