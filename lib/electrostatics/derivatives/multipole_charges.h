/* Potentials of unit charges and their derivatives as matrices: the moments of an atom are
 * derivatives of its charge, so that these have the interactions of charges and dipoles, too. */
#ifndef LRPOT__MULTIPOLE_CHARGES_H
#define LRPOT__MULTIPOLE_CHARGES_H

#include "core/workspace.h"

#include <lrpot/ewald.h>

/* Derivatives by a place up to the third: value, x y z, xx yy zz yz xz xy, and the order of
 * lrpot__third_index. */
enum { LRPOT__THIRD_DERIVATIVES = 20 };

/* matrices [20][n][n], overwritten: at atom i, in V, V/A, V/A^2 and V/A^3, from a unit charge at j
 * = the last index, its own included as the solver counts it. Isolated systems and crystals. */
lrpot_status lrpot__multipoles_charges(const lrpot_ewald *ewald, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, double *matrices);

#endif
