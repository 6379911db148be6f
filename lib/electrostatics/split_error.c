/* Errors of a Gaussian split. */
#include "electrostatics/splitting.h"

#include <math.h>

/* Both sums fade out over their last few per cent; the error is that of a sharp end somewhat inside. */
#define FADE 0.97

double lrpot__error_real(double alpha, double cutoff, double density)
{
    double r = FADE * cutoff, x = alpha * r;
    /* A lone pair at the cutoff sets the error where there are few atoms. */
    return 2.0 * LRPOT_COULOMB_CONSTANT * sqrt(fmax(density, 1.0 / (r * r * r)) / r) * exp(-x * x) * (1.0 + 0.5 / (x * x));
}

double lrpot__error_reciprocal(double alpha, double k_cut, double density)
{
    double k = FADE * k_cut, x = 0.5 * k / alpha;
    return LRPOT_COULOMB_CONSTANT * alpha * sqrt(8.0 * fmax(density, alpha * alpha * alpha) / k) * exp(-x * x);
}
