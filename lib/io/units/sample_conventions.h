/* Sample of frames from the beginning of a file, read by a separate reader. */
#ifndef LRPOT__SAMPLE_CONVENTIONS_H
#define LRPOT__SAMPLE_CONVENTIONS_H

#include "io/files/reader.h"

/* Finds the conventions of the file from the frames at its beginning, which stay unread. */
lrpot_status lrpot__reader_sample_conventions(lrpot_reader *reader);

#endif
