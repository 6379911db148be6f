/* Reader of POSCAR and CONTCAR, and of XDATCAR frame by frame. */
#ifndef LRPOT__POSCAR_READ_H
#define LRPOT__POSCAR_READ_H

#include "io/files/reader.h"

extern const lrpot__frame_format lrpot__format_poscar;

#endif
