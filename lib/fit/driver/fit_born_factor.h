/* Factor of the charges in the Born charges of a fit, fixed or fitted: effective charges
 * (docs/theory/polar_tensors.md). */
#ifndef LRPOT__FIT_BORN_FACTOR_H
#define LRPOT__FIT_BORN_FACTOR_H

#include "fit/driver/fit.h"

/* The factor: sizes of its functions, for its prior; its start values; its result, with the
 * charges, in the tensor model. */
lrpot_status lrpot__fit_prepare_born_factor(lrpot_fit *fit);
void lrpot__fit_start_born_factor(const lrpot_fit *fit, double *coefficients);
lrpot_status lrpot__fit_return_born_factor(lrpot_fit *fit);

#endif
