/* Checks of the atoms that a host passes. */
#ifndef LRPOT__ATOMS_CHECK_H
#define LRPOT__ATOMS_CHECK_H

#include "structure/nlist_rows.h"

/* Checks sizes, pointers, species < n_species and finiteness of positions and cell of a view. */
lrpot_status lrpot__atoms_check(const lrpot_atoms *atoms, int32_t n_species);

#endif
