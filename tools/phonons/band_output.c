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
    /* [n], [n][3], [n][modes]: of one member, in the end the mean over the members */
    double *along, *reduced, *frequencies;
    spread values;           /* of the frequencies */
    const double *deviation; /* [n][modes], NULL for one model */
    int32_t *starts;         /* [n]: first point of a line */
    plot_mark marks[ZONE_MOST];
    int32_t n_marks;
} band_table;

static void table_free(band_table *t)
{
    free(t->along);
    free(t->reduced);
    free(t->frequencies);
    free(t->starts);
    spread_free(&t->values);
}

int bands_check(const band_request *r)
{
    const double *t = r->temperatures;
    if (!(t[0] >= 0.0 && t[1] >= t[0] && t[2] > 0.0 && (t[1] - t[0]) / t[2] < 1e6))
        return report_usage("phonon", "--temperatures %g,%g,%g: expected first, last and step in K",
                            t[0], t[1], t[2]);
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
                   && spread_begin(&t->values, t->modes * t->n)
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
    t->n_marks = 0;
    for (int32_t k = 0; k < zone->count; k++) {
        if (!zone->starts[k]) {
            const double *to = zone->corners + 3 * k;
            if (distance(to, to - 3) == 0.0)
                return report_usage("phonon", "--path: corner %s is given twice in a row",
                                    zone->labels[k]);
            lrpot_status status = fill_line(t, &row, &along, zone, k, phonons, work, cell,
                                            steps_of(zone, k, most), found);
            if (status != LRPOT_OK) return report_failure(status, NULL);
        }
        mark(t, along, zone->labels[k]);
    }
    return GO_ON;
}

/* Column of the table: distance, wave vector, frequencies of the modes, their deviations. */
static curve_column column_of(const band_table *t, int32_t c, char *name, size_t size)
{
    int32_t mode = c - 4, modes = (int32_t)t->modes;
    if (c == 0) snprintf(name, size, "distance/A^-1");
    else if (c < 4) snprintf(name, size, "q%d", (int)c);
    else if (mode < modes) snprintf(name, size, "mode%d/THz", (int)mode + 1);
    else snprintf(name, size, "mode%d_spread/THz", (int)(mode - modes) + 1);
    if (c == 0) return (curve_column){ name, t->along, 1 };
    if (c < 4) return (curve_column){ name, t->reduced + c - 1, 3 };
    return (curve_column){ name, mode < modes ? t->frequencies + mode : t->deviation + mode - modes,
                           t->modes };
}

static int write_csv(const band_table *t, const char *path)
{
    int32_t n = (int32_t)t->modes * (t->deviation != NULL ? 2 : 1) + 4;
    curve_column *columns = calloc((size_t)n, sizeof *columns);
    char(*names)[32] = calloc((size_t)n, sizeof *names);
    int code = columns != NULL && names != NULL ? GO_ON : report_no_memory();
    for (int32_t c = 0; code == GO_ON && c < n; c++)
        columns[c] = column_of(t, c, names[c], sizeof names[c]);
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
    double *x = malloc((size_t)most * sizeof *x), *y = malloc((size_t)most * sizeof *y),
           *error = calloc((size_t)most, sizeof *error);
    int code = x != NULL && y != NULL && error != NULL ? GO_ON : report_no_memory();
    for (int64_t m = 0; code == GO_ON && m < t->modes; m++)
        for (int64_t k = 0; k < t->n; k++) {
            if (t->starts[k]) {
                x[n] = t->along[k];
                y[n++] = NAN;
            }
            if (t->deviation != NULL) error[n] = t->deviation[t->modes * k + m];
            x[n] = t->along[k];
            y[n++] = t->frequencies[t->modes * k + m];
        }
    char title[64] = "phonons";
    if (t->deviation != NULL)
        snprintf(title, sizeof title, "phonons: mean and standard deviation of %d models",
                 (int)t->values.members);
    plot p = { .title = title,
               .x_label = "",
               .y_label = "frequency (THz)",
               .lines = { { "", x, y, t->deviation != NULL ? error : NULL, n, 1, PLOT_LINE } },
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

enum { DENSITY_POINTS = 501 };

/* Frequencies of all members on the mesh of the density. */
typedef struct {
    int64_t n, modes;              /* wave vectors, modes at each */
    double *weights, *frequencies; /* [n], [members][n][modes] */
} mesh_table;

/* Bands and densities of all members of an ensemble. */
typedef struct {
    const band_request *request;
    const ensemble *models;
    lrpot_workspace *work;
    const lrpot_structure *structure;
    const char *path;
    band_findings *found;
    zone_path zone;
    band_table table;
    mesh_table mesh;
} band_work;

static int wants_bands(const band_request *r)
{
    return r->csv != NULL || r->plot != NULL;
}

static int wants_density(const band_request *r)
{
    return r->dos != NULL || r->dos_plot != NULL;
}

/* Both need the modes of a mesh. */
static int wants_mesh(const band_request *r)
{
    return wants_density(r) || r->thermal != NULL;
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

static int mesh_of_member(band_work *w, int32_t member, const lrpot_phonons *phonons)
{
    const int32_t side = (int32_t)w->request->mesh, mesh[3] = { side, side, side };
    mesh_table *t = &w->mesh;
    double *frequencies = t->frequencies + member * t->n * t->modes;
    lrpot_status status = lrpot_phonons_mesh(phonons, w->work, mesh, t->weights, frequencies);
    if (status != LRPOT_OK) return report_failure(status, w->path);
    record_mesh(&w->found[member].mesh, mesh, t->n, t->modes, frequencies);
    return GO_ON;
}

static int bands_of_member(band_work *w, int32_t member, const lrpot_phonons *phonons)
{
    int code = fill(&w->table, &w->zone, w->request->points, phonons, w->work,
                    lrpot_structure_cell(w->structure), &w->found[member].path);
    if (code == GO_ON) spread_add(&w->table.values, w->table.frequencies);
    return code;
}

static int phonons_of_member(void *ctx, int32_t member)
{
    band_work *w = ctx;
    lrpot_phonons *phonons = NULL;
    lrpot_status status = lrpot_phonons_create(&phonons, w->models->models[member], w->work,
                                               w->structure, w->request->step);
    if (status == LRPOT_OK) status = lrpot_phonons_set_screening(phonons, w->request->eps_inf);
    if (status != LRPOT_OK) {
        lrpot_phonons_free(phonons);
        return report_failure(status, w->path);
    }
    double leak = lrpot_phonons_leak(phonons);
    if (leak > 1e-6)
        report_note("%s: long waves carry charge, up to %.2g e per A and cell: bands of this model "
                    "have no limit at Gamma",
                    w->path, leak);
    int code = w->table.n > 0 ? bands_of_member(w, member, phonons) : GO_ON;
    if (code == GO_ON && wants_mesh(w->request)) code = mesh_of_member(w, member, phonons);
    lrpot_phonons_free(phonons);
    return code;
}

static int bands_out(band_work *w)
{
    const band_request *r = w->request;
    band_table *t = &w->table;
    if (t->n == 0) return GO_ON;
    spread_end(&t->values);
    memcpy(t->frequencies, t->values.mean, (size_t)(t->n * t->modes) * sizeof *t->frequencies);
    if (w->models->n > 1) t->deviation = t->values.deviation;
    int code = r->csv != NULL ? write_csv(t, r->csv) : GO_ON;
    return code == GO_ON && r->plot != NULL ? draw(t, r->plot) : code;
}

/* deviation: NULL for one model. */
static int write_density(const band_request *r, const double *x, const double *y,
                         const double *deviation)
{
    const curve_column columns[3] = { { "frequency/THz", x, 1 },
                                      { "density/THz^-1", y, 1 },
                                      { "density_spread/THz^-1", deviation, 1 } };
    int code = r->dos != NULL
                   ? curves_csv(r->dos, DENSITY_POINTS, deviation != NULL ? 3 : 2, columns)
                   : GO_ON;
    plot p = { .title = "density of states",
               .x_label = "frequency (THz)",
               .y_label = "states per cell and THz",
               .lines = { { "", x, y, deviation, DENSITY_POINTS, 0, PLOT_LINE } },
               .n_lines = 1,
               .level = NAN,
               .x_most = NAN };
    return code == GO_ON && r->dos_plot != NULL ? plot_write(&p, r->dos_plot) : code;
}

static int density_out(const band_work *w)
{
    const band_request *r = w->request;
    const mesh_table *t = &w->mesh;
    int64_t size = t->n * t->modes;
    double x[DENSITY_POINTS], y[DENSITY_POINTS], low = 0.0, high = 0.0;
    spread values = { 0 };
    if (!wants_density(r)) return GO_ON;
    for (int64_t k = 0; k < size * w->models->n; k++) {
        low = smaller(low, t->frequencies[k] - 4.0 * r->width);
        high = larger(high, t->frequencies[k] + 4.0 * r->width);
    }
    for (int k = 0; k < DENSITY_POINTS; k++) x[k] = low + k * (high - low) / (DENSITY_POINTS - 1);
    lrpot_status status = spread_begin(&values, DENSITY_POINTS) ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int32_t m = 0; m < w->models->n && status == LRPOT_OK; m++) {
        status = lrpot_phonons_density(t->n, t->modes, t->weights, t->frequencies + m * size,
                                       r->width, DENSITY_POINTS, low, high, y);
        if (status == LRPOT_OK) spread_add(&values, y);
    }
    spread_end(&values);
    int code = status != LRPOT_OK
                   ? report_failure(status, NULL)
                   : write_density(r, x, values.mean, w->models->n > 1 ? values.deviation : NULL);
    spread_free(&values);
    return code;
}

static int64_t temperature_count(const band_request *r)
{
    const double *t = r->temperatures;
    return (int64_t)floor((t[1] - t[0]) / t[2] + 1e-9) + 1;
}

/* Values of one model at all temperatures: [4][n]. */
static int thermal_of_member(const band_work *w, int32_t member, int64_t n, double *values)
{
    const mesh_table *t = &w->mesh;
    for (int64_t k = 0; k < n; k++) {
        double now[4], at = w->request->temperatures[0] + (double)k * w->request->temperatures[2];
        lrpot_status status = lrpot_phonons_thermal(
            t->n, t->modes, t->weights, t->frequencies + member * t->n * t->modes, at, now);
        if (status == LRPOT_E_ASSUMPTION)
            return report_error(NOT_CONVERGED, "%s: no thermal properties: %s", w->path,
                                lrpot_last_error());
        if (status != LRPOT_OK) return report_failure(status, w->path);
        for (int q = 0; q < 4; q++) values[q * n + k] = now[q];
    }
    return GO_ON;
}

static int write_thermal(const band_work *w, int64_t n, const double *mean, const double *deviation)
{
    static const char *const names[9] = { "T/K",
                                          "free_energy/eV",
                                          "energy/eV",
                                          "entropy/(eV/K)",
                                          "heat_capacity/(eV/K)",
                                          "free_energy_spread/eV",
                                          "energy_spread/eV",
                                          "entropy_spread/(eV/K)",
                                          "heat_capacity_spread/(eV/K)" };
    curve_column columns[9];
    double *at = malloc((size_t)n * sizeof *at);
    if (at == NULL) return report_no_memory();
    for (int64_t k = 0; k < n; k++)
        at[k] = w->request->temperatures[0] + (double)k * w->request->temperatures[2];
    for (int c = 0; c < 9; c++)
        columns[c] = (curve_column){ names[c],
                                     c == 0              ? at
                                     : c < 5             ? mean + (c - 1) * n
                                     : deviation != NULL ? deviation + (c - 5) * n
                                                         : NULL,
                                     1 };
    int code = curves_csv(w->request->thermal, n, deviation != NULL ? 9 : 5, columns);
    free(at);
    return code;
}

static int thermal_out(const band_work *w)
{
    int64_t n = w->request->thermal != NULL ? temperature_count(w->request) : 0;
    spread values = { 0 };
    if (n == 0) return GO_ON;
    double *now = malloc((size_t)(4 * n) * sizeof *now);
    int code = now != NULL && spread_begin(&values, 4 * n) ? GO_ON : report_no_memory();
    for (int32_t m = 0; m < w->models->n && code == GO_ON; m++) {
        code = thermal_of_member(w, m, n, now);
        if (code == GO_ON) spread_add(&values, now);
    }
    if (code == GO_ON) {
        spread_end(&values);
        code = write_thermal(w, n, values.mean, w->models->n > 1 ? values.deviation : NULL);
    }
    spread_free(&values);
    free(now);
    return code;
}

/* Reserves the tables. The cell is that of the structure, so all members share path and mesh. */
static int prepare(band_work *w)
{
    const band_request *r = w->request;
    const int32_t side = (int32_t)r->mesh, mesh[3] = { side, side, side };
    int code = GO_ON;
    w->table.modes = w->mesh.modes = 3 * lrpot_structure_count(w->structure);
    if (wants_bands(r)) code = zone_read(&w->zone, r->path, w->structure);
    for (int32_t m = 0; m < w->models->n && wants_bands(r); m++)
        w->found[m].no_path = code == GO_ON && w->zone.count == 0;
    if (code == GO_ON && w->zone.count > 0) code = allocate(&w->table, &w->zone, r->points);
    if (code != GO_ON || !wants_mesh(r)) return code;
    w->mesh.n = lrpot_phonons_mesh_count(mesh);
    w->mesh.weights = malloc((size_t)w->mesh.n * sizeof *w->mesh.weights);
    w->mesh.frequencies =
        malloc((size_t)(w->models->n * w->mesh.n * w->mesh.modes) * sizeof *w->mesh.frequencies);
    return w->mesh.weights != NULL && w->mesh.frequencies != NULL ? GO_ON : report_no_memory();
}

int bands_run(const band_request *r, const ensemble *models, lrpot_workspace *work,
              const lrpot_structure *structure, const char *path, band_findings *found)
{
    band_work w = { .request = r,
                    .models = models,
                    .work = work,
                    .structure = structure,
                    .path = path,
                    .found = found };
    if (!wants_bands(r) && !wants_mesh(r)) return GO_ON;
    int code = prepare(&w);
    if (code == GO_ON) code = ensemble_each(models, phonons_of_member, &w);
    if (code == GO_ON) code = bands_out(&w);
    if (code == GO_ON) code = density_out(&w);
    if (code == GO_ON) code = thermal_out(&w);
    table_free(&w.table);
    free(w.mesh.weights);
    free(w.mesh.frequencies);
    return code;
}
