/* Reader of extended XYZ, one frame after the other. */
#ifndef LRPOT__XYZ_H
#define LRPOT__XYZ_H

#include "io/files/reader.h"

/* Reads one frame into reader->frame; *found is 0 at the end of the file. *first_line: its first
 * line. */
lrpot_status lrpot__xyz_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line);

#endif
