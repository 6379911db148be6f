/* Tables of numbers, read row by row: columns separated by blanks, commas or semicolons, comments
 * with #. */
#ifndef LRPOT_TOOL_TABLE_H
#define LRPOT_TOOL_TABLE_H

#include "cli/options.h"

#include <stdio.h>

enum { TABLE_MOST = 256 }; /* largest number of columns */

typedef struct table {
    const char *path;
    FILE *stream;
    char *line; /* the present row */
    size_t capacity;
    int64_t number; /* line number, from 1 */
    int32_t n_columns, pending;
    /* in lower case and without units; NULL without names of columns */
    char *names[TABLE_MOST];
    /* as stated in the names, without brackets; NULL if not stated. See column_units.h. */
    char *units[TABLE_MOST];
} table;

/* All functions that return int give GO_ON, or an exit code after a message. The caller closes the
 * table in any case. */

/* Opens a file and reads its first row. Names are the last comment before it, or a line of words,
 * if their number is that of its columns. */
int table_open(table *t, const char *path);
/* Column by name, or -1. */
int32_t table_column(const table *t, const char *name);
/* Columns of a list of names or numbers from 1, as in --columns; the allowed numbers of them. */
int table_choose(const table *t, const char *verb, const text_list *items, int32_t *columns);
/* Reads the next row: the numbers of n columns. *got is 0 after the last. */
int table_next(table *t, int32_t n, const int32_t *columns, double *row, int32_t *got);
/* BAD_INPUT with "file:line: " before the message. */
int table_error(const table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_close(table *t);

#endif
