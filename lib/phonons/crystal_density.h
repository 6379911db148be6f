/* Self-consistent densities in the dynamical matrix (docs/theory/phonons.md). */
#ifndef LRPOT__CRYSTAL_DENSITY_H
#define LRPOT__CRYSTAL_DENSITY_H

#include "phonons/crystal.h"

/* Keeps moments, potentials and response of an evaluated call, and Born charges and the dielectric
 * tensor where they exist. */
lrpot_status lrpot__crystal_keep_density(lrpot_phonons *p, const lrpot__charge_call *call);
/* Charge of displacements without their distance: the largest sum over an atom's images. */
void lrpot__crystal_density_leak(lrpot_phonons *p);
/* Adds the Coulomb part, with the response of the density, to the matrix [3n][3n][2]; arguments as
 * for lrpot__crystal_coulomb(). */
lrpot_status lrpot__crystal_density(const lrpot_phonons *p, lrpot_workspace *work,
                                    const double *wave, int at_gamma, const double *direction,
                                    double *matrix);

#endif
