/* Kernels truncated beyond the extent of the system, and the part of the virial that they do not
 * give. */
#ifndef LRPOT__TRUNCATION_H
#define LRPOT__TRUNCATION_H

#include "electrostatics/ewald/boundary.h"
#include "electrostatics/ewald/ewald.h"

/* Factor by which the truncation multiplies 4 pi/k^2, k != 0. slope: -d ln(factor)/dk_a = slope
 * k_a, for k_a along the directions that repeat. */
double lrpot__truncation(const lrpot__boundary *b, const double *k, double *slope);
/* The whole kernel at k = 0, A^2. */
double lrpot__truncation_origin(const lrpot__boundary *b);
/* Completes the virial along directions that do not repeat, which follows from the field. out must
 * hold the reciprocal part alone. */
void lrpot__truncation_virial(const lrpot__sum *sum, lrpot__sum_results *out);
/* The same for one tensor. virial: by the kernel, along the directions that repeat; moment: r_a
 * F_b, [3][3]. */
void lrpot__truncation_complete(const lrpot__boundary *b, const double *moment, double *virial);

#endif
