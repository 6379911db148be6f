/* Core of the model: repulsion below the shortest distances of the data. */
#ifndef LRPOT__FIT_CORE_H
#define LRPOT__FIT_CORE_H

#include "fit/driver/fit.h"

/* Gives the model its core, for each pair of species from the shortest distance in all frames down;
 * strong enough that the model's energy rises all the way when the closest pair approaches. Over
 * all processes. */
lrpot_status lrpot__fit_make_core(lrpot_fit *fit);

/* Takes core and softness of an earlier fit away, before the first loss. */
lrpot_status lrpot__fit_remove_core(lrpot_fit *fit);

#endif
