/* Recognition of structure files that the readers do not read, for the error message. */
#ifndef LRPOT__FOREIGN_FORMAT_H
#define LRPOT__FOREIGN_FORMAT_H

#include "io/files/reader.h"

/* LRPOT_E_PARSE for a file of another kind, naming it by name and content, and how to convert it to
 * extended XYZ. */
lrpot_status lrpot__foreign_format_refuse(lrpot__text *text);

#endif
