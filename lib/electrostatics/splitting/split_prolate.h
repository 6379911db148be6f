/* Prolate split and windows (arXiv 2505.09727). */
#ifndef LRPOT__SPLIT_PROLATE_H
#define LRPOT__SPLIT_PROLATE_H

#include "electrostatics/splitting/split_search.h"

/* Tries prolate splits; replaces *best by a cheaper one. */
lrpot_status lrpot__split_prolate(lrpot__split_search *search, lrpot__split_candidate *best);

#endif
