#include "io/files/present_frame.h"

#include "io/text/frame_buffer.h"

#include <string.h>

void lrpot__present_frame_empty(lrpot_reader *reader)
{
    lrpot__frame_buffer_reset(&reader->frame);
    reader->n_columns = 0;
    memset(reader->source, 0, sizeof reader->source);
}

void lrpot__present_frame_leave_out(lrpot_reader *reader)
{
    lrpot__present_frame_empty(reader);
    reader->left_out++;
}
