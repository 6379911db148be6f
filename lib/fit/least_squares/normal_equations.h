/* Normal equations of the weighted residuals over a set of frames, summed in a fixed order over
 * threads. */
#ifndef LRPOT__FIT_NORMAL_H
#define LRPOT__FIT_NORMAL_H

#include "core/matrix_product.h"
#include "fit/jacobian/assembly.h"
#include "fit/least_squares/minimize.h"

#include <lrpot/fit.h>

/* Number of rows that are added to the matrix at once, and number of parameters from which their
 * products are in single precision. More digits of the matrix do not improve a damped step, as long
 * as residuals and gradient have them; but the step then depends on the order of the frames. */
enum { LRPOT__NORMAL_ROWS = 768, LRPOT__NORMAL_SINGLE = 1024 };

typedef struct lrpot__normal_equations {
    int64_t count;    /* parameters */
    int64_t stride;   /* count with pads */
    double loss;      /* sum of squared weighted residuals */
    double *gradient; /* [stride] J^T r */
    double *matrix;   /* [count][stride] J^T J, upper triangle valid */
    int64_t n_rows;   /* number of rows waiting to be added to the matrix */
    int single;       /* precision of these rows: half the time for many parameters */
    void *rows;       /* [panels][LRPOT__NORMAL_ROWS][LRPOT__GRAM_PANEL] of J */
    lrpot_fit_errors errors;
    lrpot_status status; /* status of the thread that filled it, with its message */
    char message[256];
} lrpot__normal_equations;

/* with_rows: it will be filled from frames. */
lrpot_status lrpot__normal_equations_create(lrpot__normal_equations **out, int64_t count,
                                            int with_rows);
void lrpot__normal_equations_free(lrpot__normal_equations *normal);

/* Loss and errors over the frames of a set, of all processes, and what LRPOT__LOSS_* says. One
 * assembly (and one partial normal) per thread. If one process fails, all fail. */
lrpot_status lrpot__normal_equations_accumulate(lrpot__normal_equations *total,
                                                lrpot__normal_equations **partial,
                                                lrpot__assembly **assemblies, int32_t threads,
                                                lrpot__frame *const *frames, int64_t n_frames,
                                                int32_t set, lrpot__target_weights weights,
                                                int what, const lrpot_comm *comm);

#endif
