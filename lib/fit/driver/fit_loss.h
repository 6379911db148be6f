/* The loss of a fit as the problem of its minimiser. */
#ifndef LRPOT__FIT_LOSS_H
#define LRPOT__FIT_LOSS_H

#include "fit/driver/fit.h"

/* Levenberg-Marquardt minimisation over the active parameters. */
lrpot_status lrpot__fit_minimize(lrpot_fit *fit, const lrpot__minimize_options *steps);
/* 1 if gradients of this fit, over all processes, cost less than a matrix. */
lrpot_status lrpot__fit_has_gradient(const lrpot_fit *fit, int32_t *has);
/* Loss of the training set with prior at params, and what LRPOT__LOSS_* says. */
lrpot_status lrpot__fit_evaluate(lrpot_fit *fit, const double *params, int what, double *loss);

#endif
