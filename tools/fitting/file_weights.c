#include "fitting/file_weights.h"

#include "cli/report.h"

int frame_weights(const dataset *set, int64_t number, lrpot_fit_frame *how)
{
    char place[512];
    int32_t taken = 0;
    *how = set->origins[number].how;
    lrpot_status status = lrpot_fit_frame_weights(set->frames[number], how, &taken);
    if (!taken) how->weight = 0.0;
    if (status == LRPOT_OK) return GO_ON;
    dataset_place(set, number, place, sizeof place);
    return report_error(BAD_INPUT, "%s: %s", place, lrpot_last_error());
}
