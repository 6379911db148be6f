/* Merit: comparison of states of different stages and starts. */
#ifndef LRPOT__FIT_MERIT_H
#define LRPOT__FIT_MERIT_H

#include "fit/driver/fit.h"

/* Finds the merit of the present state, whose loss in its own stage is given. Keeps the state if it
 * is the best so far. The model holds it afterwards. */
lrpot_status lrpot__fit_keep_best(lrpot_fit *fit, int32_t iteration, double loss);
/* Finds the merit of the best state again after a change of the weights. */
lrpot_status lrpot__fit_reevaluate_best(lrpot_fit *fit);
/* Limit of outliers in the last stage. */
double lrpot__fit_outlier_limit(const lrpot_fit *fit);

#endif
