/* Start values of a fit, from which Gauss-Newton steps reach a good minimum on new data. */
#ifndef LRPOT__FIT_START_H
#define LRPOT__FIT_START_H

#include "fit/driver/fit.h"

/* Start values: species energies by least squares, radial functions of unit size, charges by
 * electronegativity. */
lrpot_status lrpot__fit_start(lrpot_fit *fit, int64_t seed);
/* Random number from -1 to 1. */
double lrpot__random_uniform(uint64_t *state);
/* Sets the prior with the strength of the options around the present parameters; sets its strength
 * alone. */
void lrpot__fit_set_prior(lrpot_fit *fit);
void lrpot__fit_set_prior_strength(lrpot_fit *fit, double strength);

#endif
