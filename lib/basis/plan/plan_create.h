/* Contraction plan of a level, from the cheapest contraction trees of its graphs. */
#ifndef LRPOT__PLAN_CREATE_H
#define LRPOT__PLAN_CREATE_H

#include "basis/plan/plan.h"

/* Creates the basis of a level by enumeration of multigraphs, in a deterministic order. mu -> mu +
 * 1 costs `step` levels, 1 to 8. */
lrpot_status lrpot__plan_create(lrpot__plan **out, int32_t level, int32_t step);

#endif
