/* Some pairs of one row of neighbours, whose radial functions are computed together. */
#ifndef LRPOT__PAIR_BLOCK_H
#define LRPOT__PAIR_BLOCK_H

#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/kernels/boys_table.h"

enum { LRPOT__PAIR_BLOCK = 32 };

typedef struct lrpot__pair_block {
    int32_t count;
    int32_t j[LRPOT__PAIR_BLOCK];
    double x[LRPOT__PAIR_BLOCK][3]; /* from j to i */
    double b[LRPOT__PAIR_BLOCK][LRPOT__PAIR_ORDERS_MAX];
    /* of the computation */
    double square[LRPOT__PAIR_BLOCK], gamma[LRPOT__PAIR_BLOCK], arguments[2 * LRPOT__PAIR_BLOCK];
} lrpot__pair_block;

/* Takes the next pairs of row i from entry *next on and computes b, of so many orders. Returns 0
 * behind the last. *least becomes the smallest r^2; pairs of distance 0 are left out, an error that
 * lrpot__pair_walk_coincident() reports. */
int lrpot__pair_block_next(lrpot__pair_block *block, const lrpot__boys_table *table,
                           const lrpot__pair_walk *walk, lrpot__row *row, int64_t i, int32_t orders,
                           int64_t *next, double *least);

#endif
