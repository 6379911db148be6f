/* Reference of a target, read from a structure. */
#include "fit/targets/target.h"

#include "core/memory.h"

#include <lrpot/structure.h>

lrpot_status lrpot__target_copy(const lrpot_structure *structure, int32_t quantity, int64_t n,
                                lrpot__block *block)
{
    const double *values = lrpot_structure_get(structure, quantity);
    block->count = lrpot_quantity_size(quantity, n);
    if (values == NULL) return LRPOT_OK;
    block->reference = lrpot__duplicate(values, block->count, sizeof *values);
    return block->reference != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}
