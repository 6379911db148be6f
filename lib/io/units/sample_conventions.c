/* Sample of frames from the beginning of a file, read by a separate reader. The frames ahead stay
 * unread. */
#include "io/units/sample_conventions.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/text/text.h"
#include "io/units/conventions.h"

#include <string.h>

#define SAMPLE_BYTES 8388608
#define SAMPLE_FRAMES 500

typedef struct sample {
    lrpot_reader *reader;
    lrpot_structure *frames[SAMPLE_FRAMES];
    int64_t n;
} sample;

/* Opens a reader with the same keys, and units as in the file. */
static lrpot_status open_sample(const lrpot_reader *reader, const char *data, int64_t size,
                                lrpot_reader **out)
{
    LRPOT__TRY(lrpot__reader_open_memory(out, reader->text.name, data, size));
    (*out)->looked_at = 1;
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        LRPOT__TRY(lrpot_reader_set_key(*out, q, reader->asked[q]));
    return LRPOT_OK;
}

/* Reads the sample. A damaged frame ends it; it is reported when it is read. */
static lrpot_status read_sample(sample *s)
{
    lrpot_status status = LRPOT_OK;
    while (s->n < SAMPLE_FRAMES) {
        status = lrpot__reader_read(s->reader, &s->frames[s->n]);
        if (status != LRPOT_OK) break;
        s->n++;
    }
    return status == LRPOT_E_MEMORY ? status : LRPOT_OK;
}

static lrpot_status recognise(lrpot_reader *reader, const sample *s)
{
    const char *keys[LRPOT_QUANTITY_COUNT] = { NULL };
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        (void)lrpot_reader_found(s->reader, q, &keys[q]);
    if (s->n == 0) return LRPOT_OK;
    lrpot_status status = lrpot__conventions_recognise(&reader->conventions, s->n, s->frames, keys);
    if (status != LRPOT_E_PARSE) return status;
    return lrpot__fail(status, "%s: %s", reader->text.name, lrpot_last_error());
}

lrpot_status lrpot__reader_sample_conventions(lrpot_reader *reader)
{
    const char *data = NULL;
    int64_t size = 0;
    int32_t whole = 0;
    if (!reader->format->sampled) {
        reader->looked_at = 1;
        return LRPOT_OK;
    }
    LRPOT__TRY(lrpot__text_peek(&reader->text, SAMPLE_BYTES, &data, &size, &whole));
    sample *s = lrpot__calloc(1, sizeof *s);
    if (s == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = open_sample(reader, data, size, &s->reader);
    if (status == LRPOT_OK) status = read_sample(s);
    if (status == LRPOT_OK) status = recognise(reader, s);
    if (status == LRPOT_OK) reader->looked_at = 1;
    for (int64_t f = 0; f < s->n; f++) lrpot_structure_free(s->frames[f]);
    lrpot_reader_close(s->reader);
    lrpot__free(s);
    return status;
}
