/* Quasi-Newton steps with limited memory (Nocedal, Math. Comput. 35, 773 (1980)), between two
 * matrices of Levenberg-Marquardt: the factor of the damped matrix is the first guess of the
 * curvature, and the gradients along the path correct it. Such a step needs a gradient, which costs
 * far less than a matrix. */
#ifndef LRPOT__QUASI_NEWTON_H
#define LRPOT__QUASI_NEWTON_H

#include "fit/least_squares/minimize.h"

/* Continues from descent->params, whose loss is given, with the factor in descent->cholesky.
 * `gradient` is that at `origin`, a state before them, and is overwritten as scratch. decrease: of
 * the loss since the last matrix, at the cost of that matrix, in gradients. Ends when further steps
 * gain less for their cost than a new matrix with steps of this kind. *steps is their number. */
lrpot_status lrpot__quasi_newton(lrpot__minimize_state *descent,
                                 const lrpot__minimize_problem *problem, double *loss,
                                 double decrease, int32_t *steps);
/* Keeps the present gradient and state, to which those after the next step are compared. */
void lrpot__quasi_newton_begin(lrpot__minimize_state *descent,
                               const lrpot__minimize_problem *problem);

#endif
