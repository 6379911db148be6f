/* Kernels truncated beyond the extent of the system, and the part of the virial that they do not
 * give. */
#define _XOPEN_SOURCE 700 /* j0, j1 */

#include "electrostatics/ewald/truncation.h"

#include "core/algebra.h"
#include "core/bessel.h"
#include "core/constants.h"

#include <math.h>

/* 1/A: smaller than any vector of a lattice, larger than the rounding error of zero */
#define ON_AXIS 1e-8

/* 1/r where |z| < R (Rozzi et al., eq. 31), R half the box so that sin(k_z R) = 0 and cos(k_z R) =
 * 1 or -1. Long waves have short vectors k with k_z = 0, whose factor is about p R. */
static double slab_factor(const lrpot__boundary *b, const double *k, double *slope)
{
    double z = lrpot__dot3(k, b->across[0]), plane[3];
    for (int a = 0; a < 3; a++) plane[a] = k[a] - z * b->across[0][a];
    double p = sqrt(lrpot__dot3(plane, plane)), number = nearbyint(fabs(z) * b->radius / LRPOT__PI),
           sign = fmod(number, 2.0) == 0.0 ? 1.0 : -1.0;
    *slope = 0.0;
    if (p < ON_AXIS && number > 0.0) return 1.0 - sign;
    if (p * b->radius > 45.0) return 1.0;
    double end = sign * exp(-p * b->radius),
           factor = sign > 0.0 ? -expm1(-p * b->radius) : 1.0 - end;
    *slope = -b->radius * end / (factor * p);
    return factor;
}

/* The interaction of lines of charge exp(i k z) is 2 K_0(k rho), that of uniform lines -2 ln rho
 * (Rozzi et al., eqs 13 to 16). The kernel here is 2 K_0(k rho) - 2 K_0(k R) for rho < R, and zero
 * beyond: without a step at R its transform falls off sooner. Within R the constant is restored at
 * p = 0, where it is the constant of the whole box. */
static double wire_factor(const lrpot__boundary *b, const double *k, double *slope)
{
    double x = lrpot__dot3(k, b->across[0]), y = lrpot__dot3(k, b->across[1]),
           p = sqrt(x * x + y * y), R = b->radius, square = lrpot__dot3(k, k) - p * p, k0, k1;
    *slope = 0.0;
    if (square < ON_AXIS * ON_AXIS) return 1.0 - j0(p * R);
    double z = sqrt(square);
    if (z * R > 45.0) return 1.0;
    lrpot__bessel_k(z * R, &k0, &k1);
    int centre = p < ON_AXIS;
    /* J_0(p R), and J_1(p R)/p R, less the restored constant at p = 0 */
    double even = centre ? 1.0 : j0(p * R),
           odd = centre ? 0.5 - b->section / (2.0 * LRPOT__PI * R * R) : j1(p * R) / (p * R),
           factor = 1.0 - z * R * k1 * even - square * R * R * k0 * odd,
           derivative = z * R * R * (k0 * even - (2.0 * k0 - z * R * k1) * odd);
    if (fabs(factor) < 1e-30) factor = 1e-30; /* a zero of the transform */
    *slope = -derivative / (factor * z);
    return factor;
}

double lrpot__truncation(const lrpot__boundary *b, const double *k, double *slope)
{
    *slope = 0.0;
    if (b->kind == LRPOT__SLAB) return slab_factor(b, k, slope);
    if (b->kind == LRPOT__WIRE) return wire_factor(b, k, slope);
    return b->kind == LRPOT__OPEN ? 1.0 - cos(sqrt(lrpot__dot3(k, k)) * b->radius) : 1.0;
}

double lrpot__truncation_origin(const lrpot__boundary *b)
{
    double square = 2.0 * LRPOT__PI * b->radius * b->radius;
    switch (b->kind) {
    case LRPOT__SLAB: return -square;
    case LRPOT__WIRE: return 0.5 * square - 2.0 * log(b->radius) * b->section;
    case LRPOT__OPEN: return square;
    default: return 0.0;
    }
}

static void product(const double *a, const double *b, double *out)
{
    for (int x = 0; x < 9; x++)
        out[x] = a[3 * (x / 3)] * b[x % 3] + a[3 * (x / 3) + 1] * b[3 + x % 3]
                 + a[3 * (x / 3) + 2] * b[6 + x % 3];
}

/* P W P + Q M P + (Q M P)^T + Q M Q, with the projectors P on directions that repeat and Q = 1 - P.
 * A rotation changes nothing, so that the mixed part is symmetric. */
void lrpot__truncation_complete(const lrpot__boundary *b, const double *moment, double *virial)
{
    double across[9], half[9], repeated[9], mixed[9], rest[9];
    for (int x = 0; x < 9; x++) across[x] = (x % 4 == 0 ? 1.0 : 0.0) - b->along[x];
    product(b->along, virial, half);
    product(half, b->along, repeated);
    product(across, moment, half);
    product(half, b->along, mixed);
    product(half, across, rest);
    for (int x = 0; x < 9; x++)
        virial[x] = repeated[x] + mixed[x] + mixed[3 * (x % 3) + x / 3] + rest[x];
}

void lrpot__truncation_virial(const lrpot__sum *sum, lrpot__sum_results *out)
{
    const lrpot__boundary *b = &sum->boundary;
    int64_t stride = sum->atoms->stride > 0 ? sum->atoms->stride : 3;
    double total[9] = { 0.0 };
    if (b->kind == LRPOT__REPEATED) return;
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        const double *r = sum->atoms->positions + i * stride;
        double moment[9];
        for (int x = 0; x < 9; x++) {
            moment[x] = sum->q[i] * (r[x / 3] - b->middle[x / 3]) * out->field[3 * i + x % 3];
            total[x] += moment[x];
        }
        if (out->virial_atom != NULL)
            lrpot__truncation_complete(b, moment, out->virial_atom + 9 * i);
    }
    lrpot__truncation_complete(b, total, out->virial);
}
