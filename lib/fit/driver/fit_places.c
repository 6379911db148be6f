#include "fit/driver/fit_places.h"

#include "core/memory.h"
#include "fit/driver/fit_processes.h"

/* A power of two above the places of the frames in all processes. */
static lrpot_status bound_of_places(const lrpot_fit *fit, int64_t last, int64_t *bound)
{
    double beyond = 1.0;
    for (*bound = 1; beyond > 0.0; *bound *= 2) {
        beyond = last >= 2 * *bound;
        LRPOT__TRY(lrpot__fit_sum(fit, &beyond, 1));
    }
    return LRPOT_OK;
}

static int64_t last_place(lrpot__frame *const *frames, int64_t n_frames)
{
    int64_t last = 0;
    for (int64_t f = 0; f < n_frames; f++)
        if (frames[f]->set == LRPOT_FIT_TRAIN && frames[f]->place > last) last = frames[f]->place;
    return last;
}

lrpot_status lrpot__fit_spread_by_place(const lrpot_fit *fit, lrpot__frame *const *frames,
                                        int64_t n_frames, int64_t (*count)(const lrpot__frame *),
                                        double **counts, int64_t *places)
{
    LRPOT__TRY(bound_of_places(fit, last_place(frames, n_frames), places));
    double *found = lrpot__calloc(*places, sizeof *found);
    if (found == NULL) return LRPOT_E_MEMORY;
    for (int64_t f = 0; f < n_frames; f++)
        if (frames[f]->set == LRPOT_FIT_TRAIN) found[frames[f]->place] += (double)count(frames[f]);
    lrpot_status status = lrpot__fit_sum(fit, found, *places);
    if (status == LRPOT_OK) *counts = found;
    else lrpot__free(found);
    return status;
}

static int64_t one(const lrpot__frame *frame)
{
    (void)frame;
    return 1;
}

lrpot_status lrpot__fit_number_turns(const lrpot_fit *fit, lrpot__frame *const *frames,
                                     int64_t n_frames)
{
    double *there = NULL, before = 0.0;
    int64_t places = 0;
    LRPOT__TRY(lrpot__fit_spread_by_place(fit, frames, n_frames, one, &there, &places));
    for (int64_t p = 0; p < places; p++) {
        double here = there[p];
        there[p] = before;
        before += here;
    }
    for (int64_t f = 0; f < n_frames; f++)
        if (frames[f]->set == LRPOT_FIT_TRAIN) frames[f]->turn = (int64_t)there[frames[f]->place];
    lrpot__free(there);
    return LRPOT_OK;
}
