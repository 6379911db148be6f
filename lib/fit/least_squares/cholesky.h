/* Systems with the matrix of the normal equations. */
#ifndef LRPOT__CHOLESKY_H
#define LRPOT__CHOLESKY_H

#include "core/product.h"

/* H [n][stride] (upper triangle, stride = lrpot__padded(n), pads zero) becomes its factor U with
 * U^T U = H. Returns 0 when H is not positive definite to rounding. threads: OpenMP threads, which
 * large systems use. */
int lrpot__cholesky_factor(int64_t n, double *h, int32_t threads);
/* U^T U x = b in place. */
void lrpot__cholesky_substitute(int64_t n, const double *u, double *x);
/* Both. */
int lrpot__cholesky_solve(int64_t n, double *h, double *x, int32_t threads);

#endif
