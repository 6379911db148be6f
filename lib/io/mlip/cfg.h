/* Reader of MLIP's .cfg files, one configuration after the other. */
#ifndef LRPOT__CFG_H
#define LRPOT__CFG_H

#include "io/files/reader.h"

extern const lrpot__frame_format lrpot__format_cfg;

#endif
