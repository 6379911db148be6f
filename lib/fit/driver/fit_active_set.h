/* Active set of the model, selected from the atoms of the training frames. */
#ifndef LRPOT__FIT_ACTIVE_SET_H
#define LRPOT__FIT_ACTIVE_SET_H

#include "fit/driver/fit.h"

/* Gives the model the active set of the training frames. None is made if other processes have some
 * of the frames. */
lrpot_status lrpot__fit_make_active_set(lrpot_fit *fit);

#endif
