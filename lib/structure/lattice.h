/* Lattices spanned by the periodic rows of a cell. */
#ifndef LRPOT__LATTICE_H
#define LRPOT__LATTICE_H

#include <lrpot/structure.h>

/* Checks that the cell is finite and its periodic rows are linearly independent. */
lrpot_status lrpot__lattice_check(const double *cell, int32_t periodic_mask);

/* Basis for neighbour searches: the periodic rows are reduced to short ones, the others replaced by
 * unit vectors normal to these (rows along which nothing repeats may be zero). The integer rows
 * `map` convert translations: t in this basis is t * map in rows of the cell. */
typedef struct lrpot__lattice {
    double basis[9];
    double inverse[9]; /* fractional = r * inverse */
    double height[3];  /* A: distance between the lattice planes of each row */
    int64_t map[9];
    int32_t periodic_mask;
} lrpot__lattice;

/* The cell must have passed lrpot__lattice_check. */
void lrpot__lattice_reduce(const double *cell, int32_t periodic_mask, lrpot__lattice *lattice);

#endif
