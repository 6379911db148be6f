/* Reader of LAMMPS' text dumps (styles atom and custom), one frame after the other. */
#ifndef LRPOT__DUMP_H
#define LRPOT__DUMP_H

#include "io/files/reader.h"

extern const lrpot__frame_format lrpot__format_dump;

#endif
