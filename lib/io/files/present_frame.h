/* The frame that a reader is reading. */
#ifndef LRPOT__PRESENT_FRAME_H
#define LRPOT__PRESENT_FRAME_H

#include "io/files/reader.h"

void lrpot__present_frame_empty(lrpot_reader *reader);
/* Empties it and counts it as left out. */
void lrpot__present_frame_leave_out(lrpot_reader *reader);

#endif
