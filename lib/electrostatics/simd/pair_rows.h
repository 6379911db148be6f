/* Rows of neighbours in the layout of the vectorised kernels. */
#ifndef LRPOT__PAIR_ROWS_H
#define LRPOT__PAIR_ROWS_H

#include "electrostatics/simd/coulomb_loops.h"
#include "electrostatics/ewald/ewald.h"
#include "structure/nlist_rows.h"

static inline lrpot__pair_row lrpot__pair_row_of(const lrpot__sum *sum, const double *packed,
                                                 const double *translations,
                                                 const lrpot__rows *rows, const lrpot__row *row,
                                                 int64_t i)
{
    lrpot__pair_row out = { &sum->split.pair, packed,     translations,      row->j, row->image,
                            row->count,       rows->mask, sum->ewald->table, NULL,   0.0 };
    if (out.table == NULL) return out;
    out.species = sum->atoms->species;
    out.spread = out.table->spreads[out.species[i]];
    return out;
}

#endif
