/* Plots as PNG, drawn by gnuplot or by Python's matplotlib, whichever is there. */
#ifndef LRPOT_TOOL_PLOT_H
#define LRPOT_TOOL_PLOT_H

#include <stdint.h>

typedef struct plot_line {
    const char *label;
    const double *x, *y, *error; /* error NULL: no band */
    int64_t n;
} plot_line;

typedef struct plot {
    const char *title, *x_label, *y_label;
    plot_line lines[3];
    int32_t n_lines;
    double level, level_error; /* horizontal line with a band; NaN: none */
    double x_most;             /* end of the axis; NaN: all */
} plot;

/* Points that are not finite are left out. Returns GO_ON, or an exit code after a message. */
int plot_write(const plot *p, const char *path);

#endif
