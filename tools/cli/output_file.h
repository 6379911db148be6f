/* Outputs of the verbs: standard output, a device or pipe, or a file that appears under its name
 * only when it is complete. The writer is the library's (lrpot/file.h). */
#ifndef LRPOT_TOOL_OUTPUT_H
#define LRPOT_TOOL_OUTPUT_H

#include <lrpot/file.h>

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

typedef struct output {
    FILE *stream;
    lrpot_file *file; /* NULL for standard output */
    const char *path; /* borrowed, for messages */
} output;

/* path NULL or "-": standard output. Returns GO_ON or an exit code after a message. */
int output_open(output *out, const char *path);
/* Completes the file if keep, otherwise discards it. Returns DONE or an exit code after a
 * message. */
int output_close(output *out, int keep);
/* Checks that standard output took all that was printed. Returns DONE or an exit code after a
 * message. */
int output_standard(void);
/* GO_ON if a file of that name can be written, otherwise an exit code after a message. For long
 * runs, which should fail at their start, not at their end. */
int output_possible(const char *path);
/* "folder/name"; NULL without memory. The caller frees it. */
char *output_join(const char *folder, const char *name);

/* Helpers for JSON. NaN and infinity become null. Allocations are not checked here, but in
 * output_json(). */
void json_put_real(json_t *object, const char *key, double value);
void json_put_count(json_t *object, const char *key, int64_t value);
void json_put_text(json_t *object, const char *key, const char *value);
json_t *json_row(const double *values, int64_t n);
/* [n][3][3] */
json_t *json_tensors(const double *values, int64_t n);
/* Prints and frees the document. Returns DONE or an exit code after a message. */
int output_json(output *out, json_t *root);

#endif
