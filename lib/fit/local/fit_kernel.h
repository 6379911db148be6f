/* Innermost loops of the normal equations: sweeps over the contraction plan with one lane per
 * direction. */
#ifndef LRPOT__FIT_KERNEL_H
#define LRPOT__FIT_KERNEL_H

#include "basis/plan/plan.h"
#include "core/matrix_product.h"

/* Number of directions of one sweep. */
enum { LRPOT__FIT_LANES = LRPOT__PRODUCT_PAD };

typedef struct lrpot__fit_local_kernel {
    /* tangents [n_moments][LANES]: computes those of products from those of basic moments. */
    void (*forward)(const lrpot__plan *plan, const double *moments, double *tangents);
    /* lanes [n_moments][LANES]: replaces derivatives of the scalars' coefficients by those of
     * dV/dM. */
    void (*backward)(const lrpot__plan *plan, const double *moments, const double *adjoint,
                     const double *tangents, double *lanes);
} lrpot__fit_local_kernel;

/* The fastest kernel that the processor can run. */
const lrpot__fit_local_kernel *lrpot__fit_local_kernel_get(void);

extern const lrpot__fit_local_kernel lrpot__fit_local_kernel_portable, lrpot__fit_local_kernel_avx2,
    lrpot__fit_local_kernel_avx512;

#endif
