/* Tables of numbers: columns apart by blanks, commas or semicolons, comments with #, read row by
 * row. */
#ifndef LRPOT_TOOL_TABLE_H
#define LRPOT_TOOL_TABLE_H

#include "cli/options.h"

#include <stdio.h>

enum { TABLE_MOST = 256 }; /* columns */

typedef struct table {
    const char *path;
    FILE *stream;
    char *line; /* the row at hand */
    size_t capacity;
    int64_t number; /* of the line, from 1 */
    int32_t n_columns, pending;
    /* in lower case and without units; NULL where nothing names the columns */
    char *names[TABLE_MOST];
    /* as the names state them, without brackets; NULL where they do not. See column_units.h. */
    char *units[TABLE_MOST];
} table;

/* All functions that return int give GO_ON, or an exit code after a message. The table is closed by
 * the caller in any case. */

/* Opens a file and looks at its first row. Names are the last comment before it or a line of words,
 * if they are as many as its columns. */
int table_open(table *t, const char *path);
/* Column by name, or -1. */
int32_t table_column(const table *t, const char *name);
/* Columns of a list of names or numbers from 1, as --columns gives them; how many there may be. */
int table_choose(const table *t, const char *verb, const text_list *items, int32_t *columns);
/* Next row: the numbers of n columns. *got is 0 behind the last. */
int table_next(table *t, int32_t n, const int32_t *columns, double *row, int32_t *got);
/* BAD_INPUT with "file:line: " before the message. */
int table_error(const table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_close(table *t);

#endif
