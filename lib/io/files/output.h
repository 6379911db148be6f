/* Files that appear whole or not at all: written aside, flushed to the disk, renamed. */
#ifndef LRPOT__OUTPUT_H
#define LRPOT__OUTPUT_H

#include <lrpot/status.h>

#include <stdio.h>

typedef struct lrpot__output {
    FILE *file;
    char *path; /* as given, for messages */
    /* where it goes at last; NULL: written in place (standard output, devices, pipes) */
    char *final;
    char *aside; /* where it stands until then, or NULL */
    int place;   /* of aside among the temporaries of the process */
} lrpot__output;

/* "-" is standard output. Leaves nothing to close on failure. */
lrpot_status lrpot__output_open(lrpot__output *output, const char *path);
/* LRPOT_E_WRITE when anything printed so far failed. */
lrpot_status lrpot__output_check(const lrpot__output *output);
/* Flushes, closes and puts the file in its place; on failure the old file stands as before. Frees
 * in any case. */
lrpot_status lrpot__output_close(lrpot__output *output);
/* Drops what was written. */
void lrpot__output_abandon(lrpot__output *output);

/* Name of the file that writing under the path creates or replaces, links followed; NULL with
 * errno for links in a circle and without memory. lrpot__free() releases it. */
char *lrpot__output_target(const char *path);

/* Text goes through these, so that no locale has a say. Errors are kept by the file and found by
 * lrpot__output_check(). */
void lrpot__put_text(lrpot__output *output, const char *text);
void lrpot__put_number(lrpot__output *output, double value);
void lrpot__put_integer(lrpot__output *output, int64_t value);
/* n numbers with `separator` between them. */
void lrpot__put_numbers(lrpot__output *output, int64_t n, const double *values,
                        const char *separator);

#endif
