/* Sweeps over a contraction plan for one atom: products of the moments, and their adjoint. */
#ifndef LRPOT__SWEEPS_H
#define LRPOT__SWEEPS_H

#include "basis/plan/plan.h"

/* Adds the products to moments [n_moments], of which the basic ones are given and the others 0. */
void lrpot__plan_forward(const lrpot__plan *plan, double *moments);
/* adjoint [n_moments] = d(sum_s coefficients_s B_s)/dM. */
void lrpot__plan_backward(const lrpot__plan *plan, const double *coefficients,
                          const double *moments, double *adjoint);
/* Numbers the distinct monomials ux^a uy^b uz^c of the basic moments: monomial [n_basic], and
 * exponents [n_basic][3], of which as many are used as it returns. */
int32_t lrpot__plan_monomials(const lrpot__plan *plan, int32_t *monomial, int32_t *exponents);

#endif
