#include "phonons/density_output.h"

#include "cli/curves.h"
#include "cli/figure_title.h"
#include "cli/nan_extremes.h"
#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 501 };

int density_is_wanted(const band_request *r)
{
    return r->dos != NULL || r->dos_plot != NULL;
}

static int by(const band_request *r, const char *word)
{
    return strcmp(r->parts != NULL ? r->parts : "elements", word) == 0;
}

int density_check(const band_request *r)
{
    if (!by(r, "elements") && !by(r, "atoms") && !by(r, "none"))
        return report_usage("phonon", "--projected %s: expected elements, atoms or none", r->parts);
    if (r->parts != NULL && !density_is_wanted(r))
        return report_usage("phonon", "--projected needs --dos FILE.csv or --dos-plot FILE.png");
    return GO_ON;
}

/* Each element is a part, or each atom, counted from 1 as in the file. */
static void name_parts(band_work *w)
{
    int64_t n = lrpot_structure_count(w->structure);
    for (int64_t i = 0; i < n; i++) {
        const char *symbol = lrpot_structure_symbol(w->structure, i);
        int32_t k = by(w->request, "atoms") ? (int32_t)w->mesh.parts : 0;
        while (k < w->mesh.parts && strcmp(w->part_names[k], symbol) != 0) k++;
        w->part[i] = k;
        if (k < w->mesh.parts) continue;
        if (by(w->request, "atoms"))
            snprintf(w->part_names[k], sizeof w->part_names[k], "%.3s%lld", symbol,
                     (long long)i + 1);
        else snprintf(w->part_names[k], sizeof w->part_names[k], "%.20s", symbol);
        w->mesh.parts++;
    }
}

int density_prepare(band_work *w)
{
    mesh_table *t = &w->mesh;
    size_t atoms = (size_t)lrpot_structure_count(w->structure);
    if (!density_is_wanted(w->request) || by(w->request, "none")) return GO_ON;
    w->part = calloc(atoms, sizeof *w->part);
    w->part_names = calloc(atoms, sizeof *w->part_names);
    if (w->part == NULL || w->part_names == NULL) return report_no_memory();
    name_parts(w);
    t->shares = calloc((size_t)(w->models->n * t->n * t->modes * t->parts), sizeof *t->shares);
    return t->shares != NULL ? GO_ON : report_no_memory();
}

void density_add_shares(band_work *w, int32_t member, int64_t k, const double *vectors)
{
    mesh_table *t = &w->mesh;
    double *shares = t->shares + (member * t->n + k) * t->modes * t->parts;
    for (int64_t m = 0; m < t->modes; m++)
        for (int64_t x = 0; x < t->modes; x++) {
            const double *e = vectors + 2 * (m * t->modes + x);
            shares[m * t->parts + w->part[x / 3]] += e[0] * e[0] + e[1] * e[1];
        }
}

/* Lowest and highest frequency of all members, with room for their Gaussians. */
static void range_of(const band_work *w, double range[2])
{
    const mesh_table *t = &w->mesh;
    double room = 4.0 * w->request->width;
    range[0] = range[1] = 0.0;
    for (int64_t k = 0; k < t->n * t->modes * w->models->n; k++) {
        range[0] = smaller(range[0], t->frequencies[k] - room);
        range[1] = larger(range[1], t->frequencies[k] + room);
    }
}

/* values [1 + parts][POINTS]: all states, and those of the parts. */
static lrpot_status density_of_member(const band_work *w, int32_t member, const double range[2],
                                      double *values)
{
    const mesh_table *t = &w->mesh;
    int64_t size = t->n * t->modes;
    const double *frequencies = t->frequencies + member * size;
    lrpot_status status = lrpot_phonons_density(t->n, t->modes, t->weights, frequencies,
                                                w->request->width, POINTS, range[0], range[1],
                                                values);
    if (status == LRPOT_OK && t->shares != NULL)
        status = lrpot_phonons_projected_density(
            t->n, t->modes, t->parts, t->weights, frequencies, t->shares + member * size * t->parts,
            w->request->width, POINTS, range[0], range[1], values + POINTS);
    return status;
}

/* Frequency, all states and the parts, then their deviations for several models. */
static int write_csv(const band_work *w, const double *x, const spread *values)
{
    int32_t parts = (int32_t)w->mesh.parts, curves = 1 + parts, several = values->members > 1,
            n = 1 + curves * (1 + several);
    curve_column *columns = calloc((size_t)n, sizeof *columns);
    char(*names)[64] = calloc((size_t)n, sizeof *names);
    int code = columns != NULL && names != NULL ? GO_ON : report_no_memory();
    for (int32_t c = 0; code == GO_ON && c < n; c++) {
        int32_t k = (c - 1) % curves;
        const char *spread_name = c > curves ? "_spread" : "";
        const double *from = c > curves ? values->deviation : values->mean;
        if (c == 0) snprintf(names[c], sizeof names[c], "frequency/THz");
        else if (k == 0) snprintf(names[c], sizeof names[c], "density%s/THz^-1", spread_name);
        else
            snprintf(names[c], sizeof names[c], "density_%s%s/THz^-1", w->part_names[k - 1],
                     spread_name);
        columns[c] = (curve_column){ names[c], c == 0 ? x : from + k * POINTS, 1 };
    }
    if (code == GO_ON) code = curves_csv(w->request->dos, POINTS, n, columns);
    free(columns);
    free(names);
    return code;
}

static int draw(const band_work *w, const double *x, const spread *values)
{
    char title[FIGURE_TITLE];
    figure_title(title, "density of states", w->structure, w->models->n, w->models->paths[0]);
    plot p = { .title = title,
               .x_label = "frequency (THz)",
               .y_label = "states per cell and THz",
               .level = NAN,
               .x_most = NAN };
    for (int64_t k = 0; k <= w->mesh.parts && p.n_lines < PLOT_MOST; k++)
        p.lines[p.n_lines++] =
            (plot_line){ .label = k > 0               ? w->part_names[k - 1]
                                  : w->mesh.parts > 0 ? "all"
                                                      : "",
                         .x = x,
                         .y = values->mean + k * POINTS,
                         .error = values->members > 1 ? values->deviation + k * POINTS : NULL,
                         .n = POINTS,
                         .style = PLOT_LINE };
    return plot_write(&p, w->request->dos_plot);
}

int density_out(const band_work *w)
{
    const band_request *r = w->request;
    int64_t curves = 1 + w->mesh.parts;
    double x[POINTS], range[2];
    spread values = { 0 };
    if (!density_is_wanted(r)) return GO_ON;
    range_of(w, range);
    for (int k = 0; k < POINTS; k++) x[k] = range[0] + k * (range[1] - range[0]) / (POINTS - 1);
    double *now = calloc((size_t)(curves * POINTS), sizeof *now);
    lrpot_status status = now != NULL && spread_begin(&values, curves * POINTS) ? LRPOT_OK
                                                                                : LRPOT_E_MEMORY;
    for (int32_t m = 0; m < w->models->n && status == LRPOT_OK; m++) {
        status = density_of_member(w, m, range, now);
        if (status == LRPOT_OK) spread_add(&values, now);
    }
    spread_end(&values);
    int code = status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
    if (code == GO_ON && r->dos != NULL) code = write_csv(w, x, &values);
    if (code == GO_ON && r->dos_plot != NULL) code = draw(w, x, &values);
    spread_free(&values);
    free(now);
    return code;
}
