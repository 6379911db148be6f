/* Two solvers for (A + eta) x + lambda = b, where the sum of x over each fragment is fixed, lambda
 * is the same for all atoms of a fragment, and A is the Coulomb sum of Gaussians with
 * themselves. */
#ifndef LRPOT__EQUILIBRIUM_H
#define LRPOT__EQUILIBRIUM_H

#include "charges/local_inverse.h"

#include <lrpot/operator.h>

typedef struct lrpot__equations {
    const lrpot__charge_call *call;
    const double *hardness; /* V/e [n_owned] eta */
    const double *rhs;      /* V [n_owned] b */
    int neutral;            /* 1: the sums are zero, instead of the charges of the fragments */
    double *x;              /* e [n_all]: solution of the owned atoms; ghosts are scratch */
    int guess;              /* 1: x holds a guess */
} lrpot__equations;

/* Number of fragments (the whole system is one if there are none); fragment of an atom; sum of x
 * over a fragment. */
int32_t lrpot__equations_fragments(const lrpot__equations *equations);
int32_t lrpot__equations_fragment(const lrpot__equations *equations, int64_t i);
double lrpot__equations_total(const lrpot__equations *equations, int32_t fragment);

/* Vectors in the workspace; each has room for all atoms. */
enum {
    LRPOT__VECTOR_HARDNESS,
    LRPOT__VECTOR_RHS,
    LRPOT__VECTOR_SOLUTION,
    LRPOT__VECTOR_SEARCH,
    LRPOT__VECTOR_IMAGE,
    LRPOT__VECTOR_RESIDUAL,
    LRPOT__VECTOR_CHANGE,
    LRPOT__VECTOR_COUNT
};
lrpot_status lrpot__equations_vector(const lrpot__charge_call *call, int which, double **out);

/* Tools for the equations, kept in the workspace of the call. The matrix has its own workspace: its
 * sum is split differently from that of energies, and in one workspace each would drop the other's
 * data. */
typedef struct lrpot__equations_tools {
    lrpot_workspace *work;         /* of the matrix, or NULL */
    lrpot_ewald_operator *product; /* A, or NULL */
    const lrpot_ewald *ewald;      /* the sum of the product */
    lrpot__local_inverse inverse;  /* approximate inverse of A + eta */
    double *sums;                  /* over fragments */
    int64_t sums_capacity;
} lrpot__equations_tools;
lrpot_status lrpot__equations_keep(const lrpot__charge_call *call, lrpot__equations_tools **tools);

/* Both solvers set up the matrix, unless `prepared` of the call says that the last one still
 * holds. */
/* By factorisation. */
lrpot_status lrpot__equations_dense(const lrpot__equations *equations);
/* By conjugate gradients within the subspace of constant sums. */
lrpot_status lrpot__equations_iterate(const lrpot__equations *equations);

#endif
