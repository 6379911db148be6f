/* Normal equations of the weighted residuals over a set of frames, summed in a fixed order over
 * threads. */
#ifndef LRPOT__FIT_NORMAL_H
#define LRPOT__FIT_NORMAL_H

#include "core/gram.h"
#include "fit/jacobian/assemble.h"

#include <lrpot/fit.h>

/* Rows that are added to the matrix at once, and parameters from which on their products are of
 * single precision: a damped step is none the better for more digits of the matrix, as long as
 * residuals and gradient have them, but it is another one for each order of the frames. */
enum { LRPOT__NORMAL_ROWS = 768, LRPOT__NORMAL_SINGLE = 1024 };

typedef struct lrpot__normal {
    int64_t count;    /* parameters */
    int64_t stride;   /* count with pads */
    double loss;      /* sum of squared weighted residuals */
    double *gradient; /* [stride] J^T r */
    double *matrix;   /* [count][stride] J^T J, upper triangle valid */
    int64_t n_rows;   /* waiting to be added to the matrix */
    int single;       /* precision of these: half the time where there are many parameters */
    void *rows;       /* [panels][LRPOT__NORMAL_ROWS][LRPOT__GRAM_PANEL] of J */
    lrpot_fit_errors errors;
    lrpot_status status; /* of the thread that filled it, with its message */
    char message[256];
} lrpot__normal;

/* with_rows: it is to be filled from frames. */
lrpot_status lrpot__normal_create(lrpot__normal **out, int64_t count, int with_rows);
void lrpot__normal_free(lrpot__normal *normal);

/* Loss and errors over the frames of a set, of all processes; with matrices != 0 also gradient and
 * matrix. One assembly (and one partial normal) per thread. When one process fails, all do. */
lrpot_status lrpot__normal_accumulate(lrpot__normal *total, lrpot__normal **partial,
                                      lrpot__assembly **assemblies, int32_t threads,
                                      lrpot__frame *const *frames, int64_t n_frames, int32_t set,
                                      lrpot__weights weights, int with_matrix,
                                      const lrpot_comm *comm);

#endif
