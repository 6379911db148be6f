/* Molecules by bonds: atoms within 1.25 times the sum of their covalent radii. */
#ifndef LRPOT_TOOL_MOLECULES_H
#define LRPOT_TOOL_MOLECULES_H

#include <lrpot/lrpot.h>

/* Number of molecules if a structure consists of molecules of at least two atoms, otherwise 0:
 * single atoms, or bonds that continue to the images. formula: that of the first molecule. */
lrpot_status molecules_count(const lrpot_structure *structure, int64_t *n, char *formula,
                             size_t size);

#endif
