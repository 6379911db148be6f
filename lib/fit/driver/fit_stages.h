/* The stages of a fit. */
#ifndef LRPOT__FIT_STAGES_H
#define LRPOT__FIT_STAGES_H

#include "fit/driver/fit.h"

/* Runs all stages of the fit. The best state is in best. */
lrpot_status lrpot__fit_stages(lrpot_fit *fit);

#endif
