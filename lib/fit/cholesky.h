/* Systems with the matrix of the normal equations. */
#ifndef LRPOT__CHOLESKY_H
#define LRPOT__CHOLESKY_H

#include "core/product.h"

/* Solves H x = b in place: H [n][stride] (upper triangle, stride = lrpot__padded(n)) becomes its factor U with U^T U = H. Returns 0 when
 * H is not positive definite to rounding. */
int lrpot__cholesky_solve(int64_t n, double *h, double *x);

#endif
