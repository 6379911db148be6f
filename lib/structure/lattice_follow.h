/* A lattice followed from frame to frame: the same rows in another description, and nearest
 * images. */
#ifndef LRPOT__LATTICE_FOLLOW_H
#define LRPOT__LATTICE_FOLLOW_H

#include "structure/lattice.h"

/* Finds the unimodular integer matrix with now.basis = change * before.basis up to a small strain.
 * LRPOT_E_CELL if the strain is too large to find one. */
lrpot_status lrpot__lattice_follow(const lrpot__lattice *before, const lrpot__lattice *now,
                                   double change[9]);

/* Moves reduced coordinates of a difference to the shortest image. Returns its length in A, and
 * that of the next image (infinite if nothing repeats). */
void lrpot__lattice_nearest(const lrpot__lattice *lattice, double s[3], double *length,
                            double *next);

#endif
