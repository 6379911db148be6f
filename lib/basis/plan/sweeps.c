/* Sweeps over a contraction plan for one atom. */
#include "basis/plan/sweeps.h"

#include <string.h>

void lrpot__plan_forward(const lrpot__plan *plan, double *moments)
{
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        moments[p->target] += p->factor * moments[p->left] * moments[p->right];
    }
}

void lrpot__plan_backward(const lrpot__plan *plan, const double *coefficients,
                          const double *moments, double *adjoint)
{
    memset(adjoint, 0, (size_t)plan->n_moments * sizeof *adjoint);
    for (int32_t s = 0; s < plan->n_scalars; s++) adjoint[plan->scalars[s]] += coefficients[s];
    for (int32_t t = plan->n_products - 1; t >= 0; t--) {
        const lrpot__product *p = &plan->products[t];
        double w = p->factor * adjoint[p->target];
        adjoint[p->left] += w * moments[p->right];
        adjoint[p->right] += w * moments[p->left];
    }
}

int32_t lrpot__plan_monomials(const lrpot__plan *plan, int32_t *monomial, int32_t *exponents)
{
    int32_t count = 0;
    for (int32_t k = 0; k < plan->n_basic; k++) {
        const lrpot__moment *m = &plan->basic[k];
        int32_t found = 0;
        while (found < count
               && !(exponents[3 * found] == m->a && exponents[3 * found + 1] == m->b
                    && exponents[3 * found + 2] == m->c))
            found++;
        if (found == count) {
            exponents[3 * found] = m->a;
            exponents[3 * found + 1] = m->b;
            exponents[3 * found + 2] = m->c;
            count++;
        }
        monomial[k] = found;
    }
    return count;
}
