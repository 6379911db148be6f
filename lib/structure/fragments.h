/* Fragments of a structure: sets of atoms with a fixed charge or potential. */
#ifndef LRPOT__FRAGMENTS_H
#define LRPOT__FRAGMENTS_H

#include "structure/structure_internal.h"

/* Stores the quantity as indices; values NULL: none. */
lrpot_status lrpot__structure_take_fragments(lrpot_structure *structure, const double *values);
/* Number of fragments, also of those without atoms. */
int32_t lrpot__structure_fragments(const lrpot_structure *structure);
/* Sets fragments, their charges, the sum of these and potentials in the view. */
lrpot_status lrpot__structure_view_fragments(const lrpot_structure *structure, lrpot_atoms *view);

#endif
