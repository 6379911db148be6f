/* Two solvers for (A + eta) x + lambda = b, where the sum of x over each group is fixed, lambda is
 * the same for all atoms of a group and 0 in the free one, and A is the Coulomb sum of Gaussians
 * with themselves. */
#ifndef LRPOT__EQUILIBRIUM_H
#define LRPOT__EQUILIBRIUM_H

#include "charges/preconditioner.h"

#include <lrpot/ewald_operator.h>

typedef struct lrpot__charge_equations {
    const lrpot__charge_call *call;
    const double *hardness; /* V/e [n_owned] eta */
    const double *rhs;      /* V [n_owned] b */
    int neutral;            /* 1: the sums are zero, instead of the charges of the groups */
    double *x;              /* e [n_all]: solution of the owned atoms; ghosts are scratch */
    int guess;              /* 1: x holds a guess */
} lrpot__charge_equations;

/* Sum of x over a group. */
double lrpot__charge_equations_total(const lrpot__charge_equations *equations, int32_t group);

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
lrpot_status lrpot__charge_equations_vector(const lrpot__charge_call *call, int which,
                                            double **out);

/* Tools for the equations, kept in the workspace of the call. The matrix has its own workspace: its
 * sum is split differently from that of energies, and in one workspace each would drop the other's
 * data. */
typedef struct lrpot__charge_equations_solver {
    lrpot_workspace *work;         /* of the matrix, or NULL */
    lrpot_ewald_operator *product; /* A, or NULL */
    const lrpot_ewald *ewald;      /* the sum of the product */
    lrpot__preconditioner inverse; /* approximate inverse of A + eta */
    double *sums;                  /* over groups */
    int64_t sums_capacity;
} lrpot__charge_equations_solver;
lrpot_status lrpot__charge_equations_keep_solver(const lrpot__charge_call *call,
                                                 lrpot__charge_equations_solver **tools);

#endif
