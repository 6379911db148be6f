/* Gap barrier of the model: below the distances of free atoms in the data. */
#ifndef LRPOT__FIT_GAP_BARRIER_H
#define LRPOT__FIT_GAP_BARRIER_H

#include "fit/driver/fit.h"

/* Gives the model the barrier of the options, for each pair of species below the distances of free
 * atoms in all frames of all processes, down to its bonds; none where the options say 0. */
lrpot_status lrpot__fit_make_gap_barrier(lrpot_fit *fit);

/* Takes the barrier of an earlier fit away, before the first loss. */
lrpot_status lrpot__fit_remove_gap_barrier(lrpot_fit *fit);

#endif
