/* Gram matrices of many rows: the normal equations of a fit. */
#ifndef LRPOT__GRAM_H
#define LRPOT__GRAM_H

#include <lrpot/status.h>

/* Number of adjacent columns of R, so that a product reads contiguous memory. */
enum { LRPOT__GRAM_PANEL = 64 };

/* C += R^T R, elements with column >= row only (some others may change). Single precision is twice
 * as fast. The sums over rows are then in single precision, too, so there should not be many
 * thousands of rows. */
typedef struct lrpot__gram_job {
    int64_t rows, columns;
    int64_t capacity; /* number of rows that fit */
    int single;       /* R is of float, otherwise of double */
    const void *r;    /* [panels][capacity][LRPOT__GRAM_PANEL] */
    double *c;        /* [columns][stride] */
    int64_t stride;
} lrpot__gram_job;

/* Runs the fastest of the functions below on this processor. */
void lrpot__gram_run(const lrpot__gram_job *job);

void lrpot__gram_portable(const lrpot__gram_job *job);
void lrpot__gram_avx2(const lrpot__gram_job *job);
void lrpot__gram_avx512(const lrpot__gram_job *job);

#endif
