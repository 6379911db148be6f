/* Multipoles in reciprocal space: the amplitude of an atom is (q + i mu.k - k.M.k/2) exp(i k.r). */
#ifndef LRPOT__MULTIPOLE_KSPACE_H
#define LRPOT__MULTIPOLE_KSPACE_H

#include "electrostatics/multipoles/multipoles.h"

/* Adds the reciprocal part of the exact sum to the fields at the atoms. */
lrpot_status lrpot__multipoles_kspace(lrpot__multipoles *p, lrpot_workspace *work);
/* Completes the virial along the directions that do not repeat. site_field holds the reciprocal
 * part alone. */
void lrpot__multipoles_across_virial(lrpot__multipoles *p);
/* Adds the virial of fixed moments, which turn against vectors that follow the strain. site_field
 * holds the reciprocal part alone. */
void lrpot__multipoles_rotation_virial(lrpot__multipoles *p);

#endif
