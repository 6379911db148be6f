#include "electrostatics/kernels/coulomb_kernel.h"

#include "core/constants.h"

#include <math.h>

#define TWO_BY_SQRT_PI 1.12837916709551257390

double lrpot__coulomb_erfc(double r, double a, double *strength)
{
    double value = erfc(a * r) / r;
    *strength = (value + TWO_BY_SQRT_PI * a * exp(-a * a * r * r)) / (r * r);
    return value;
}

double lrpot__coulomb_bare(const lrpot__screening *s, double square, double *strength)
{
    double value = 1.0 / sqrt(square);
    (void)s;
    *strength = value / square;
    return value;
}

double lrpot__coulomb_short_range(const lrpot__screening *s, double square, double *strength)
{
    return lrpot__coulomb_erfc(sqrt(square), s->alpha, strength);
}

double lrpot__coulomb_long_range(const lrpot__screening *s, double square, double *strength)
{
    double r = sqrt(square), size = s->alpha * r, near = TWO_BY_SQRT_PI * s->alpha,
           slope = near * exp(-size * size);
    double value = size > 1e-4 ? erf(size) / r : near * (1.0 - size * size / 3.0);
    if (strength != NULL)
        *strength = size > 1e-2 ? (value - slope) / square
                                : near * s->alpha * s->alpha * (2.0 / 3.0 - 0.4 * size * size);
    return value;
}

double lrpot__coulomb_transform(const lrpot__screening *s, double square, double *strain)
{
    double quarter = 0.25 / (s->alpha * s->alpha);
    if (strain == NULL) return exp(-0.25 * square / (s->alpha * s->alpha));
    *strain = 2.0 / square * (1.0 + quarter * square);
    return exp(-quarter * square);
}

double lrpot__coulomb_mean(const lrpot__screening *s)
{
    return LRPOT__PI / (s->alpha * s->alpha);
}

double lrpot__coulomb_self(double width)
{
    return 1.0 / (sqrt(LRPOT__PI) * width);
}

double lrpot__coulomb_error_real(double alpha, double cutoff, double density)
{
    double r = LRPOT__FADE * cutoff, x = alpha * r;
    if (isinf(cutoff)) return 0.0; /* no pairs */
    /* For few atoms, a single pair at the cutoff determines the error. */
    return 2.0 * LRPOT_COULOMB_CONSTANT * sqrt(fmax(density, 1.0 / (r * r * r)) / r) * exp(-x * x)
           * (1.0 + 0.5 / (x * x));
}

double lrpot__coulomb_error_reciprocal(double alpha, double k_cut, double density)
{
    double k = LRPOT__FADE * k_cut, x = 0.5 * k / alpha;
    return LRPOT_COULOMB_CONSTANT * alpha * sqrt(8.0 * fmax(density, alpha * alpha * alpha) / k)
           * exp(-x * x);
}

const lrpot__kernel_rules lrpot__kernel_coulomb = {
    .name = "coulomb",
    .summary = "1/r of points and Gaussians of any widths",
    .unit = "e",
    .traits = LRPOT_EWALD_KERNEL_CHARGES | LRPOT_EWALD_KERNEL_WIDTHS | LRPOT_EWALD_KERNEL_PAIRS
              | LRPOT_EWALD_KERNEL_CRYSTALS | LRPOT_EWALD_KERNEL_SLABS | LRPOT_EWALD_KERNEL_MATRIX
              | LRPOT_EWALD_KERNEL_DERIVATIVES,
    .flags = LRPOT_EWALD_RELATIVE | LRPOT_EWALD_SELF | LRPOT_EWALD_SLAB_CORRECTION
             | LRPOT_EWALD_VACUUM,
    .constant = LRPOT_COULOMB_CONSTANT,
    .bare = lrpot__coulomb_bare,
    .short_range = lrpot__coulomb_short_range,
    .long_range = lrpot__coulomb_long_range,
    .transform = lrpot__coulomb_transform,
    .mean = lrpot__coulomb_mean,
    .prolate = 1,
    .self = lrpot__coulomb_self,
    .lanes = LRPOT__LANES_FIRST,
    .errors = { lrpot__coulomb_error_real, lrpot__coulomb_error_reciprocal },
};
