/* Pieces that every way to make a plan shares. */
#ifndef LRPOT__PLAN_PARTS_H
#define LRPOT__PLAN_PARTS_H

#include "basis/plan/plan.h"
#include "basis/plan/tensor.h"

/* A plan with the counts of `sizes` and room for its tables. */
lrpot_status lrpot__plan_allocate(lrpot__plan **out, const lrpot__plan *sizes);
/* The table of basic moments, n_radial and max_rank. */
void lrpot__plan_write_basics(lrpot__plan *plan, const lrpot__tensors *tensors);

#endif
