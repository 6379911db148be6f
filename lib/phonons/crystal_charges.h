/* Coulomb part of the dynamical matrix: fixed charges, and the response of the charges to
 * displacements (docs/theory/phonons.md). */
#ifndef LRPOT__CRYSTAL_CHARGES_H
#define LRPOT__CRYSTAL_CHARGES_H

#include "phonons/crystal.h"

/* Adds the Coulomb part, with the response of the charges, to the matrix [3n][3n][2]. wave is 0 if
 * it is a vector of the reciprocal lattice (at_gamma). */
lrpot_status lrpot__crystal_coulomb(const lrpot_phonons *p, lrpot_workspace *work,
                                    const double *wave, int at_gamma, const double *direction,
                                    double *matrix);

#endif
