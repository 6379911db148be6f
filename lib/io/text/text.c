#include "io/text/text.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define CHUNK 65536
#define SHOWN 60

lrpot_status lrpot__text_open(lrpot__text *text, const char *path)
{
    *text = (lrpot__text){ 0 };
    text->name = lrpot__strdup(path);
    if (text->name == NULL) return LRPOT_E_MEMORY;
    text->file = gzopen(path, "rb");
    if (text->file != NULL) return LRPOT_OK;
    lrpot__free(text->name);
    text->name = NULL;
    return lrpot__fail(LRPOT_E_OPEN, "%s: cannot be opened: %s", path, strerror(errno));
}

lrpot_status lrpot__text_open_memory(lrpot__text *text, const char *name, const void *data,
                                     int64_t size)
{
    *text = (lrpot__text){ 0 };
    text->name = lrpot__strdup(name);
    text->buffer = lrpot__calloc(size + 1, 1);
    if (text->name == NULL || text->buffer == NULL) {
        lrpot__text_close(text);
        return LRPOT_E_MEMORY;
    }
    if (size > 0) memcpy(text->buffer, data, (size_t)size);
    text->capacity = size + 1;
    text->end = size;
    text->at_end = 1;
    return LRPOT_OK;
}

void lrpot__text_close(lrpot__text *text)
{
    if (text->file != NULL) gzclose_r(text->file);
    lrpot__free(text->buffer);
    lrpot__free(text->name);
    *text = (lrpot__text){ 0 };
}

/* Reads up to `room` bytes. Plain files are passed through by zlib as they are. */
static lrpot_status read_bytes(const lrpot__text *text, char *bytes, unsigned room, int64_t *size)
{
    int code = Z_OK, got = gzread(text->file, bytes, room);
    const char *why = got <= 0 ? gzerror(text->file, &code) : "";
    *size = got > 0 ? got : 0;
    if (code == Z_OK || code == Z_STREAM_END) return LRPOT_OK;
    if (code == Z_ERRNO && errno == EISDIR)
        return lrpot__fail(LRPOT_E_READ,
                           "%s: is a folder; name a file in it (arrays of DeePMD: see the page "
                           "'Take data from other codes')",
                           text->name);
    if (code == Z_ERRNO)
        return lrpot__fail(LRPOT_E_READ, "%s: cannot be read: %s", text->name, strerror(errno));
    size_t name = strlen(text->name); /* zlib puts the name before its message */
    if (strncmp(why, text->name, name) == 0 && strncmp(why + name, ": ", 2) == 0) why += name + 2;
    return lrpot__fail(LRPOT_E_READ,
                       "%s:%lld: the data compressed by gzip are cut off or damaged (%s); "
                       "test the file by gunzip -t",
                       text->name, (long long)text->line + 1, why);
}

/* Reads one more chunk into the buffer; one byte stays free for the terminating zero. */
static lrpot_status fill(lrpot__text *text)
{
    if (text->begin > 0) {
        memmove(text->buffer, text->buffer + text->begin, (size_t)(text->end - text->begin));
        text->end -= text->begin;
        text->begin = 0;
    }
    LRPOT__TRY(lrpot__grow((void **)&text->buffer, &text->capacity, text->end + CHUNK + 1, 1));
    int64_t got = 0;
    LRPOT__TRY(read_bytes(text, text->buffer + text->end, CHUNK, &got));
    text->end += got;
    text->at_end = got == 0;
    return LRPOT_OK;
}

/* Length of the line at `begin` and of its end mark (0: the last line has none). Returns 0 if more
 * bytes are needed to decide. */
static int find_line(const lrpot__text *text, int64_t searched, int64_t *length, int64_t *mark)
{
    int64_t available = text->end - text->begin;
    if (available == 0) return 0;
    const char *line = text->buffer + text->begin;
    const char *feed = memchr(line + searched, '\n', (size_t)(available - searched));
    int64_t limit = feed != NULL ? feed - line : available;
    const char *carriage =
        limit > searched ? memchr(line + searched, '\r', (size_t)(limit - searched)) : NULL;
    if (carriage != NULL && (carriage - line + 1 < available || text->at_end)) {
        *length = carriage - line;
        *mark = carriage + 1 == feed ? 2 : 1;
        return 1;
    }
    *length = limit;
    *mark = feed != NULL;
    return (feed != NULL && carriage == NULL) || text->at_end;
}

lrpot_status lrpot__text_line(lrpot__text *text, char **line)
{
    int64_t length = 0, mark = 0, searched = 0;
    *line = NULL;
    if (text->again) {
        text->again = 0;
        *line = text->buffer + text->start;
        return LRPOT_OK;
    }
    while (!find_line(text, searched, &length, &mark)) {
        if (text->at_end) return LRPOT_OK;
        /* A CR at the end may belong to a LF that is not read yet: it is searched again. */
        searched = text->end - text->begin > 0 ? text->end - text->begin - 1 : 0;
        LRPOT__TRY(fill(text));
    }
    text->start = text->begin;
    text->begin += length + mark;
    text->line++;
    text->buffer[text->start + length] = '\0';
    if (memchr(text->buffer + text->start, '\0', (size_t)length) != NULL)
        return lrpot__text_fail(text, "the line holds a zero byte; expected a text file");
    *line = text->buffer + text->start;
    return LRPOT_OK;
}

lrpot_status lrpot__text_nonblank_line(lrpot__text *text, char **line)
{
    do {
        LRPOT__TRY(lrpot__text_line(text, line));
    } while (*line != NULL && lrpot__field_count(*line) == 0);
    return LRPOT_OK;
}

void lrpot__text_unread_line(lrpot__text *text)
{
    text->again = 1;
}

/* Puts a line back that will be returned again. */
static void unread(lrpot__text *text)
{
    if (!text->again) return;
    int64_t end = text->start + (int64_t)strlen(text->buffer + text->start);
    text->again = 0;
    if (end < text->begin) text->buffer[end] = text->begin - end == 2 ? '\r' : '\n';
    text->begin = text->start;
    text->line--;
}

lrpot_status lrpot__text_peek(lrpot__text *text, int64_t limit, const char **data, int64_t *size,
                              int32_t *whole)
{
    unread(text);
    while (text->end - text->begin < limit && !text->at_end) LRPOT__TRY(fill(text));
    *data = text->buffer + text->begin;
    *size = text->end - text->begin;
    *whole = text->at_end && *size <= limit;
    if (*size > limit) *size = limit;
    return LRPOT_OK;
}

lrpot_status lrpot__text_bytes(lrpot__text *text, char *bytes, int64_t room, int64_t *size)
{
    unread(text);
    *size = text->end - text->begin < room ? text->end - text->begin : room;
    if (*size > 0) memcpy(bytes, text->buffer + text->begin, (size_t)*size);
    text->begin += *size;
    if (*size > 0 || text->at_end) return LRPOT_OK;
    return read_bytes(text, bytes, (unsigned)room, size);
}

lrpot_status lrpot__text_fail(const lrpot__text *text, const char *format, ...)
{
    char message[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return lrpot__fail(LRPOT_E_PARSE, "%s:%lld: %s", text->name, (long long)text->line, message);
}

int lrpot__is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

int lrpot__field_next(const char **cursor, lrpot__field *field)
{
    const char *at = *cursor;
    while (lrpot__is_blank(*at)) at++;
    field->text = at;
    while (*at != '\0' && !lrpot__is_blank(*at)) at++;
    field->end = at;
    *cursor = at;
    return field->end > field->text;
}

int64_t lrpot__field_count(const char *line)
{
    int64_t n = 0;
    lrpot__field field;
    while (lrpot__field_next(&line, &field)) n++;
    return n;
}

int lrpot__field_is(lrpot__field field, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(field.end - field.text) == length && memcmp(field.text, word, length) == 0;
}

int lrpot__field_print_length(lrpot__field field)
{
    return field.end - field.text < SHOWN ? (int)(field.end - field.text) : SHOWN;
}

lrpot_status lrpot__field_number(const lrpot__text *text, lrpot__field field, const char *what,
                                 double *value)
{
    if (lrpot__number_parse(field.text, field.end, value) != field.end)
        return lrpot__text_fail(text, "%s is '%.*s', expected a number", what,
                                lrpot__field_print_length(field), field.text);
    if (!isfinite(*value))
        return lrpot__text_fail(text, "%s is '%.*s', beyond the range of double precision", what,
                                lrpot__field_print_length(field), field.text);
    return LRPOT_OK;
}

lrpot_status lrpot__field_integer(const lrpot__text *text, lrpot__field field, const char *what,
                                  int64_t *value)
{
    if (lrpot__integer_parse(field.text, field.end, value) == field.end) return LRPOT_OK;
    return lrpot__text_fail(text, "%s is '%.*s', expected an integer", what,
                            lrpot__field_print_length(field), field.text);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int lrpot__equal_ignoring_case(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

lrpot_status lrpot__file_load(const char *path, char **data, int64_t *size)
{
    lrpot__text text;
    LRPOT__TRY(lrpot__text_open(&text, path));
    lrpot_status status = LRPOT_OK;
    while (status == LRPOT_OK && !text.at_end) status = fill(&text);
    if (status == LRPOT_OK) {
        text.buffer[text.end] = '\0';
        *data = text.buffer;
        *size = text.end;
        text.buffer = NULL;
    }
    lrpot__text_close(&text);
    return status;
}
