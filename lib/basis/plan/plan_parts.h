/* Helpers shared by all ways to make a plan. */
#ifndef LRPOT__PLAN_PARTS_H
#define LRPOT__PLAN_PARTS_H

#include "basis/plan/plan.h"
#include "basis/plan/tensor.h"

/* Allocates a plan with the counts of `sizes`, and its tables. */
lrpot_status lrpot__plan_allocate(lrpot__plan **out, const lrpot__plan *sizes);
/* Writes the table of basic moments, n_radial and max_rank. */
void lrpot__plan_write_basics(lrpot__plan *plan, const lrpot__tensors *tensors);

#endif
