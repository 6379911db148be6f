/* Time series of the polarizability, from a table or a trajectory. */
#ifndef LRPOT_TOOL_POLARIZABILITY_SERIES_H
#define LRPOT_TOOL_POLARIZABILITY_SERIES_H

#include "raman/polarizability_source.h"

typedef struct polarizability_series {
    /* options */
    const common_options *common;
    const char *columns_text;
    double step, skip, temperature, scale;
    /* data: A^3, fs */
    double *values, *times; /* [n][3][3], [n] */
    int64_t n, capacity, skipped;
} polarizability_series;

/* Reads a file; GO_ON, or an exit code after a message. Free in any case. */
int polarizability_series_read(polarizability_series *series, const polarizability_source *source,
                               const char *path);
lrpot_series polarizability_series_view(const polarizability_series *series);
void polarizability_series_free(polarizability_series *series);

#endif
