/* Innermost loops of the normal equations: sweeps over the contraction plan with one lane per parameter, and products of matrices.
 * The products are our own because those of a BLAS that does not know the processor fall back to code of twenty years ago. */
#ifndef LRPOT__FIT_KERNEL_H
#define LRPOT__FIT_KERNEL_H

#include "basis/plan.h"

/* Parameters of one sweep; the columns of all matrices are padded to a multiple. */
enum { LRPOT__FIT_LANES = 32 };

/* C[target_i][:] += scale_i sum_k A[k][i] B[k][:], with target_i = i without targets and scale_i = 1 without scales. The pads of B are
 * zero, and C has room for them. */
typedef struct lrpot__fit_product {
    int64_t depth, rows, columns;
    const double *a, *b;
    double *c;
    int64_t stride_a, stride_b, stride_c;
    const int64_t *target; /* [rows] or NULL */
    const double *scale;   /* [rows] or NULL */
    int upper;             /* C is symmetric: only elements with column >= row are needed */
} lrpot__fit_product;

typedef struct lrpot__fit_kernel {
    /* tangents [n_moments][LANES]: those of products from those of basic moments. */
    void (*forward)(const lrpot__plan *plan, const double *moments, double *tangents);
    /* lanes [n_moments][LANES] holds derivatives of the scalars' coefficients: becomes d(dV/dM)/dparameter. tangents: NULL for
     * parameters that leave the moments as they are. */
    void (*backward)(const lrpot__plan *plan, const double *moments, const double *adjoint, const double *tangents, double *lanes);
    void (*multiply)(const lrpot__fit_product *product);
} lrpot__fit_kernel;

/* The fastest that the processor runs. */
const lrpot__fit_kernel *lrpot__fit_kernel_get(void);

static inline int64_t lrpot__padded(int64_t count) { return (count + LRPOT__FIT_LANES - 1) / LRPOT__FIT_LANES * LRPOT__FIT_LANES; }

extern const lrpot__fit_kernel lrpot__fit_portable, lrpot__fit_avx2, lrpot__fit_avx512;

#endif
