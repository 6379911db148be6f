/* Cell search: atoms are sorted into bins of about half the cutoff, and the bins around each atom
 * are searched. */
#ifndef LRPOT__NLIST_SEARCH_H
#define LRPOT__NLIST_SEARCH_H

#include "structure/nlist_internal.h"

/* Searches the neighbours of all owned atoms, which have passed lrpot__atoms_check. */
lrpot_status lrpot__nlist_search(lrpot_nlist *list, const lrpot_atoms *atoms);

#endif
