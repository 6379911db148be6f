#include "fitting/fit_joint.h"

#include "cli/files.h"
#include "cli/report.h"
#include "fitting/fit_options.h"
#include "fitting/fit_tensors.h"
#include "verbs/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Options that make a new model, which the last stage has already. */
static const char shaping[] =
    ",charges,sigma,hidden,charge-hidden,charge-input,channels,neutrality,widths,baseline,self,"
    "level,charge-level,species-coefficients,cutoff,charge-cutoff,charge-width,min-distance,"
    "radial-size,radial-step,charge-radial-step,starts,start,freeze,resume,";
/* Options that the fit of the factor has as well. */
static const char of_factor[] = ",valid,seed,keys,total-charge,species,quiet,verbose,units,";
static const char of_others[] = ",config,ensemble,factor,fit-factor,plot,json,checkpoint,";

/* A word of the command line: an operand (name NULL), or an option with its value or without. */
typedef struct word {
    const char *name, *value;
} word;

typedef struct joint {
    word *words;
    int n;
    const char *model, *factor, *levels, *targets;
    char *first_model, *first_factor; /* of the stages before the last */
} joint;

static const tool_option extra[] = {
    { 0, "joint", OPTION_TEXT, NULL, NULL, NULL, 0, 0 },
    { 0, "joint-levels", OPTION_TEXT, NULL, NULL, NULL, 0, 0 },
    { 'o', "output", OPTION_TEXT, NULL, NULL, NULL, 0, 0 },
    { 't', "threads", OPTION_TEXT, NULL, NULL, NULL, 0, 0 },
    { 'j', "json", OPTION_FLAG, NULL, NULL, NULL, 0, 0 },
    { 'q', "quiet", OPTION_FLAG, NULL, NULL, NULL, 0, 0 },
    { 'v', "verbose", OPTION_FLAG, NULL, NULL, NULL, 0, 0 },
    { 0, "units", OPTION_TEXT, NULL, NULL, NULL, 0, 0 },
};

int fit_joint_wanted(int count, char *const *arguments)
{
    for (int k = 0; k < count; k++)
        if (strcmp(arguments[k], "--joint") == 0 || strncmp(arguments[k], "--joint=", 8) == 0)
            return 1;
    return 0;
}

static int among(const char *names, const char *name)
{
    char key[64];
    snprintf(key, sizeof key, ",%s,", name);
    return strstr(names, key) != NULL;
}

static const tool_option *find(const fit_options *list, const char *text, size_t length)
{
    const tool_option *tables[2] = { extra, list->options };
    const size_t sizes[2] = { sizeof extra / sizeof extra[0], list->n };
    int is_long = strncmp(text, "--", 2) == 0;
    for (int t = 0; t < 2; t++)
        for (size_t k = 0; k < sizes[t]; k++) {
            const tool_option *o = &tables[t][k];
            if (is_long
                    ? strlen(o->name) == length - 2 && strncmp(o->name, text + 2, length - 2) == 0
                    : length == 2 && o->letter != 0 && o->letter == text[1])
                return o;
        }
    return NULL;
}

static void note(joint *j, const word *w)
{
    if (w->name == NULL) return;
    if (strcmp(w->name, "output") == 0) j->model = w->value;
    if (strcmp(w->name, "joint") == 0) j->factor = w->value;
    if (strcmp(w->name, "joint-levels") == 0) j->levels = w->value;
    if (strcmp(w->name, "targets") == 0) j->targets = w->value;
}

static int read_words(joint *j, const fit_options *list, int count, char **arguments)
{
    for (int k = 0; k < count; k++) {
        const char *text = arguments[k], *equals = strchr(text, '=');
        word *w = &j->words[j->n++];
        *w = (word){ NULL, text };
        if (text[0] != '-' || text[1] == '\0') continue;
        size_t length = strncmp(text, "--", 2) == 0 && equals != NULL ? (size_t)(equals - text)
                                                                      : strlen(text);
        const tool_option *option = find(list, text, length);
        if (option == NULL)
            return report_usage("fit",
                                "%s is no option of a joint fit; give it alone: see lrpot "
                                "fit --help",
                                text);
        if (among(of_others, option->name))
            return report_usage("fit", "--joint OUT does not go with --%s", option->name);
        *w = (word){ option->name, NULL };
        if (option->kind == OPTION_FLAG) continue;
        w->value = text[length] == '=' ? text + length + 1 : k + 1 < count ? arguments[++k] : NULL;
        if (w->value == NULL) return report_usage("fit", "%s needs a value", text);
        note(j, w);
    }
    return j->model != NULL ? GO_ON : report_usage("fit", "-o MODEL is missing");
}

/* "energy,forces,bec" without bec, which the charges alone are not fitted to. */
static void without_born(const char *targets, char *out, size_t size)
{
    text_list list;
    out[0] = '\0';
    if (!text_list_split(&list, targets)) return;
    for (int32_t k = 0; k < list.count; k++)
        if (strcmp(list.items[k], "bec") != 0)
            snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] != '\0' ? "," : "",
                     list.items[k]);
    text_list_free(&list);
}

/* The command line of a stage: [2 n + 16]. */
typedef struct line {
    char **arguments;
    int count;
    char (*texts)[80]; /* "--name" */
    int n_texts;
} line;

static void add(line *l, const char *text)
{
    l->arguments[l->count++] = (char *)text;
}

static void add_option(line *l, const char *name, const char *value)
{
    char *text = l->texts[l->n_texts++];
    snprintf(text, sizeof l->texts[0], "--%s", name);
    add(l, text);
    if (value != NULL) add(l, value);
}

/* Copies the words whose options are among `only` (NULL: all), or are not among `but`. */
static void copy_words(line *l, const joint *j, const char *only, const char *but)
{
    static const char own[] = ",joint,joint-levels,output,targets,";
    for (int k = 0; k < j->n; k++) {
        const word *w = &j->words[k];
        if (w->name == NULL) add(l, w->value);
        else if (!among(own, w->name) && (only == NULL || among(only, w->name))
                 && (but == NULL || !among(but, w->name)))
            add_option(l, w->name, w->value);
    }
}

static const char *const all_targets = "energy,forces,bec";

static void fill_stage(line *l, const joint *j, int stage, const char *plain)
{
    const char *targets = j->targets != NULL ? j->targets : all_targets;
    l->count = l->n_texts = 0;
    copy_words(l, j, stage == 2 ? of_factor : NULL, stage == 3 ? shaping : NULL);
    if (stage == 2) {
        add_option(l, "tensors", "local");
        add_option(l, "potential", j->first_model);
        if (j->levels != NULL) add_option(l, "levels", j->levels);
    } else add_option(l, "targets", stage == 1 ? plain : targets);
    if (stage == 3) {
        add_option(l, "resume", j->first_model);
        add_option(l, "factor", j->first_factor);
        add_option(l, "fit-factor", j->factor);
    }
    add_option(l, "output", stage == 1 ? j->first_model : stage == 2 ? j->first_factor : j->model);
}

static int run_stages(const joint *j)
{
    static const char *const names[] = { "", "the potential", "the factor to its charges",
                                         "both together" };
    size_t room = (size_t)(2 * j->n + 16);
    char plain[256];
    line l = { calloc(room, sizeof *l.arguments), 0, calloc(room, sizeof *l.texts), 0 };
    int code = l.arguments != NULL && l.texts != NULL ? DONE : report_no_memory();
    without_born(j->targets != NULL ? j->targets : all_targets, plain, sizeof plain);
    if (code == DONE && j->targets != NULL && !strstr(j->targets, "bec"))
        code = report_usage("fit", "--joint OUT needs bec among --targets");
    for (int stage = 1; stage <= 3 && (code == DONE || code == NOT_CONVERGED); stage++) {
        fill_stage(&l, j, stage, plain);
        report_note("joint fit, stage %d of 3: %s", stage, names[stage]);
        files_forget();
        code = stage == 2 ? fit_tensors(l.count, l.arguments) : verb_fit(l.count, l.arguments);
    }
    free(l.arguments);
    free(l.texts);
    return code;
}

static char *beside(const char *path)
{
    static const char ending[] = ".start";
    size_t size = strlen(path) + sizeof ending;
    char *name = malloc(size);
    if (name != NULL) snprintf(name, size, "%s%s", path, ending);
    return name;
}

/* The file of a stage and what the fit tells beside it. */
static void drop(const char *path)
{
    static const char ending[] = ".fit.json";
    char *report = malloc(strlen(path) + sizeof ending);
    (void)remove(path);
    if (report == NULL) return;
    snprintf(report, strlen(path) + sizeof ending, "%s%s", path, ending);
    (void)remove(report);
    free(report);
}

int fit_joint(int count, char **arguments)
{
    fit_run unused = { 0 };
    fit_options list;
    joint j = { .words = calloc((size_t)count + 1, sizeof *j.words) };
    if (j.words == NULL) return report_no_memory();
    fit_options_fill(&list, &unused);
    int code = read_words(&j, &list, count, arguments);
    if (code == GO_ON) {
        j.first_model = beside(j.model);
        j.first_factor = beside(j.factor);
        code = j.first_model != NULL && j.first_factor != NULL ? run_stages(&j)
                                                               : report_no_memory();
    }
    if (code == DONE || code == NOT_CONVERGED) {
        drop(j.first_model);
        drop(j.first_factor);
    }
    free(j.first_model);
    free(j.first_factor);
    free(j.words);
    return code;
}
