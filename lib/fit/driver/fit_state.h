/* Present state of a fit: weights, indices and values of the parameters, active parts of the model.
 */
#ifndef LRPOT__FIT_STATE_H
#define LRPOT__FIT_STATE_H

#include "fit/driver/fit.h"

/* Sets the indices of the parameters. */
void lrpot__fit_number_parameters(lrpot_fit *fit);
/* Sets inverse errors from the options. */
void lrpot__fit_set_weights(lrpot_fit *fit);
/* Switches the redistribution of charges on or off in all assemblies. */
void lrpot__fit_set_redistribution(lrpot_fit *fit, int32_t on);
/* on: leaves the coefficients of radial functions and of charges out of the Jacobian; they must not
 * be active. Otherwise includes them again. */
void lrpot__fit_freeze(lrpot_fit *fit, int32_t on);
/* Switches to the moments of a density at the potentials of the reference moments, or back. */
void lrpot__fit_set_direct(lrpot_fit *fit, int32_t on);
/* 1 if the charges of the model keep the total charge. */
int32_t lrpot__potential_keeps_total_charge(const lrpot_potential *potential);
/* Parameters of the present state: those of the model, then offsets. */
lrpot_status lrpot__fit_get(const lrpot_fit *fit, double *params);
lrpot_status lrpot__fit_set(lrpot_fit *fit, const double *params);

#endif
