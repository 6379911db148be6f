/* Reader of extended XYZ, one frame after the other. */
#ifndef LRPOT__XYZ_H
#define LRPOT__XYZ_H

#include "io/files/reader.h"

extern const lrpot__frame_format lrpot__format_xyz;

/* Lines of atoms in columns, also those of other formats: the next n lines into reader->frame by
 * reader->columns. plain: longer lines are allowed. */
lrpot_status lrpot__xyz_atoms(lrpot_reader *reader, int64_t n, int plain);

#endif
