#include "electrostatics/multipoles/pair_block.h"

#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/simd/coulomb_loops.h"

#include <math.h>

static void evaluate(lrpot__pair_block *block, const lrpot__boys_table *table,
                     const lrpot__pair *pair, int32_t orders)
{
    double f[2 * LRPOT__PAIR_BLOCK][LRPOT__BOYS_ORDERS], alpha = pair->screening.alpha;
    for (int32_t p = 0; p < block->count; p++) {
        block->arguments[2 * p] = block->gamma[p] * block->gamma[p] * block->square[p];
        block->arguments[2 * p + 1] = alpha * alpha * block->square[p];
    }
    lrpot__coulomb_kernels_get()->boys(table, 2 * block->count, block->arguments, f[0]);
    for (int32_t p = 0; p < block->count; p++)
        lrpot__pair_orders_boys(pair, block->gamma[p], block->square[p], f[2 * p], f[2 * p + 1],
                                orders, block->b[p]);
}

int lrpot__pair_block_next(lrpot__pair_block *block, const lrpot__boys_table *table,
                           const lrpot__pair_walk *walk, lrpot__row *row, int64_t i, int32_t orders,
                           int64_t *next, double *least)
{
    const lrpot__sum *sum = walk->sum;
    block->count = 0;
    for (; *next < row->count && block->count < LRPOT__PAIR_BLOCK; ++*next) {
        int32_t p = block->count;
        int64_t j;
        if (!lrpot__pair_walk_next(walk, row, i, *next, &j, block->x[p], &block->square[p]))
            continue;
        *least = fmin(*least, block->square[p]);
        if (block->square[p] == 0.0) continue;
        block->j[p] = (int32_t)j;
        for (int a = 0; a < 3; a++) block->x[p][a] = -block->x[p][a];
        block->gamma[p] = lrpot__pair_gamma(sum->ewald, sum->atoms, i, j);
        block->count++;
    }
    evaluate(block, table, &sum->split.pair, orders);
    return block->count > 0;
}
