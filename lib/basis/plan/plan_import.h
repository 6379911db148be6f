/* Import of contraction tables: all properties that the kernels rely on are checked here, once. */
#ifndef LRPOT__PLAN_IMPORT_H
#define LRPOT__PLAN_IMPORT_H

#include "basis/plan/plan.h"

/* Creates a plan from tables of an imported file (copied, checked: operands before use, indices in
 * range). n_radial may be 0 (not stated); max_rank is ignored. */
lrpot_status lrpot__plan_import(lrpot__plan **out, const lrpot__plan *tables);

#endif
