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
    int32_t charged, strained, factored;
    int32_t kept; /* 1: it keeps neighbours and Coulomb matrices */
} lrpot__frame_size;

void lrpot__fit_size_add_frame(lrpot__fit_size *sum, const lrpot__frame_size *frame);
/* The present size. */
lrpot__fit_size lrpot__fit_present_size(const lrpot_fit *fit);
/* 1 if the fit finds room within its limit, with frames that keep their parts or not. */
int lrpot__fit_size_fits(const lrpot_fit *fit, const lrpot__fit_size *size);
/* Where the size is beyond the limit and the frame keeps its parts: leaves them. 1 if so. */
int lrpot__fit_size_leave(const lrpot_fit *fit, lrpot__fit_size *size, lrpot__frame_size *frame);
int lrpot__fit_leave_frame(const lrpot_fit *fit, lrpot__fit_size *size, lrpot__frame *frame);
/* Bytes of a fit of that size. */
int64_t lrpot__fit_bytes(const lrpot_fit *fit, const lrpot__fit_size *size);

#endif
