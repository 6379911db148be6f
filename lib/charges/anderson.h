/* Anderson mixing of a fixed point x = g(x): the change of x that the last steps say removes the
 * residual r = g(x) - x. The differences of the residuals are kept orthonormal, so that the least
 * squares problem is a row of scalar products and keeps its digits. */
#ifndef LRPOT__ANDERSON_H
#define LRPOT__ANDERSON_H

#include "charges/residuals.h"
#include "core/workspace.h"

enum { LRPOT__ANDERSON_DEPTH = 12 };

typedef struct lrpot__anderson {
    int64_t n;
    lrpot__residuals residuals;
    int32_t used, next;      /* pairs kept, and where the next one goes */
    double mixing;           /* share of the residual that no pair explains which x takes */
    double *last_x, *last_r; /* [n] */
    double *dx, *dr;         /* [DEPTH][n]: changes of x and r by a step */
} lrpot__anderson;

/* Starts an iteration of n numbers, in a block of the workspace. */
lrpot_status lrpot__anderson_start(lrpot__anderson *a, lrpot_workspace *work, int64_t n,
                                   double mixing);
/* Replaces x by the next one. r: the residual at x, whose size has been noted; overwritten. */
void lrpot__anderson_step(lrpot__anderson *a, double *x, double *r);

#endif
