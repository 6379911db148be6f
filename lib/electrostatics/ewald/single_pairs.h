/* Positions, charges and polynomials for pairs in single precision. */
#ifndef LRPOT__SINGLE_PAIRS_H
#define LRPOT__SINGLE_PAIRS_H

#include "electrostatics/simd/coulomb_loops.h"

#include <lrpot/workspace.h>

typedef struct lrpot__single_inputs {
    const lrpot__pair *pair;
    double list_cutoff; /* A */
    const double *cell; /* where atom j has one image within the reach of a row; or NULL */
    int64_t n, images;
    const double *packed;       /* [n][4]: position and charge */
    const double *translations; /* [images][4] */
} lrpot__single_inputs;

typedef struct lrpot__single_pairs {
    lrpot__single_pair pair;
    int32_t *packed, *translations; /* [n][4], [images][4]; no translations with a cell */
} lrpot__single_pairs;

/* Blocks of the workspace. *usable: 0 if a position is too far away to be a whole number. */
lrpot_status lrpot__single_pairs_make(const lrpot__single_inputs *inputs, lrpot_workspace *work,
                                      lrpot__single_pairs *out, int *usable);

#endif
