/* Two ways to solve (A + eta) x + lambda 1 = b with sum x fixed, A being the Coulomb sum of Gaussians with itself. */
#ifndef LRPOT__EQUILIBRIUM_H
#define LRPOT__EQUILIBRIUM_H

#include "charges/charges.h"

typedef struct lrpot__equations {
    const lrpot__charge_call *call;
    const double *hardness; /* V/e [n_owned] eta */
    const double *rhs;      /* V [n_owned] b */
    double total;           /* e: sum of x over all processes */
    double *x;              /* e [n_owned]: solution */
    int guess;              /* x holds one */
} lrpot__equations;

/* Vectors of LRPOT__CHARGES_VECTORS; each has room for all atoms. */
enum { LRPOT__VECTOR_HARDNESS, LRPOT__VECTOR_RHS, LRPOT__VECTOR_SOLUTION, LRPOT__VECTOR_SEARCH, LRPOT__VECTOR_IMAGE, LRPOT__VECTOR_RESIDUAL,
       LRPOT__VECTOR_UNIT, LRPOT__VECTOR_COUNT };
lrpot_status lrpot__equations_vector(const lrpot__charge_call *call, int which, double **out);

/* A workspace of the equations' own, kept in the call's: their Coulomb sum is split in another way than that of energies, and each
 * would drop what the other keeps. */
lrpot_status lrpot__equations_workspace(const lrpot__charge_call *call, lrpot_workspace **own);

/* By factorisation; with `factorised` of the call set, the factors of the last call serve again. */
lrpot_status lrpot__equations_dense(const lrpot__equations *equations);
/* By conjugate gradients within the subspace of constant sum. */
lrpot_status lrpot__equations_iterate(const lrpot__equations *equations);

#endif
