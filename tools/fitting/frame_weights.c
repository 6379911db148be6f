#include "fitting/frame_weights.h"

#include "cli/report.h"
#include "fitting/targets.h"

/* Weights that a frame carries, under the names that other fitting programs read as well. 0 leaves
 * the target out. */
static int frame_weight(const lrpot_structure *frame, const char *place, const char *key,
                        double *out)
{
    const char *text = lrpot_structure_info(frame, key);
    if (text == NULL) return GO_ON;
    if (!parse_real(text, out) || *out < 0.0)
        return report_error(BAD_INPUT, "%s: %s=%s, expected a number >= 0", place, key, text);
    return GO_ON;
}

int frame_weights(const dataset *set, int64_t number, lrpot_fit_frame *how)
{
    const lrpot_structure *frame = set->frames[number];
    char place[512];
    double own = 1.0;
    *how = set->origins[number].how;
    dataset_place(set, number, place, sizeof place);
    int code = frame_weight(frame, place, "config_weight", &own);
    how->weight = (how->weight > 0.0 ? how->weight : 1.0) * own;
    for (int32_t t = 0; t < lrpot_fit_target_count() && code == GO_ON; t++) {
        double weight = 1.0, *target = &how->target_weights[t];
        code = frame_weight(frame, place, target_facts(t).weight_key, &weight);
        if (*target >= 0.0)
            *target = weight > 0.0 ? weight * (*target > 0.0 ? *target : 1.0) : -1.0;
    }
    return code;
}
