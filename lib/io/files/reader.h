/* Parts that the readers of all formats share. */
#ifndef LRPOT__READER_H
#define LRPOT__READER_H

#include "io/files/frame_format.h"
#include "io/text/comment.h"
#include "io/units/conventions.h"
#include "io/text/frame_buffer.h"

#include <lrpot/io.h>

typedef struct lrpot__column {
    const char *name; /* borrowed from the comment */
    char type;        /* S, R, I or L */
    int64_t count;
    int32_t target; /* LRPOT_QUANTITY_* or LRPOT__COLUMN_* */
    int32_t joined; /* 1: three such columns fill the target */
    int32_t part;   /* first component of the target that the column fills */
} lrpot__column;
enum {
    LRPOT__COLUMN_SKIPPED = 0,
    LRPOT__COLUMN_SPECIES = -1,
    LRPOT__COLUMN_POSITIONS = -2,
    LRPOT__COLUMN_NUMBER = -3,
    LRPOT__COLUMN_UNWRAPPED = -4, /* unwrapped positions */
    LRPOT__COLUMN_TYPE = -5       /* number of a type, from 1 */
};

typedef struct lrpot__key_tally {
    char *keys; /* names, joined by ", " when frames differ */
    int64_t frames;
} lrpot__key_tally;

struct lrpot_reader {
    lrpot__text text;
    const lrpot__frame_format *format;
    void *state; /* of the format */
    int64_t frames;
    int64_t left_out; /* frames whose electrons are not converged */
    lrpot__frame_buffer frame;
    lrpot__comment comment;
    lrpot__column *columns;
    int64_t n_columns;
    int64_t column_capacity;
    int32_t only_unwrapped;  /* positions of the frame are unwrapped ones */
    lrpot__column *maybe_id; /* column whose name may mean identities or other things, or NULL */
    char *asked[LRPOT_QUANTITY_COUNT]; /* keys of set_key */
    /* key that gave the quantity in the present frame, borrowed */
    const char *source[LRPOT_QUANTITY_COUNT];
    lrpot__key_tally found[LRPOT_QUANTITY_COUNT];
    lrpot__key_tally *skipped; /* per-atom columns that are not used */
    int64_t n_skipped;
    int64_t skipped_capacity;
    /* conventions of the file, after its beginning has been inspected */
    lrpot__conventions conventions;
    int32_t looked_at;
    char **types; /* labels of types that are numbers */
    int32_t n_types;
};

/* Next frame as a structure, in the units of the conventions found so far. LRPOT_E_END at the end
 * of the file. */
lrpot_status lrpot__reader_read(lrpot_reader *reader, lrpot_structure **out);
/* Reader over bytes in memory; `name` replaces the file name in messages. */
lrpot_status lrpot__reader_open_memory(lrpot_reader **out, const char *name, const void *data,
                                       int64_t size);

#endif
