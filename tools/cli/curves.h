/* Output of columns of numbers as CSV and as JSON. */
#ifndef LRPOT_TOOL_CURVES_H
#define LRPOT_TOOL_CURVES_H

#include "cli/output_file.h"

#include <lrpot/lrpot.h>

typedef struct curve_column {
    const char *name; /* with its unit, as in "time/fs" */
    const double *values;
    int64_t stride; /* 0 means 1 */
} curve_column;

/* Prints a first line of names, then n lines; NaN stays nan. */
void curves_print(FILE *stream, int64_t n, int32_t n_columns, const curve_column *columns);
/* The same into a file; GO_ON, or an exit code after a message. */
int curves_csv(const char *path, int64_t n, int32_t n_columns, const curve_column *columns);
/* Puts one array for each column, under its name without unit. */
void curves_json(json_t *object, int64_t n, int32_t n_columns, const curve_column *columns);
/* {"value", "error", "blocks", "plateau", ...}, value and error times factor. */
json_t *estimate_json(const lrpot_estimate *estimate, double factor);
/* Warns of an error bar without plateau. */
void estimate_warn(const lrpot_estimate *estimate, const char *path);

#endif
