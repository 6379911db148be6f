#include "electrostatics/kernels/dispersion_kernel.h"

#include "core/constants.h"
#include "electrostatics/splitting/chebyshev.h"

#include <math.h>
#include <stddef.h>

#define SERIES_BELOW 2.0 /* u below which the quotients would lose digits */

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

static double long_range(const lrpot__screening *s, double square, double *strength)
{
    double a2 = s->alpha * s->alpha, a6 = a2 * a2 * a2, u = a2 * square, value, slope;
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

static double bare(const lrpot__screening *s, double square, double *strength)
{
    double value = 1.0 / (square * square * square);
    (void)s;
    *strength = value * 6.0 / square;
    return value;
}

static double short_range_at(double alpha, double square, double *strength)
{
    double u = alpha * alpha * square, e = exp(-u) / (square * square * square),
           near = 1.0 + u + 0.5 * u * u;
    *strength = e * (6.0 * near + u * u * u) / square;
    return e * near;
}

static double short_range(const lrpot__screening *s, double square, double *strength)
{
    return short_range_at(s->alpha, square, strength);
}

static double amplitude(double alpha)
{
    return sqrt(LRPOT__PI) / 12.0 * alpha * alpha * alpha;
}

/* The mean of 1/r^6 is included, so the excess is negative. */
static double mean(const lrpot__screening *s)
{
    return -(LRPOT__PI * sqrt(LRPOT__PI) / 3.0 * s->alpha * s->alpha * s->alpha);
}

static double complement(double b)
{
    double term = 0.5, sum = 0.5;
    if (b < 10.0) return b * b * (1.0 - sqrt(LRPOT__PI) * b * exp(b * b) * erfc(b));
    for (int n = 2; n < 40 && fabs(term) > 1e-18; n++) { /* asymptotic */
        term *= -(2 * n - 1) / (2.0 * b * b);
        sum += term;
    }
    return sum;
}

static double transform_at(double alpha, double square, double *slope)
{
    double b = 0.5 * sqrt(square) / alpha, c = complement(b),
           scale = amplitude(alpha) * exp(-b * b);
    *slope = scale * (1.0 - 5.0 * c);
    return scale * square * (1.0 - 2.0 * c);
}

static double transform(const lrpot__screening *s, double square, double *strain)
{
    double slope, value = transform_at(s->alpha, square, &slope);
    if (strain != NULL) *strain = 2.0 / square - 2.0 * slope / value;
    return value;
}

static double complement_at(const void *ctx, double t)
{
    (void)ctx;
    return complement(LRPOT__DISPERSION_MIDDLE * (1.0 + t) / (1.0 - t));
}

static void prepare(lrpot__screening *s)
{
    s->amplitude = amplitude(s->alpha);
    s->terms = LRPOT__DISPERSION_TERMS;
    lrpot__chebyshev_fit(complement_at, NULL, -1.0, 1.0, LRPOT__DISPERSION_TERMS, s->value);
}

/* All amplitudes have one sign. At a surface, where atoms end, the atoms missing beyond the cutoff
 * would pull in one direction. The same number bounds the energy of an atom that is cut off. A box
 * with surfaces is in part empty, so its density is less than that of the atoms, here by a factor
 * of VACUUM at most. */
#define VACUUM 2.0
static double error_real(double alpha, double cutoff, double density)
{
    double r = LRPOT__FADE * cutoff, strength, x = alpha * r;
    short_range_at(alpha, r * r, &strength);
    double force = r * strength, depth = r / (2.0 * x * x + 6.0),
           seen = fmax(density, 1.0 / (r * r * r));
    return force
           * hypot(sqrt(2.0 * LRPOT__PI * r * r * depth * seen),
                   LRPOT__PI * r * r * depth * VACUUM * density);
}

static double error_reciprocal(double alpha, double k_cut, double density)
{
    double k = LRPOT__FADE * k_cut, slope;
    return alpha * sqrt(8.0 * fmax(density, alpha * alpha * alpha) / k)
           * transform_at(alpha, k * k, &slope);
}

const lrpot__kernel_rules lrpot__kernel_dispersion = {
    .name = "dispersion",
    .summary = "-1/r^6 between amplitudes sqrt(C6), of points",
    .unit = "eV^(1/2) A^3",
    .traits = LRPOT_EWALD_KERNEL_PAIRS | LRPOT_EWALD_KERNEL_CRYSTALS,
    .flags = LRPOT_EWALD_RELATIVE,
    .constant = -1.0,
    .bare = bare,
    .short_range = short_range,
    .long_range = long_range,
    .transform = transform,
    .mean = mean,
    .lanes = LRPOT__LANES_SIXTH,
    .prepare = prepare,
    .errors = { error_real, error_reciprocal },
    .decay = 3.0,
};
