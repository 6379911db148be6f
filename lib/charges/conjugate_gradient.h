/* Conjugate gradients for the equations of the charges. */
#ifndef LRPOT__CONJUGATE_GRADIENT_H
#define LRPOT__CONJUGATE_GRADIENT_H

#include "charges/charge_equations.h"

/* Solves by conjugate gradients within the subspace of constant sums. Sets up the matrix, unless
 * `prepared` of the call says that the last one still holds. */
lrpot_status lrpot__charge_equations_conjugate_gradient(const lrpot__charge_equations *equations);

#endif
