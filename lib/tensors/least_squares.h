/* Linear least squares from sums over the data: normal equations, solved with an L2 term on
 * unknowns scaled to columns of unit size. */
#ifndef LRPOT__LEAST_SQUARES_H
#define LRPOT__LEAST_SQUARES_H

#include <lrpot/status.h>

typedef struct lrpot__least_squares {
    int64_t n;      /* number of unknowns */
    double *matrix; /* [n][n] sum of weight x x^T, upper triangle */
    double *vector; /* [n] sum of weight x y */
    double targets; /* sum of weight y y */
    double weights; /* sum of weight: weighted number of equations */
} lrpot__least_squares;

lrpot_status lrpot__least_squares_create(lrpot__least_squares *squares, int64_t n);
void lrpot__least_squares_free(lrpot__least_squares *squares);
/* Adds equations x . c = y: rows [count][n] and targets [count], both already times the root of the
 * weight, whose sum over the equations is `weights`. */
void lrpot__least_squares_add(lrpot__least_squares *squares, int64_t count, const double *rows,
                              const double *targets, double weights);
/* sum of weight (x . c - y)^2. */
double lrpot__least_squares_residual(const lrpot__least_squares *squares, const double *c);
/* Coefficients for a strength of the L2 term, relative to the number of equations. scratch [n][n +
 * 1]. */
lrpot_status lrpot__least_squares_solve(const lrpot__least_squares *squares, double regularization,
                                        double *scratch, double *c);

#endif
