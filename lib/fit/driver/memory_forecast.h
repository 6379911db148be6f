/* Memory of a fit, from sizes alone: of frames that are set up, and of those that are to be. */
#ifndef LRPOT__FIT_FORECAST_H
#define LRPOT__FIT_FORECAST_H

#include "fit/driver/fit.h"

/* What a frame's memory depends on. */
typedef struct lrpot__frame_size {
    int64_t n, pairs, points, rows;
    int64_t neighbours; /* the most of an atom */
    int64_t references; /* numbers that are copied from the structure */
    int32_t charged, periodic, factored;
} lrpot__frame_size;

/* What the memory of a fit depends on besides its parameters: sums and maxima over its frames. */
typedef struct lrpot__fit_size {
    int64_t bytes; /* of the frames themselves */
    int64_t n, rows, neighbours;
    int64_t sources;
} lrpot__fit_size;

void lrpot__fit_size_add(lrpot__fit_size *sum, const lrpot__frame_size *frame);
/* Bytes of a fit of that size. */
int64_t lrpot__fit_bytes(const lrpot_fit *fit, const lrpot__fit_size *size);

#endif
