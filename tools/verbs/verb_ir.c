/* lrpot ir: infrared absorption from the dipole current. */
#include "cli/curves.h"
#include "cli/figure_title.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "trajectories/series_input.h"
#include "trajectories/spectrum_options.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct ir_run {
    common_options common;
    series_input input;
    const char *plot_path;
    double eps_inf;
    spectrum_options spectrum;
    int64_t n, segments;
    double *wavenumbers, *thz, *absorption, *error, *axes;
} ir_run;

static int compute(ir_run *run, const char *path)
{
    lrpot_series series = series_view(&run->input);
    spectrum_set_segment(&run->spectrum, run->input.step);
    lrpot_status status =
        lrpot_spectrum_size(&series, &run->spectrum.options, &run->n, &run->segments);
    if (status != LRPOT_OK) return series_failure(status, path);
    run->wavenumbers = malloc((size_t)(7 * run->n) * sizeof(double));
    if (run->wavenumbers == NULL) return report_no_memory();
    run->thz = run->wavenumbers + run->n;
    run->absorption = run->thz + run->n;
    run->error = run->absorption + run->n;
    run->axes = run->error + run->n;
    status = lrpot_spectrum_infrared(&series, &run->spectrum.options, run->n, run->wavenumbers,
                                     run->thz, run->absorption, run->error, run->axes);
    if (status != LRPOT_OK) return series_failure(status, path);
    int code = spectrum_check_sampling(&run->spectrum, run->n, run->wavenumbers, run->absorption,
                                       run->input.step, path);
    if (code != GO_ON) return code;
    double factor = run->eps_inf > 0.0 ? run->eps_inf : 1.0;
    for (int64_t k = 0; k < 5 * run->n; k++) run->absorption[k] *= factor;
    run->n = spectrum_shown(&run->spectrum, run->n, run->wavenumbers);
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
               .lines = { { spectrum_quanta[run->spectrum.options.quantum], run->wavenumbers,
                            run->absorption, run->segments > 1 ? run->error : NULL, run->n, 0,
                            PLOT_LINE } },
               .n_lines = 1,
               .level = NAN,
               .x_most = NAN };
    return plot_write(&p, run->plot_path);
}

static int print_results(const ir_run *run)
{
    curve_column columns[N_COLUMNS];
    fill_columns(run, columns);
    return spectrum_print(&run->spectrum, &run->common, run->segments, run->n, N_COLUMNS, columns);
}

int verb_ir(int count, char **arguments)
{
    ir_run run = { .input = SERIES_DEFAULTS, .spectrum = SPECTRUM_DEFAULTS };
    const tool_option options[] = {
        SERIES_OPTIONS(&run.input),
        SPECTRUM_OPTIONS(&run.spectrum),
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
    if (code == GO_ON) code = spectrum_read_words(&run.spectrum, "ir");
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
