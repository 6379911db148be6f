/* Molecules by bonds: atoms within 1.25 times the sum of their covalent radii. */
#ifndef LRPOT_TOOL_MOLECULES_H
#define LRPOT_TOOL_MOLECULES_H

#include <lrpot/lrpot.h>

/* Number of molecules when a structure consists of molecules of at least two atoms, 0 when it does
 * not: single atoms, or bonds that go on to the images. formula gets that of the first. */
lrpot_status molecules_count(const lrpot_structure *structure, int64_t *n, char *formula,
                             size_t size);

#endif
