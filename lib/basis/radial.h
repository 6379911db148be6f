/* Radial functions: Chebyshev polynomials with a smooth cutoff (Shapeev,
 * Multiscale Model. Simul. 14, 1153 (2016)). */
#ifndef LRPOT__RADIAL_H
#define LRPOT__RADIAL_H

#include "basis/evaluate.h"

/* Q_b(r) and dQ_b/dr, b < radial_size, for 0 < r < cutoff (spec: Chebyshev with smooth cutoff). */
void lrpot__radial_polynomials(const lrpot_basis *basis, double r, double *value,
                               double *derivative);

/* of the distance at which a pair's functions begin to rest: where they have come to rest */
#define LRPOT__REST_WIDTH 0.05
/* The distance that stands for r in the functions of a pair (z_i S + z_j), and its derivative. */
double lrpot__radial_rest(const lrpot_basis *basis, int64_t pair, double r, double *pace);

#endif
