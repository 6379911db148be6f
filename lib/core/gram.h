/* Gram matrices of many rows: the normal equations of a fit. */
#ifndef LRPOT__GRAM_H
#define LRPOT__GRAM_H

#include <lrpot/status.h>

/* C += R^T R, elements with column >= row only (some others may change). Single precision is twice as fast; sums over rows are then in it, too, so
 * these should not be many thousands. */
typedef struct lrpot__gram_job {
    int64_t rows, columns;
    int single;      /* r and panel are of float, otherwise of double */
    const void *r;   /* [rows][stride_r] */
    double *c;       /* [columns][stride_c] */
    int64_t stride_r, stride_c;
    void *panel;     /* scratch [rows][LRPOT__GRAM_PANEL] */
} lrpot__gram_job;

enum { LRPOT__GRAM_PANEL = 64 };

/* By the fastest of the functions below that the processor runs. */
void lrpot__gram_run(const lrpot__gram_job *job);

void lrpot__gram_portable(const lrpot__gram_job *job);
void lrpot__gram_avx2(const lrpot__gram_job *job);
void lrpot__gram_avx512(const lrpot__gram_job *job);

#endif
