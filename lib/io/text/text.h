/* Text input line by line, from a file (plain or compressed by gzip) or from memory. Lines have any
 * length and end in LF, CR LF or CR. */
#ifndef LRPOT__TEXT_H
#define LRPOT__TEXT_H

#include <lrpot/status.h>

struct gzFile_s;

typedef struct lrpot__text {
    char *name;            /* name of the file, for messages */
    struct gzFile_s *file; /* NULL: the whole text is in the buffer */
    char *buffer;
    int64_t capacity;
    int64_t begin;  /* first byte that was not returned yet */
    int64_t end;    /* number of bytes in the buffer */
    int64_t start;  /* start of the line returned last */
    int64_t line;   /* its number, from 1 */
    int32_t at_end; /* the file has no more bytes than the buffer */
    int32_t again;  /* 1: the next call returns the last line again */
} lrpot__text;

/* On failure of either there is nothing to close. */
lrpot_status lrpot__text_open(lrpot__text *text, const char *path);
lrpot_status lrpot__text_open_memory(lrpot__text *text, const char *name, const void *data,
                                     int64_t size);
void lrpot__text_close(lrpot__text *text);

/* Next line, zero-terminated and without its end; writable, borrowed until the next call. NULL at
 * the end. */
lrpot_status lrpot__text_line(lrpot__text *text, char **line);
/* Next line that is not blank. */
lrpot_status lrpot__text_nonblank_line(lrpot__text *text, char **line);
/* Makes the next call return the same line again. It must not have been modified. */
void lrpot__text_unread_line(lrpot__text *text);

/* Text ahead that is not handed out yet: up to `limit` bytes, borrowed until the next call. *whole
 * is 1 if it is all of the file. */
lrpot_status lrpot__text_peek(lrpot__text *text, int64_t limit, const char **data, int64_t *size,
                              int32_t *whole);

/* The next bytes, up to `room`; 0 at the end. The text is then no longer read by lines. */
lrpot_status lrpot__text_bytes(lrpot__text *text, char *bytes, int64_t room, int64_t *size);

/* LRPOT_E_PARSE with "name:line: " before the message. */
__attribute__((format(printf, 2, 3))) lrpot_status lrpot__text_fail(const lrpot__text *text,
                                                                    const char *format, ...);

/* A run of characters without blanks. */
typedef struct lrpot__field {
    const char *text;
    const char *end;
} lrpot__field;

/* Next field of a line; 0 if there is none. *cursor moves behind it. */
int lrpot__field_next(const char **cursor, lrpot__field *field);
int64_t lrpot__field_count(const char *line);
int lrpot__field_is(lrpot__field field, const char *word);
/* Length for "%.*s": long values are cut in messages. */
int lrpot__field_print_length(lrpot__field field);

/* Whole field as a finite number, or as an integer. Errors name the line, `what` and the value. */
lrpot_status lrpot__field_number(const lrpot__text *text, lrpot__field field, const char *what,
                                 double *value);
lrpot_status lrpot__field_integer(const lrpot__text *text, lrpot__field field, const char *what,
                                  int64_t *value);

int lrpot__is_blank(char c);
/* 1 if equal, ignoring the case of ASCII letters. */
int lrpot__equal_ignoring_case(const char *a, const char *b);

/* The whole file in one zero-terminated block, to be freed by the caller. */
lrpot_status lrpot__file_load(const char *path, char **data, int64_t *size);

#endif
