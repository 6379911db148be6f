/* Splitting for multipoles. */
#ifndef LRPOT__MULTIPOLE_SPLIT_H
#define LRPOT__MULTIPOLE_SPLIT_H

#include "electrostatics/multipoles/multipoles.h"

/* Chooses the splitting for the moments. list NULL: the solver searches itself. */
lrpot_status lrpot__multipoles_split(lrpot__multipoles *p, lrpot_workspace *work,
                                     const lrpot_nlist *list);

/* Weights of the squares of charges, dipoles and components of traceless quadrupoles in the mean
 * square charge for which the splitting of the workspace was chosen. Where it has no errors, as of
 * a sum over all pairs, all are 1. */
void lrpot__multipoles_weights(const lrpot_workspace *work, double weights[3]);

#endif
