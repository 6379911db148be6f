/* Polarizable densities, which respond to the potential: data shared by the local model, its sums
 * and its file. */
#ifndef LRPOT__DENSITY_H
#define LRPOT__DENSITY_H

#include "basis/evaluate.h"
#include "charges/selfconsistent.h"

#include <lrpot/density.h>

/* Indices of the heads of a model; -1: not in the model. Those of width n are n per_width
 * further. */
typedef struct lrpot__density_heads {
    int32_t charge, chi, beta, gamma, kappa, eta, alpha, zeta, per_width, count;
} lrpot__density_heads;

struct lrpot_density {
    lrpot_density_options options; /* defaults filled in; arrays are copies */
    char **symbols;
    double *widths, *charges;
    lrpot_basis *basis;
    lrpot_selfconsistent *scheme;
    lrpot__density_heads heads;
    int64_t n_params;
    double *params; /* [head][species][K + 1] */
};

/* Neighbour within the cutoff: d = r_j - r_i, f(r) and f'(r)/r. */
typedef struct lrpot__density_pair {
    int64_t i, j;
    double d[3], f, slope;
} lrpot__density_pair;

/* The local model at one geometry. `scale` is the factor of the energy in derivatives. */
typedef struct lrpot__density_local {
    const lrpot_density *density;
    const lrpot_atoms *atoms;
    const lrpot__density_pair *pairs;
    /* numbers of atoms, of pairs, each from both sides, and of moments, which is the stride of the
     * features of a width */
    int64_t n, n_pairs, size;
    const double *features_of_basis, *values; /* B [n][K], h [n][count] */
    double scale;
} lrpot__density_local;

#endif
