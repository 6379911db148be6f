#include "core/bessel.h"

#include <math.h>

/* K_n(x) is the integral of exp(-x cosh t) cosh(n t) over t > 0 (Abramowitz and Stegun, 9.6.24).
 * The integrand is analytic for |Im t| < pi/2, so that the error of the trapezoidal rule is that of
 * exp(-pi^2/STEP): below the precision of doubles. */
#define STEP 0.25

void lrpot__bessel_k(double x, double *k0, double *k1)
{
    double sum0 = 0.5, sum1 = 0.5, term = 1.0;
    for (int m = 1; term > 1e-18; m++) {
        double rise = cosh(m * STEP);
        double value = exp(-x * (rise - 1.0));
        term = value * rise;
        sum0 += value;
        sum1 += term;
    }
    *k0 = STEP * exp(-x) * sum0;
    *k1 = STEP * exp(-x) * sum1;
}
