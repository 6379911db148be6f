/* Plots of a comparison: parity of forces and energies, errors by element and by distance. */
#include "cli/figure_title.h"
#include "cli/options.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "fitting/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARITY_FORCES, PARITY_ENERGIES, ELEMENTS, DISTANCES };

const char *const comparison_suffixes[COMPARISON_PLOTS] = { ".parity-forces.png",
                                                            ".parity-energies.png", ".elements.png",
                                                            ".distances.png" };

char *comparison_beside(const char *name, const char *suffix)
{
    size_t size = strlen(name) + strlen(suffix) + 1;
    char *text = malloc(size);
    if (text != NULL) snprintf(text, size, "%s%s", name, suffix);
    return text;
}

/* What is drawn, and by whom. */
typedef struct drawing {
    const comparison *sets;
    int32_t n_sets;
    const char *const *labels;
    const char *name;
    int32_t n_models;
    const char *who;
} drawing;

static int write_beside(const drawing *d, plot *p, const char *what, int which)
{
    char title[FIGURE_TITLE], of[FIGURE_TITLE];
    const comparison *c = &d->sets[0];
    int used = snprintf(of, sizeof of, "%s of ", what);
    for (int32_t z = 0; z < c->n_symbols && used < 100; z++)
        used +=
            snprintf(of + used, sizeof of - (size_t)used, "%s%s", z > 0 ? "-" : "", c->symbols[z]);
    char *name = comparison_beside(d->name, comparison_suffixes[which]);
    if (name == NULL) return report_no_memory();
    figure_title(title, of, NULL, d->n_models, d->who);
    p->title = title;
    p->level = p->x_most = NAN;
    int code = plot_write(p, name);
    free(name);
    return code;
}

static void add_points(plot *p, const parity *points, const char *label, double range[2])
{
    if (points->n == 0) return;
    for (int64_t k = 0; k < points->n; k++) {
        range[0] = fmin(range[0], fmin(points->reference[k], points->model[k]));
        range[1] = fmax(range[1], fmax(points->reference[k], points->model[k]));
    }
    p->lines[p->n_lines++] = (plot_line){ .label = label,
                                          .x = points->reference,
                                          .y = points->model,
                                          .n = points->n,
                                          .style = PLOT_POINTS };
}

/* Energies that were not fitted have no common zero with the model: moves them to it. */
static double move_loose(const drawing *d)
{
    double sum = 0.0;
    int64_t n = 0;
    for (int32_t s = 0; s < d->n_sets; s++)
        for (int64_t k = 0; k < d->sets[s].loose.n; k++, n++)
            sum += d->sets[s].loose.reference[k] - d->sets[s].loose.model[k];
    double moved = n > 0 ? sum / (double)n : 0.0;
    for (int32_t s = 0; s < d->n_sets; s++)
        for (int64_t k = 0; k < d->sets[s].loose.n; k++) d->sets[s].loose.model[k] += moved;
    return moved;
}

static int draw_parity(const drawing *d, int which)
{
    static const char *const units[2][2] = {
        { "reference force (eV/A)", "force of the model (eV/A)" },
        { "reference energy (eV/atom)", "energy of the model (eV/atom)" }
    };
    double range[2] = { INFINITY, -INFINITY };
    double moved = which == PARITY_ENERGIES ? move_loose(d) : 0.0;
    char loose[COMPARISON_SETS][64];
    plot p = { .x_label = units[which][0], .y_label = units[which][1] };
    for (int32_t s = 0; s < d->n_sets; s++) {
        const comparison *c = &d->sets[s];
        add_points(&p, which == PARITY_FORCES ? &c->forces : &c->energies, d->labels[s], range);
        if (which == PARITY_FORCES) continue;
        snprintf(loose[s], sizeof loose[s], "%s%snot fitted (moved by %.5g)", d->labels[s],
                 d->labels[s][0] != '\0' ? ", " : "", moved);
        add_points(&p, &c->loose, loose[s], range);
    }
    if (p.n_lines == 0) return GO_ON;
    p.lines[p.n_lines++] =
        (plot_line){ .label = "", .x = range, .y = range, .n = 2, .style = PLOT_GUIDE };
    return write_beside(d, &p, which == PARITY_FORCES ? "forces" : "energies", which);
}

/* A root mean square of n numbers has an error of 1/sqrt(2 n) of it; the three components of a
 * force are counted as one, because they go together. */
static void take(const force_error *e, double *y, double *error)
{
    *y = 1e3 * force_error_rmse(e);
    *error = e->atoms > 0 ? *y / sqrt(2.0 * (double)e->atoms) : 0.0;
}

static int draw_elements(const drawing *d)
{
    int32_t n = d->sets[0].n_symbols, all = n * d->n_sets, some = 0;
    double *x = calloc((size_t)(3 * all), sizeof *x), *y = x + all, *error = y + all;
    plot_mark *marks = calloc((size_t)n + 2, sizeof *marks);
    int code = x != NULL && marks != NULL ? GO_ON : report_no_memory();
    plot p = { .x_label = "element", .y_label = "RMSE of the forces (meV/A)", .marks = marks };
    for (int32_t s = 0; s < d->n_sets && code == GO_ON; s++) {
        for (int32_t z = 0; z < n; z++) {
            int32_t k = s * n + z;
            x[k] = z + 1 + 0.38 * (s - 0.5 * (d->n_sets - 1));
            take(&d->sets[s].by_element[z], &y[k], &error[k]);
            some |= isfinite(y[k]);
        }
        if (d->sets[s].forces.n > 0)
            p.lines[p.n_lines++] =
                (plot_line){ d->labels[s], x + s * n, y + s * n, error + s * n, n, 0, PLOT_BARS };
    }
    for (int32_t z = 0; z < n + 2 && code == GO_ON; z++) {
        marks[z].at = z == 0 ? 0.4 : z == n + 1 ? n + 0.6 : z;
        if (z > 0 && z <= n)
            snprintf(marks[z].label, sizeof marks[z].label, "%s", d->sets[0].symbols[z - 1]);
    }
    p.n_marks = n + 2;
    if (code == GO_ON && some) code = write_beside(d, &p, "forces by element", ELEMENTS);
    free(x);
    free(marks);
    return code;
}

static int draw_distances(const drawing *d)
{
    double x[COMPARISON_SETS][COMPARISON_BINS], y[COMPARISON_SETS][COMPARISON_BINS],
        error[COMPARISON_SETS][COMPARISON_BINS];
    plot p = { .x_label = "distance to the nearest neighbour (A)",
               .y_label = "RMSE of the forces (meV/A)" };
    for (int32_t s = 0; s < d->n_sets; s++) {
        int64_t n = 0;
        for (int k = 0; k < COMPARISON_BINS; k++) {
            if (d->sets[s].by_distance[k].atoms == 0) continue;
            x[s][n] = 0.1 * (k + 0.5);
            take(&d->sets[s].by_distance[k], &y[s][n], &error[s][n]);
            n++;
        }
        if (n > 0)
            p.lines[p.n_lines++] =
                (plot_line){ d->labels[s], x[s], y[s], error[s], n, 0, PLOT_POINTS };
    }
    return p.n_lines > 0 ? write_beside(d, &p, "forces by distance", DISTANCES) : GO_ON;
}

int comparison_plots(const comparison *sets, int32_t n_sets, const char *const *labels,
                     const char *name, int32_t n_models, const char *who)
{
    drawing d = { sets, n_sets, labels, name, n_models, who };
    int code = draw_parity(&d, PARITY_FORCES);
    if (code == GO_ON) code = draw_parity(&d, PARITY_ENERGIES);
    if (code == GO_ON) code = draw_elements(&d);
    return code == GO_ON ? draw_distances(&d) : code;
}
