/* The loss of a fit as the problem of its minimiser. */
#ifndef LRPOT__FIT_LOSS_H
#define LRPOT__FIT_LOSS_H

#include "fit/driver/fit.h"

/* Levenberg-Marquardt minimisation over the active parameters. */
lrpot_status lrpot__fit_minimize(lrpot_fit *fit, const lrpot__minimize_options *steps);
/* Loss of the training set with prior at params, and what LRPOT__LOSS_* says. */
lrpot_status lrpot__fit_evaluate(lrpot_fit *fit, const double *params, int what, double *loss);

#endif
