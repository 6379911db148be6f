/* Output files that appear complete or not at all: written under a temporary name, flushed to the
 * disk, renamed. */
#ifndef LRPOT__OUTPUT_H
#define LRPOT__OUTPUT_H

#include <lrpot/status.h>

#include <stdio.h>

typedef struct lrpot__output {
    FILE *file;
    char *path; /* as given, for messages */
    /* final name; NULL: written in place (standard output, devices, pipes) */
    char *final;
    char *aside; /* temporary name, or NULL */
    int place;   /* index of aside among the temporaries of the process */
} lrpot__output;

/* Opens an output; "-" is standard output. On failure there is nothing to close. */
lrpot_status lrpot__output_open(lrpot__output *output, const char *path);
/* LRPOT_E_WRITE if anything printed so far failed. */
lrpot_status lrpot__output_check(const lrpot__output *output);
/* Flushes, closes and renames the file. On failure the old file is unchanged. Frees in any case. */
lrpot_status lrpot__output_close(lrpot__output *output);
/* Discards the written data. */
void lrpot__output_abandon(lrpot__output *output);

/* Name of the file that an output under the path creates or replaces, with links followed. NULL
 * with errno for links in a circle and without memory. lrpot__free() releases it. */
char *lrpot__output_target(const char *path);

/* Functions for text, independent of the locale. Errors are kept by the file and found by
 * lrpot__output_check(). */
void lrpot__put_text(lrpot__output *output, const char *text);
void lrpot__put_number(lrpot__output *output, double value);
void lrpot__put_integer(lrpot__output *output, int64_t value);
/* n numbers with `separator` between them. */
void lrpot__put_numbers(lrpot__output *output, int64_t n, const double *values,
                        const char *separator);

#endif
