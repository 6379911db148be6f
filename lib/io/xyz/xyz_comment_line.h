/* Parser of the comment line of an extended XYZ frame: cell, columns, quantities of the frame. */
#ifndef LRPOT__XYZ_COMMENT_LINE_H
#define LRPOT__XYZ_COMMENT_LINE_H

#include "io/files/reader.h"

/* Reads the quantities of the comment line and keeps its other entries. */
lrpot_status lrpot__xyz_comment_line(lrpot_reader *reader);

#endif
