/* Writer of MLIP's .cfg files. */
#ifndef LRPOT__CFG_WRITE_H
#define LRPOT__CFG_WRITE_H

#include "io/files/writer.h"

/* Appends one frame. A frame that cannot be written is refused before the first byte. */
lrpot_status lrpot__cfg_append(lrpot_writer *writer, const lrpot_structure *structure);

#endif
