/* Local layer of one atom for a Gauss-Newton step: value, forces, and both differentiated by the
 * parameters. Positions are fixed during a fit, so the moments are linear in the radial
 * coefficients. The rest is the contraction plan, run with one lane per direction in which an atom
 * of the neighbourhood moves. */
#ifndef LRPOT__FIT_LOCAL_H
#define LRPOT__FIT_LOCAL_H

#include "basis/evaluate.h"
#include "fit/local/fit_kernel.h"

/* Columns after those of the neighbours: sum_j d/dr_ij (the centre's force), and the six sum_j r_a
 * d/dr_b (the strain). */
enum { LRPOT__LOCAL_SUMS = 9 };

/* Neighbours of an atom: indices, species, vectors r_ij from the centre to the neighbour. */
typedef struct lrpot__neighbours {
    int64_t count;
    const int32_t *j;
    const double *vectors; /* [count][3] */
} lrpot__neighbours;

/* Parameters of the value of an atom. */
typedef struct lrpot__local_head {
    const double *coefficients; /* [K] */
    int32_t output;             /* index of the head, for its networks */
    double total_charge;        /* e: an input of the networks */
} lrpot__local_head;

typedef struct lrpot__local {
    const lrpot_basis *basis;
    const lrpot__network *network; /* or NULL */
    const lrpot__fit_local_kernel *kernel;
    int64_t n_radial; /* S F n: radial coefficients of one centre species */
    int64_t n_lanes;  /* n_radial + K */
    int64_t n_angular;
    int32_t *angular;    /* [n_basic] index of the monomial of a basic moment */
    int32_t *exponents;  /* [n_angular][3] */
    int32_t values_only; /* derivatives by positions are not wanted */
    /* results of the last atom */
    double value;             /* V_i without the species shift */
    double *value_gradient;   /* [n_lanes] dV/dparameter */
    double *network_gradient; /* [n_weights] dV/dw of the weights of its network */
    int64_t count;            /* neighbours inside the cutoff */
    int32_t *j;               /* [count] */
    double *vectors;          /* [count][3] */
    double *gradient;         /* [3 count + SUMS] g_j = dV/dr_ij, then the sums of it */
    /* scratch */
    int64_t capacity, stride;
    int32_t *species;
    double *monomials;         /* [count][n_angular] */
    double *slopes;            /* [count][n_angular][3] */
    double *polynomials;       /* [count][n] Q_b */
    double *derivatives;       /* [count][n] Q_b' */
    double *distances;         /* [count] */
    double *jacobian;          /* [n_basic][stride] dM/dr, then the sums of it */
    double *moments, *adjoint; /* [n_moments] */
    int64_t sums_stride;       /* S n, padded */
    /* [n_angular][sums_stride]: sum over neighbours of species z of Q_b Y, by z and b */
    double *sums;
    double *tangents; /* [n_moments][LANES] dM/dr */
    double *lanes;    /* [n_moments][LANES] d(dV/dM)/dr */
    double *block;    /* [LANES][sums_stride] */
    int slopes_made;  /* which of the next two arrays hold the last atom */
    int64_t features_stride;
    double *feature_slopes; /* [3 count + SUMS][features_stride] dB/dr */
    /* [3 count + SUMS][n_radial] derivatives of the gradient by the radial coefficients */
    double *radial_slopes;
    double *direct;   /* [3][F n] */
    int64_t *targets; /* target rows of the columns of the Jacobian, and their factors */
    double *scales;
    /* of networks (docs/theory/fitting.md) */
    const double *weights; /* of the atom's network */
    lrpot__network_expansion *expansion;
    double *inputs;     /* [n_inputs] x */
    double *effective;  /* [K] zeta + dN/dB */
    double *curvatures; /* [width][behind] d2N/dt dw of the weights behind the first layer */
    double *sum_slopes; /* [3 count + SUMS][width] dt/dr */
    double *rows;       /* [3 count + SUMS][] of the jacobian of a few weights */
} lrpot__local;

/* Destination of the derivatives of an atom's forces by its parameters. */
typedef struct lrpot__scatter {
    double *jacobian; /* [rows][stride], rows with room for LANES pads */
    int64_t stride;
    /* first columns of this atom's coefficients, and of its network's weights */
    int64_t radial, linear, hidden;
    int64_t centre;
    int64_t forces;    /* row of the force on atom 0, -1: none (linear coefficients only) */
    int64_t strain[2]; /* rows of six strain components, -1: none */
    double strain_factor[2];
    double weight; /* dE/dV_i */
    int64_t born;  /* row of Z[0][0][0], -1: none */
    double factor; /* factor of the lever arms of periodic systems */
    /* [3]: Z_j[a][b] += lever_arm_a dV_i/dr_jb; NULL: the lever arm is the vector from j to i
     * (periodic systems) */
    const double *lever_arm;
} lrpot__scatter;

/* Derivatives of the columns of the moments' Jacobian by some parameters, which are `width` columns
 * of the fit's Jacobian. */
typedef struct lrpot__local_rows {
    const double *values; /* [3 count + SUMS][stride] */
    int64_t stride, width;
    int64_t column;
} lrpot__local_rows;

/* network: that of the heads, or NULL; borrowed. */
lrpot_status lrpot__local_create(lrpot__local **out, const lrpot_basis *basis,
                                 const lrpot__network *network);
void lrpot__local_free(lrpot__local *local);
/* Computes the value and its gradients by positions and by parameters. species: of all atoms. */
lrpot_status lrpot__local_atom(lrpot__local *local, lrpot__local_head head, const int32_t *species,
                               int64_t centre, lrpot__neighbours neighbours);

#endif
