/* Formats of structure files: one record each, filled in the file that reads the format. */
#ifndef LRPOT__FRAME_FORMAT_H
#define LRPOT__FRAME_FORMAT_H

#include <lrpot/io.h>

typedef struct lrpot__frame_format {
    const char *name; /* as lrpot_reader_format() gives it */
    /* Reads one frame into the reader's buffer; *found is 0 at the end of the file. */
    lrpot_status (*frame)(lrpot_reader *reader, int32_t *found, int64_t *first_line);
    /* Frees reader->state; NULL without one. */
    void (*close)(lrpot_reader *reader);
    int32_t own_units; /* 1: the format says its units; none are stated or recognised */
    int32_t sampled;   /* 1: units are recognised from a sample of the frames */
} lrpot__frame_format;

#endif
