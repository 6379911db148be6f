/* Splitting for multipoles. */
#ifndef LRPOT__MULTIPOLE_SPLIT_H
#define LRPOT__MULTIPOLE_SPLIT_H

#include "electrostatics/multipoles/multipoles.h"

/* Chooses the splitting for the moments. list NULL: the solver searches itself. */
lrpot_status lrpot__multipoles_split(lrpot__multipoles *p, lrpot_workspace *work,
                                     const lrpot_nlist *list);

#endif
