#include "fitting/fit_plots.h"

#include "cli/figure_title.h"
#include "cli/options.h"
#include "cli/plot.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int draw_learning(const json_t *history, const char *beside, const char *model)
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
    char title[FIGURE_TITLE];
    figure_title(title, "learning curve", NULL, 1, model);
    plot p = { .title = title,
               .x_label = "iteration, all starts and stages",
               .y_label = label,
               .lines = { { "training", x, train, NULL, (int64_t)n, 1, PLOT_LINE },
                          { "validation", x, valid, NULL, (int64_t)n, 1, PLOT_LINE } },
               .n_lines = isfinite(valid[n - 1]) ? 2 : 1,
               .level = NAN,
               .x_most = NAN,
               .log_y = 1 };
    char *name = comparison_beside(beside, FIT_LEARNING_SUFFIX);
    int code = name != NULL ? plot_write(&p, name) : report_no_memory();
    free(name);
    free(x);
    return code;
}

int fit_plots(const examination *e, const json_t *history, const char *name, const char *model)
{
    static const char *const labels[EXAMINED_SETS] = { "training", "validation" };
    int code = draw_learning(history, name, model);
    return code == GO_ON ? comparison_plots(e->compared, EXAMINED_SETS, labels, name, 1, model)
                         : code;
}
