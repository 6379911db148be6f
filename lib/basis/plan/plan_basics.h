/* Table of the basic moments of a plan. */
#ifndef LRPOT__PLAN_BASICS_H
#define LRPOT__PLAN_BASICS_H

#include "basis/plan/plan.h"
#include "basis/plan/tensor.h"

/* Writes the table of basic moments, n_radial and max_rank. */
void lrpot__plan_write_basics(lrpot__plan *plan, const lrpot__tensors *tensors);

#endif
