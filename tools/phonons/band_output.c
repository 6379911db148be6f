#include "phonons/band_output.h"

#include "cli/curves.h"
#include "cli/options.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "phonons/zone_path.h"
#include "cli/nan_extremes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Table of bands. Rows are points of the path, including both ends of every line. */
typedef struct {
    int64_t n, modes;
    double *along, *reduced, *frequencies; /* [n], [n][3], [n][modes] */
    int32_t *starts;                       /* [n]: first point of a line */
    plot_mark marks[ZONE_MOST];
    int32_t n_marks;
} band_table;

static void table_free(band_table *t)
{
    free(t->along);
    free(t->reduced);
    free(t->frequencies);
    free(t->starts);
}

int bands_check(const band_request *r)
{
    if (r->path != NULL && r->csv == NULL && r->plot == NULL)
        return report_usage("phonon", "--path needs --bands FILE.csv or --plot FILE.png");
    return GO_ON;
}

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

static int allocate(band_table *t, const zone_path *zone, int64_t most)
{
    for (int32_t k = 1; k < zone->count; k++)
        if (!zone->starts[k]) t->n += steps_of(zone, k, most) + 1;
    t->along = calloc((size_t)t->n + 1, sizeof *t->along);
    t->reduced = calloc((size_t)(3 * t->n) + 1, sizeof *t->reduced);
    t->frequencies = calloc((size_t)(t->modes * t->n) + 1, sizeof *t->frequencies);
    t->starts = calloc((size_t)t->n + 1, sizeof *t->starts);
    return t->along != NULL && t->reduced != NULL && t->frequencies != NULL && t->starts != NULL
               ? GO_ON
               : report_no_memory();
}

static void mark(band_table *t, double at, const char *label)
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

/* "X (0.5 0 0.5)", or "0.25 0 0.25, between G and X". */
static void name_point(char place[STABILITY_PLACE], const zone_path *zone, int32_t line,
                       const double *reduced, int64_t k, int64_t steps)
{
    const char *corner = k == 0 ? zone->labels[line - 1] : k == steps ? zone->labels[line] : NULL;
    if (corner != NULL)
        snprintf(place, STABILITY_PLACE, "%s (%.4g %.4g %.4g)",
                 strcmp(corner, "G") == 0 ? "Gamma" : corner, reduced[0], reduced[1], reduced[2]);
    else
        snprintf(place, STABILITY_PLACE, "%.4g %.4g %.4g, between %s and %s", reduced[0],
                 reduced[1], reduced[2], zone->labels[line - 1], zone->labels[line]);
}

/* Fills one line of the path. At Gamma as an end point it uses the limit along the line. */
static lrpot_status fill_line(band_table *t, int64_t *row, double *along, const zone_path *zone,
                              int32_t line, const lrpot_phonons *phonons, lrpot_workspace *work,
                              const double *cell, int64_t steps, stability *found)
{
    const double *to = zone->corners + 3 * line, *from = to - 3;
    const double direction[3] = { to[0] - from[0], to[1] - from[1], to[2] - from[2] };
    t->starts[*row] = 1;
    for (int64_t k = 0; k <= steps; k++, (*row)++) {
        double wave[3], part = (double)k / (double)steps, *reduced = t->reduced + 3 * *row,
                        *frequencies = t->frequencies + t->modes * *row;
        char place[STABILITY_PLACE];
        for (int a = 0; a < 3; a++) wave[a] = from[a] + part * direction[a];
        t->along[*row] = *along + part * distance(from, to);
        zone_reduced(cell, wave, reduced);
        lrpot_status status =
            lrpot_phonons_modes(phonons, work, wave, direction, frequencies, NULL);
        if (status != LRPOT_OK) return status;
        name_point(place, zone, line, reduced, k, steps);
        stability_see(found, t->modes, frequencies, place);
    }
    *along += distance(from, to);
    return LRPOT_OK;
}

static int fill(band_table *t, const zone_path *zone, int64_t most, const lrpot_phonons *phonons,
                lrpot_workspace *work, const double *cell, stability *found)
{
    int64_t row = 0;
    double along = 0.0;
    for (int32_t k = 0; k < zone->count; k++) {
        if (!zone->starts[k]) {
            const double *to = zone->corners + 3 * k;
            if (distance(to, to - 3) == 0.0)
                return report_usage("phonon", "--path: corner %s follows itself", zone->labels[k]);
            lrpot_status status = fill_line(t, &row, &along, zone, k, phonons, work, cell,
                                            steps_of(zone, k, most), found);
            if (status != LRPOT_OK) return report_failure(status, NULL);
        }
        mark(t, along, zone->labels[k]);
    }
    return GO_ON;
}

static int write_csv(const band_table *t, const char *path)
{
    int32_t n = (int32_t)t->modes + 4;
    curve_column *columns = calloc((size_t)n, sizeof *columns);
    char(*names)[32] = calloc((size_t)n, sizeof *names);
    int code = columns != NULL && names != NULL ? GO_ON : report_no_memory();
    for (int32_t c = 0; code == GO_ON && c < n; c++) {
        if (c == 0) snprintf(names[c], sizeof names[c], "distance/A^-1");
        else if (c < 4) snprintf(names[c], sizeof names[c], "q%d", (int)c);
        else snprintf(names[c], sizeof names[c], "mode%d/THz", (int)c - 3);
        columns[c] = c == 0  ? (curve_column){ names[c], t->along, 1 }
                     : c < 4 ? (curve_column){ names[c], t->reduced + c - 1, 3 }
                             : (curve_column){ names[c], t->frequencies + c - 4, t->modes };
    }
    if (code == GO_ON) code = curves_csv(path, t->n, n, columns);
    free(columns);
    free(names);
    return code;
}

/* Draws all branches as one line with gaps: after each branch, and where the path is
 * interrupted. */
static int draw(const band_table *t, const char *path)
{
    int64_t most = t->modes * (2 * t->n + 1), n = 0;
    double *x = malloc((size_t)most * sizeof *x), *y = malloc((size_t)most * sizeof *y);
    int code = x != NULL && y != NULL ? GO_ON : report_no_memory();
    for (int64_t m = 0; code == GO_ON && m < t->modes; m++)
        for (int64_t k = 0; k < t->n; k++) {
            if (t->starts[k]) {
                x[n] = t->along[k];
                y[n++] = NAN;
            }
            x[n] = t->along[k];
            y[n++] = t->frequencies[t->modes * k + m];
        }
    plot p = { .title = "phonons",
               .x_label = "",
               .y_label = "frequency (THz)",
               .lines = { { "", x, y, NULL, n, 1 } },
               .n_lines = 1,
               .level = NAN,
               .x_most = NAN,
               .marks = t->marks,
               .n_marks = t->n_marks };
    if (code == GO_ON) code = plot_write(&p, path);
    free(x);
    free(y);
    return code;
}

static int bands(const band_request *r, const lrpot_phonons *phonons, lrpot_workspace *work,
                 const double *cell, band_findings *found)
{
    zone_path zone;
    band_table t = { .modes = lrpot_phonons_count(phonons) };
    int code = zone_read(&zone, r->path, cell);
    found->no_path = code == GO_ON && zone.count == 0;
    if (code != GO_ON || found->no_path) return code;
    code = allocate(&t, &zone, r->points);
    if (code == GO_ON) code = fill(&t, &zone, r->points, phonons, work, cell, &found->path);
    if (code == GO_ON && r->csv != NULL) code = write_csv(&t, r->csv);
    if (code == GO_ON && r->plot != NULL) code = draw(&t, r->plot);
    table_free(&t);
    return code;
}

enum { DENSITY_POINTS = 501 };

static int density_out(const band_request *r, const double *x, const double *y)
{
    const curve_column columns[2] = { { "frequency/THz", x, 1 }, { "density/THz^-1", y, 1 } };
    int code = r->dos != NULL ? curves_csv(r->dos, DENSITY_POINTS, 2, columns) : GO_ON;
    plot p = { .title = "density of states",
               .x_label = "frequency (THz)",
               .y_label = "states per cell and THz",
               .lines = { { "", x, y, NULL, DENSITY_POINTS, 0 } },
               .n_lines = 1,
               .level = NAN,
               .x_most = NAN };
    return code == GO_ON && r->dos_plot != NULL ? plot_write(&p, r->dos_plot) : code;
}

/* Records the modes at the wave vectors of lrpot_phonons_mesh(), in their order. */
static void record_mesh(stability *found, const int32_t *mesh, int64_t n, int64_t modes,
                        const double *frequencies)
{
    for (int64_t k = 0; k < n; k++) {
        char place[STABILITY_PLACE];
        const int64_t x[3] = { k / mesh[2] / mesh[1], k / mesh[2] % mesh[1], k % mesh[2] };
        snprintf(place, sizeof place, "%.4g %.4g %.4g", ((double)x[0] + 0.5) / mesh[0],
                 ((double)x[1] + 0.5) / mesh[1], ((double)x[2] + 0.5) / mesh[2]);
        stability_see(found, modes, frequencies + modes * k, place);
    }
}

static int density(const band_request *r, const lrpot_phonons *phonons, lrpot_workspace *work,
                   stability *found)
{
    const int32_t mesh[3] = { (int32_t)r->mesh, (int32_t)r->mesh, (int32_t)r->mesh };
    int64_t n = lrpot_phonons_mesh_count(mesh), modes = lrpot_phonons_count(phonons);
    double *weights = malloc((size_t)n * sizeof *weights),
           *frequencies = malloc((size_t)(n * modes) * sizeof *frequencies);
    double x[DENSITY_POINTS], y[DENSITY_POINTS], low = 0.0, high = 0.0;
    lrpot_status status = LRPOT_E_MEMORY;
    if (weights != NULL && frequencies != NULL)
        status = lrpot_phonons_mesh(phonons, work, mesh, weights, frequencies);
    if (status == LRPOT_OK) record_mesh(found, mesh, n, modes, frequencies);
    for (int64_t k = 0; status == LRPOT_OK && k < n * modes; k++) {
        low = smaller(low, frequencies[k] - 4.0 * r->width);
        high = larger(high, frequencies[k] + 4.0 * r->width);
    }
    for (int k = 0; k < DENSITY_POINTS; k++) x[k] = low + k * (high - low) / (DENSITY_POINTS - 1);
    if (status == LRPOT_OK)
        status = lrpot_phonons_density(n, modes, weights, frequencies, r->width, DENSITY_POINTS,
                                       low, high, y);
    free(weights);
    free(frequencies);
    return status == LRPOT_OK ? density_out(r, x, y) : report_failure(status, NULL);
}

int bands_run(const band_request *r, const lrpot_potential *model, lrpot_workspace *work,
              const lrpot_structure *structure, const char *path, band_findings *found)
{
    int wants_bands = r->csv != NULL || r->plot != NULL,
        wants_density = r->dos != NULL || r->dos_plot != NULL;
    lrpot_phonons *phonons = NULL;
    if (!wants_bands && !wants_density) return GO_ON;
    lrpot_status status = lrpot_phonons_create(&phonons, model, work, structure, r->step);
    if (status != LRPOT_OK) return report_failure(status, path);
    double leak = lrpot_phonons_leak(phonons);
    if (leak > 1e-6)
        report_note("%s: long waves carry charge, up to %.2g e per A and cell: bands of this model "
                    "have no limit at Gamma",
                    path, leak);
    int code = wants_bands ? bands(r, phonons, work, lrpot_structure_cell(structure), found)
                           : GO_ON;
    if (code == GO_ON && wants_density) code = density(r, phonons, work, &found->mesh);
    lrpot_phonons_free(phonons);
    return code;
}
