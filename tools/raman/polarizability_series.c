#include "raman/polarizability_series.h"

#include "cli/column_units.h"
#include "cli/files.h"
#include "cli/report.h"
#include "trajectories/series_input.h"
#include "trajectories/trajectory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Components of a table, after the time: 6 in this order, or 9. */
static const char *const components[9] = { "xx", "yy", "zz", "yz", "xz", "xy", "zy", "zx", "yx" };
static const int32_t places[9] = { 0, 4, 8, 5, 2, 1, 7, 6, 3 };

static int append(polarizability_series *s, double time, const double alpha[9])
{
    if (s->n == s->capacity) {
        int64_t capacity = 2 * s->capacity + 1024;
        double *larger = realloc(s->values, (size_t)(9 * capacity) * sizeof *larger);
        if (larger == NULL) return report_no_memory();
        s->values = larger;
        larger = realloc(s->times, (size_t)capacity * sizeof *larger);
        if (larger == NULL) return report_no_memory();
        s->times = larger;
        s->capacity = capacity;
    }
    memcpy(s->values + 9 * s->n, alpha, 9 * sizeof *alpha);
    s->times[s->n++] = time;
    return GO_ON;
}

/* Column of a component, by the names alpha_xx, axx and polarizability_xx; -1 without. */
static int32_t named(const table *t, const char *component)
{
    static const char *const heads[] = { "alpha_", "a", "polarizability_" };
    char name[32];
    int32_t column = -1;
    for (size_t h = 0; h < sizeof heads / sizeof heads[0] && column < 0; h++) {
        snprintf(name, sizeof name, "%s%s", heads[h], component);
        column = table_column(t, name);
    }
    return column;
}

static int named_columns(const table *t, int32_t *columns, int32_t *n)
{
    static const char *const time_names[] = { "t", "time", "time_fs" };
    *n = 0;
    for (size_t k = 0; k < sizeof time_names / sizeof time_names[0] && *n == 0; k++)
        if (table_column(t, time_names[k]) >= 0) columns[(*n)++] = table_column(t, time_names[k]);
    for (int c = 0; c < 9; c++) {
        int32_t column = named(t, components[c]);
        if (column < 0 && c >= 6) break;
        if (column < 0)
            return report_error(BAD_INPUT,
                                "%s: no column alpha_%s; expected a line of names such as `# t "
                                "alpha_xx alpha_yy alpha_zz alpha_yz alpha_xz alpha_xy`, or "
                                "--columns",
                                t->path, components[c]);
        columns[(*n)++] = column;
    }
    return GO_ON;
}

static int chosen_columns(const polarizability_series *s, const table *t, int32_t *columns,
                          int32_t *n)
{
    text_list items;
    int good = text_list_split(&items, s->columns_text)
               && (items.count == 6 || items.count == 7 || items.count == 9 || items.count == 10);
    int code = good ? table_choose(t, "raman", &items, columns)
                    : report_usage("raman",
                                   "--columns %s: expected xx,yy,zz,yz,xz,xy, or these and "
                                   "zy,zx,yx, and before them the time if there is one",
                                   s->columns_text);
    *n = items.count;
    text_list_free(&items);
    return code;
}

static int read_rows(polarizability_series *s, table *t, int32_t n, const int32_t *columns)
{
    int timed = n == 7 || n == 10, code = GO_ON;
    double factor = 1.0, scale = s->scale != 0.0 ? s->scale : 1.0;
    int32_t got = 1;
    if (timed && s->step == 0.0)
        code = column_factor(t, columns[0], COLUMN_TIME, "give --step FS", &factor);
    while (code == GO_ON && got) {
        double row[10], alpha[9];
        code = table_next(t, n, columns, row, &got);
        if (code != GO_ON || !got) break;
        for (int c = 0; c < n - timed; c++) alpha[places[c]] = scale * row[timed + c];
        if (n - timed == 6) alpha[3] = alpha[1], alpha[6] = alpha[2], alpha[7] = alpha[5];
        code = append(s, timed ? factor * row[0] : NAN, alpha);
    }
    return code;
}

static int read_table(polarizability_series *s, const char *path)
{
    table t;
    int32_t columns[10], n = 0;
    int code = table_open(&t, path);
    if (code == GO_ON)
        code = s->columns_text != NULL ? chosen_columns(s, &t, columns, &n)
                                       : named_columns(&t, columns, &n);
    if (code == GO_ON) code = read_rows(s, &t, n, columns);
    table_close(&t);
    return code;
}

static int read_frames(polarizability_series *s, const polarizability_source *source,
                       const char *path)
{
    lrpot_reader *reader = NULL;
    int code = inputs_reader(&reader, path, source->potential, NULL);
    while (code == GO_ON) {
        lrpot_structure *frame = NULL;
        double alpha[9];
        code = inputs_next(reader, path, &frame);
        if (code != GO_ON || frame == NULL) break;
        lrpot_status status = polarizability_of(source, frame, alpha);
        if (status == LRPOT_E_STATE && source->path == NULL)
            code = report_error(BAD_INPUT,
                                "%s: frame %lld has no polarizability; give a model of it, "
                                "--tensors TENSORS",
                                path, (long long)s->n);
        else if (status != LRPOT_OK) code = report_failure(status, path);
        else code = append(s, trajectory_time(frame), alpha);
        lrpot_structure_free(frame);
    }
    lrpot_reader_close(reader);
    return code;
}

/* Completes the step, and leaves out the start. */
static int complete(polarizability_series *s, const char *path)
{
    if (s->n < 2)
        return report_error(BAD_INPUT, "%s: %lld samples are too few for a series", path,
                            (long long)s->n);
    int timed = 1;
    for (int64_t i = 0; i < s->n; i++) timed &= !isnan(s->times[i]);
    if (s->step == 0.0 && !timed)
        return report_error(BAD_INPUT,
                            "%s: says no times; give the time between samples, --step FS", path);
    if (s->step == 0.0) {
        lrpot_status status = lrpot_series_step(s->n, s->times, &s->step);
        if (status != LRPOT_OK) return series_failure(status, path);
    }
    s->skipped = (int64_t)fmin(ceil(s->skip / s->step - 1e-6), 1e18);
    if (s->skipped < s->n) return GO_ON;
    return report_error(BAD_INPUT, "%s: --skip %g leaves nothing of %g fs", path, s->skip,
                        (double)s->n * s->step);
}

int polarizability_series_read(polarizability_series *s, const polarizability_source *source,
                               const char *path)
{
    int moving = series_is_trajectory(path);
    int code = moving ? options_without(s->common, "raman", "columns,scale",
                                        "on a trajectory, only on a table")
                      : options_without(s->common, "raman", "tensors",
                                        "on a table, which holds the polarizability already");
    if (code != GO_ON) return code;
    code = moving ? read_frames(s, source, path) : read_table(s, path);
    if (code == GO_ON) code = complete(s, path);
    if (code == GO_ON)
        report_note("%s: polarizability of a %s, %lld samples of %g fs", path,
                    moving ? "trajectory" : "table", (long long)(s->n - s->skipped), s->step);
    return code;
}

lrpot_series polarizability_series_view(const polarizability_series *s)
{
    lrpot_series series = LRPOT_SERIES_INIT;
    series.n = s->n - s->skipped;
    series.values = s->values + 9 * s->skipped;
    series.step = s->step;
    series.temperature = s->temperature;
    series.kind = LRPOT_SERIES_POLARIZABILITY;
    return series;
}

void polarizability_series_free(polarizability_series *s)
{
    free(s->values);
    free(s->times);
    s->values = s->times = NULL;
}
