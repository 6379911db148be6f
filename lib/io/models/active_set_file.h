/* Files of active sets: the rows of each species and their origin. */
#ifndef LRPOT__ACTIVE_SET_FILE_H
#define LRPOT__ACTIVE_SET_FILE_H

#include "io/models/model_file.h"

/* Reads an active set from text; `verify` 0 skips the checksum. */
lrpot_status lrpot__active_set_parse(lrpot_active_set **out, const char *file, const char *text,
                                     int64_t size, int verify);

#endif
