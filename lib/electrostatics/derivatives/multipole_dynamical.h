/* Second derivatives of the Coulomb energy of multipoles as a matrix at a wave vector
 * (docs/theory/coulomb_derivatives.md). */
#ifndef LRPOT__MULTIPOLE_DYNAMICAL_H
#define LRPOT__MULTIPOLE_DYNAMICAL_H

#include "core/workspace.h"

#include <lrpot/ewald.h>

/* Coordinates of n atoms: their moments, charges [n], from order 1 on dipoles [n][3], at order 2
 * second moments [n][3][3], then displacements [n][3]. matrix [m][m][2], Hermitian, overwritten:
 * second derivatives of the energy for coordinates that vary as exp(i wave.(position)), at the
 * given moments in the same order. Crystals in tin-foil surroundings; at wave 0 without macroscopic
 * field. */
lrpot_status lrpot__multipoles_dynamical(const lrpot_ewald *ewald, lrpot_workspace *work,
                                         const lrpot_atoms *atoms, int order, const double *moments,
                                         const double wave[3], double *matrix);

#endif
