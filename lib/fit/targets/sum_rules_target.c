/* Sum rules of the bare charges, references 0: their sum per atom is the total charge, and does not
 * change with strain (six components). The Born charges then obey the acoustic sum rule. */
#include "fit/data/frame.h"

#include "core/memory.h"

enum { ROWS = 7 };

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    (void)frame;
    (void)structure;
    block->count = ROWS;
    block->reference = lrpot__calloc(ROWS, sizeof *block->reference);
    return block->reference != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

const lrpot__target lrpot__target_sum_rules = {
    .name = "sum rules",
    .label = "sum rules",
    .unit = "e",
    .quantity = -1,
    .error = 5e-3,
    .plain = 1,
    .always = 1,
    .read = read,
};
