/* The six components of a symmetric strain or stress, in the order xx yy zz yz xz xy. */
#ifndef LRPOT__STRAIN_H
#define LRPOT__STRAIN_H

enum { LRPOT__STRAINS = 6 };
/* Row and column of a component in the 3x3 matrix. */
static const int lrpot__strain_row[LRPOT__STRAINS] = { 0, 1, 2, 1, 0, 0 };
static const int lrpot__strain_column[LRPOT__STRAINS] = { 0, 1, 2, 2, 2, 1 };

#endif
