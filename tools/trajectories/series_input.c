#include "trajectories/series_input.h"

#include "cli/column_units.h"
#include "cli/files.h"
#include "cli/report.h"
#include "cli/table.h"
#include "trajectories/lammps_log.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int append(series_input *input, double time, const double *values)
{
    if (input->n == input->capacity) {
        int64_t capacity = 2 * input->capacity + 1024;
        double *larger = realloc(input->values, (size_t)(3 * capacity) * sizeof *larger);
        if (larger == NULL) return report_no_memory();
        input->values = larger;
        larger = realloc(input->times, (size_t)capacity * sizeof *larger);
        if (larger == NULL) return report_no_memory();
        input->times = larger;
        input->capacity = capacity;
    }
    memcpy(input->values + 3 * input->n, values, 3 * sizeof *values);
    input->times[input->n++] = time;
    return GO_ON;
}

static const char *const triples[][4] = { { "mx", "my", "mz", "dipole" },
                                          { "dipole_x", "dipole_y", "dipole_z", "dipole" },
                                          { "jx", "jy", "jz", "current" },
                                          { "current_x", "current_y", "current_z", "current" } };
static const char *const time_names[] = { "t", "time", "time_fs" };

/* Columns by the names in the table: a current if it is useful and both are there. */
static int named_columns(series_input *input, const table *t, int32_t *columns, int32_t *n)
{
    int found = -1;
    for (int k = 0; k < 4; k++) {
        int current = strcmp(triples[k][3], "current") == 0,
            usable = input->kind_text == NULL || strcmp(input->kind_text, triples[k][3]) == 0;
        int there = table_column(t, triples[k][0]) >= 0 && table_column(t, triples[k][1]) >= 0
                    && table_column(t, triples[k][2]) >= 0;
        if (input->heat && !current) there = 0; /* names of a dipole are not a flux's */
        if (there && usable && (found < 0 || (current && input->want_current))) found = k;
    }
    if (found < 0) return GO_ON;
    *n = 0;
    for (size_t k = 0; k < sizeof time_names / sizeof time_names[0] && *n == 0; k++)
        if (table_column(t, time_names[k]) >= 0) columns[(*n)++] = table_column(t, time_names[k]);
    for (int a = 0; a < 3; a++) columns[(*n)++] = table_column(t, triples[found][a]);
    input->kind = strcmp(triples[found][3], "current") == 0 ? LRPOT_SERIES_CURRENT
                                                            : LRPOT_SERIES_DIPOLE;
    return GO_ON;
}

static int chosen_columns(series_input *input, const table *t, int32_t *columns, int32_t *n)
{
    text_list items;
    int good = text_list_split(&items, input->columns_text)
               && (items.count == 3 || items.count == 4);
    int code =
        good ? table_choose(t, input->verb, &items, columns)
             : report_usage(input->verb,
                            "--columns %s: expected three or four, as in t,Mx,My,Mz or 1,2,3,4",
                            input->columns_text);
    *n = items.count;
    text_list_free(&items);
    return code;
}

static int find_columns(series_input *input, const table *t, int32_t *columns, int32_t *n)
{
    *n = 0;
    int code = input->columns_text != NULL ? chosen_columns(input, t, columns, n)
                                           : named_columns(input, t, columns, n);
    if (code != GO_ON) return code;
    int32_t last = *n > 0 ? columns[*n - 1] : -1, by_name = input->columns_text == NULL && *n > 0;
    int by_place = input->kind_text != NULL && !(input->heat && t->names[0] != NULL);
    if (*n == 0 && by_place && (t->n_columns == 3 || t->n_columns == 4)) {
        *n = t->n_columns;
        for (int32_t c = 0; c < *n; c++) columns[c] = c;
    }
    if (*n == 0)
        return report_error(BAD_INPUT,
                            input->heat
                                ? "%s: no columns Jx Jy Jz; expected a line of names such as "
                                  "`# t Jx(eV*A/ps) Jy(eV*A/ps) Jz(eV*A/ps)`, or --columns"
                                : "%s: no columns Mx My Mz or Jx Jy Jz; expected a line of names "
                                  "such as `# t Mx My Mz`, or --columns with --kind",
                            t->path);
    if (input->heat) input->kind = LRPOT_SERIES_HEAT;
    if (by_name || input->heat) return GO_ON;
    if (input->kind_text == NULL && last >= 0 && t->names[last] != NULL && t->names[last][0] == 'j')
        input->kind = LRPOT_SERIES_CURRENT;
    else if (input->kind_text == NULL && last >= 0 && t->names[last] != NULL
             && t->names[last][0] == 'm')
        input->kind = LRPOT_SERIES_DIPOLE;
    else if (input->kind_text == NULL)
        return report_usage(
            input->verb,
            "%s: the columns do not say what they are; --kind dipole or --kind current", t->path);
    else
        input->kind = strcmp(input->kind_text, "current") == 0 ? LRPOT_SERIES_CURRENT
                                                               : LRPOT_SERIES_DIPOLE;
    return GO_ON;
}

/* Dipole beside a current that was found by its names; 0 if the table has none. */
static int dipole_beside(const series_input *input, const table *t, int32_t columns[3])
{
    if (input->kind != LRPOT_SERIES_CURRENT || input->columns_text != NULL) return 0;
    for (int k = 0; k < 2; k++) {
        int there = 1;
        for (int a = 0; a < 3; a++) there &= (columns[a] = table_column(t, triples[k][a])) >= 0;
        if (there) return 1;
    }
    return 0;
}

/* Sums over the steps of a dipole beside a current, to compare their units. */
typedef struct beside {
    double dipole[3], current[3], time; /* values of the previous row */
    /* sums of the squares of dM/dt and of the mean J, and of their product */
    double rates, currents, both;
    int64_t n;
} beside;

static void add_beside(beside *b, double step, const double *row)
{
    double apart = step > 0.0 ? step : row[0] - b->time;
    for (int a = 0; b->n > 0 && apart > 0.0 && a < 3; a++) {
        double rate = (row[4 + a] - b->dipole[a]) / apart,
               mean = 0.5 * (row[1 + a] + b->current[a]);
        b->rates += rate * rate;
        b->currents += mean * mean;
        b->both += rate * mean;
    }
    memcpy(b->current, row + 1, sizeof b->current);
    memcpy(b->dipole, row + 4, sizeof b->dipole);
    b->time = row[0];
    b->n++;
}

/* Compares the currents with the rate of the dipole. Converts currents in e A/ps. */
static int check_against_dipole(series_input *input, const beside *b, const char *path)
{
    static const double alike = 0.9, per_ps = 0.001;
    double ratio = b->both / b->currents;
    if (!(b->both > alike * sqrt(b->rates * b->currents)) || fabs(ratio - 1.0) < 0.1) return GO_ON;
    if (fabs(ratio / per_ps - 1.0) > 0.1 || input->scale != 0.0)
        return report_error(NOT_CONVERGED,
                            "%s: the dipole changes %.6g times as fast as the current says; say "
                            "the unit of the current, --scale X, or of the time, --step FS",
                            path, ratio);
    report_note("%s: currents are in e A/ps, as the dipole beside them changes", path);
    for (int64_t k = 0; k < 3 * input->n; k++) input->values[k] *= per_ps;
    input->scale = per_ps;
    return GO_ON;
}

/* Heat fluxes come in eV A/ps from LAMMPS and the library, their series are in eV A/fs: the table
 * or the user says which. */
static int check_unit_of_heat(const series_input *input, const table *t, const int32_t *columns)
{
    int stated = 1;
    for (int a = 0; a < 3 && input->heat; a++) {
        stated &= column_states(t, columns[a], COLUMN_HEAT);
        if (column_states(t, columns[a], COLUMN_CURRENT)
            || column_states(t, columns[a], COLUMN_DIPOLE))
            return report_usage(input->verb,
                                "%s: column %d is in '%s' by its name, which is no heat flux",
                                t->path, (int)columns[a] + 1, t->units[columns[a]]);
    }
    if (!input->heat || input->scale != 0.0 || stated) return GO_ON;
    return report_usage(input->verb,
                        "%s: say the unit of the heat flux: --scale 0.001 for eV A/ps, --scale 1 "
                        "for eV A/fs, or a name such as Jx(eV*A/ps)",
                        t->path);
}

/* Numbers of steps are not times. */
static int check_times(const series_input *input, const table *t, int32_t column)
{
    const char *name = t->names[column];
    if (name == NULL || (strcmp(name, "timestep") != 0 && strcmp(name, "step") != 0)) return GO_ON;
    return report_usage(input->verb,
                        "%s: column %d counts steps; give the time between samples, --step FS",
                        t->path, (int)column + 1);
}

/* Factors to the units of the library for the time, the three values and the dipole beside a
 * current. Options or the names of the columns state them. */
static int find_factors(const series_input *input, const table *t, int32_t n,
                        const int32_t *columns, int32_t extra, double factors[8])
{
    enum column_kind kind = input->heat                           ? COLUMN_HEAT
                            : input->kind == LRPOT_SERIES_CURRENT ? COLUMN_CURRENT
                                                                  : COLUMN_DIPOLE;
    double stated = input->scale != 0.0 ? input->scale : 1.0;
    int code = check_unit_of_heat(input, t, columns + n - 3);
    if (code == GO_ON && n == 4 && input->step == 0.0 && input->time_step == 0.0)
        code = check_times(input, t, columns[0]);
    for (int c = 0; c < 8; c++) factors[c] = c > 0 && c < 4 ? stated : 1.0;
    if (code == GO_ON && n == 4 && input->step == 0.0 && input->time_step == 0.0)
        code = column_factor(t, columns[0], COLUMN_TIME, "give --step FS", factors);
    for (int a = 0; a < 3 && code == GO_ON && input->scale == 0.0; a++)
        code = column_factor(t, columns[n - 3 + a], kind, "give --scale X", &factors[1 + a]);
    if (input->time_step > 0.0) factors[0] = input->time_step;
    for (int a = 0; a < extra && code == GO_ON; a++)
        code = column_factor(t, columns[n + a], COLUMN_DIPOLE, "change the names of the columns",
                             &factors[4 + a]);
    return code;
}

/* Reads rows of time, three values, and the dipole beside a current. */
static int read_rows(series_input *input, table *t, int32_t n, int32_t *columns, beside *b)
{
    double factors[8];
    int pair = (n == 4 || input->step > 0.0) && dipole_beside(input, t, columns + n);
    int32_t got = 1, extra = pair ? 3 : 0;
    int code = find_factors(input, t, n, columns, extra, factors);
    while (code == GO_ON && got) {
        double row[8] = { 0.0 }, *values = row + 4 - n; /* time first, even without a time column */
        code = table_next(t, n + extra, columns, values, &got);
        for (int32_t c = 0; c < 8; c++) row[c] *= factors[c];
        if (code == GO_ON && got) code = append(input, n == 4 ? row[0] : NAN, row + 1);
        if (code == GO_ON && got && pair) add_beside(b, input->step, row);
    }
    return code;
}

static int read_table(series_input *input, const char *path)
{
    table t;
    beside b = { .n = 0 };
    int32_t columns[8], n = 0;
    int code = table_open(&t, path);
    if (code == GO_ON) code = find_columns(input, &t, columns, &n);
    if (code == GO_ON) code = read_rows(input, &t, n, columns, &b);
    if (code == GO_ON)
        snprintf(input->origin, sizeof input->origin, "%s of a table",
                 input->heat                           ? "heat flux"
                 : input->kind == LRPOT_SERIES_CURRENT ? "current"
                                                       : "dipole");
    table_close(&t);
    return code == GO_ON && b.n > 1 ? check_against_dipole(input, &b, path) : code;
}

static int read_frames(series_input *input, const char *path, enum dipole_source source)
{
    trajectory t = { .source = source,
                     .want_current = input->want_current,
                     .velocity_unit = input->velocity_unit,
                     .temperature = input->temperature,
                     .follows_motion = input->follows_motion };
    int32_t got = 1;
    int code = trajectory_open(&t, path);
    while (code == GO_ON && got) {
        double values[3], time;
        code = trajectory_next(&t, values, &time, &got);
        if (code == GO_ON && got) code = append(input, time, values);
    }
    if (code == GO_ON) {
        input->kind = source_is_current(t.source) ? LRPOT_SERIES_CURRENT : LRPOT_SERIES_DIPOLE;
        snprintf(input->origin, sizeof input->origin, "%s of a trajectory, from %s",
                 input->kind == LRPOT_SERIES_CURRENT ? "current" : "dipole",
                 source_names[t.source]);
        if (input->volume == 0.0) input->volume = t.volumes / (double)t.frames;
        code = trajectory_judge(&t);
        if (code == GO_ON && !source_is_current(t.source))
            code = options_without(input->common, input->verb, "velocity-unit",
                                   "where the dipole is not from velocities");
    }
    trajectory_close(&t);
    return code;
}

static int ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    if (n < m) return 0;
    for (size_t i = 0; i < m; i++)
        if (tolower((unsigned char)path[n - m + i]) != ending[i]) return 0;
    return 1;
}

int series_is_trajectory(const char *path)
{
    return ends_with(path, ".xyz") || ends_with(path, ".extxyz") || ends_with(path, ".cfg");
}

static int read_words(const series_input *input, enum dipole_source *source)
{
    *source = N_SOURCES;
    for (int k = 0; k < N_SOURCES; k++)
        if (strcmp(input->source_text != NULL ? input->source_text : "auto", source_names[k]) == 0)
            *source = (enum dipole_source)k;
    if (*source == N_SOURCES)
        return report_usage(
            input->verb,
            "--from %s: expected auto, charges, bec, charges-velocities, bec-velocities or dipole",
            input->source_text);
    if (input->kind_text != NULL && strcmp(input->kind_text, "dipole") != 0
        && strcmp(input->kind_text, "current") != 0)
        return report_usage(input->verb, "--kind %s: expected dipole or current", input->kind_text);
    if (input->needs_temperature && input->temperature == 0.0)
        return report_usage(input->verb, "--temperature K is needed");
    return GO_ON;
}

/* Completes step and volume, and leaves out the part that the options exclude. */
static int complete(series_input *input, const char *path)
{
    static const double finest = 0.0099; /* fs */
    double step = 0.0;
    if (input->n < 2)
        return report_error(BAD_INPUT, "%s: %lld samples are too few for a series", path,
                            (long long)input->n);
    int timed = !isnan(input->times[0]);
    for (int64_t i = 0; i < input->n; i++) timed &= !isnan(input->times[i]);
    if (input->step == 0.0 && !timed)
        return report_error(BAD_INPUT,
                            "%s: says no times; give the time between samples, --step FS", path);
    if (input->step == 0.0) {
        lrpot_status status = lrpot_series_step(input->n, input->times, &step);
        if (status != LRPOT_OK) return series_failure(status, path);
        input->step = step;
        if (step < finest && !input->trajectory)
            return report_error(BAD_INPUT,
                                "%s: samples are %.3g fs apart, which is implausible for a "
                                "simulation; give --step FS, or name the unit, as in t(ps)",
                                path, step);
    }
    if (!(input->volume > 0.0))
        return report_error(BAD_INPUT, "%s: says no volume; give --volume A3", path);
    input->skipped = (int64_t)fmin(ceil(input->skip / input->step - 1e-6), 1e18);
    if (input->skipped >= input->n)
        return report_error(BAD_INPUT, "%s: --skip %g leaves nothing of %g fs", path, input->skip,
                            (double)input->n * input->step);
    return GO_ON;
}

/* Checks for options that have no effect for this kind of file. */
static int check_options(const series_input *input)
{
    if (options_given(input->common, "scale") && input->scale == 0.0)
        return report_usage(input->verb, "--scale 0 leaves nothing");
    if (input->heat && input->trajectory)
        return report_usage(input->verb, "a trajectory holds no heat flux; expected a table");
    return input->trajectory ? options_without(input->common, input->verb, "columns,kind,scale",
                                               "on a trajectory, only on a table")
                             : options_without(input->common, input->verb, "from,velocity-unit",
                                               "on a table, only on a trajectory");
}

/* Checks the magnitude of a current. The squared current at equilibrium gives the plasma frequency
 * of the ions, which is at most some hundred THz in matter: protons as dense as in ice have 0.3
 * rad/fs. */
static int check_current(const series_input *input, const char *path)
{
    static const double highest = 1.0, boltzmann = 8.617333262e-5, four_pi = 12.566370614359173;
    double squares = 0.0, mean[3] = { 0.0, 0.0, 0.0 };
    if (input->kind != LRPOT_SERIES_CURRENT || input->trajectory || input->scale != 0.0
        || !(input->temperature > 0.0))
        return GO_ON;
    int64_t n = input->n - input->skipped;
    const double *values = input->values + 3 * input->skipped;
    for (int64_t i = 0; i < 3 * n; i++) mean[i % 3] += values[i] / (double)n;
    for (int64_t i = 0; i < 3 * n; i++)
        squares += (values[i] - mean[i % 3]) * (values[i] - mean[i % 3]) / (double)n;
    double frequency = sqrt(four_pi * LRPOT_COULOMB_CONSTANT * squares
                            / (3.0 * input->volume * boltzmann * input->temperature));
    if (!(frequency > highest)) return GO_ON;
    return report_error(NOT_CONVERGED,
                        "%s: as e A/fs the currents would be those of a plasma frequency of %.3g "
                        "rad/fs, which no ions have; say their unit: --scale 0.001 for e A/ps, "
                        "--scale 1 for e A/fs",
                        path, frequency);
}

/* Sets what the options leave open by the log: file, columns, kind, scale, step, volume and
 * temperature. columns: room for the text of --columns. */
static int ask_lammps(series_input *input, const char **path, char columns[80])
{
    lammps_log log;
    int32_t found = 0, at[3];
    const char *style = input->heat ? "lrpot/heatflux" : "lrpot";
    int code = lammps_log_read(&log, input->lammps_path, style, *path);
    if (code == GO_ON && *path == NULL) {
        input->file = lammps_path(&log);
        if (input->file == NULL) return report_no_memory();
        *path = input->file;
        code = files_read(input->file);
    }
    if (code != GO_ON) return code;
    int current = input->kind_text != NULL ? strcmp(input->kind_text, "current") == 0
                                           : input->want_current;
    for (int turn = 0; turn < 2 && found < 3 && code == GO_ON; turn++) {
        if (turn == 1 && input->kind_text != NULL) break;
        current ^= turn;
        code = lammps_columns(&log, *path, input->heat ? 1 : current ? 5 : 2, at, &found);
    }
    if (code == GO_ON && found < 3 && input->columns_text == NULL && input->heat)
        code = report_error(BAD_INPUT, "%s: does not have c_%s[1] to c_%s[3], the heat flux", *path,
                            log.compute, log.compute);
    else if (code == GO_ON && found < 3 && input->columns_text == NULL)
        code = report_error(BAD_INPUT,
                            "%s: has neither c_%s[2] to c_%s[4], the dipole, nor c_%s[5] to "
                            "c_%s[7], its current",
                            *path, log.compute, log.compute, log.compute, log.compute);
    if (code != GO_ON) return code;
    if (input->columns_text == NULL) {
        snprintf(columns, 80, "1,%d,%d,%d", (int)at[0], (int)at[1], (int)at[2]);
        input->columns_text = columns;
        input->kind_text = current ? "current" : "dipole";
        if (input->scale == 0.0) input->scale = current ? 0.001 : 1.0;
    }
    input->time_step = log.step;
    if (input->volume == 0.0 && log.volume > 0.0) input->volume = log.volume;
    else if (input->volume == 0.0)
        return report_error(BAD_INPUT,
                            "%s: the box changes, and the thermo output has no column vol; give "
                            "--volume A3",
                            log.path);
    if (input->temperature == 0.0 && input->needs_temperature && log.temperature > 0.0) {
        input->temperature = log.temperature;
        report_note("%s: temperature %.6g K, %s", log.path, log.temperature, log.temperature_from);
    }
    return GO_ON;
}

static int read_file(series_input *input, const char *path)
{
    enum dipole_source source;
    int code = read_words(input, &source);
    input->trajectory = input->lammps_path == NULL && series_is_trajectory(path);
    if (code == GO_ON) code = check_options(input);
    if (code != GO_ON) return code;
    code = input->trajectory ? read_frames(input, path, source) : read_table(input, path);
    if (code == GO_ON) code = complete(input, path);
    if (code == GO_ON) code = check_current(input, path);
    if (code == GO_ON)
        report_note("%s: %s, %lld samples of %g fs, V = %.6g A^3", path, input->origin,
                    (long long)(input->n - input->skipped), input->step, input->volume);
    return code;
}

int series_read(series_input *input, const char **path)
{
    char columns[80];
    if (*path == NULL && input->lammps_path == NULL)
        return report_usage(input->verb, "expected FILE, or --lammps LOG");
    int code = input->lammps_path != NULL ? ask_lammps(input, path, columns) : GO_ON;
    if (code == GO_ON) code = read_file(input, *path);
    input->columns_text = NULL; /* it may have been `columns` */
    return code;
}

int series_begin(series_input *input, const tool_command *command, common_options *common,
                 int count, char **arguments, const char **path)
{
    int32_t n = 0;
    input->verb = command->verb;
    input->common = common;
    int code = options_parse(command, common, count, arguments, &n);
    *path = n > 0 ? arguments[0] : NULL;
    return code == GO_ON ? series_read(input, path) : code;
}

lrpot_series series_view(const series_input *input)
{
    lrpot_series series = LRPOT_SERIES_INIT;
    series.n = input->n - input->skipped;
    series.values = input->values + 3 * input->skipped;
    series.step = input->step;
    series.volume = input->volume;
    series.temperature = input->temperature;
    series.kind = input->kind;
    return series;
}

int series_failure(lrpot_status status, const char *path)
{
    if (status == LRPOT_E_ARGUMENT || status == LRPOT_E_NOT_FINITE)
        return report_error(BAD_INPUT, "%s: %s", path, lrpot_last_error());
    if (status == LRPOT_E_ACCURACY || status == LRPOT_E_ASSUMPTION)
        return report_error(NOT_CONVERGED, "%s: %s", path, lrpot_last_error());
    return report_failure(status, path);
}

void series_free(series_input *input)
{
    free(input->values);
    free(input->times);
    free(input->file);
    input->file = NULL;
    input->values = input->times = NULL;
}
