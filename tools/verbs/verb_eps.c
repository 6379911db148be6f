/* lrpot eps: static dielectric constant from the fluctuations of the dipole. */
#include "cli/curves.h"
#include "cli/figure_title.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "trajectories/series_input.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>

typedef struct eps_run {
    common_options common;
    series_input input;
    const char *plot_path;
    double eps_inf, axes[6];
    int64_t n_running;
    int32_t born, zero_mean;
    int verdict; /* GO_ON, or the exit code if an assumption fails: there is no number then */
    lrpot_estimate ratio;
    double *times, *running;
} eps_run;

/* Factor and offset that turn the ratio into eps_0: screened charges give eps_0/eps_inf, Born
 * charges eps_0 - eps_inf + 1. */
static double factor_of(const eps_run *run)
{
    return run->eps_inf > 0.0 && !run->born ? run->eps_inf : 1.0;
}
static double offset_of(const eps_run *run)
{
    return run->eps_inf > 0.0 && run->born ? run->eps_inf - 1.0 : 0.0;
}

static int compute(eps_run *run, const char *path)
{
    lrpot_series series = series_view(&run->input);
    if (series.kind != LRPOT_SERIES_DIPOLE)
        return report_error(BAD_INPUT,
                            "%s: holds a current; the dielectric constant needs the dipole", path);
    if (run->n_running > series.n) run->n_running = series.n;
    run->times = malloc((size_t)run->n_running * sizeof(double));
    run->running = malloc((size_t)run->n_running * sizeof(double));
    if (run->times == NULL || run->running == NULL) return report_no_memory();
    lrpot_status status =
        lrpot_dielectric_constant(&series, run->zero_mean ? LRPOT_DIELECTRIC_ZERO_MEAN : 0,
                                  &run->ratio, run->axes, run->n_running, run->running);
    if (status != LRPOT_OK && status != LRPOT_E_ASSUMPTION) return series_failure(status, path);
    run->verdict = status == LRPOT_OK ? GO_ON : series_failure(status, path);
    for (int64_t k = 0; k < run->n_running; k++)
        run->times[k] = series.step * (double)series.n * (double)(k + 1) / (double)run->n_running;
    if (run->verdict == GO_ON) estimate_warn(&run->ratio, path);
    return GO_ON;
}

static int curves(const eps_run *run, const char *path)
{
    const curve_column columns[] = { { "time/fs", run->times, 1 }, { "running", run->running, 1 } };
    int code = run->common.output != NULL
                   ? curves_csv(run->common.output, run->n_running, 2, columns)
                   : GO_ON;
    if (code != GO_ON || run->plot_path == NULL) return code;
    char title[FIGURE_TITLE];
    figure_title(title, "dielectric constant from dipole fluctuations", NULL, 1, path);
    plot p = { .title = title,
               .x_label = "length of the trajectory (fs)",
               .y_label = "1 + 4πk⟨δM²⟩/(3VkT)",
               .lines = { { "running estimate", run->times, run->running, NULL, run->n_running, 0,
                            PLOT_LINE } },
               .n_lines = 1,
               .level = run->verdict == GO_ON ? run->ratio.value : NAN,
               .level_error = run->ratio.error,
               .x_most = NAN };
    return plot_write(&p, run->plot_path);
}

static json_t *result_json(const eps_run *run)
{
    static const char *const names[3] = { "x", "y", "z" };
    const curve_column columns[] = { { "time/fs", run->times, 1 }, { "running", run->running, 1 } };
    json_t *root = json_object();
    json_object_set_new(root, "ratio", estimate_json(&run->ratio, 1.0));
    for (int a = 0; a < 3; a++) json_object_set_new(root, names[a], json_row(run->axes + 2 * a, 2));
    if (run->eps_inf > 0.0) {
        json_put_real(root, "eps_0", factor_of(run) * run->ratio.value + offset_of(run));
        json_put_real(root, "eps_0_error", factor_of(run) * run->ratio.error);
    }
    curves_json(root, run->n_running, 2, columns);
    return root;
}

static void print_text(const eps_run *run, FILE *stream)
{
    static const char names[] = "xyz";
    const char *what = run->born ? "eps_0 - eps_inf + 1" : "eps_0/eps_inf";
    fprintf(stream, "%-20s %12.6f +- %.6f\n", what, run->ratio.value, run->ratio.error);
    for (int a = 0; a < 3; a++)
        fprintf(stream, "  along %c            %12.6f +- %.6f\n", names[a], run->axes[2 * a],
                run->axes[2 * a + 1]);
    if (run->eps_inf > 0.0)
        fprintf(stream, "%-20s %12.6f +- %.6f   (eps_inf = %g)\n", "eps_0",
                factor_of(run) * run->ratio.value + offset_of(run),
                factor_of(run) * run->ratio.error, run->eps_inf);
    fprintf(stream, "# bar: %lld blocks of %lld samples; %.1f samples count as one\n",
            (long long)run->ratio.blocks, (long long)run->ratio.block, run->ratio.inefficiency);
}

static int print_results(const eps_run *run)
{
    output out = { stdout, NULL, NULL };
    int code = DONE;
    if (run->common.json) code = output_json(&out, result_json(run));
    else print_text(run, out.stream);
    int closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}

int verb_eps(int count, char **arguments)
{
    eps_run run = { .input = SERIES_DEFAULTS, .n_running = 200, .ratio = LRPOT_ESTIMATE_INIT };
    const tool_option options[] = {
        SERIES_OPTIONS(&run.input),
        { 'e', "eps-inf", OPTION_REAL, "X", "electronic dielectric constant: prints eps_0 too",
          &run.eps_inf, 1.0, 1e6 },
        { 'b', "born", OPTION_FLAG, NULL,
          "charges are physical Born charges, not screened ones: eps_0 = eps_inf + fluctuations",
          &run.born, 0, 0 },
        { 0, "zero-mean", OPTION_FLAG, NULL, "the mean dipole is zero by symmetry", &run.zero_mean,
          0, 0 },
        { 0, "running", OPTION_COUNT, "N", "points of the running estimate, default 200",
          &run.n_running, 1, 1e9 },
        { 'p', "plot", OPTION_OUTPUT, "FILE.png", "running estimate with the result's bar",
          &run.plot_path, 0, 0 },
    };
    const tool_command command = {
        "eps",
        "[FILE]",
        "Static dielectric constant from the fluctuations of the dipole, with error bars by "
        "blocking.",
        SERIES_DETAILS "With the screened charges of this library's models the result is "
                       "eps_0/eps_inf; with the fixed charges of a force field eps_0.\n"
                       "-o FILE.csv gets the running estimate.",
        options,
        sizeof options / sizeof options[0],
        0,
        1
    };
    const char *path = NULL;
    run.input.needs_temperature = 1;
    int code = series_begin(&run.input, &command, &run.common, count, arguments, &path);
    if (code == GO_ON) code = compute(&run, path);
    if (code == GO_ON) code = curves(&run, path);
    if (code == GO_ON) code = run.verdict == GO_ON ? print_results(&run) : run.verdict;
    series_free(&run.input);
    free(run.times);
    free(run.running);
    return code;
}
