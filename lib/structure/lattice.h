/* Lattices: what a cell and its periodic rows span. */
#ifndef LRPOT__LATTICE_H
#define LRPOT__LATTICE_H

#include <lrpot/structure.h>

/* Finite, and the periodic rows linearly independent. */
lrpot_status lrpot__lattice_check(const double *cell, int32_t periodic_mask);

/* A basis for searching: the periodic rows reduced to short ones, the others replaced by unit
 * vectors normal to these (rows of a cell along which nothing repeats may be zero). The integer
 * rows `map` give the translations back: t in this basis is t * map in rows of the cell. */
typedef struct lrpot__lattice {
    double basis[9];
    double inverse[9]; /* fractional = r * inverse */
    double height[3];  /* A, between the lattice planes of each row */
    int64_t map[9];
    int32_t periodic_mask;
} lrpot__lattice;

/* The cell has passed lrpot__lattice_check. */
void lrpot__lattice_reduce(const double *cell, int32_t periodic_mask, lrpot__lattice *lattice);

#endif
