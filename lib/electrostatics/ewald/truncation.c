/* Kernels truncated beyond the extent of the system, and the part of the virial that they do not
 * give. */
#include "electrostatics/ewald/truncation.h"

#include "core/algebra.h"
#include "core/constants.h"

#include <math.h>

/* 1/A: smaller than any vector of a plane lattice, larger than the rounding error of zero */
#define ON_AXIS 1e-8

/* 1/r where |z| < R (Rozzi et al., eq. 31), R half the box so that sin(k_z R) = 0 and cos(k_z R) =
 * 1 or -1. */
static double slab_factor(const lrpot__boundary *b, const double *k, double *slope)
{
    double z = lrpot__dot3(k, b->normal), plane[3];
    for (int a = 0; a < 3; a++) plane[a] = k[a] - z * b->normal[a];
    double p = sqrt(lrpot__dot3(plane, plane)),
           sign = fmod(nearbyint(fabs(z) * b->radius / LRPOT__PI), 2.0) == 0.0 ? 1.0 : -1.0;
    *slope = 0.0;
    if (p < ON_AXIS) return 1.0 - sign;
    if (p * b->radius > 45.0) return 1.0;
    double end = sign * exp(-p * b->radius), factor = 1.0 - end;
    *slope = -b->radius * end / (factor * p);
    return factor;
}

double lrpot__truncation(const lrpot__boundary *b, const double *k, double *slope)
{
    *slope = 0.0;
    if (b->kind == LRPOT__SLAB) return slab_factor(b, k, slope);
    return b->kind == LRPOT__OPEN ? 1.0 - cos(sqrt(lrpot__dot3(k, k)) * b->radius) : 1.0;
}

double lrpot__truncation_origin(const lrpot__boundary *b)
{
    double square = 2.0 * LRPOT__PI * b->radius * b->radius;
    return b->kind == LRPOT__SLAB ? -square : b->kind == LRPOT__OPEN ? square : 0.0;
}

void lrpot__truncation_complete(const double *n, const double *moment, double *virial)
{
    double p[9], half[9], plane[3], along = lrpot__dot3(n, moment);
    for (int x = 0; x < 9; x++) p[x] = (x % 4 == 0 ? 1.0 : 0.0) - n[x / 3] * n[x % 3];
    for (int x = 0; x < 9; x++)
        half[x] = p[3 * (x / 3)] * virial[x % 3] + p[3 * (x / 3) + 1] * virial[3 + x % 3]
                  + p[3 * (x / 3) + 2] * virial[6 + x % 3];
    for (int a = 0; a < 3; a++) plane[a] = moment[a] - along * n[a];
    for (int x = 0; x < 9; x++) {
        int a = x / 3, c = x % 3;
        virial[x] = half[3 * a] * p[c] + half[3 * a + 1] * p[3 + c] + half[3 * a + 2] * p[6 + c]
                    + n[a] * plane[c] + plane[a] * n[c] + along * n[a] * n[c];
    }
}

void lrpot__truncation_virial(const lrpot__sum *sum, lrpot__sum_results *out)
{
    const lrpot__boundary *b = &sum->boundary;
    int64_t stride = sum->atoms->stride > 0 ? sum->atoms->stride : 3;
    double total[9] = { 0.0 };
    if (b->kind == LRPOT__REPEATED) return;
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        const double *r = sum->atoms->positions + i * stride;
        double d[3] = { r[0] - b->middle[0], r[1] - b->middle[1], r[2] - b->middle[2] }, tensor[9],
               z = lrpot__dot3(d, b->normal);
        double *mine = out->virial_atom != NULL ? out->virial_atom + 9 * i : NULL;
        for (int x = 0; x < 9; x++)
            tensor[x] = sum->q[i] * (b->kind == LRPOT__OPEN ? d[x / 3] : z)
                        * out->field[3 * i + x % 3];
        for (int x = 0; x < (b->kind == LRPOT__OPEN ? 9 : 3); x++) total[x] += tensor[x];
        if (mine != NULL && b->kind == LRPOT__SLAB)
            lrpot__truncation_complete(b->normal, tensor, mine);
        for (int x = 0; mine != NULL && b->kind == LRPOT__OPEN && x < 9; x++) mine[x] = tensor[x];
    }
    if (b->kind == LRPOT__SLAB) lrpot__truncation_complete(b->normal, total, out->virial);
    for (int x = 0; b->kind == LRPOT__OPEN && x < 9; x++) out->virial[x] = total[x];
}
