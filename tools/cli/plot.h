/* Plots as PNG, drawn by gnuplot or by Python's matplotlib, whichever is installed. */
#ifndef LRPOT_TOOL_PLOT_H
#define LRPOT_TOOL_PLOT_H

#include <stdint.h>

/* Bars are 0.35 units of x wide; a guide is a thin grey line behind all others; the errors of
 * PLOT_POINTS_ACROSS are those of x. */
enum plot_style { PLOT_LINE, PLOT_POINTS, PLOT_BARS, PLOT_GUIDE, PLOT_POINTS_ACROSS };

typedef struct plot_line {
    const char *label;
    const double *x, *y, *error; /* error NULL: none; a band of lines, bars of points and boxes */
    int64_t n;
    int32_t gaps; /* 1: the line is broken where y is not finite */
    enum plot_style style;
} plot_line;

/* Named position on the x axis, with a vertical line. */
typedef struct plot_mark {
    double at;
    char label[32];
} plot_mark;

enum { PLOT_MOST = 12 }; /* lines */

typedef struct plot {
    const char *title, *x_label, *y_label;
    plot_line lines[PLOT_MOST];
    int32_t n_lines;
    double level, level_error; /* horizontal line with a band; NaN: none */
    double x_most;             /* end of the axis; NaN: all */
    const plot_mark *marks;    /* labels instead of numbers, or NULL */
    int32_t n_marks;
    int32_t log_y; /* 1: logarithmic y axis */
} plot;

/* Points that are not finite are left out. Lines without a label have no entry in the legend.
 * Returns GO_ON, or an exit code after a message. */
int plot_write(const plot *p, const char *path);

#endif
