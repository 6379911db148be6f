/* Solution of linear systems with the matrix of the normal equations. */
#ifndef LRPOT__CHOLESKY_H
#define LRPOT__CHOLESKY_H

#include "core/matrix_product.h"

/* Replaces H [n][stride] (upper triangle, stride = lrpot__padded(n), pads zero) by its factor U
 * with U^T U = H. Returns 0 if H is not positive definite within rounding. threads: number of
 * OpenMP threads for large systems. */
int lrpot__cholesky_factor(int64_t n, double *h, int32_t threads);
/* Solves U^T U x = b in place. */
void lrpot__cholesky_substitute(int64_t n, const double *u, double *x);
/* Factors H and solves the system. */
int lrpot__cholesky_solve(int64_t n, double *h, double *x, int32_t threads);

#endif
