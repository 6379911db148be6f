/* Table of the targets, and the public functions that read it. */
#include "fit/targets/target.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"

#include <lrpot/structure.h>

#define PLACE(constant, name) [LRPOT__TARGET_##constant] = &lrpot__target_##name,
const lrpot__target *const lrpot__targets[] = {
    LRPOT__TARGET_LIST(PLACE)[LRPOT__TARGET_SUM_RULES] = &lrpot__target_sum_rules,
};
_Static_assert(sizeof lrpot__targets / sizeof lrpot__targets[0] == LRPOT__TARGETS,
               "each target has its record");
_Static_assert(LRPOT__TARGET_SUM_RULES <= LRPOT_FIT_MAX_TARGETS, "arrays by target are too short");

int32_t lrpot_fit_target_count(void)
{
    return LRPOT__TARGET_SUM_RULES;
}

lrpot_status lrpot_fit_target_facts(int32_t target, lrpot_fit_target *facts)
{
    LRPOT__REQUIRE_NOT_NULL(facts);
    LRPOT__REQUIRE_RESULT(lrpot_fit_target, facts);
    if (target < 0 || target >= LRPOT__TARGET_SUM_RULES)
        return lrpot__fail(LRPOT_E_ARGUMENT, "target %d, expected 0 to %d", target,
                           LRPOT__TARGET_SUM_RULES - 1);
    const lrpot__target *record = lrpot__targets[target];
    facts->usual = record->usual;
    facts->per_atom = record->per_atom;
    facts->quantity = record->quantity;
    facts->boundary = record->boundary;
    facts->name = record->name;
    facts->label = record->label;
    facts->unit = record->unit;
    facts->weight_key = record->weight_key;
    facts->error = record->error;
    return LRPOT_OK;
}
