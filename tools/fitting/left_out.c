#include "fitting/left_out.h"

#include "cli/report.h"
#include "fitting/target_names.h"

static int is_used(const lrpot_structure *frame, int32_t boundary)
{
    int32_t mask = lrpot_structure_periodic_mask(frame);
    if (boundary == LRPOT_FIT_BOUNDARY_PERIODIC) return mask == LRPOT_PERIODIC_ALL;
    return boundary == LRPOT_FIT_BOUNDARY_ISOLATED ? mask == 0 : 1;
}

static void report_target(const dataset *train, const lrpot_fit_target *facts)
{
    int64_t left_out = 0;
    char place[512] = "";
    for (int64_t f = 0; f < train->n; f++) {
        if (lrpot_structure_get(train->frames[f], facts->quantity) == NULL
            || is_used(train->frames[f], facts->boundary))
            continue;
        if (left_out++ == 0) dataset_place(train, f, place, sizeof place);
    }
    if (left_out == 0) return;
    report_note(
        "WARNING: %s: the %s of %lld of %lld frames %s left out (the first: %s): the target "
        "%s is fitted to frames that are periodic in %s",
        train->path, facts->label, (long long)left_out, (long long)train->found[facts->quantity],
        left_out == 1 ? "is" : "are", place, facts->name,
        facts->boundary == LRPOT_FIT_BOUNDARY_PERIODIC ? "three directions, pbc=\"T T T\""
                                                       : "no direction, pbc=\"F F F\"");
}

void left_out_report(const dataset *train, int32_t targets)
{
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++) {
        lrpot_fit_target facts = target_facts(t);
        if (((targets >> t) & 1) && facts.quantity >= 0 && facts.boundary != LRPOT_FIT_BOUNDARY_ANY)
            report_target(train, &facts);
    }
}
