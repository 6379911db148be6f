/* Solution of the equations of the charges by factorisation of the bordered matrix [A + eta, C;
 * C^T, 0], where C holds the membership of atoms in fragments. */
#ifndef LRPOT__DENSE_H
#define LRPOT__DENSE_H

#include "charges/charge_equations.h"

/* Solves by factorisation. Sets up the matrix, unless `prepared` of the call says that the last one
 * still holds. */
lrpot_status lrpot__charge_equations_dense(const lrpot__charge_equations *equations);

#endif
