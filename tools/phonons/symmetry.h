/* Symmetry of crystals, by spglib. */
#ifndef LRPOT_TOOL_SYMMETRY_H
#define LRPOT_TOOL_SYMMETRY_H

#include <lrpot/lrpot.h>

/* For each place of a file in the given order, the first place that symmetry maps it to: what
 * phonopy takes for the same tolerance (A). Returns 1; 0 where it is not known: built without
 * spglib, or spglib finds nothing. */
int symmetry_representatives(const lrpot_structure *structure, const int64_t *order,
                             double tolerance, int64_t *representatives);

#endif
