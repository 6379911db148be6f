/* Gaussian split with B-splines: smooth particle-mesh Ewald with the influence function of P3M. */
#ifndef LRPOT__SPLIT_SPLINE_H
#define LRPOT__SPLIT_SPLINE_H

#include "electrostatics/splitting/split_search.h"

/* Tries Gaussian splits with B-splines; replaces *best by a cheaper one. */
lrpot_status lrpot__split_spline(lrpot__split_search *search, lrpot__split_candidate *best);
/* The same for Gaussian splits, or a kernel that is smooth by itself, spread by prolates. */
lrpot_status lrpot__split_smooth(lrpot__split_search *search, lrpot__split_candidate *best);

#endif
