/* Sweeps over the contraction plan, included once per instruction set with LANES and KERNEL
 * defined. */
#include "fit/local/fit_kernel.h"

#include "core/vectors.h"

enum { VECTORS = LRPOT__FIT_LANES / LANES };

static void forward(const lrpot__plan *plan, const double *moments, double *tangents)
{
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        double left = p->factor * moments[p->left], right = p->factor * moments[p->right];
        const double *tl = tangents + (int64_t)p->left * LRPOT__FIT_LANES,
                     *tr = tangents + (int64_t)p->right * LRPOT__FIT_LANES;
        double *target = tangents + (int64_t)p->target * LRPOT__FIT_LANES;
        UNROLL
        for (int v = 0; v < VECTORS; v++)
            store(target + v * LANES, load(target + v * LANES) + right * load(tl + v * LANES)
                                          + left * load(tr + v * LANES));
    }
}

/* A product adds to the adjoints of both factors. If they are the same moment, the second addition
 * must include the first. */
INLINE void pull(const lrpot__product *p, const double *moments, const double *adjoint,
                 const double *tangents, double *lanes)
{
    double left = p->factor * moments[p->left], right = p->factor * moments[p->right],
           w = p->factor * adjoint[p->target];
    const double *target = lanes + (int64_t)p->target * LRPOT__FIT_LANES;
    double *dl = lanes + (int64_t)p->left * LRPOT__FIT_LANES,
           *dr = lanes + (int64_t)p->right * LRPOT__FIT_LANES;
    const double *tl = tangents + (int64_t)p->left * LRPOT__FIT_LANES,
                 *tr = tangents + (int64_t)p->right * LRPOT__FIT_LANES;
    UNROLL
    for (int v = 0; v < VECTORS; v++) {
        vec above = load(target + v * LANES);
        store(dl + v * LANES, load(dl + v * LANES) + right * above + w * load(tr + v * LANES));
        store(dr + v * LANES, load(dr + v * LANES) + left * above + w * load(tl + v * LANES));
    }
}

static void backward(const lrpot__plan *plan, const double *moments, const double *adjoint,
                     const double *tangents, double *lanes)
{
    for (int32_t t = plan->n_products - 1; t >= 0; t--)
        pull(&plan->products[t], moments, adjoint, tangents, lanes);
}

const lrpot__fit_local_kernel KERNEL = { forward, backward };
