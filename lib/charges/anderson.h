/* Anderson mixing of a fixed point x = g(x): the change of x that the last steps say removes the
 * residual r = g(x) - x. The differences of the residuals are kept orthonormal, so that the least
 * squares problem is a row of scalar products and keeps its digits (a truncated GCR where g is
 * linear). */
#ifndef LRPOT__ANDERSON_H
#define LRPOT__ANDERSON_H

#include "core/workspace.h"

enum { LRPOT__ANDERSON_DEPTH = 12, LRPOT__ANDERSON_HISTORY = 6 };

typedef struct lrpot__anderson {
    int64_t n;
    int32_t used, next; /* pairs kept, and where the next one goes */
    int32_t steps;      /* taken so far */
    double mixing;      /* share of the residual that no pair explains which x takes */
    double history[LRPOT__ANDERSON_HISTORY]; /* largest residuals of the last steps */
    double *last_x, *last_r;                 /* [n] */
    double *dx, *dr;                         /* [DEPTH][n] */
} lrpot__anderson;

/* Starts an iteration of n numbers, in a block of the workspace. */
lrpot_status lrpot__anderson_start(lrpot__anderson *a, lrpot_workspace *work, int64_t n,
                                   double mixing);
/* Notes the size of the residual of a step, for messages. */
void lrpot__anderson_note(lrpot__anderson *a, double size);
/* Replaces x by the next one. r: the residual at x; overwritten. */
void lrpot__anderson_step(lrpot__anderson *a, double *x, double *r);
/* LRPOT_E_NOT_CONVERGED, or LRPOT_E_NOT_FINITE, with the sizes of the last residuals. what: "the
 * density"; unit: of the residual. */
lrpot_status lrpot__anderson_failed(const lrpot__anderson *a, const char *what, const char *unit,
                                    double tolerance);

#endif
