/* Handle of a basis: creation, copies, options, radial coefficients, evaluation. */
#ifndef LRPOT__BASIS_H
#define LRPOT__BASIS_H

#include "basis/evaluate.h"

/* As lrpot_basis_create, with a given plan (ownership moves on success): for imported tables. */
lrpot_status lrpot__basis_create_with_plan(lrpot_basis **out, const lrpot_basis_options *options,
                                           lrpot__plan *plan);
lrpot_status lrpot__basis_clone(lrpot_basis **out, const lrpot_basis *basis);

#endif
