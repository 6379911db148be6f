/* Neighbour list of the solver, built when no list was lent, or one with too small a cutoff. */
#ifndef LRPOT__EWALD_NEIGHBOURS_H
#define LRPOT__EWALD_NEIGHBOURS_H

#include "electrostatics/ewald/ewald.h"

/* The solver's own list of the owned atoms, kept in the workspace. */
lrpot_status lrpot__ewald_neighbours(const lrpot__sum *sum, lrpot_workspace *work,
                                     const lrpot_nlist **out);

#endif
