/* Arrays of lrpot_fit_frame that callers lay out: the elements have the size that they know. */
#ifndef LRPOT__FIT_FRAME_ARRAY_H
#define LRPOT__FIT_FRAME_ARRAY_H

#include <lrpot/fit.h>

/* Element f of a checked array. */
const lrpot_fit_frame *lrpot__frame_at(const lrpot_fit_frame *how, int64_t f);
/* LRPOT_E_SIZE unless element f can be read and has the size of the first. NULL is accepted. */
lrpot_status lrpot__frame_check(const lrpot_fit_frame *how, int64_t f);

#endif
