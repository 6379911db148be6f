/* Forecast of the memory of a fit from sizes alone: of frames that exist, and of frames to be
 * added. */
#ifndef LRPOT__FIT_FORECAST_H
#define LRPOT__FIT_FORECAST_H

#include "fit/driver/fit.h"

/* Sizes that determine the memory of a frame. */
typedef struct lrpot__frame_size {
    int64_t n, pairs, points, rows;
    int64_t neighbours; /* largest number of an atom */
    int64_t references; /* numbers that are copied from the structure */
    int64_t moments;    /* numbers of the Coulomb matrix of the moments of a density */
    int32_t charged, periodic, factored;
} lrpot__frame_size;

/* Sizes that determine the memory of a fit besides its parameters: sums and maxima over its
 * frames. */
typedef struct lrpot__fit_size {
    int64_t bytes; /* bytes of the frames themselves */
    int64_t n, rows, neighbours;
    int64_t sources;
} lrpot__fit_size;

void lrpot__fit_size_add_frame(lrpot__fit_size *sum, const lrpot__frame_size *frame);
/* Bytes of a fit of that size. */
int64_t lrpot__fit_bytes(const lrpot_fit *fit, const lrpot__fit_size *size);

#endif
