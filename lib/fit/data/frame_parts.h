/* Parts of a frame that follow from its positions: neighbours and Coulomb matrices. They are most
 * of its memory. A frame keeps them, or has them only while it is in use. */
#ifndef LRPOT__FRAME_PARTS_H
#define LRPOT__FRAME_PARTS_H

#include "fit/data/frame.h"

/* 1 if a target of the frame takes strain derivatives of the Coulomb sum. */
int lrpot__frame_is_strained(const lrpot__frame *frame);
/* Makes the parts that are not there. */
lrpot_status lrpot__frame_take(lrpot__frame *frame, const lrpot_potential *potential,
                               lrpot_workspace *work);
lrpot_status lrpot__frame_take_neighbours(lrpot__frame *frame);
/* Releases them, unless the frame keeps them. */
void lrpot__frame_leave(lrpot__frame *frame);
/* Extends the neighbours to a larger cutoff. */
lrpot_status lrpot__frame_extend(lrpot__frame *frame, double cutoff);

#endif
