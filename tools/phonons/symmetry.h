/* Symmetry of crystals, by spglib. */
#ifndef LRPOT_TOOL_SYMMETRY_H
#define LRPOT_TOOL_SYMMETRY_H

#include <lrpot/lrpot.h>

/* For each index of a file in the given order, the first index that symmetry maps it to, as in
 * phonopy for the same tolerance (A). Returns 1; 0 if the symmetry is not known: built without
 * spglib, or spglib fails. */
int symmetry_representatives(const lrpot_structure *structure, const int64_t *order,
                             double tolerance, int64_t *representatives);

#endif
