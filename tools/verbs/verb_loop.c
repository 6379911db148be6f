/* lrpot loop: P-E hysteresis from records of field and polarization. */
#include "cli/column_units.h"
#include "cli/curves.h"
#include "cli/figure_title.h"
#include "cli/files.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "cli/table.h"
#include "trajectories/lammps_log.h"
#include "verbs/verbs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct loop_run {
    common_options common;
    const char *columns_text, *unit_text, *plot_path, *lammps_path;
    char *file; /* named by the log of LAMMPS */
    char columns[40];
    double volume;
    lrpot_loop_options options;
    int64_t n, capacity;
    double *fields, *values;
    lrpot_loop loop;
    double *points; /* fields, polarization, error: [3][loop.points] */
    int32_t *branches;
} loop_run;

static const double joule_per_cm3 = 160217.6634; /* in one eV/A^3 */

static int append(loop_run *run, const double *row, const double *factors)
{
    if (run->n == run->capacity) {
        int64_t capacity = 2 * run->capacity + 1024;
        double *larger = realloc(run->fields, (size_t)capacity * sizeof *larger);
        if (larger == NULL) return report_no_memory();
        run->fields = larger;
        larger = realloc(run->values, (size_t)capacity * sizeof *larger);
        if (larger == NULL) return report_no_memory();
        run->values = larger;
        run->capacity = capacity;
    }
    run->fields[run->n] = factors[0] * row[0];
    run->values[run->n++] = factors[1] * row[1];
    return GO_ON;
}

static int find_columns(const loop_run *run, const table *t, int32_t *columns)
{
    static const char *const fields[] = { "e", "field" }, *const values[] = { "p", "polarization",
                                                                              "m", "dipole" };
    text_list items;
    columns[0] = columns[1] = -1;
    if (run->columns_text != NULL) {
        int good = text_list_split(&items, run->columns_text) && items.count == 2;
        int code = good ? table_choose(t, "loop", &items, columns)
                        : report_usage("loop", "--columns %s: expected two, as in E,P or 1,2",
                                       run->columns_text);
        text_list_free(&items);
        return code;
    }
    for (int k = 1; k >= 0; k--)
        columns[0] = table_column(t, fields[k]) >= 0 ? table_column(t, fields[k]) : columns[0];
    for (int k = 3; k >= 0; k--)
        columns[1] = table_column(t, values[k]) >= 0 ? table_column(t, values[k]) : columns[1];
    if (columns[0] >= 0 && columns[1] >= 0) return GO_ON;
    if (t->n_columns != 2)
        return report_error(
            BAD_INPUT,
            "%s: no columns E and P; expected a line of names such as `# E P`, or --columns",
            t->path);
    columns[0] = 0;
    columns[1] = 1;
    return GO_ON;
}

/* 1 if the column has one of these names. */
static int is_named(const table *t, int32_t column, const char *const *names)
{
    for (; *names != NULL; names++)
        if (t->names[column] != NULL && strcmp(t->names[column], *names) == 0) return 1;
    return 0;
}

/* Factor from the values to e/A^2, by the options or the column's name. */
static int unit_of(const loop_run *run, const table *t, int32_t column, double *factor)
{
    static const char *const polarizations[] = { "p", "polarization", NULL };
    static const char rename[] = "give --unit or --volume";
    const char *unit = run->unit_text;
    int code = GO_ON, says_polarization = column_states(t, column, COLUMN_POLARIZATION);
    *factor = 1.0;
    if (unit != NULL && run->volume > 0.0)
        return report_usage("loop", "--unit %s and --volume: expected one of them", unit);
    if (unit != NULL && strcmp(unit, "e/A2") == 0) return GO_ON;
    if (unit != NULL && strcmp(unit, "uC/cm2") == 0) {
        *factor = 1.0 / LRPOT_MICROCOULOMB_PER_CM2;
        return GO_ON;
    }
    if (unit != NULL) return report_usage("loop", "--unit %s: expected e/A2 or uC/cm2", unit);
    if (run->volume > 0.0 && says_polarization)
        return report_error(BAD_USAGE,
                            "%s: column %d is a polarization by the unit of its name; --volume is "
                            "for dipoles",
                            t->path, (int)column + 1);
    if (run->volume > 0.0) {
        code = column_factor(t, column, COLUMN_DIPOLE, rename, factor);
        *factor /= run->volume;
        return code;
    }
    if (says_polarization) return column_factor(t, column, COLUMN_POLARIZATION, rename, factor);
    if (is_named(t, column, polarizations) && !column_states(t, column, COLUMN_DIPOLE))
        return column_factor(t, column, COLUMN_POLARIZATION, rename, factor);
    return report_error(BAD_USAGE,
                        "%s: column %d does not say that it is a polarization; give --volume A3 "
                        "for dipoles in e A, or --unit e/A2 or uC/cm2",
                        t->path, (int)column + 1);
}

/* Checks the magnitude. A polarization of a full charge per A^2 is a dipole, or in another unit. */
static int judge_size(const loop_run *run, const char *path)
{
    static const double largest = 1.0;    /* e/A^2; ferroelectrics have at most a tenth */
    static const double strongest = 10.0; /* V/A; solids break down at a tenth */
    double low = INFINITY, high = -INFINITY, field = 0.0;
    for (int64_t i = 0; i < run->n; i++) {
        low = fmin(low, run->values[i]);
        high = fmax(high, run->values[i]);
        field = fmax(field, fabs(run->fields[i]));
    }
    if (field > strongest)
        return report_error(NOT_CONVERGED,
                            "%s: a field of %.3g V/A is beyond the breakdown of solids; name the "
                            "unit in the name of its column, as in E(MV/cm)",
                            path, field);
    if (!(high - low > 2.0 * largest)) return GO_ON;
    return report_error(NOT_CONVERGED,
                        "%s: the polarization changes by %.3g uC/cm2, which no solid does; give "
                        "--volume A3 for dipoles in e A, or --unit",
                        path, LRPOT_MICROCOULOMB_PER_CM2 * (high - low));
}

static int read_records(loop_run *run, const char *path)
{
    table t;
    int32_t columns[2], got = 1;
    double factors[2] = { 1.0, 1.0 }, row[2];
    int code = table_open(&t, path);
    if (code == GO_ON) code = find_columns(run, &t, columns);
    if (code == GO_ON) code = unit_of(run, &t, columns[1], &factors[1]);
    if (code == GO_ON)
        code = column_factor(&t, columns[0], COLUMN_FIELD, "change the name of the column",
                             &factors[0]);
    while (code == GO_ON && got) {
        code = table_next(&t, 2, columns, row, &got);
        if (code == GO_ON && got) code = append(run, row, factors);
    }
    table_close(&t);
    return code == GO_ON ? judge_size(run, path) : code;
}

/* The component of the dipole that the file has; of three, the one in use is not known. */
static int choose_component(const lammps_log *log, const char *path, int32_t *column)
{
    int32_t at[3], found = 0;
    int code = lammps_columns(log, path, 2, at, &found);
    if (code != GO_ON) return code;
    for (int a = 0; a < 3; a++)
        if (at[a] > 0) *column = at[a];
    if (found == 1) return GO_ON;
    return report_error(BAD_INPUT,
                        "%s: has %d of the components c_%s[2] to c_%s[4] of the dipole, expected "
                        "one; choose the columns of field and dipole by --columns, as in 2,5",
                        path, (int)found, log->compute, log->compute);
}

/* Field: the first variable of the fix, else the field of the compute along the component. */
static int choose_field(const lammps_log *log, const char *path, int32_t *column)
{
    int32_t at[3], found = 0;
    if (log->field[0] != '\0') *column = lammps_column(path, log->field);
    if (*column > 0) return GO_ON;
    int code = lammps_columns(log, path, 9, at, &found);
    for (int a = 0; a < 3; a++)
        if (code == GO_ON && found == 1 && at[a] > 0) *column = at[a];
    if (code != GO_ON || *column > 0) return code;
    return report_error(BAD_INPUT,
                        "%s: no column of the field: neither a variable v_NAME nor one of c_%s[9] "
                        "to c_%s[11]; give --columns",
                        path, log->compute, log->compute);
}

/* Sets file, columns and volume by the log. */
static int ask_lammps(loop_run *run, const char **path)
{
    lammps_log log;
    int32_t field = 0, dipole = 0;
    int code = lammps_log_read(&log, run->lammps_path, "lrpot", *path);
    if (code == GO_ON && *path == NULL) {
        run->file = lammps_path(&log);
        if (run->file == NULL) return report_no_memory();
        *path = run->file;
        code = files_read(run->file);
    }
    if (code == GO_ON && run->columns_text == NULL) {
        code = choose_component(&log, *path, &dipole);
        if (code == GO_ON) code = choose_field(&log, *path, &field);
        snprintf(run->columns, sizeof run->columns, "%d,%d", (int)field, (int)dipole);
        run->columns_text = run->columns;
    }
    if (code != GO_ON || run->volume > 0.0 || run->unit_text != NULL) return code;
    run->volume = log.volume;
    if (log.volume > 0.0) return GO_ON;
    return report_error(BAD_INPUT,
                        "%s: the box changes, and the thermo output has no column vol; give "
                        "--volume A3",
                        log.path);
}

static int failure(lrpot_status status, const char *path)
{
    if (status == LRPOT_E_ASSUMPTION)
        return report_error(NOT_CONVERGED, "%s: %s", path, lrpot_last_error());
    if (status == LRPOT_E_ARGUMENT)
        return report_error(BAD_INPUT, "%s: %s", path, lrpot_last_error());
    return report_failure(status, path);
}

static int compute(loop_run *run, const char *path)
{
    lrpot_status status = lrpot_loop_compute(run->n, run->fields, run->values, &run->options,
                                             &run->loop, 0, NULL, NULL, NULL, NULL);
    if (status != LRPOT_OK) return failure(status, path);
    int64_t n = run->loop.points;
    run->points = malloc((size_t)(3 * n) * sizeof *run->points);
    run->branches = malloc((size_t)n * sizeof *run->branches);
    if (run->points == NULL || run->branches == NULL) return report_no_memory();
    status = lrpot_loop_compute(run->n, run->fields, run->values, &run->options, &run->loop, n,
                                run->points, run->points + n, run->points + 2 * n, run->branches);
    if (status != LRPOT_OK) return failure(status, path);
    for (int64_t i = n; i < 3 * n; i++) run->points[i] *= LRPOT_MICROCOULOMB_PER_CM2;
    report_note("%s: %lld records, %lld points", path, (long long)run->n, (long long)n);
    return GO_ON;
}

static const char *branch_name(int32_t branch)
{
    return branch == LRPOT_BRANCH_RISING    ? "rising"
           : branch == LRPOT_BRANCH_FALLING ? "falling"
                                            : "virgin";
}

static int write_csv(const loop_run *run)
{
    output out;
    int64_t n = run->loop.points;
    if (run->common.output == NULL) return GO_ON;
    int code = output_open(&out, run->common.output);
    if (code != GO_ON) return code;
    fprintf(out.stream, "E/(V/A),P/(uC/cm2),error/(uC/cm2),branch\n");
    for (int64_t i = 0; i < n; i++)
        fprintf(out.stream, "%.10g,%.10g,%.10g,%s\n", run->points[i], run->points[n + i],
                run->points[2 * n + i], branch_name(run->branches[i]));
    code = output_close(&out, 1);
    return code == DONE ? GO_ON : code;
}

/* The cycle, the first curve before it, and the four marks with their error bars. */
static int draw(const loop_run *run, const char *path)
{
    static const double zeros[2] = { 0.0, 0.0 };
    const lrpot_loop *loop = &run->loop;
    int64_t n = loop->points, first = 0;
    double remanent[2], error[2];
    char title[FIGURE_TITLE];
    if (run->plot_path == NULL) return GO_ON;
    double *cycle = malloc((size_t)(2 * n) * sizeof *cycle), *virgin = cycle + n;
    if (cycle == NULL) return report_no_memory();
    for (int64_t k = 0; k < n; k++) {
        int is_first = run->branches[k] != LRPOT_BRANCH_RISING
                       && run->branches[k] != LRPOT_BRANCH_FALLING;
        cycle[k] = is_first ? NAN : run->points[n + k];
        virgin[k] = is_first ? run->points[n + k] : NAN;
        first += is_first;
    }
    for (int b = 0; b < 2; b++) {
        remanent[b] = LRPOT_MICROCOULOMB_PER_CM2 * loop->remanent[b];
        error[b] = LRPOT_MICROCOULOMB_PER_CM2 * loop->remanent_error[b];
    }
    figure_title(title, "P-E loop", NULL, 1, path);
    plot p = { .title = title,
               .x_label = "field (V/Å)",
               .y_label = "polarization (µC/cm²)",
               .lines = { { "cycle", run->points, cycle, run->points + 2 * n, n, 1, PLOT_LINE },
                          { "remanence", zeros, remanent, error, 2, 0, PLOT_POINTS },
                          { "coercive field", loop->coercive, zeros, loop->coercive_error, 2, 0,
                            PLOT_POINTS_ACROSS },
                          { "first curve", run->points, virgin, run->points + 2 * n, n, 1,
                            PLOT_LINE } },
               .n_lines = first > 0 ? 4 : 3,
               .level = NAN,
               .x_most = NAN };
    int code = plot_write(&p, run->plot_path);
    free(cycle);
    return code;
}

static json_t *pair(const double *values, double factor)
{
    double scaled[2] = { factor * values[0], factor * values[1] };
    return json_row(scaled, 2);
}

static json_t *result_json(const loop_run *run)
{
    int64_t n = run->loop.points;
    json_t *root = json_object(), *branches = json_array();
    const curve_column columns[] = { { "E", run->points, 1 },
                                     { "P", run->points + n, 1 },
                                     { "error", run->points + 2 * n, 1 } };
    json_object_set_new(root, "remanent", pair(run->loop.remanent, LRPOT_MICROCOULOMB_PER_CM2));
    json_object_set_new(root, "remanent_error",
                        pair(run->loop.remanent_error, LRPOT_MICROCOULOMB_PER_CM2));
    json_object_set_new(root, "coercive", pair(run->loop.coercive, 1.0));
    json_object_set_new(root, "coercive_error", pair(run->loop.coercive_error, 1.0));
    json_put_real(root, "area", joule_per_cm3 * run->loop.area);
    json_put_real(root, "area_error", joule_per_cm3 * run->loop.area_error);
    curves_json(root, n, 3, columns);
    for (int64_t i = 0; i < n; i++)
        json_array_append_new(branches, json_string(branch_name(run->branches[i])));
    json_object_set_new(root, "branch", branches);
    return root;
}

static int print_results(const loop_run *run)
{
    output out = { stdout, NULL, NULL };
    const lrpot_loop *loop = &run->loop;
    int code = DONE;
    if (run->common.json) code = output_json(&out, result_json(run));
    else {
        fprintf(out.stream, "#                          rising                     falling\n");
        fprintf(out.stream, "remanent  %12.6g +- %-10.3g %12.6g +- %-10.3g uC/cm2\n",
                LRPOT_MICROCOULOMB_PER_CM2 * loop->remanent[0],
                LRPOT_MICROCOULOMB_PER_CM2 * loop->remanent_error[0],
                LRPOT_MICROCOULOMB_PER_CM2 * loop->remanent[1],
                LRPOT_MICROCOULOMB_PER_CM2 * loop->remanent_error[1]);
        fprintf(out.stream, "coercive  %12.6g +- %-10.3g %12.6g +- %-10.3g V/A\n",
                loop->coercive[0], loop->coercive_error[0], loop->coercive[1],
                loop->coercive_error[1]);
        fprintf(out.stream, "area      %12.6g +- %-10.3g J/cm3\n", joule_per_cm3 * loop->area,
                joule_per_cm3 * loop->area_error);
    }
    int closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}

int verb_loop(int count, char **arguments)
{
    loop_run run = { .options = LRPOT_LOOP_OPTIONS_INIT, .loop = LRPOT_LOOP_INIT };
    const tool_option options[] = {
        { 0, "lammps", OPTION_INPUT, "LOG",
          "log of LAMMPS: tells the file of fix ave/time, its columns and the volume",
          &run.lammps_path, 0, 0 },
        { 0, "columns", OPTION_TEXT, "E,P", "field (V/A) and polarization, names or numbers from 1",
          &run.columns_text, 0, 0 },
        { 'u', "unit", OPTION_TEXT, "U",
          "of the polarization: e/A2 (default of a column P) or uC/cm2", &run.unit_text, 0, 0 },
        { 'V', "volume", OPTION_REAL, "A3", "the second column is a dipole in e A of this volume",
          &run.volume, 1e-3, 1e15 },
        { 0, "discard", OPTION_REAL, "X",
          "part of the records at each field left out at its start, default 0",
          &run.options.discard, 0, 0.9 },
        { 0, "tolerance", OPTION_REAL, "F", "V/A within which fields are the same, default 1e-9",
          &run.options.tolerance, 1e-15, 1e3 },
        { 'p', "plot", OPTION_OUTPUT, "FILE.png", "the loop", &run.plot_path, 0, 0 },
    };
    const tool_command command = {
        "loop",
        "[FILE]",
        "P-E hysteresis: averages at each field, remanent polarization, coercive field, area, with "
        "error bars.",
        "FILE is a table in order of time; consecutive records at one field make a point. The "
        "field goes up and down between its extremes at\n"
        "least once; what precedes the first extreme is the virgin curve and counts for nothing. "
        "-o FILE.csv gets the points. Errors need 16\n"
        "records at a field; that a jump lies anywhere between two fields is not part of them.",
        options,
        sizeof options / sizeof options[0],
        0,
        1
    };
    int32_t n = 0;
    const char *path = NULL;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code != GO_ON) return code;
    if (n > 0) path = arguments[0];
    if (path == NULL && run.lammps_path == NULL)
        return report_usage("loop", "expected FILE, or --lammps LOG");
    if (run.lammps_path != NULL) code = ask_lammps(&run, &path);
    if (code == GO_ON) code = read_records(&run, path);
    if (code == GO_ON) code = compute(&run, path);
    if (code == GO_ON) code = write_csv(&run);
    if (code == GO_ON) code = draw(&run, path);
    if (code == GO_ON) code = print_results(&run);
    free(run.file);
    free(run.fields);
    free(run.values);
    free(run.points);
    free(run.branches);
    return code;
}
