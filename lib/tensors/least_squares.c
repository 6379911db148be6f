#include "tensors/least_squares.h"

#include "core/error.h"
#include "core/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#define NOTHING 1e-24 /* square of the relative size of rounding errors */

lrpot_status lrpot__least_squares_create(lrpot__least_squares *squares, int64_t n)
{
    squares->n = n;
    squares->targets = squares->weights = 0.0;
    squares->matrix = lrpot__calloc(n * n, sizeof *squares->matrix);
    squares->vector = lrpot__calloc(n, sizeof *squares->vector);
    return squares->matrix != NULL && squares->vector != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

void lrpot__least_squares_free(lrpot__least_squares *squares)
{
    lrpot__free(squares->matrix);
    lrpot__free(squares->vector);
}

void lrpot__least_squares_add(lrpot__least_squares *squares, int64_t count, const double *rows,
                              const double *targets, double weights)
{
    int n = (int)squares->n, m = (int)count;
    if (count < 1 || n < 1) return;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, m, 1.0, rows, n, 1.0, squares->matrix, n);
    cblas_dgemv(CblasRowMajor, CblasTrans, m, n, 1.0, rows, n, targets, 1, 1.0, squares->vector, 1);
    squares->targets += cblas_ddot(m, targets, 1, targets, 1);
    squares->weights += weights;
}

double lrpot__least_squares_residual(const lrpot__least_squares *squares, const double *c)
{
    double sum = squares->targets;
    for (int64_t i = 0; i < squares->n; i++) {
        const double *row = squares->matrix + i * squares->n;
        double product = 0.5 * row[i] * c[i];
        for (int64_t j = i + 1; j < squares->n; j++) product += row[j] * c[j];
        sum += 2.0 * c[i] * (product - squares->vector[i]);
    }
    return sum > 0.0 ? sum : 0.0;
}

lrpot_status lrpot__least_squares_solve(const lrpot__least_squares *squares, double regularization,
                                        double *scratch, double *c)
{
    int64_t n = squares->n;
    double *matrix = scratch, *scale = scratch + n * n,
           strength = regularization * squares->weights, largest = 0.0;
    for (int64_t i = 0; i < n; i++) largest = fmax(largest, squares->matrix[i * n + i]);
    for (int64_t i = 0; i < n; i++) {
        /* columns that are zero within rounding (vectors between like atoms, summed over a
         * molecule) get the coefficient 0 */
        double square = squares->matrix[i * n + i];
        scale[i] = square > NOTHING * largest ? sqrt(squares->weights / square) : 0.0;
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = i; j < n; j++)
            matrix[i * n + j] = scale[i] * scale[j] * squares->matrix[i * n + j];
        matrix[i * n + i] += strength;
        c[i] = scale[i] * squares->vector[i];
    }
    lapack_int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', (lapack_int)n, matrix,
                                     (lapack_int)n); /* the same memory, in column-major order */
    if (info != 0)
        return lrpot__fail(
            LRPOT_E_SINGULAR,
            "the least squares of %lld coefficients are singular with regularization %g",
            (long long)n, regularization);
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, (int)n, matrix, (int)n, c, 1);
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, (int)n, matrix, (int)n, c,
                1);
    for (int64_t i = 0; i < n; i++) c[i] *= scale[i];
    return LRPOT_OK;
}
