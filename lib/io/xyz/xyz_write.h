/* Writer of extended XYZ for ASE. */
#ifndef LRPOT__XYZ_WRITE_H
#define LRPOT__XYZ_WRITE_H

#include "io/files/writer.h"

/* Appends one frame. A frame that cannot be written is refused before the first byte. */
lrpot_status lrpot__xyz_append(lrpot_writer *writer, const lrpot_structure *structure);

#endif
