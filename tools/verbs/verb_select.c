/* lrpot select: chooses the structures of a pool that a model should learn from next. */
#include "ensembles/spread.h"
#include "fitting/dataset.h"
#include "cli/output_file.h"
#include "cli/report.h"
#include "verbs/verbs.h"
#include "cli/nan_extremes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FINEST 1.001 /* threshold while the active set is built from the training set */
#define PASSES 20    /* largest number of passes; about 3 are needed */

typedef struct candidate {
    double grade, spread; /* spread: eV/A, NAN without a committee */
    int32_t chosen;
} candidate;

typedef struct select_run {
    common_options common;
    const char *train, *active, *save, *committee_text, *species_text;
    double threshold;
    int32_t parameters; /* rows of a new set are derivatives by all parameters */
    int64_t most;
    text_list species, committee;
    lrpot_potential *model, **members; /* [committee.count] */
    lrpot_workspace *work;
    lrpot_active_set *set;
    dataset pool;
    candidate *candidates; /* [pool.n] */
    double *grades;
    evaluation other;
    spread forces; /* over the committee */
} select_run;

static int frame_failure(lrpot_status status, const char *path, int64_t frame)
{
    char place[512];
    snprintf(place, sizeof place, "%s: frame %lld", path, (long long)frame);
    return report_failure(status, place);
}

/* Passes over frames until no frame enlarges the volume. Frames are numbered from `first`. */
static int fill_set(select_run *run, const dataset *frames, int64_t first, double threshold)
{
    int64_t changes = 1;
    for (int pass = 0; pass < PASSES && changes > 0; pass++) {
        changes = 0;
        for (int64_t f = 0; f < frames->n; f++) {
            int64_t here = 0;
            lrpot_status status = lrpot_active_set_add_structure(
                run->set, run->model, run->work, frames->frames[f], first + f, threshold, &here);
            if (status != LRPOT_OK) return frame_failure(status, frames->path, f);
            changes += here;
        }
        report_detail("pass %d over %s: %lld replacements", pass + 1, frames->path,
                      (long long)changes);
    }
    return GO_ON;
}

/* Makes the active set: from a file, and from the frames of the model's fit. */
static int make_set(select_run *run)
{
    dataset train = { 0 };
    key_list keys = { .n = 0 };
    const lrpot_active_set *own = lrpot_potential_active_set(run->model);
    lrpot_status status =
        run->active != NULL ? lrpot_active_set_load(&run->set, run->active)
        : run->train == NULL
            ? lrpot_active_set_clone(&run->set, own)
            : lrpot_active_set_create_kind(
                &run->set, run->model,
                run->parameters ? LRPOT_ACTIVE_SET_PARAMETERS : LRPOT_ACTIVE_SET_FEATURES, 0);
    if (status != LRPOT_OK) return report_failure(status, run->active);
    if (run->train == NULL) return GO_ON;
    int code = dataset_read(&train, run->train, &keys, &run->species, NAN);
    if (code == GO_ON) code = fill_set(run, &train, 0, FINEST);
    dataset_free(&train);
    return code;
}

/* Largest standard deviation of a force over the models, eV/A. */
static lrpot_status spread_of(select_run *run, const lrpot_structure *frame, double *largest)
{
    int64_t n = lrpot_structure_count(frame);
    lrpot_status status = spread_begin(&run->forces, 3 * n) ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int32_t m = -1; m < run->committee.count && status == LRPOT_OK; m++) {
        status =
            evaluation_run(&run->other, m < 0 ? run->model : run->members[m], run->work, frame);
        if (status == LRPOT_OK) spread_add(&run->forces, run->other.forces);
    }
    spread_end(&run->forces);
    *largest = spread_largest(run->forces.deviation, n);
    return status;
}

static int grade_pool(select_run *run)
{
    for (int64_t f = 0; f < run->pool.n; f++) {
        const lrpot_structure *frame = run->pool.frames[f];
        candidate *c = run->candidates + f;
        int64_t n = lrpot_structure_count(frame);
        double *grades = realloc(run->grades, (size_t)n * sizeof *grades);
        if (grades == NULL) return report_no_memory();
        run->grades = grades;
        lrpot_status status =
            lrpot_active_set_grade_structure(run->set, run->model, run->work, frame, grades);
        c->spread = NAN;
        if (status == LRPOT_OK && run->committee.count > 0)
            status = spread_of(run, frame, &c->spread);
        if (status != LRPOT_OK) return frame_failure(status, run->pool.path, f);
        for (int64_t i = 0; i < n; i++) c->grade = larger(c->grade, grades[i]);
    }
    return GO_ON;
}

/* Frame numbers of the rows of all species, [species][size]; NULL without memory. */
static int64_t *sources(const select_run *run)
{
    int64_t size = lrpot_active_set_size(run->set),
            n = lrpot_potential_species_count(run->model) * size;
    int64_t *frames = malloc((size_t)n * sizeof *frames);
    for (int32_t z = 0; z * size < n && frames != NULL; z++)
        if (lrpot_active_set_rows(run->set, z, frames + z * size, NULL) != LRPOT_OK)
            frames[z * size] = -1;
    return frames;
}

/* Chooses the frames of the pool with atoms in the set after the whole pool was offered to it.
 * Their numbers follow those already in the set. */
static int choose_frames(select_run *run)
{
    int64_t n = lrpot_potential_species_count(run->model) * lrpot_active_set_size(run->set),
            first = 0, *before = sources(run), *after = NULL;
    int code = before != NULL ? GO_ON : report_no_memory();
    for (int64_t k = 0; k < n && code == GO_ON; k++)
        if (before[k] >= first) first = before[k] + 1;
    if (code == GO_ON) code = fill_set(run, &run->pool, first, run->threshold);
    if (code == GO_ON && (after = sources(run)) == NULL) code = report_no_memory();
    for (int64_t k = 0; k < n && code == GO_ON; k++)
        if (after[k] >= first && run->candidates[after[k] - first].grade > run->threshold)
            run->candidates[after[k] - first].chosen = 1;
    free(before);
    free(after);
    return code;
}

/* Keeps the chosen frames with the largest grades. */
static int64_t keep_most(select_run *run)
{
    for (;;) {
        int64_t n = 0, least = -1;
        for (int64_t f = 0; f < run->pool.n; f++) {
            if (!run->candidates[f].chosen) continue;
            n++;
            if (least < 0 || run->candidates[f].grade < run->candidates[least].grade) least = f;
        }
        if (n <= run->most) return n;
        run->candidates[least].chosen = 0;
    }
}

static int write_chosen(const select_run *run)
{
    lrpot_writer *writer = NULL;
    char text[32];
    if (run->common.output == NULL) return GO_ON;
    lrpot_status status = lrpot_writer_open(&writer, run->common.output);
    if (status == LRPOT_OK)
        status = lrpot_writer_set_types(writer, lrpot_potential_species_count(run->model),
                                        lrpot_potential_symbols(run->model));
    for (int64_t f = 0; f < run->pool.n && status == LRPOT_OK; f++) {
        if (!run->candidates[f].chosen) continue;
        snprintf(text, sizeof text, "%.6g", run->candidates[f].grade);
        status = lrpot_structure_set_info(run->pool.frames[f], "extrapolation_grade", text);
        if (status == LRPOT_OK) status = lrpot_writer_append(writer, run->pool.frames[f]);
    }
    if (status == LRPOT_OK) status = lrpot_writer_close(writer);
    else lrpot_writer_abandon(writer);
    return status == LRPOT_OK ? GO_ON : report_failure(status, run->common.output);
}

static int print_json(const select_run *run, int64_t n_chosen)
{
    output out = { stdout, NULL, NULL };
    json_t *root = json_object(), *frames = json_array();
    for (int64_t f = 0; f < run->pool.n; f++) {
        json_t *object = json_object();
        json_put_real(object, "grade", run->candidates[f].grade);
        json_put_real(object, "spread", run->candidates[f].spread);
        json_object_set_new(object, "selected", json_boolean(run->candidates[f].chosen));
        json_array_append_new(frames, object);
    }
    json_put_count(root, "selected", n_chosen);
    json_put_count(root, "rows", lrpot_active_set_size(run->set));
    json_put_real(root, "threshold", run->threshold);
    json_object_set_new(root, "frames", frames);
    int code = output_json(&out, root), closed = output_close(&out, 1);
    return code == DONE ? closed : code;
}

static int print(const select_run *run, int64_t n_chosen)
{
    if (run->common.json) return print_json(run, n_chosen);
    FILE *table = run->common.output != NULL && strcmp(run->common.output, "-") == 0 ? stderr
                                                                                     : stdout;
    fprintf(table, "# %4s %6s %14s%s\n", "frame", "atoms", "grade",
            run->committee.count > 0 ? "    spread/(eV/A)" : "");
    for (int64_t f = 0; f < run->pool.n; f++) {
        const candidate *c = run->candidates + f;
        fprintf(table, "%6lld %6lld %14.6g", (long long)f,
                (long long)lrpot_structure_count(run->pool.frames[f]), c->grade);
        if (run->committee.count > 0) fprintf(table, " %16.6f", c->spread);
        fprintf(table, "%s\n", c->chosen ? "  selected" : "");
    }
    fprintf(table,
            "# %lld of %lld frames selected at grades above %g; %lld neighbourhoods of each "
            "species are kept\n",
            (long long)n_chosen, (long long)run->pool.n, run->threshold,
            (long long)lrpot_active_set_size(run->set));
    return DONE;
}

static int open_run(select_run *run, char **arguments)
{
    key_list keys = { .n = 0 };
    int code = inputs_species("select", run->species_text, &run->species);
    if (code == GO_ON) code = inputs_model(&run->model, arguments[0], &run->species);
    if (code != GO_ON) return code;
    if (!inputs_has_moments(run->model))
        return report_error(
            BAD_INPUT,
            "%s is a %s: active sets are offered for moment tensors; a committee of "
            "such models is compared by `lrpot eval MODEL MODEL... POOL`",
            arguments[0], lrpot_basis_descriptor(lrpot_potential_basis(run->model)));
    if (run->parameters && (run->train == NULL || run->active != NULL))
        return report_usage("select", "--parameters: makes a set anew, which needs --train and not "
                                      "--active; that of a file or a model stays as it is");
    if (run->train == NULL && run->active == NULL && lrpot_potential_active_set(run->model) == NULL)
        return report_usage("select",
                            "%s has no active set: give its data by --train, or a set by --active",
                            arguments[0]);
    if (!text_list_split(&run->committee, run->committee_text))
        return report_usage("select", "--committee %s: expected files with commas between",
                            run->committee_text);
    run->members = calloc((size_t)run->committee.count + 1, sizeof(lrpot_potential *));
    if (run->members == NULL) return report_no_memory();
    for (int32_t m = 0; m < run->committee.count && code == GO_ON; m++)
        code = inputs_model(run->members + m, run->committee.items[m], &run->species);
    if (code == GO_ON) code = dataset_read(&run->pool, arguments[1], &keys, &run->species, NAN);
    if (code != GO_ON) return code;
    run->candidates = calloc((size_t)run->pool.n + 1, sizeof *run->candidates);
    if (run->candidates == NULL) return report_no_memory();
    lrpot_status status = lrpot_workspace_create(&run->work, (int32_t)run->common.threads);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}

static void close_run(select_run *run)
{
    for (int32_t m = 0; m < run->committee.count && run->members != NULL; m++)
        lrpot_potential_free(run->members[m]);
    free(run->members);
    free(run->candidates);
    free(run->grades);
    evaluation_free(&run->other);
    spread_free(&run->forces);
    dataset_free(&run->pool);
    lrpot_active_set_free(run->set);
    lrpot_workspace_free(run->work);
    lrpot_potential_free(run->model);
    text_list_free(&run->committee);
    text_list_free(&run->species);
}

static int run_all(select_run *run, char **arguments)
{
    int code = open_run(run, arguments);
    if (code == GO_ON) code = make_set(run);
    if (code == GO_ON) code = grade_pool(run);
    if (code == GO_ON) code = choose_frames(run);
    if (code != GO_ON) return code;
    int64_t n_chosen = keep_most(run);
    code = write_chosen(run);
    if (code == GO_ON && run->save != NULL) {
        lrpot_status status = lrpot_active_set_save(run->set, run->save);
        if (status != LRPOT_OK) code = report_failure(status, run->save);
    }
    return code == GO_ON ? print(run, n_chosen) : code;
}

int verb_select(int count, char **arguments)
{
    select_run run = { .common = { .threads = 1 }, .threshold = 2.1, .most = INT64_MAX };
    const tool_option options[] = {
        { 'T', "train", OPTION_INPUT, "TRAIN.xyz",
          "structures that the model was fitted to; default: the active set that the model carries",
          &run.train, 0, 0 },
        { 'a', "active", OPTION_INPUT, "SET",
          "active set of an earlier --save, instead of or before --train", &run.active, 0, 0 },
        { 'g', "threshold", OPTION_REAL, "G", "grade from which a structure is new; default 2.1",
          &run.threshold, FINEST, 1e9 },
        { 0, "parameters", OPTION_FLAG, NULL,
          "with --train: grades by the derivatives by all parameters; default: by the features",
          &run.parameters, 0, 0 },
        { 'm', "most", OPTION_COUNT, "N", "at most N structures, those with the largest grades",
          &run.most, 1, 1e9 },
        { 'c', "committee", OPTION_INPUTS, "M2,M3,...",
          "other models, whose forces' spread is printed", &run.committee_text, 0, 0 },
        { 0, "save", OPTION_OUTPUT, "SET", "write the active set with what the pool added",
          &run.save, 0, 0 },
        { 's', "species", OPTION_TEXT, "A,B,...", "names of the types 0, 1, ... of .mtp and .cfg",
          &run.species_text, 0, 0 },
    };
    const tool_command command = {
        "select",
        "MODEL POOL",
        "Grades how far structures lie outside of what a model was fitted to, and selects those "
        "worth a reference calculation.",
        "The grade of an atom is its largest coefficient in terms of the neighbourhoods of the "
        "active set (D-optimality); that of a\n"
        "structure is the largest of its atoms'. Up to 1 the model interpolates, from some 2 on it "
        "extrapolates. Selected are frames\n"
        "whose neighbourhoods enter the active set when all of POOL is offered to it: one of "
        "several alike is enough.\n"
        "-o OUT.xyz gets the selected frames, with extrapolation_grade.",
        options,
        sizeof options / sizeof options[0],
        2,
        2
    };
    int32_t n = 0;
    int code = options_parse(&command, &run.common, count, arguments, &n);
    if (code == GO_ON) code = run_all(&run, arguments);
    close_run(&run);
    return code;
}
