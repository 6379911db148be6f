/* One atom of the local layer with everything a Gauss-Newton step needs: value, forces, and both differentiated by the parameters.
 *
 * Positions are fixed during a fit, so the moments are linear in the radial coefficients; the rest is the contraction plan
 * run with one lane per parameter, and one matrix product per atom. */
#ifndef LRPOT__FIT_LOCAL_H
#define LRPOT__FIT_LOCAL_H

#include "basis/evaluate.h"

/* Neighbours of an atom: indices, species, vectors r_ij from the centre to the neighbour. */
typedef struct lrpot__neighbours {
    int64_t count;
    const int32_t *j;
    const double *vectors; /* [count][3] */
} lrpot__neighbours;

typedef struct lrpot__local {
    const lrpot_basis *basis;
    int64_t n_radial; /* S F n: radial coefficients of one centre species */
    int64_t n_lanes;  /* n_radial + K; parameter n_lanes is the species shift */
    int64_t n_angular;
    int32_t *angular;       /* [n_basic] index of the monomial of a basic moment */
    int32_t *exponents;     /* [n_angular][3] */
    /* results of the last atom */
    double value;           /* V_i without the species shift */
    double *value_gradient; /* [n_lanes] dV/dparameter; the shift's is 1 */
    int64_t count;          /* neighbours inside the cutoff */
    int32_t *j;             /* [count] */
    double *vectors;        /* [count][3] */
    double *gradient;       /* [count][3] g_j = dV/dr_ij */
    double *mixed;          /* [n_lanes][3 count] dg/dparameter */
    /* scratch */
    int64_t capacity;
    int32_t *species;
    double *monomials;      /* [count][n_angular] */
    double *slopes;         /* [count][n_angular][3] */
    double *polynomials;    /* [count][n] Q_b */
    double *derivatives;    /* [count][n] Q_b' */
    double *distances;      /* [count] */
    double *jacobian;       /* [n_basic][3 count] dM/dr */
    double *moments, *adjoint; /* [n_moments] */
    double *sums;           /* [S][n][n_angular] sum over neighbours of Q_b Y */
    double *tangents;       /* [n_moments][n_radial] dM/dc */
    double *lanes;          /* [n_moments][n_lanes] */
} lrpot__local;

lrpot_status lrpot__local_create(lrpot__local **out, const lrpot_basis *basis);
void lrpot__local_free(lrpot__local *local);
/* Value and gradient; with `derivatives`, also value_gradient; with `mixed`, also mixed. species is of all atoms. */
lrpot_status lrpot__local_atom(lrpot__local *local, const double *coefficients, const int32_t *species, int64_t centre,
                               lrpot__neighbours neighbours, int derivatives, int mixed);

#endif
