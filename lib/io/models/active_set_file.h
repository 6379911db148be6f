/* Files of active sets: the rows of each species and their origin. */
#ifndef LRPOT__ACTIVE_SET_FILE_H
#define LRPOT__ACTIVE_SET_FILE_H

#include "io/models/model_file.h"

/* Reads an active set from text; `verify` 0 skips the checksum. */
lrpot_status lrpot__active_set_parse(lrpot_active_set **out, const char *file, const char *text,
                                     int64_t size, int verify);
/* Kind of the set (LRPOT_ACTIVE_SET_*) as a member of its object, here and in models. */
lrpot_status lrpot__active_set_put_kind(json_t *object, int32_t kind);
lrpot_status lrpot__active_set_get_kind(const lrpot__json_place *at, int32_t *kind);

#endif
