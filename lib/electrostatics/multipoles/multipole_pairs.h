/* Multipoles in real space. */
#ifndef LRPOT__MULTIPOLE_PAIRS_H
#define LRPOT__MULTIPOLE_PAIRS_H

#include "electrostatics/multipoles/multipoles.h"

/* Adds the part in real space. list NULL: the solver searches itself. */
lrpot_status lrpot__multipoles_real(lrpot__multipoles *p, lrpot_workspace *work,
                                    const lrpot_nlist *list);

#endif
