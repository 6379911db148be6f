/* Split of the exact sum, over all reciprocal vectors. */
#ifndef LRPOT__SPLIT_EXACT_H
#define LRPOT__SPLIT_EXACT_H

#include "electrostatics/splitting/split_search.h"

/* Tries splits of the exact sum; replaces *best by a cheaper one. */
void lrpot__split_exact(lrpot__split_search *search, lrpot__split_candidate *best);

#endif
