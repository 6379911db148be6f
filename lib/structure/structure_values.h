/* Reference values of a structure: quantities known to the library, and other keys that it stores.
 */
#ifndef LRPOT__STRUCTURE_VALUES_H
#define LRPOT__STRUCTURE_VALUES_H

#include "structure/structure_internal.h"

/* Releases all infos. */
void lrpot__structure_free_info(lrpot_structure *structure);

#endif
