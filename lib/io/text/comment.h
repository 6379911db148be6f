/* Comment line of extended XYZ: key=value pairs. */
#ifndef LRPOT__COMMENT_H
#define LRPOT__COMMENT_H

#include "io/text/text.h"

typedef struct lrpot__comment_entry {
    const char *key;
    const char *value;
    int32_t used; /* 1: used as a quantity of the library */
} lrpot__comment_entry;

typedef struct lrpot__comment {
    char *line; /* private copy, cut into keys and values */
    int64_t line_capacity;
    lrpot__comment_entry *entries;
    int64_t n;
    int64_t capacity;
} lrpot__comment;

/* Splits a line. Values may be quoted by " or ', or enclosed in {} or []. \" and \\ in quotes mean
 * " and \. A word without = gets the value T. A line without any = is one entry with the key
 * "comment". */
lrpot_status lrpot__comment_parse(lrpot__comment *comment, const lrpot__text *text,
                                  const char *line);
void lrpot__comment_free(lrpot__comment *comment);

/* Entry by name, ignoring case. A name given twice is an error. NULL if there is none. */
lrpot_status lrpot__comment_find(const lrpot__comment *comment, const lrpot__text *text,
                                 const char *key, lrpot__comment_entry **entry);
/* Entry by exact name, or NULL. */
lrpot__comment_entry *lrpot__comment_exact(const lrpot__comment *comment, const char *key);

/* Numbers of a value. Blanks, commas, brackets and ASE's _JSON mark are separators. At most `max`
 * numbers are stored; *count is their total number. */
lrpot_status lrpot__comment_entry_numbers(const lrpot__comment_entry *entry,
                                          const lrpot__text *text, int64_t max, double *values,
                                          int64_t *count);
/* Next word of such a list; 0 at the end. */
int lrpot__comment_list_next(const char **cursor, lrpot__field *word);

/* Key or value in written form: quoted if the reader needs it. The caller frees it; NULL without
 * memory. */
char *lrpot__comment_quote(const char *word);

#endif
