/* Radial functions: Chebyshev polynomials with a smooth cutoff (Shapeev,
 * Multiscale Model. Simul. 14, 1153 (2016)). */
#ifndef LRPOT__RADIAL_H
#define LRPOT__RADIAL_H

#include "basis/evaluate.h"

/* Q_b(r) and dQ_b/dr, b < radial_size, for 0 < r < cutoff (spec: Chebyshev with smooth cutoff). */
void lrpot__radial_polynomials(const lrpot_basis *basis, double r, double *value,
                               double *derivative);

#endif
