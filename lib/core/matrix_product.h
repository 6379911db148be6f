/* Matrix products of the library. A BLAS that does not recognise the processor uses old, slow code.
 * One that splits small products over threads waits for all of them on a busy machine. */
#ifndef LRPOT__PRODUCT_H
#define LRPOT__PRODUCT_H

#include <lrpot/status.h>

/* C[target_i][:] += scale_i sum_k A[k][i] B[k][:], with target_i = i without targets and scale_i =
 * 1 without scales. Rows of B must be readable up to lrpot__padded(columns). */
typedef struct lrpot__matrix_product {
    int64_t depth, rows, columns;
    const double *a, *b;
    double *c;
    int64_t stride_a, stride_b, stride_c;
    const int64_t *target; /* [rows] or NULL */
    const double *scale;   /* [rows] or NULL */
} lrpot__matrix_product;

/* Columns are processed in groups whose size divides this. */
enum { LRPOT__PRODUCT_PAD = 32 };

static inline int64_t lrpot__padded(int64_t count)
{
    return (count + LRPOT__PRODUCT_PAD - 1) / LRPOT__PRODUCT_PAD * LRPOT__PRODUCT_PAD;
}

/* Runs the fastest of the functions below on this processor. */
void lrpot__matrix_product_run(const lrpot__matrix_product *job);

void lrpot__matrix_product_portable(const lrpot__matrix_product *job);
void lrpot__matrix_product_avx2(const lrpot__matrix_product *job);
void lrpot__matrix_product_avx512(const lrpot__matrix_product *job);

/* Gram matrices of many rows: the normal equations of a fit. */

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
