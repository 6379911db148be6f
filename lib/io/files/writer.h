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

#endif
