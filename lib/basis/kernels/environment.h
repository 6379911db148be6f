/* Data of one atom in the kernels that take one atom at a time: neighbours, moments and the value
 * of a head. */
#ifndef LRPOT__ENVIRONMENT_H
#define LRPOT__ENVIRONMENT_H

#include "basis/kernels/basis_kernel.h"

enum { LRPOT__POWERS = LRPOT__PLAN_MAX_RANK + 1, LRPOT__MAX_RADIAL_SIZE = 32 };

typedef struct lrpot__site_neighbour {
    int32_t j;
    double u[3], r; /* unit vector from the atom, distance */
} lrpot__site_neighbour;

typedef struct lrpot__environment {
    int64_t n;
    lrpot__site_neighbour *neighbours;
    double *moments;        /* [n_moments] */
    double *adjoint;        /* [n_moments] dV/dM */
    double *features, *row; /* [K] of heads with a network: B, and the coefficients at these */
} lrpot__environment;

/* Bytes of the scratch of an environment, and its parts; *rest follows them. */
int64_t lrpot__environment_bytes(const lrpot__job *job);
lrpot__environment lrpot__environment_divide(const lrpot__job *job, void *scratch, double **rest);
/* Neighbours within the cutoff; atoms that coincide set the status of the sums. */
void lrpot__environment_collect(const lrpot__job *job, int64_t i, lrpot__environment *e,
                                lrpot__sums *sums);
/* The value of the request's head at the moments of atom i. Returns its coefficients there, those
 * of the network included; NULL without a head. */
const double *lrpot__environment_head(const lrpot__job *job, int64_t i, const lrpot__environment *e,
                                      double *value);

/* Powers 0 to LRPOT__POWERS - 1 of the components of u. */
static inline void lrpot__fill_powers(const double *u, double powers[3][LRPOT__POWERS])
{
    for (int c = 0; c < 3; c++) {
        powers[c][0] = 1.0;
        for (int p = 1; p < LRPOT__POWERS; p++) powers[c][p] = powers[c][p - 1] * u[c];
    }
}

#endif
