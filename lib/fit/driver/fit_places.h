/* Training frames of all processes in one order, whichever process has them: samples and parts of
 * them are then those of one process. */
#ifndef LRPOT__FIT_PLACES_H
#define LRPOT__FIT_PLACES_H

#include "fit/driver/fit.h"

/* Spreads what each of the training frames counts to all processes: counts [places], 0 where there
 * is no frame; to be freed. */
lrpot_status lrpot__fit_spread_by_place(const lrpot_fit *fit, lrpot__frame *const *frames,
                                        int64_t n_frames, int64_t (*count)(const lrpot__frame *),
                                        double **counts, int64_t *places);
/* Numbers the training frames in the order of their places: frame->turn. */
lrpot_status lrpot__fit_number_turns(const lrpot_fit *fit, lrpot__frame *const *frames,
                                     int64_t n_frames);

#endif
