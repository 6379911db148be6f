/* Solution of the equations of equilibrated charges of one frame, with the charge of each fragment
 * fixed. */
#ifndef LRPOT__EQUILIBRATED_SOLVE_H
#define LRPOT__EQUILIBRATED_SOLVE_H

#include "fit/jacobian/fit_equilibrated.h"

/* x = H^-1 x + a constraint term that makes the sums over the fragments their charges: q from -chi.
 * Leaves factors of H and of the border. */
lrpot_status lrpot__equilibrated_solve(lrpot__equilibrated *equilibrium, const lrpot__frame *frame,
                                       double *x);
/* Replaces x by P x, after solve. */
void lrpot__equilibrated_respond(lrpot__equilibrated *equilibrium, const lrpot__frame *frame,
                                 double *x);
/* P, after solve. */
void lrpot__equilibrated_projector(lrpot__equilibrated *equilibrium, const lrpot__frame *frame);

#endif
