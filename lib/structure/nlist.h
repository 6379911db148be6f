/* Neighbour list handle: building, wrapping, and access to rows. */
#ifndef LRPOT__NLIST_H
#define LRPOT__NLIST_H

#include "structure/nlist_rows.h"

/* Checks that the list fits the atoms (n_owned, cutoff within rounding) and describes it. */
lrpot_status lrpot__nlist_rows(const lrpot_nlist *list, const lrpot_atoms *atoms, double cutoff,
                               lrpot__rows *rows);
/* Row of owned atom i. */
lrpot__row lrpot__nlist_get_row(const lrpot__rows *rows, int64_t i);
/* Largest distance of an entry of a list that the search built and that is still valid; infinite
 * for a lent one. */
double lrpot__nlist_reach(const lrpot_nlist *list);

#endif
