/* Reader of MLIP's .cfg files, one configuration after the other. */
#ifndef LRPOT__CFG_H
#define LRPOT__CFG_H

#include "io/files/reader.h"

/* Reads one frame into reader->frame; *found is 0 at the end of the file. *first_line: its first
 * line. */
lrpot_status lrpot__cfg_frame(lrpot_reader *reader, int32_t *found, int64_t *first_line);

#endif
