/* Values along a path through the Brillouin zone: points, means over models, CSV and plots. */
#ifndef LRPOT_TOOL_PATH_TABLE_H
#define LRPOT_TOOL_PATH_TABLE_H

#include "cli/plot.h"
#include "ensembles/spread.h"
#include "phonons/zone_path.h"

/* Points of the path, including both ends of every line. */
typedef struct path_table {
    int64_t n;
    double *along;     /* 1/A, [n] */
    double *wave;      /* 1/A, [n][3] */
    double *reduced;   /* [n][3], of the reciprocal vectors */
    double *direction; /* 1/A, [n][3]: of the line */
    int32_t *line;     /* [n]: corner of the zone_path that ends the line */
    int32_t *starts;   /* [n]: first point of a line */
    plot_mark marks[ZONE_MOST];
    int32_t n_marks;
} path_table;

/* One quantity of `width` values at each point, which are `parts` for each mode. */
typedef struct path_values {
    int64_t width;
    double *now;   /* [n][width], of one model */
    spread values; /* over the models */
} path_values;

/* Lays the points, `most` steps on the longest line. All functions give GO_ON, or an exit code
 * after a message. */
int path_table_make(path_table *t, const zone_path *zone, int64_t most, const double *cell);
void path_table_free(path_table *t);
int path_values_make(path_values *v, const path_table *t, int64_t width);
void path_values_free(path_values *v);

/* "X (0.5 0 0.5)", or "0.25 0 0.25, between G and X". */
void path_table_place(const path_table *t, const zone_path *zone, int64_t row, char *place,
                      size_t size);

/* One line for each point. Columns of the value k of the modes are named by `parts` endings, as in
 * mode1_x/(km/s): ending "_x", unit "(km/s)" or "". Deviations follow where there are several
 * models. */
int path_values_csv(const path_values *v, const path_table *t, const char *path, int32_t parts,
                    const char *const *endings, const char *unit);
/* Draws all branches, as lines or points: values of width modes. */
int path_values_draw(const path_values *v, const path_table *t, const char *path, const char *title,
                     const char *label, enum plot_style style);

#endif
