/* Parts that the writers of all formats share. */
#ifndef LRPOT__WRITER_H
#define LRPOT__WRITER_H

#include "io/files/output.h"

#include <lrpot/io.h>

struct lrpot_writer {
    lrpot__output output;
    int32_t is_cfg;
    int64_t frames;
    char **types; /* symbols by type number, for .cfg */
    int32_t n_types;
    int64_t type_capacity;
    int32_t types_given; /* set by the user: no others are allowed */
};

/* Append one frame. A frame that cannot be written is refused before the first byte. */
lrpot_status lrpot__xyz_append(lrpot_writer *writer, const lrpot_structure *structure);
lrpot_status lrpot__cfg_append(lrpot_writer *writer, const lrpot_structure *structure);

/* Type number of a symbol. A new symbol is added to the table if that is allowed. */
lrpot_status lrpot__writer_type(lrpot_writer *writer, const char *symbol, int32_t *type);

#endif
