/* Cholesky factorization by blocks. All but a narrow panel uses the fit's own fast matrix products,
 * so no BLAS thread waits for a busy processor. */
#include "fit/least_squares/cholesky.h"

#include "core/matrix_product.h"
#include "core/threads.h"

#include <math.h>
#include <string.h>

/* Factors rows first .. last of U, from which the rows above have been subtracted. */
static int factor_panel(int64_t n, int64_t first, int64_t last, int64_t stride, double *h)
{
    for (int64_t k = first; k < last; k++) {
        double *row = h + k * stride;
        if (!(row[k] > 0.0) || !isfinite(row[k])) return 0;
        double inverse = 1.0 / sqrt(row[k]);
        for (int64_t j = k; j < n; j++) row[j] *= inverse;
        for (int64_t i = k + 1; i < last; i++) {
            double factor = row[i], *other = h + i * stride;
            for (int64_t j = i; j < n; j++) other[j] -= factor * row[j];
        }
    }
    return 1;
}

/* H -= (rows of the panel)^T (rows of the panel) for the rows below. The product starts at a
 * multiple of the pad, so that its columns are aligned. */
static void subtract_panel(int64_t n, int64_t first, int64_t last, int64_t stride, double *h,
                           int32_t threads)
{
    enum { LEAST = 512 }; /* smallest number of rows for which a second thread saves time */
    double minus[LRPOT__PRODUCT_PAD];
    for (int r = 0; r < LRPOT__PRODUCT_PAD; r++) minus[r] = -1.0;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) \
    num_threads(n - last > LEAST ? lrpot__region_threads(threads) : 1)
#else
    (void)threads;
#endif
    for (int64_t block = last; block < n; block += LRPOT__PRODUCT_PAD) {
        int64_t rows = n - block < LRPOT__PRODUCT_PAD ? n - block : LRPOT__PRODUCT_PAD;
        lrpot__matrix_product product = { .depth = last - first,
                                          .rows = rows,
                                          .columns = stride - block,
                                          .a = h + first * stride + block,
                                          .stride_a = stride,
                                          .b = h + first * stride + block,
                                          .stride_b = stride,
                                          .c = h + block * stride + block,
                                          .stride_c = stride,
                                          .scale = minus };
        lrpot__matrix_product_run(&product);
    }
}

void lrpot__cholesky_substitute(int64_t n, const double *u, double *x)
{
    int64_t stride = lrpot__padded(n);
    for (int64_t k = 0; k < n; k++) {
        x[k] /= u[k * stride + k];
        for (int64_t j = k + 1; j < n; j++) x[j] -= u[k * stride + j] * x[k];
    }
    for (int64_t k = n - 1; k >= 0; k--) {
        double sum = x[k];
        for (int64_t j = k + 1; j < n; j++) sum -= u[k * stride + j] * x[j];
        x[k] = sum / u[k * stride + k];
    }
}

int lrpot__cholesky_factor(int64_t n, double *h, int32_t threads)
{
    int64_t stride = lrpot__padded(n);
    for (int64_t first = 0; first < n; first += LRPOT__PRODUCT_PAD) {
        int64_t last = first + LRPOT__PRODUCT_PAD < n ? first + LRPOT__PRODUCT_PAD : n;
        if (!factor_panel(n, first, last, stride, h)) return 0;
        subtract_panel(n, first, last, stride, h, threads);
    }
    return 1;
}

int lrpot__cholesky_solve(int64_t n, double *h, double *x, int32_t threads)
{
    if (!lrpot__cholesky_factor(n, h, threads)) return 0;
    lrpot__cholesky_substitute(n, h, x);
    return 1;
}
