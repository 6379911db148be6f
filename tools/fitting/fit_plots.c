#include "fitting/fit_plots.h"

#include "cli/options.h"
#include "cli/plot.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEARNING, PARITY_FORCES, PARITY_ENERGIES, ELEMENTS };

const char *const fit_plot_suffixes[FIT_PLOTS] = { ".learning.png", ".parity-forces.png",
                                                   ".parity-energies.png", ".elements.png" };

static int write_beside(const plot *p, const char *path, int which)
{
    char *name = fit_beside(path, fit_plot_suffixes[which]);
    int code = name != NULL ? plot_write(p, name) : report_no_memory();
    free(name);
    return code;
}

/* RMSE of a target in an iteration, in thousandths of its unit; NaN if there is none. */
static double rmse_of(const json_t *row, const char *set, const char *target)
{
    const json_t *error = json_object_get(json_object_get(row, set), target);
    return error != NULL ? 1e3 * json_number_value(json_object_get(error, "rmse")) : NAN;
}

/* Target of the learning curve: forces, otherwise the first that is fitted. */
static const char *target_of(const json_t *history)
{
    json_t *train = json_object_get(json_array_get(history, 0), "train");
    if (json_object_get(train, "forces") != NULL) return "forces";
    return json_object_iter_key(json_object_iter(train));
}

static int draw_learning(const json_t *history, const char *path)
{
    size_t n = json_array_size(history);
    const char *target = target_of(history);
    double *x = malloc((3 * n + 1) * sizeof *x), *train = x + n, *valid = train + n;
    char label[64];
    if (x == NULL) return report_no_memory();
    if (n == 0 || target == NULL) {
        free(x);
        return GO_ON;
    }
    for (size_t k = 0; k < n; k++) {
        const json_t *row = json_array_get(history, k);
        x[k] = (double)(k + 1);
        train[k] = rmse_of(row, "train", target);
        valid[k] = rmse_of(row, "valid", target);
    }
    snprintf(label, sizeof label,
             strcmp(target, "forces") == 0 ? "RMSE of the forces (meV/A)" : "RMSE of %s (1e-3)",
             target);
    plot p = { .title = "learning curve",
               .x_label = "iteration, all starts and stages",
               .y_label = label,
               .lines = { { "training", x, train, NULL, (int64_t)n, 1, PLOT_LINE },
                          { "validation", x, valid, NULL, (int64_t)n, 1, PLOT_LINE } },
               .n_lines = isfinite(valid[n - 1]) ? 2 : 1,
               .level = NAN,
               .x_most = NAN,
               .log_y = 1 };
    int code = write_beside(&p, path, LEARNING);
    free(x);
    return code;
}

static void widen(const parity *p, double range[2])
{
    for (int64_t k = 0; k < p->n; k++) {
        range[0] = fmin(range[0], fmin(p->reference[k], p->model[k]));
        range[1] = fmax(range[1], fmax(p->reference[k], p->model[k]));
    }
}

static int draw_parity(const parity sets[EXAMINED_SETS], const char *title, const char *unit,
                       const char *path, int which)
{
    double range[2] = { INFINITY, -INFINITY };
    char x_label[64], y_label[64];
    for (int s = 0; s < EXAMINED_SETS; s++) widen(&sets[s], range);
    if (!(range[1] >= range[0])) return GO_ON;
    snprintf(x_label, sizeof x_label, "reference (%s)", unit);
    snprintf(y_label, sizeof y_label, "model (%s)", unit);
    plot p = {
        .title = title,
        .x_label = x_label,
        .y_label = y_label,
        .lines = { { "training", sets[0].reference, sets[0].model, NULL, sets[0].n, 0,
                     PLOT_POINTS },
                   { "validation", sets[1].reference, sets[1].model, NULL, sets[1].n, 0,
                     PLOT_POINTS },
                   { "", range, range, NULL, 2, 0, PLOT_GUIDE } },
        .n_lines = 3,
        .level = NAN,
        .x_most = NAN,
    };
    if (sets[1].n == 0) {
        p.lines[1] = p.lines[2];
        p.n_lines = 2;
    }
    return write_beside(&p, path, which);
}

/* One pair of bars for each element. */
static int draw_elements(const examination *e, const char *path)
{
    int32_t n = e->n_symbols;
    double *x = calloc((size_t)(4 * n), sizeof *x), *y = x + 2 * n;
    plot_mark *marks = calloc((size_t)n + 2, sizeof *marks);
    int code = x != NULL && marks != NULL ? GO_ON : report_no_memory(), some = 0;
    for (int32_t k = 0; code == GO_ON && k < 2 * n; k++) {
        int set = k / n;
        x[k] = k % n + 1 + (set == 0 ? -0.19 : 0.19);
        y[k] = 1e3 * examination_rmse(e, set, k % n);
        some = some || isfinite(y[k]);
    }
    for (int32_t z = 0; code == GO_ON && z < n + 2; z++) {
        marks[z].at = z == 0 ? 0.4 : z == n + 1 ? n + 0.6 : z;
        if (z > 0 && z <= n)
            snprintf(marks[z].label, sizeof marks[z].label, "%s", e->symbols[z - 1]);
    }
    plot p = { .title = "forces by element",
               .x_label = "",
               .y_label = "RMSE of the forces (meV/A)",
               .lines = { { "training", x, y, NULL, n, 0, PLOT_BARS },
                          { "validation", x + n, y + n, NULL, n, 0, PLOT_BARS } },
               .n_lines = e->forces[1].n > 0 ? 2 : 1,
               .level = NAN,
               .x_most = NAN,
               .marks = marks,
               .n_marks = n + 2 };
    if (code == GO_ON && some) code = write_beside(&p, path, ELEMENTS);
    free(x);
    free(marks);
    return code;
}

int fit_plots(const examination *e, const json_t *history, const char *path)
{
    int code = draw_learning(history, path);
    if (code == GO_ON) code = draw_parity(e->forces, "forces", "eV/A", path, PARITY_FORCES);
    if (code == GO_ON)
        code = draw_parity(e->energies, "energies", "eV/atom", path, PARITY_ENERGIES);
    return code == GO_ON ? draw_elements(e, path) : code;
}
