/* Weights of a structure, under the names that other fitting programs also read. */
#include "core/error.h"
#include "core/number.h"
#include "core/struct_size.h"
#include "fit/targets/target.h"

#include <math.h>
#include <string.h>

/* Reads a weight >= 0. *out is unchanged if the structure has none. */
static lrpot_status read_weight(const lrpot_structure *structure, const char *key, double *out)
{
    const char *text = lrpot_structure_info(structure, key);
    if (text == NULL) return LRPOT_OK;
    const char *end = text + strlen(text);
    if (lrpot__number_parse(text, end, out) != end || !(*out >= 0.0) || isinf(*out))
        return lrpot__fail(LRPOT_E_ARGUMENT, "%s=%s, expected a number >= 0", key, text);
    return LRPOT_OK;
}

lrpot_status lrpot_fit_frame_weights(const lrpot_structure *structure, lrpot_fit_frame *how,
                                     int32_t *taken)
{
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(how);
    LRPOT__REQUIRE_NOT_NULL(taken);
    LRPOT__REQUIRE_INPUT(lrpot_fit_frame, how);
    lrpot_fit_frame found = *how;
    double own = 1.0;
    LRPOT__TRY(read_weight(structure, "config_weight", &own));
    found.weight = (how->weight > 0.0 ? how->weight : 1.0) * own;
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++) {
        double weight = 1.0, *target = &found.target_weights[t];
        LRPOT__TRY(read_weight(structure, lrpot__targets[t]->weight_key, &weight));
        if (*target >= 0.0)
            *target = weight > 0.0 ? weight * (*target > 0.0 ? *target : 1.0) : -1.0;
    }
    *taken = found.weight > 0.0;
    if (*taken) *how = found;
    return LRPOT_OK;
}
