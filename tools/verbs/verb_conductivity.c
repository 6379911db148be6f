/* lrpot conductivity: ionic conductivity by Green-Kubo, Helfand-Einstein, or in a field; thermal
 * conductivity by Green-Kubo. */
#include "cli/curves.h"
#include "cli/figure_title.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "trajectories/series_input.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>

typedef struct conductivity_run {
    common_options common;
    series_input input;
    const char *plot_path;
    double eps_inf, field[3], length, factor;
    lrpot_conductivity_options options;
    int in_field, verdict; /* verdict: GO_ON, or the exit code if an assumption fails */
    lrpot_estimate kubo, einstein, driven;
    double window[2], density[3];
    int64_t lags;
    double *times, *correlation, *integral, *error, *displacement;
} conductivity_run;

static int make_room(conductivity_run *run, int64_t lags)
{
    run->lags = lags;
    run->times = malloc((size_t)(5 * lags) * sizeof(double));
    if (run->times == NULL) return report_no_memory();
    run->correlation = run->times + lags;
    run->integral = run->correlation + lags;
    run->error = run->integral + lags;
    run->displacement = run->error + lags;
    return GO_ON;
}

/* If an assumption fails, the curves are written without a number. */
static int judge(conductivity_run *run, lrpot_status status, const char *path)
{
    if (status == LRPOT_OK) return GO_ON;
    int code = run->verdict == GO_ON ? series_failure(status, path) : run->verdict;
    if (status != LRPOT_E_ASSUMPTION) return code;
    run->verdict = code;
    return GO_ON;
}

static void scale_curves(conductivity_run *run, double step)
{
    for (int64_t k = 0; k < run->lags; k++) {
        run->times[k] = step * (double)k;
        run->correlation[k] *= run->factor;
        run->integral[k] *= run->factor;
        run->error[k] *= run->factor;
        if (!run->input.heat) run->displacement[k] *= run->factor;
    }
}

static lrpot_status green_kubo(conductivity_run *run, const lrpot_series *series, double *window,
                               int64_t lags)
{
    return (run->input.heat ? lrpot_thermal_conductivity : lrpot_conductivity_green_kubo)(
        series, &run->options, &run->kubo, window, lags, run->correlation, run->integral,
        run->error);
}

/* Computes the curves, up to twice the window unless the user gives another length; a first pass
 * finds the window. */
static int fluctuations(conductivity_run *run, const lrpot_series *series, const char *path)
{
    int code = judge(run, green_kubo(run, series, run->window, 0), path);
    if (code != GO_ON) return code;
    double length = run->length > 0.0 ? run->length : 2.0 * run->window[1];
    int64_t lags = (int64_t)(length / series->step) + 1;
    code = make_room(run, lags < series->n / 4 ? lags : series->n / 4);
    if (code != GO_ON) return code;
    code = judge(run, green_kubo(run, series, NULL, run->lags), path);
    if (code == GO_ON && !run->input.heat)
        code = judge(run,
                     lrpot_conductivity_einstein(series, &run->options, &run->einstein, NULL,
                                                 run->lags, run->displacement),
                     path);
    if (code != GO_ON) return code;
    scale_curves(run, series->step);
    if (!run->kubo.plateau && run->verdict == GO_ON)
        report_note("%s: the blocks are short against the window; their bar may be too small",
                    path);
    return GO_ON;
}

enum { MOST_POINTS = 1000 };

/* The current along the field and its mean so far, at up to 1000 times. */
static int field_curves(conductivity_run *run, const lrpot_series *series)
{
    int dipole = series->kind == LRPOT_SERIES_DIPOLE;
    int64_t n = dipole ? series->n - 1 : series->n, done = 0;
    double square = run->field[0] * run->field[0] + run->field[1] * run->field[1]
                    + run->field[2] * run->field[2],
           sum = 0.0, scale = LRPOT_SIEMENS_PER_CM * run->factor / (series->volume * square);
    int code = make_room(run, n < MOST_POINTS ? n : MOST_POINTS);
    for (int64_t k = 0; code == GO_ON && k < run->lags; k++) {
        int64_t end = (k + 1) * n / run->lags, from = done;
        double part = 0.0;
        for (; done < end; done++)
            for (int a = 0; a < 3; a++) {
                const double *v = series->values + 3 * done + a;
                part += run->field[a] * (dipole ? (v[3] - v[0]) / series->step : v[0]);
            }
        sum += part;
        run->times[k] = series->step * (double)end;
        run->correlation[k] = part / (double)(end - from) / (sqrt(square) * series->volume);
        run->integral[k] = scale * sum / (double)end;
    }
    return code;
}

static int compute(conductivity_run *run, const char *path)
{
    lrpot_series series = series_view(&run->input);
    run->factor = run->eps_inf > 0.0 ? run->eps_inf : 1.0;
    run->verdict = GO_ON;
    if (!run->in_field) return fluctuations(run, &series, path);
    int code =
        judge(run, lrpot_conductivity_field(&series, run->field, &run->driven, run->density), path);
    if (code == GO_ON) code = field_curves(run, &series);
    if (code == GO_ON && run->verdict == GO_ON) estimate_warn(&run->driven, path);
    return code;
}

enum { N_COLUMNS = 5 };

static int curves(const conductivity_run *run, json_t *root)
{
    const curve_column fluctuation[N_COLUMNS] = {
        { "lag/fs", run->times, 1 },
        { "correlation/(e^2 A^2/fs^2)", run->correlation, 1 },
        { "running/(S/cm)", run->integral, 1 },
        { "error/(S/cm)", run->error, 1 },
        { "displacement/(e^2 A^2)", run->displacement, 1 }
    };
    const curve_column heat[] = { { "lag/fs", run->times, 1 },
                                  { "correlation/(eV^2 A^2/fs^2)", run->correlation, 1 },
                                  { "running/(W/(m K))", run->integral, 1 },
                                  { "error/(W/(m K))", run->error, 1 } };
    const curve_column driven[] = { { "time/fs", run->times, 1 },
                                    { "density/(e/(A^2 fs))", run->correlation, 1 },
                                    { "running/(S/cm)", run->integral, 1 } };
    const curve_column *columns = run->in_field ? driven : run->input.heat ? heat : fluctuation;
    int n = run->in_field ? 3 : run->input.heat ? 4 : N_COLUMNS;
    if (root != NULL) curves_json(root, run->lags, n, columns);
    else if (run->common.output != NULL)
        return curves_csv(run->common.output, run->lags, n, columns);
    return GO_ON;
}

static int draw(const conductivity_run *run, const char *path)
{
    char title[FIGURE_TITLE];
    const lrpot_estimate *result = run->in_field ? &run->driven : &run->kubo;
    if (run->plot_path == NULL) return GO_ON;
    figure_title(title,
                 run->in_field     ? "conductivity in a field"
                 : run->input.heat ? "thermal conductivity"
                                   : "ionic conductivity",
                 NULL, 1, path);
    plot p = {
        .title = title,
        .x_label = run->in_field ? "length of the series (fs)" : "upper limit of the integral (fs)",
        .y_label = run->input.heat ? "thermal conductivity (W/(m K))" : "conductivity (S/cm)",
        .lines = { { run->in_field ? "mean current over field" : "Green-Kubo", run->times,
                     run->integral, run->in_field ? NULL : run->error, run->lags, 0, PLOT_LINE } },
        .n_lines = 1,
        .level = run->verdict == GO_ON ? run->factor * result->value : NAN,
        .level_error = run->factor * result->error,
        .x_most = NAN
    };
    return plot_write(&p, run->plot_path);
}

static json_t *result_json(const conductivity_run *run)
{
    json_t *root = json_object();
    if (run->in_field) {
        json_object_set_new(root, "field", estimate_json(&run->driven, run->factor));
        json_object_set_new(root, "current_density", json_row(run->density, 3));
        curves(run, root);
        return root;
    }
    json_object_set_new(root, "green_kubo", estimate_json(&run->kubo, run->factor));
    if (!run->input.heat)
        json_object_set_new(root, "einstein", estimate_json(&run->einstein, run->factor));
    json_object_set_new(root, "window", json_row(run->window, 2));
    curves(run, root);
    return root;
}

static void print_line(FILE *stream, const char *name, const conductivity_run *run,
                       const lrpot_estimate *estimate)
{
    fprintf(stream, "%-18s %14.6g +- %-12.4g %s   (%lld blocks of %lld samples)\n", name,
            run->factor * estimate->value, run->factor * estimate->error,
            run->input.heat ? "W/(m K)" : "S/cm", (long long)estimate->blocks,
            (long long)estimate->block);
}

static int print_results(const conductivity_run *run)
{
    output out = { stdout, NULL, NULL };
    int code = DONE;
    if (run->common.json) code = output_json(&out, result_json(run));
    else if (run->in_field) {
        print_line(out.stream, "field", run, &run->driven);
        fprintf(out.stream, "# mean current density %.6g %.6g %.6g e/(A^2 fs)\n", run->density[0],
                run->density[1], run->density[2]);
    } else {
        print_line(out.stream, "Green-Kubo", run, &run->kubo);
        if (!run->input.heat) print_line(out.stream, "Helfand-Einstein", run, &run->einstein);
        fprintf(out.stream, "# plateau%s from %.6g to %.6g fs\n",
                run->input.heat ? "" : " and slope", run->window[0], run->window[1]);
    }
    int closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}

int verb_conductivity(int count, char **arguments)
{
    conductivity_run run = { .input = SERIES_DEFAULTS,
                             .options = LRPOT_CONDUCTIVITY_OPTIONS_INIT,
                             .kubo = LRPOT_ESTIMATE_INIT,
                             .einstein = LRPOT_ESTIMATE_INIT,
                             .driven = LRPOT_ESTIMATE_INIT };
    const tool_option options[] = {
        SERIES_OPTIONS(&run.input),
        { 0, "heat", OPTION_FLAG, NULL,
          "thermal conductivity, W/(m K): the table holds the heat flux, J = d/dt sum r e",
          &run.input.heat, 0, 0 },
        { 'f', "field", OPTION_THREE, "x,y,z",
          "V/A: the run was in this field, the conductivity is mean current over field", run.field,
          0, 0 },
        { 0, "begin", OPTION_REAL, "FS", "plateau and slope from here; default: half of the end",
          &run.options.begin, 0, 1e15 },
        { 0, "end", OPTION_REAL, "FS", "up to here; default: 15 correlation times",
          &run.options.end, 0, 1e15 },
        { 0, "blocks", OPTION_COUNT, "N",
          "pieces for the error; default: as many as are long enough, up to 64",
          &run.options.blocks, 4, 1e6 },
        { 0, "length", OPTION_REAL, "FS", "length of the curves; default: twice the end",
          &run.length, 0, 1e15 },
        { 'e', "eps-inf", OPTION_REAL, "X",
          "charges are screened: multiplies the conductivity by X", &run.eps_inf, 1.0, 1e6 },
        { 'p', "plot", OPTION_OUTPUT, "FILE.png", "running integral with its band and the result",
          &run.plot_path, 0, 0 },
    };
    const tool_command command = {
        "conductivity",
        "[FILE]",
        "Ionic conductivity: Green-Kubo and Helfand-Einstein, or the "
        "current in a field; thermal conductivity: Green-Kubo; with error bars.",
        SERIES_DETAILS "-o FILE.csv gets the correlation, its running integral with "
                       "error, and the mean square displacement of the dipole; in a field the\n"
                       "current density along it and the running mean of the conductivity.",
        options,
        sizeof options / sizeof options[0],
        0,
        1
    };
    int32_t n = 0;
    const char *path = NULL;
    run.input.verb = "conductivity";
    run.input.common = &run.common;
    run.input.want_current = 1;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    run.in_field = options_given(&run.common, "field");
    if (run.in_field && run.field[0] == 0.0 && run.field[1] == 0.0 && run.field[2] == 0.0)
        return report_usage("conductivity", "--field 0,0,0: expected a field other than zero");
    if (run.input.heat) {
        code = options_without(&run.common, "conductivity", "field,eps-inf,kind,from,velocity-unit",
                               "with --heat");
        run.input.kind_text = "current";
    } else if (run.in_field)
        code = options_without(&run.common, "conductivity", "begin,end,blocks,length",
                               "with --field: there is no window");
    if (code != GO_ON) return code;
    run.input.needs_temperature = !run.in_field;
    if (n > 0) path = arguments[0];
    code = series_read(&run.input, &path);
    if (code == GO_ON) code = compute(&run, path);
    if (code == GO_ON) code = curves(&run, NULL);
    if (code == GO_ON) code = draw(&run, path);
    if (code == GO_ON) code = run.verdict == GO_ON ? print_results(&run) : run.verdict;
    series_free(&run.input);
    free(run.times);
    return code;
}
