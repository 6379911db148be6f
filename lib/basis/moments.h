/* Moment tensors as a descriptor: creation and copies. */
#ifndef LRPOT__MOMENTS_H
#define LRPOT__MOMENTS_H

#include "basis/descriptor.h"

extern const lrpot__descriptor lrpot__moment_tensors;

/* As lrpot_basis_create, with a given plan (ownership moves on success): for imported tables. */
lrpot_status lrpot__basis_create_with_plan(lrpot_basis **out, const lrpot_basis_options *options,
                                           lrpot__plan *plan);

/* Distances of the pairs below which radial functions come to rest, [S][S]; NULL: they go on. */
lrpot_status lrpot__basis_set_rest(lrpot_basis *basis, const double *rest);

#endif
