/* Recognition of structure files by content and name. */
#ifndef LRPOT__RECOGNISE_FORMAT_H
#define LRPOT__RECOGNISE_FORMAT_H

#include "io/files/reader.h"

/* The format of a file that can be read. LRPOT_E_PARSE for a file of another kind: the message says
 * of which kind it is, and how to make extended XYZ of it. */
lrpot_status lrpot__recognise_format(lrpot__text *text, const lrpot__frame_format **format);

#endif
