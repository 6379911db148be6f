/* Radial functions of the pairs of a multipole sum, kept in the workspace for more sums at the same
 * places: a fixed point takes some ten of them. */
#ifndef LRPOT__KEPT_PAIRS_H
#define LRPOT__KEPT_PAIRS_H

#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/kernels/boys_table.h"
#include "electrostatics/multipoles/multipoles.h"

typedef struct lrpot__kept_pairs {
    /* what the pairs belong to */
    lrpot__pair pair;
    int64_t n, n_all;
    int32_t orders, periodic_mask; /* b[0 .. orders-1] of each pair */
    double cell[9];
    double *positions; /* [n_all][3] */
    double *widths;    /* [n_all] */
    /* the pairs of rows 0 .. rows-1; those behind do not fit */
    int64_t rows;
    int64_t *offsets; /* [n + 1] */
    int32_t *j;       /* [pairs] */
    double *values;   /* [pairs][3 + orders]: vector from j to i, b */
    int64_t capacities[5];
    lrpot__boys_table *boys; /* for the radial functions */
} lrpot__kept_pairs;

/* Pairs of the sum with at least this number of orders: found in the workspace, or made by a walk
 * over them. *coincident_atom: as of lrpot__pair_walk_atoms(). */
lrpot_status lrpot__kept_pairs_get(const lrpot__sum *sum, lrpot_workspace *work,
                                   const lrpot__pair_walk *walk, int32_t orders,
                                   const lrpot__kept_pairs **out, int64_t *coincident_atom);

#endif
