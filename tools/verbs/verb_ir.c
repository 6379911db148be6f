/* lrpot ir: infrared absorption from the dipole current. */
#include "cli/curves.h"
#include "cli/figure_title.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "trajectories/series_input.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct ir_run {
    common_options common;
    series_input input;
    const char *plot_path, *window_text, *quantum_text;
    double eps_inf, resolution, highest;
    lrpot_spectrum_options options;
    int64_t n, segments;
    double *wavenumbers, *thz, *absorption, *error, *axes;
} ir_run;

static const char *const WINDOWS[] = { "hann", "gaussian", "none", NULL };
static const char *const QUANTA[] = { "classical", "harmonic", "standard", "schofield", NULL };

static int read_words(ir_run *run)
{
    int window = 0, quantum = 0;
    if (run->options.width > 0.0
        && (run->window_text == NULL || strcmp(run->window_text, "gaussian") != 0))
        return report_usage("ir", "--width has no effect without --window gaussian");
    while (run->window_text != NULL && WINDOWS[window] != NULL
           && strcmp(run->window_text, WINDOWS[window]) != 0)
        window++;
    if (WINDOWS[window] == NULL)
        return report_usage("ir", "--window %s: expected hann, gaussian or none", run->window_text);
    if (run->quantum_text != NULL && strcmp(run->quantum_text, "none") == 0)
        run->quantum_text = NULL;
    while (run->quantum_text != NULL && QUANTA[quantum] != NULL
           && strcmp(run->quantum_text, QUANTA[quantum]) != 0)
        quantum++;
    if (QUANTA[quantum] == NULL)
        return report_usage(
            "ir", "--quantum %s: expected none, classical, harmonic, standard or schofield",
            run->quantum_text);
    run->options.window = window;
    run->options.quantum = quantum;
    return GO_ON;
}

/* Number of samples of a segment for the resolution asked for. */
static int64_t segment_of(const ir_run *run)
{
    if (run->resolution == 0.0) return 0;
    return (int64_t)fmin(ceil(1e3 * LRPOT_CM_PER_THZ / (run->resolution * run->input.step)), 1e18);
}

/* Bands beyond the Nyquist frequency are folded back to below it, and show as absorption near
 * it. */
static int check_sampling(const ir_run *run, const char *path)
{
    static const double largest = 0.25; /* relative to the mean, in the last tenth of the axis */
    double all = 0.0, last = 0.0, nyquist = run->wavenumbers[run->n - 1];
    int64_t from = run->n - run->n / 10;
    for (int64_t k = 1; k < run->n; k++) {
        all += run->absorption[k] / (double)(run->n - 1);
        if (k >= from) last += run->absorption[k] / (double)(run->n - from);
    }
    if (run->n < 20 || !(last > largest * all)) return GO_ON;
    if (run->highest > 0.0 && run->highest <= 0.8 * nyquist) {
        report_note("%s: bands reach the end of the axis at %.4g cm-1; what lies beyond is folded "
                    "back into the spectrum",
                    path, nyquist);
        return GO_ON;
    }
    return report_error(NOT_CONVERGED,
                        "%s: the absorption has not vanished at %.4g cm-1, the most that samples "
                        "%g fs apart show: bands beyond it are folded back; sample more often, or "
                        "keep away from the end, --highest %.4g",
                        path, nyquist, run->input.step, 0.8 * nyquist);
}

static int compute(ir_run *run, const char *path)
{
    lrpot_series series = series_view(&run->input);
    run->options.segment = segment_of(run);
    lrpot_status status = lrpot_spectrum_size(&series, &run->options, &run->n, &run->segments);
    if (status != LRPOT_OK) return series_failure(status, path);
    run->wavenumbers = malloc((size_t)(7 * run->n) * sizeof(double));
    if (run->wavenumbers == NULL) return report_no_memory();
    run->thz = run->wavenumbers + run->n;
    run->absorption = run->thz + run->n;
    run->error = run->absorption + run->n;
    run->axes = run->error + run->n;
    status = lrpot_spectrum_infrared(&series, &run->options, run->n, run->wavenumbers, run->thz,
                                     run->absorption, run->error, run->axes);
    if (status != LRPOT_OK) return series_failure(status, path);
    int code = check_sampling(run, path);
    if (code != GO_ON) return code;
    double factor = run->eps_inf > 0.0 ? run->eps_inf : 1.0;
    for (int64_t k = 0; k < 5 * run->n; k++) run->absorption[k] *= factor;
    /* the part of the axis that was asked for */
    while (run->highest > 0.0 && run->n > 1 && run->wavenumbers[run->n - 1] > run->highest)
        run->n--;
    report_note("%s: %lld segments, %.4g cm-1 between frequencies", path, (long long)run->segments,
                run->wavenumbers[1]);
    return GO_ON;
}

enum { N_COLUMNS = 7 };

static void fill_columns(const ir_run *run, curve_column *columns)
{
    const curve_column all[N_COLUMNS] = { { "wavenumber/cm-1", run->wavenumbers, 1 },
                                          { "n_alpha/cm-1", run->absorption, 1 },
                                          { "error/cm-1", run->error, 1 },
                                          { "x/cm-1", run->axes, 3 },
                                          { "y/cm-1", run->axes + 1, 3 },
                                          { "z/cm-1", run->axes + 2, 3 },
                                          { "frequency/THz", run->thz, 1 } };
    memcpy(columns, all, sizeof all);
}

static int draw(const ir_run *run, const char *path)
{
    char title[FIGURE_TITLE];
    if (run->plot_path == NULL) return GO_ON;
    figure_title(title, "infrared absorption", NULL, 1, path);
    plot p = { .title = title,
               .x_label = "wavenumber (1/cm)",
               .y_label = "n α (1/cm)",
               .lines = { { QUANTA[run->options.quantum], run->wavenumbers, run->absorption,
                            run->segments > 1 ? run->error : NULL, run->n, 0, PLOT_LINE } },
               .n_lines = 1,
               .level = NAN,
               .x_most = NAN };
    return plot_write(&p, run->plot_path);
}

static int print_results(const ir_run *run)
{
    curve_column columns[N_COLUMNS];
    fill_columns(run, columns);
    if (run->common.output != NULL) {
        int code = curves_csv(run->common.output, run->n, N_COLUMNS, columns);
        if (code != GO_ON) return code;
    }
    output out = { stdout, NULL, NULL };
    int code = DONE;
    if (run->common.json) {
        json_t *root = json_object();
        json_put_text(root, "window", WINDOWS[run->options.window]);
        json_put_text(root, "quantum", QUANTA[run->options.quantum]);
        json_put_count(root, "segments", run->segments);
        curves_json(root, run->n, N_COLUMNS, columns);
        code = output_json(&out, root);
    } else if (run->common.output == NULL) curves_print(out.stream, run->n, N_COLUMNS, columns);
    int closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}

int verb_ir(int count, char **arguments)
{
    ir_run run = { .input = SERIES_DEFAULTS, .options = LRPOT_SPECTRUM_OPTIONS_INIT };
    const tool_option options[] = {
        SERIES_OPTIONS(&run.input),
        { 'r', "resolution", OPTION_REAL, "CM1",
          "most cm-1 between frequencies; default: about 15 segments", &run.resolution, 1e-6, 1e6 },
        { 'x', "highest", OPTION_REAL, "CM1", "end of the spectrum; default: all frequencies",
          &run.highest, 1e-3, 1e9 },
        { 'w', "window", OPTION_TEXT, "W", "hann, gaussian, none; default hann", &run.window_text,
          0, 0 },
        { 0, "width", OPTION_REAL, "X",
          "standard deviation of the Gaussian window in segments, default 0.125",
          &run.options.width, 1e-3, 10 },
        { 0, "overlap", OPTION_REAL, "X", "part that segments share, default 0.5; -1: none",
          &run.options.overlap, -1, 0.95 },
        { 0, "quantum", OPTION_TEXT, "Q",
          "none (= classical), harmonic, standard, schofield; default none", &run.quantum_text, 0,
          0 },
        { 'e', "eps-inf", OPTION_REAL, "X", "charges are screened: multiplies the absorption by X",
          &run.eps_inf, 1.0, 1e6 },
        { 'p', "plot", OPTION_OUTPUT, "FILE.png", "spectrum with its error band", &run.plot_path, 0,
          0 },
    };
    const tool_command command = { "ir",
                                   "[FILE]",
                                   "Infrared absorption n(omega) alpha(omega) in 1/cm from the "
                                   "dipole or its current, averaged over segments.",
                                   SERIES_DETAILS
                                   "The spectrum is printed as CSV, or goes to -o FILE.csv. Errors "
                                   "are from the scatter of the segments.",
                                   options,
                                   sizeof options / sizeof options[0],
                                   0,
                                   1 };
    int32_t n = 0;
    const char *path = NULL;
    run.input.verb = "ir";
    run.input.common = &run.common;
    run.input.needs_temperature = 1;
    run.input.want_current = 1;
    run.input.follows_motion = 1;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code == GO_ON) code = read_words(&run);
    if (code != GO_ON) return code;
    if (n > 0) path = arguments[0];
    code = series_read(&run.input, &path);
    if (code == GO_ON) code = compute(&run, path);
    if (code == GO_ON) code = draw(&run, path);
    if (code == GO_ON) code = print_results(&run);
    series_free(&run.input);
    free(run.wavenumbers);
    return code;
}
