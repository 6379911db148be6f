/* Weights of a frame in a fit: those of its set and those in its file. */
#ifndef LRPOT_TOOL_FRAME_WEIGHTS_H
#define LRPOT_TOOL_FRAME_WEIGHTS_H

#include "fitting/dataset.h"

/* Returns GO_ON or an exit code after a message. A weight of 0 leaves the frame out. */
int frame_weights(const dataset *set, int64_t number, lrpot_fit_frame *how);

#endif
