/* Rows of the targets that depend on the charges, by the records of these targets. */
#include "fit/jacobian/target_rows.h"

#include "core/error.h"

lrpot_status lrpot__target_rows_predict(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    for (int t = 0; t < LRPOT__TARGETS; t++)
        if (lrpot__targets[t]->predict != NULL && lrpot__frame_has(frame, t))
            LRPOT__TRY(lrpot__targets[t]->predict(
                assembly, frame, assembly->prediction + lrpot__frame_row(frame, t)));
    return LRPOT_OK;
}

void lrpot__target_rows_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    for (int t = 0; t < LRPOT__TARGETS; t++)
        if (lrpot__targets[t]->differentiate != NULL && lrpot__frame_has(frame, t))
            lrpot__targets[t]->differentiate(assembly, frame);
}
