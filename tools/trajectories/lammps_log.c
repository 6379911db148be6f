#include "trajectories/lammps_log.h"

#include "cli/report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 128, FIXES_MOST = 64 };
static const char blanks[] = " \t\r\n";

/* A fix that is on: of its target temperature, and whether it changes the box. */
typedef struct fix {
    char id[LAMMPS_WORD];
    double temperature; /* NaN: no thermostat, or a ramp */
    int32_t moves_box;
} fix;

typedef struct reading {
    lammps_log *log;
    const char *wanted; /* name of the file without its folder, or NULL */
    fix fixes[FIXES_MOST];
    int n_fixes;
    char fix[LAMMPS_WORD]; /* id of the fix ave/time that was found */
    int32_t is_on;         /* it is on: what follows belongs to its file */
    int32_t is_metal, moves_box;
    double box;                      /* A^3, of the line printed last */
    int step_at, volume_at, temp_at; /* columns of the thermo output; -1: none */
    double volumes, temperatures;    /* sums */
    int64_t n_volumes, n_temperatures;
    double target; /* of thermostats while the fix was on; NaN: none, or several */
    int32_t n_runs;
} reading;

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void copy_word(char *to, const char *from)
{
    snprintf(to, LAMMPS_WORD, "%s", from);
}

static int find_word(char **words, int n, const char *word)
{
    for (int k = 0; k < n; k++)
        if (strcmp(words[k], word) == 0) return k;
    return -1;
}

/* Target of a thermostat by its style; NaN for a ramp and for other styles. */
static double target_of(char **words, int n)
{
    static const struct {
        const char *style;
        int first; /* place of the two temperatures */
    } styles[] = { { "langevin", 4 },
                   { "temp/csvr", 4 },
                   { "temp/csld", 4 },
                   { "temp/berendsen", 4 },
                   { "temp/rescale", 5 } };
    int at = -1;
    for (size_t k = 0; k < sizeof styles / sizeof *styles; k++)
        if (strcmp(words[3], styles[k].style) == 0) at = styles[k].first;
    if (strncmp(words[3], "nvt", 3) == 0 || strncmp(words[3], "npt", 3) == 0)
        at = find_word(words, n, "temp") + 1;
    if (at < 4 || at + 1 >= n) return NAN;
    double from = strtod(words[at], NULL), to = strtod(words[at + 1], NULL);
    return from == to && from > 0.0 ? from : NAN;
}

static void drop_fix(reading *r, const char *id)
{
    for (int k = 0; k < r->n_fixes; k++)
        if (strcmp(r->fixes[k].id, id) == 0) r->fixes[k--] = r->fixes[--r->n_fixes];
    if (strcmp(r->fix, id) == 0) r->is_on = 0;
}

/* 1 if the fix averages the compute into the file that is wanted; keeps what it tells. */
static int is_wanted(reading *r, char **words, int n)
{
    char start[LAMMPS_WORD + 8];
    int file = find_word(words, n, "file"), holds = 0, field = -1;
    if (r->log->compute[0] == '\0' || file < 0 || file + 1 >= n) return 0;
    snprintf(start, sizeof start, "c_%s[", r->log->compute);
    for (int k = 7; k < file; k++) {
        holds |= strncmp(words[k], start, strlen(start)) == 0;
        if (field < 0 && strncmp(words[k], "v_", 2) == 0) field = k;
    }
    if (!holds || (r->wanted != NULL && strcmp(base_name(words[file + 1]), r->wanted) != 0))
        return 0;
    copy_word(r->log->file, words[file + 1]);
    copy_word(r->log->field, field >= 0 ? words[field] : "");
    copy_word(r->fix, words[1]);
    return 1;
}

static void begin_file(reading *r)
{
    r->is_on = 1;
    r->moves_box = 0;
    r->volumes = r->temperatures = 0.0;
    r->n_volumes = r->n_temperatures = 0;
    r->target = NAN;
    r->n_runs = 0;
}

static void add_fix(reading *r, char **words, int n)
{
    static const char *const movers[] = { "npt", "nph", "press", "box/relax", "deform" };
    if (n < 4) return;
    drop_fix(r, words[1]);
    if (strcmp(words[3], "ave/time") == 0 && is_wanted(r, words, n)) begin_file(r);
    if (r->n_fixes == FIXES_MOST) return;
    fix *f = &r->fixes[r->n_fixes++];
    copy_word(f->id, words[1]);
    f->temperature = target_of(words, n);
    f->moves_box = 0;
    for (size_t k = 0; k < sizeof movers / sizeof *movers; k++)
        f->moves_box |= strncmp(words[3], movers[k], strlen(movers[k])) == 0;
}

/* Thermostats that are on during a run of the file. */
static void begin_run(reading *r)
{
    double target = NAN;
    if (!r->is_on) return;
    for (int k = 0; k < r->n_fixes; k++) {
        r->moves_box |= r->fixes[k].moves_box;
        if (!isnan(r->fixes[k].temperature)) target = r->fixes[k].temperature;
    }
    if (r->n_runs == 0) r->target = target;
    else if (!(target == r->target)) r->target = NAN;
    r->n_runs++;
}

/* "orthogonal box = (x y z) to (x y z)", "triclinic box = ... with tilt (...)". */
static void read_box(reading *r, const char *line)
{
    double low[3], high[3];
    const char *at = strstr(line, "box = (");
    if (at == NULL
        || sscanf(at, "box = (%lf %lf %lf) to (%lf %lf %lf)", low, low + 1, low + 2, high, high + 1,
                  high + 2)
               != 6)
        return;
    r->box = (high[0] - low[0]) * (high[1] - low[1]) * (high[2] - low[2]);
}

static void begin_thermo(reading *r, char **words, int n)
{
    r->step_at = find_word(words, n, "Step");
    r->volume_at = find_word(words, n, "Volume");
    r->temp_at = find_word(words, n, "Temp");
}

static void add_thermo(reading *r, char **words, int n)
{
    char *end = NULL;
    (void)strtod(words[r->step_at < n ? r->step_at : 0], &end);
    if (!r->is_on || *end != '\0') return;
    if (r->volume_at >= 0 && r->volume_at < n) {
        r->volumes += strtod(words[r->volume_at], NULL);
        r->n_volumes++;
    }
    if (r->temp_at >= 0 && r->temp_at < n) {
        r->temperatures += strtod(words[r->temp_at], NULL);
        r->n_temperatures++;
    }
}

static int read_command(reading *r, char **words, int n)
{
    const char *name = words[0];
    if (strcmp(name, "units") == 0 && n > 1) {
        r->is_metal = strcmp(words[1], "metal") == 0;
        if (!r->is_metal)
            return report_error(BAD_INPUT, "%s: units '%s', expected metal", r->log->path,
                                words[1]);
    } else if (strcmp(name, "timestep") == 0 && n > 1) {
        double step = 1e3 * strtod(words[1], NULL);
        if (r->is_on && r->n_runs > 0 && step != r->log->step)
            return report_error(BAD_INPUT,
                                "%s: the time step changes from %g to %g fs while %s is written; "
                                "write each part to a file of its own",
                                r->log->path, r->log->step, step, r->log->file);
        r->log->step = step;
    } else if (strcmp(name, "compute") == 0 && n > 3 && strcmp(words[3], r->log->style) == 0
               && find_word(words, n, "born") < 0) /* that one is of atoms */
        copy_word(r->log->compute, words[1]);
    else if (strcmp(name, "fix") == 0) add_fix(r, words, n);
    else if (strcmp(name, "unfix") == 0 && n > 1) drop_fix(r, words[1]);
    else if (strcmp(name, "run") == 0) begin_run(r);
    else if (strcmp(name, "Step") == 0) begin_thermo(r, words, n);
    else if (strcmp(name, "Loop") == 0) r->step_at = -1;
    else if (r->step_at >= 0) add_thermo(r, words, n);
    return GO_ON;
}

/* Lines with variables are echoed once more with their values. */
static int read_line(reading *r, char *line)
{
    char *words[WORDS_MOST], *rest = NULL;
    int n = 0;
    if (strchr(line, '$') != NULL || line[0] == '#') return GO_ON;
    read_box(r, line);
    for (char *word = strtok_r(line, blanks, &rest); word != NULL && n < WORDS_MOST;
         word = strtok_r(NULL, blanks, &rest))
        words[n++] = word;
    return n > 0 ? read_command(r, words, n) : GO_ON;
}

static int conclude(reading *r)
{
    lammps_log *log = r->log;
    if (log->compute[0] == '\0')
        return report_error(BAD_INPUT,
                            "%s: holds no 'compute ID all %s'; expected the log of a "
                            "run in LAMMPS",
                            log->path, log->style);
    if (r->fix[0] == '\0')
        return report_error(BAD_INPUT,
                            "%s: no 'fix ave/time' writes c_%s[...] to %s; name the log of the run "
                            "that wrote it",
                            log->path, log->compute, r->wanted != NULL ? r->wanted : "a file");
    if (!(log->step > 0.0)) log->step = 1.0; /* LAMMPS' default of metal units: 0.001 ps */
    log->volume = r->n_volumes > 0 ? r->volumes / (double)r->n_volumes
                  : r->moves_box   ? NAN
                                   : r->box;
    log->temperature = !isnan(r->target)       ? r->target
                       : r->n_temperatures > 0 ? r->temperatures / (double)r->n_temperatures
                                               : NAN;
    log->temperature_from = !isnan(r->target) ? "of the thermostat" : "mean of the log";
    return GO_ON;
}

int lammps_log_read(lammps_log *log, const char *path, const char *style, const char *file)
{
    reading r = { .log = log,
                  .wanted = file != NULL ? base_name(file) : NULL,
                  .box = NAN,
                  .step_at = -1,
                  .target = NAN };
    char *line = NULL;
    size_t capacity = 0;
    int code = GO_ON;
    *log = (lammps_log){ .path = path, .style = style };
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        return report_error(BAD_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
    while (code == GO_ON && getline(&line, &capacity, stream) >= 0) code = read_line(&r, line);
    free(line);
    fclose(stream);
    return code == GO_ON ? conclude(&r) : code;
}

char *lammps_path(const lammps_log *log)
{
    size_t folder = log->file[0] == '/' ? 0 : (size_t)(base_name(log->path) - log->path);
    char *path = malloc(folder + strlen(log->file) + 1);
    if (path == NULL) return NULL;
    memcpy(path, log->path, folder);
    strcpy(path + folder, log->file);
    return path;
}

/* The last comment before the first row names the columns. */
static char *names_of(const char *file)
{
    char *line = NULL, *names = NULL;
    size_t capacity = 0;
    FILE *stream = fopen(file, "r");
    while (stream != NULL && getline(&line, &capacity, stream) >= 0 && line[0] == '#') {
        free(names);
        names = strdup(line + 1);
    }
    free(line);
    if (stream != NULL) fclose(stream);
    return names;
}

int32_t lammps_column(const char *file, const char *name)
{
    char *names = names_of(file), *rest = NULL;
    int32_t at = 0, found = 0;
    for (char *word = names != NULL ? strtok_r(names, blanks, &rest) : NULL; word != NULL;
         word = strtok_r(NULL, blanks, &rest)) {
        at++;
        if (strcmp(word, name) == 0) found = at;
    }
    free(names);
    return found;
}

int lammps_columns(const lammps_log *log, const char *file, int first, int32_t columns[3],
                   int32_t *found)
{
    char name[LAMMPS_WORD + 16];
    *found = 0;
    if (lammps_column(file, "TimeStep") != 1)
        return report_error(
            BAD_INPUT, "%s: no line '# TimeStep ...' of a 'fix ave/time' in scalar mode", file);
    for (int a = 0; a < 3; a++) {
        snprintf(name, sizeof name, "c_%s[%d]", log->compute, first + a);
        columns[a] = lammps_column(file, name);
        *found += columns[a] > 0;
    }
    return GO_ON;
}
