/* Active set of the model, selected from the atoms of the training frames. */
#include "fit/data/frame_parts.h"
#include "fit/driver/fit_active_set.h"

#include "basis/descriptor.h"
#include "core/error.h"

#include <lrpot/active_set.h>

#include <math.h>

/* Limits of the number of rows of a species. All rows together hold at most NUMBERS numbers: 2 MB
 * in memory of a thread's grade, 1 MB in a model's file. */
enum { NUMBERS = 200000, MOST_ROWS = 400, LEAST_ROWS = 64, PASSES = 10 };

/* Largest grade of a training atom. */
static const double THRESHOLD = 1.05;

static int64_t most_rows(const lrpot_potential *potential)
{
    double rows = sqrt((double)NUMBERS / potential->n_species);
    return (int64_t)fmin(fmax(rows, LEAST_ROWS), MOST_ROWS);
}

static lrpot_status fill(lrpot_fit *fit, lrpot_active_set *set)
{
    int64_t changes = 1;
    for (int pass = 0; pass < PASSES && changes > 0; pass++) {
        changes = 0;
        for (int64_t f = 0; f < fit->data.n_frames; f++) {
            lrpot__frame *frame = fit->data.frames[f];
            int64_t here = 0;
            if (frame->set != LRPOT_FIT_TRAIN) continue;
            LRPOT__TRY(lrpot__frame_take_neighbours(frame));
            lrpot_status status = lrpot_active_set_add(set, fit->potential, fit->work,
                                                       &frame->atoms, frame->neighbours.list,
                                                       frame->number, THRESHOLD, &here);
            lrpot__frame_leave(frame);
            LRPOT__TRY(status);
            changes += here;
        }
    }
    return LRPOT_OK;
}

lrpot_status lrpot__fit_make_active_set(lrpot_fit *fit)
{
    lrpot_active_set *set = NULL;
    if (fit->comm != NULL || (fit->options.flags & LRPOT_FIT_NO_ACTIVE_SET) != 0
        || !fit->potential->basis->descriptor->trained)
        return lrpot_potential_set_active_set(fit->potential, NULL);
    int32_t kind = (fit->options.flags & LRPOT_FIT_GRADE_PARAMETERS) != 0
                       ? LRPOT_ACTIVE_SET_PARAMETERS
                       : LRPOT_ACTIVE_SET_FEATURES;
    LRPOT__TRY(lrpot_active_set_create_kind(&set, fit->potential, kind, most_rows(fit->potential)));
    lrpot_status status = fill(fit, set);
    if (status == LRPOT_OK) status = lrpot_potential_set_active_set(fit->potential, set);
    lrpot_active_set_free(set);
    return status;
}
