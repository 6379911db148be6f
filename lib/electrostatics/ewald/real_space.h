/* Sums over pairs: the real-space part of the periodic sum, or the whole isolated sum. */
#ifndef LRPOT__REAL_SPACE_H
#define LRPOT__REAL_SPACE_H

#include "electrostatics/ewald/ewald.h"

/* Adds the part in real space over a neighbour list, or over all pairs of an isolated system (list
 * NULL). */
lrpot_status lrpot__real_space(const lrpot__sum *sum, lrpot_workspace *work,
                               const lrpot_nlist *list, lrpot__sum_results *out);

#endif
