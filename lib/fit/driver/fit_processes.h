/* Agreement between the processes that share a fit: sums and counts. */
#ifndef LRPOT__FIT_PROCESSES_H
#define LRPOT__FIT_PROCESSES_H

#include "fit/driver/fit.h"

/* Sums values over the processes; counts the frames and the sources of all processes. */
lrpot_status lrpot__fit_sum(const lrpot_fit *fit, double *values, int64_t n);
lrpot_status lrpot__fit_count_frames(lrpot_fit *fit);

#endif
