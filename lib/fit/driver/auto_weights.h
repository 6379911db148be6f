/* Automatic weights: errors that count as equal, from the residual errors of each target after the
 * first steps. */
#ifndef LRPOT__AUTO_WEIGHTS_H
#define LRPOT__AUTO_WEIGHTS_H

#include "fit/driver/fit.h"

/* Sets the errors of the options in proportion to the present training errors. */
lrpot_status lrpot__fit_auto_weights(lrpot_fit *fit);

#endif
