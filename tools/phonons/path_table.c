#include "phonons/path_table.h"

#include "cli/curves.h"
#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double distance(const double *a, const double *b)
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
                + (a[2] - b[2]) * (a[2] - b[2]));
}

static int64_t steps_of(const zone_path *zone, int32_t line, int64_t most)
{
    double longest = 0.0;
    for (int32_t k = 1; k < zone->count; k++)
        if (!zone->starts[k])
            longest = fmax(longest, distance(zone->corners + 3 * k, zone->corners + 3 * k - 3));
    double part = longest > 0.0
                      ? distance(zone->corners + 3 * line, zone->corners + 3 * line - 3) / longest
                      : 0.0;
    return (int64_t)fmax(2.0, ceil(part * (double)most - 1e-9));
}

static int allocate(path_table *t, const zone_path *zone, int64_t most)
{
    for (int32_t k = 1; k < zone->count; k++)
        if (!zone->starts[k]) t->n += steps_of(zone, k, most) + 1;
    size_t rows = (size_t)t->n + 1;
    t->along = calloc(rows, sizeof *t->along);
    t->wave = calloc(3 * rows, sizeof *t->wave);
    t->reduced = calloc(3 * rows, sizeof *t->reduced);
    t->direction = calloc(3 * rows, sizeof *t->direction);
    t->line = calloc(rows, sizeof *t->line);
    t->starts = calloc(rows, sizeof *t->starts);
    return t->along != NULL && t->wave != NULL && t->reduced != NULL && t->direction != NULL
                   && t->line != NULL && t->starts != NULL
               ? GO_ON
               : report_no_memory();
}

static void mark(path_table *t, double at, const char *label)
{
    plot_mark *last = t->n_marks > 0 ? &t->marks[t->n_marks - 1] : NULL;
    const char *name = strcmp(label, "G") == 0 ? "Γ" : label;
    if (last != NULL && last->at == at) {
        size_t used = strlen(last->label);
        if (strcmp(last->label, name) != 0)
            snprintf(last->label + used, sizeof last->label - used, "|%s", name);
        return;
    }
    t->marks[t->n_marks].at = at;
    snprintf(t->marks[t->n_marks++].label, sizeof t->marks[0].label, "%s", name);
}

static void lay_line(path_table *t, int64_t *row, double along, const zone_path *zone, int32_t line,
                     int64_t steps, const double *cell)
{
    const double *to = zone->corners + 3 * line, *from = to - 3;
    t->starts[*row] = 1;
    for (int64_t k = 0; k <= steps; k++, (*row)++) {
        double part = (double)k / (double)steps, *wave = t->wave + 3 * *row;
        for (int a = 0; a < 3; a++) {
            t->direction[3 * *row + a] = to[a] - from[a];
            wave[a] = from[a] + part * (to[a] - from[a]);
        }
        t->line[*row] = line;
        t->along[*row] = along + part * distance(from, to);
        zone_reduced(cell, wave, t->reduced + 3 * *row);
    }
}

int path_table_make(path_table *t, const zone_path *zone, int64_t most, const double *cell)
{
    int64_t row = 0;
    double along = 0.0;
    *t = (path_table){ 0 };
    int code = allocate(t, zone, most);
    for (int32_t k = 0; k < zone->count && code == GO_ON; k++) {
        const double *to = zone->corners + 3 * k;
        if (!zone->starts[k]) {
            if (distance(to, to - 3) == 0.0)
                return report_usage("phonon", "--path: corner %s is given twice in a row",
                                    zone->labels[k]);
            lay_line(t, &row, along, zone, k, steps_of(zone, k, most), cell);
            along += distance(to, to - 3);
        }
        mark(t, along, zone->labels[k]);
    }
    return code;
}

void path_table_free(path_table *t)
{
    free(t->along);
    free(t->wave);
    free(t->reduced);
    free(t->direction);
    free(t->line);
    free(t->starts);
}

int path_values_make(path_values *v, const path_table *t, int64_t width)
{
    v->width = width;
    v->now = calloc((size_t)(width * t->n) + 1, sizeof *v->now);
    return v->now != NULL && spread_begin(&v->values, width * t->n) ? GO_ON : report_no_memory();
}

void path_values_free(path_values *v)
{
    free(v->now);
    spread_free(&v->values);
}

void path_table_place(const path_table *t, const zone_path *zone, int64_t row, char *place,
                      size_t size)
{
    int32_t line = t->line[row];
    const double *q = t->reduced + 3 * row;
    int last = row + 1 == t->n || t->starts[row + 1];
    const char *corner = t->starts[row] ? zone->labels[line - 1] : last ? zone->labels[line] : NULL;
    if (corner != NULL)
        snprintf(place, size, "%s (%.4g %.4g %.4g)", strcmp(corner, "G") == 0 ? "Gamma" : corner,
                 q[0], q[1], q[2]);
    else
        snprintf(place, size, "%.4g %.4g %.4g, between %s and %s", q[0], q[1], q[2],
                 zone->labels[line - 1], zone->labels[line]);
}

/* Column c of the table: distance, wave vector, values, their deviations. */
static curve_column column_of(const path_values *v, const path_table *t, int32_t c, int32_t parts,
                              const char *const *endings, const char *unit, char name[48])
{
    int32_t k = c - 4, width = (int32_t)v->width, at = k % width;
    const char *slash = unit[0] != '\0' ? "/" : "";
    if (c == 0) return (curve_column){ "distance/A^-1", t->along, 1 };
    if (c < 4) {
        snprintf(name, 48, "q%d", (int)c);
        return (curve_column){ name, t->reduced + c - 1, 3 };
    }
    snprintf(name, 48, "mode%d%s%s%s%s", (int)(at / parts) + 1, endings[at % parts],
             k < width ? "" : "_spread", slash, unit);
    return (curve_column){ name, (k < width ? v->values.mean : v->values.deviation) + at,
                           v->width };
}

int path_values_csv(const path_values *v, const path_table *t, const char *path, int32_t parts,
                    const char *const *endings, const char *unit)
{
    int32_t n = (int32_t)v->width * (v->values.members > 1 ? 2 : 1) + 4;
    curve_column *columns = calloc((size_t)n, sizeof *columns);
    char(*names)[48] = calloc((size_t)n, sizeof *names);
    int code = columns != NULL && names != NULL ? GO_ON : report_no_memory();
    for (int32_t c = 0; code == GO_ON && c < n; c++)
        columns[c] = column_of(v, t, c, parts, endings, unit, names[c]);
    if (code == GO_ON) code = curves_csv(path, t->n, n, columns);
    free(columns);
    free(names);
    return code;
}

/* Draws all branches as one line with gaps: after each branch, and where the path is
 * interrupted. */
int path_values_draw(const path_values *v, const path_table *t, const char *path, const char *title,
                     const char *label, enum plot_style style)
{
    int64_t most = v->width * (2 * t->n + 1), n = 0;
    double *x = malloc((size_t)most * sizeof *x), *y = malloc((size_t)most * sizeof *y),
           *error = calloc((size_t)most, sizeof *error);
    int code = x != NULL && y != NULL && error != NULL ? GO_ON : report_no_memory();
    int several = v->values.members > 1;
    for (int64_t m = 0; code == GO_ON && m < v->width; m++)
        for (int64_t k = 0; k < t->n; k++) {
            if (t->starts[k]) {
                x[n] = t->along[k];
                y[n++] = NAN;
            }
            if (several) error[n] = v->values.deviation[v->width * k + m];
            x[n] = t->along[k];
            y[n++] = v->values.mean[v->width * k + m];
        }
    plot p = { .title = title,
               .x_label = "wave vector",
               .y_label = label,
               .lines = { { "", x, y, several ? error : NULL, n, 1, style } },
               .n_lines = 1,
               .level = NAN,
               .x_most = NAN,
               .marks = t->marks,
               .n_marks = t->n_marks };
    if (code == GO_ON) code = plot_write(&p, path);
    free(x);
    free(y);
    free(error);
    return code;
}
