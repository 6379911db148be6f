/* Reader of vasprun.xml, one `calculation` after the other. */
#ifndef LRPOT__VASPRUN_H
#define LRPOT__VASPRUN_H

#include "io/files/reader.h"

extern const lrpot__frame_format lrpot__format_vasprun;

#endif
