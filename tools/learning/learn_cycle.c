#include "learning/learn_cycle.h"

#include "cli/output_file.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "learning/child.h"
#include "learning/exploration.h"
#include "learning/labels.h"
#include "learning/placeholders.h"
#include "verbs/verbs.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct learn_cycle {
    const learn_config *learn;
    int64_t number;
    char *folder, *model;      /* absolute names; the model that this cycle fits */
    char *previous;            /* the model that it explores with; NULL in cycle 0 */
    char *selected, *labelled; /* frames to learn from */
} learn_cycle;

enum { ARGUMENTS_MOST = 2 * WORDS_MOST + 1024 };

char *learn_cycle_file(const learn_config *learn, int64_t number, const char *name)
{
    char *root = learn_config_place(learn, learn->folder), part[64], *folder, *path;
    snprintf(part, sizeof part, "cycle-%03lld", (long long)number);
    folder = root != NULL ? output_join(root, part) : NULL;
    path = folder != NULL ? output_join(folder, name) : NULL;
    free(root);
    free(folder);
    return path;
}

static char *in_cycle(const learn_cycle *c, const char *name)
{
    return learn_cycle_file(c->learn, c->number, name);
}

static int exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && about.st_size > 0;
}

/* The end of a child as a message. */
static int judge(const learn_cycle *c, const char *step, const char *log, int code)
{
    if (signals_stop())
        return report_error(FAILED, "ended by a signal in %s; the same command goes on from there",
                            c->folder);
    if (code == 0) return GO_ON;
    if (code < 0) return report_error(FAILED, "%s: cannot be started: %s", step, strerror(errno));
    return report_error(FAILED, "cycle %lld: %s ended with code %d; see %s/%s",
                        (long long)c->number, step, code, c->folder, log);
}

/* Runs a command of the configuration. */
static int run_words(const learn_cycle *c, const char *step, const char *log,
                     const word_list *words, const placeholder *values)
{
    char *expanded[WORDS_MOST + 1] = { NULL };
    int code = GO_ON;
    for (int32_t k = 0; k < words->n && code == GO_ON; k++)
        if ((expanded[k] = placeholders_fill(words->items[k], values)) == NULL)
            code = report_no_memory();
    if (code == GO_ON) {
        const child_place place = { c->folder, log, NULL };
        code = judge(c, step, log, child_command(&place, expanded));
    }
    for (int32_t k = 0; k < words->n; k++) free(expanded[k]);
    return code;
}

/* Removes what an exploration left that was ended in the middle. */
static void clear_frames(const learn_cycle *c)
{
    char *frames = in_cycle(c, c->learn->frames);
    if (frames != NULL) unlink(frames);
    free(frames);
}

/* The set of the model that explores is of the kind that the configuration asks for: it may have
 * been changed since. */
static int check_grade(const learn_cycle *c)
{
    lrpot_potential *model = NULL;
    int32_t wanted = strcmp(c->learn->grade, "parameters") == 0 ? LRPOT_ACTIVE_SET_PARAMETERS
                                                                : LRPOT_ACTIVE_SET_FEATURES;
    lrpot_status status = lrpot_potential_load(&model, c->previous);
    if (status != LRPOT_OK) return report_failure(status, c->previous);
    const lrpot_active_set *set = lrpot_potential_active_set(model);
    int same = set == NULL || lrpot_active_set_kind(set) == wanted;
    lrpot_potential_free(model);
    if (same) return GO_ON;
    return report_error(BAD_INPUT,
                        "%s grades otherwise than by %s, which the configuration asks for: remove "
                        "the model, so that it is fitted again, or ask for what it has",
                        c->previous, c->learn->grade);
}

static int explore(const learn_cycle *c, learn_result *result)
{
    char *done = in_cycle(c, "explored.json"), *log = in_cycle(c, "explore.log"), numbers[4][32];
    int code = done != NULL && log != NULL ? GO_ON : report_no_memory();
    if (code == GO_ON && !exists(done)) {
        snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)c->number);
        snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)(c->learn->seed + c->number));
        snprintf(numbers[2], sizeof numbers[2], "%.17g", c->learn->write);
        snprintf(numbers[3], sizeof numbers[3], "%.17g", c->learn->stop);
        const placeholder values[] = { { "here", c->learn->here },     { "model", c->previous },
                                       { "cycle", numbers[0] },        { "seed", numbers[1] },
                                       { "write", numbers[2] },        { "stop", numbers[3] },
                                       { "frames", c->learn->frames }, { NULL, NULL } };
        clear_frames(c);
        code = check_grade(c);
        if (code == GO_ON)
            code = run_words(c, "explore", "explore.log", &c->learn->explore, values);
        if (code == GO_ON) code = exploration_note(log, done);
    }
    if (code == GO_ON) code = exploration_read(done, &result->steps, &result->halted);
    free(done);
    free(log);
    return code;
}

/* Runs a verb; standard output goes to `out` of the cycle's folder when the verb succeeds. */
static int run_verb(const learn_cycle *c, const char *name, int (*verb)(int, char **), int32_t n,
                    const char **words, const char *out)
{
    char log[64], part[64], *from, *to;
    snprintf(log, sizeof log, "%s.log", name);
    snprintf(part, sizeof part, "%s.part", out);
    const child_place place = { c->folder, log, part };
    report_detail("lrpot %s in %s: %d words", name, c->folder, (int)n);
    int code = judge(c, name, log, child_verb(&place, verb, n, (char **)words));
    from = in_cycle(c, part);
    to = in_cycle(c, out);
    if (from == NULL || to == NULL) code = report_no_memory();
    else if (code != GO_ON) unlink(from);
    else if (rename(from, to) != 0) code = report_error(FAILED, "%s: %s", to, strerror(errno));
    free(from);
    free(to);
    return code;
}

static int select_frames(const learn_cycle *c, learn_result *result)
{
    char *done = in_cycle(c, "select.json"), *frames = in_cycle(c, c->learn->frames);
    char threshold[32], most[32];
    int32_t met = 0;
    int code = done != NULL && frames != NULL ? exploration_met(frames, &met) : report_no_memory();
    result->written = 0.0;
    if (code == GO_ON && met) {
        snprintf(threshold, sizeof threshold, "%.17g", c->learn->write);
        snprintf(most, sizeof most, "%lld", (long long)c->learn->most);
        const char *words[] = { c->previous, frames, "--threshold",  threshold, "--most",
                                most,        "-o",   "selected.xyz", "--json",  NULL };
        if (!exists(done)) code = run_verb(c, "select", verb_select, 9, words, "select.json");
        if (code == GO_ON)
            code = exploration_selection(done, &result->written, &result->grade, &result->selected);
    }
    if (code == GO_ON && result->selected == 0 && result->halted)
        code = report_error(FAILED,
                            "cycle %lld: the exploration was halted by its grade, but %s holds no "
                            "frame with a grade above %g: write frames there before the halt",
                            (long long)c->number, frames, c->learn->write);
    free(done);
    free(frames);
    return code;
}

/* Keys that the options of the fit name for the quantities of frames; NULL: the known ones. */
static const char *keys_of(const learn_config *learn)
{
    for (int32_t k = 0; k + 1 < learn->fit.n; k++)
        if (strcmp(learn->fit.items[k], "--keys") == 0) return learn->fit.items[k + 1];
    return NULL;
}

static int label(const learn_cycle *c, learn_result *result)
{
    char *part = in_cycle(c, "labelled.part.xyz");
    int code = part != NULL ? GO_ON : report_no_memory();
    if (code == GO_ON && !exists(c->labelled)) {
        const placeholder values[] = {
            { "here", c->learn->here }, { "input", c->selected }, { "output", part }, { NULL, NULL }
        };
        unlink(part);
        code = run_words(c, "reference", "reference.log", &c->learn->reference, values);
        if (code == GO_ON) code = labels_check(part, result->selected, keys_of(c->learn));
        if (code == GO_ON && rename(part, c->labelled) != 0)
            code = report_error(FAILED, "%s: %s", c->labelled, strerror(errno));
    }
    free(part);
    return code;
}

/* Words of the fit: data of the start and of all cycles so far, then the options. */
static int fit_words(const learn_cycle *c, char **words, int32_t *n)
{
    const learn_config *learn = c->learn;
    const word_list *options = c->number > 0 && learn->refit.n > 0 ? &learn->refit : &learn->fit;
    const placeholder values[] = { { "here", learn->here },
                                   { "previous", c->previous != NULL ? c->previous : "" },
                                   { NULL, NULL } };
    for (int32_t k = 0; k < learn->train.n; k++)
        words[(*n)++] = learn_config_place(learn, learn->train.items[k]);
    for (int64_t k = 1; k <= c->number; k++)
        words[(*n)++] = learn_cycle_file(learn, k, "labelled.xyz");
    for (int32_t k = 0; k < options->n; k++)
        words[(*n)++] = placeholders_fill(options->items[k], values);
    if (strcmp(learn->grade, "parameters") == 0) words[(*n)++] = strdup("--grade-parameters");
    words[(*n)++] = strdup("--valid");
    words[(*n)++] = learn_config_place(learn, learn->valid);
    words[(*n)++] = strdup("-o");
    words[(*n)++] = strdup("model.lrp");
    for (int32_t k = 0; k < *n; k++)
        if (words[k] == NULL) return report_no_memory();
    return GO_ON;
}

static int fit(const learn_cycle *c, learn_result *result)
{
    char *words[ARGUMENTS_MOST] = { NULL }, *report = in_cycle(c, "model.lrp.fit.json");
    int32_t n = 0;
    int code = report != NULL ? fit_words(c, words, &n) : report_no_memory();
    if (code == GO_ON && !(exists(c->model) && exists(report)))
        code = run_verb(c, "fit", verb_fit, n, (const char **)words, "fit.txt");
    if (code == GO_ON)
        code = exploration_errors(report, &result->train_frames, &result->valid_energy,
                                  &result->valid_forces);
    for (int32_t k = 0; k < n; k++) free(words[k]);
    free(report);
    return code;
}

static int make_folder(const learn_cycle *c)
{
    if (mkdir(c->folder, 0777) == 0 || errno == EEXIST) return GO_ON;
    return report_error(FAILED, "%s: %s", c->folder, strerror(errno));
}

static int open_cycle(learn_cycle *c)
{
    c->folder = in_cycle(c, "");
    c->model = in_cycle(c, "model.lrp");
    c->selected = in_cycle(c, "selected.xyz");
    c->labelled = in_cycle(c, "labelled.xyz");
    if (c->number > 0) c->previous = learn_cycle_file(c->learn, c->number - 1, "model.lrp");
    if (c->folder == NULL || c->model == NULL || c->selected == NULL || c->labelled == NULL
        || (c->number > 0 && c->previous == NULL))
        return report_no_memory();
    c->folder[strlen(c->folder) - 1] = '\0'; /* the slash */
    return make_folder(c);
}

static void close_cycle(learn_cycle *c)
{
    free(c->folder);
    free(c->model);
    free(c->previous);
    free(c->selected);
    free(c->labelled);
}

int learn_cycle_run(const learn_config *learn, int64_t number, learn_result *result)
{
    learn_cycle c = { .learn = learn, .number = number };
    *result = (learn_result){ .cycle = number,
                              .steps = NAN,
                              .written = NAN,
                              .grade = NAN,
                              .valid_energy = NAN,
                              .valid_forces = NAN };
    int code = open_cycle(&c);
    if (code == GO_ON && number > 0) code = explore(&c, result);
    if (code == GO_ON && number > 0) code = select_frames(&c, result);
    if (code == GO_ON && result->selected > 0) code = label(&c, result);
    if (code == GO_ON && (number == 0 || result->selected > 0)) code = fit(&c, result);
    close_cycle(&c);
    return code;
}
