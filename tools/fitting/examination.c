#include "fitting/examination.h"

#include "cli/options.h"
#include "cli/report.h"
#include "fitting/target_names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const set_names[EXAMINED_SETS] = { "train", "valid" };

/* State of the pass over the frames of one set. */
typedef struct pass {
    examination *e;
    const training *job;
    const lrpot_potential *model;
    lrpot_workspace *work;
    evaluation result;
    int set;
} pass;

static const dataset *frames_of(const training *job, int set)
{
    return set == 0 ? job->train : job->valid;
}

static int32_t species_of(const comparison *e, const char *symbol)
{
    int32_t z = 0;
    while (z + 1 < e->n_symbols && strcmp(e->symbols[z], symbol) != 0) z++;
    return z;
}

/* Energies of a further source are the model's and an offset for each atom. */
static void add_offsets(pass *w, const lrpot_structure *frame, int32_t source)
{
    const comparison *c = &w->e->compared[w->set];
    for (int64_t i = 0; i < w->result.n && source > 0; i++)
        w->result.energy += w->job->offsets[(source - 1) * c->n_symbols
                                            + species_of(c, lrpot_structure_symbol(frame, i))];
}

/* Targets that are fitted to the frame. */
static int32_t fitted_targets(const pass *w, const lrpot_fit_frame *how)
{
    int32_t targets = w->job->settled.targets;
    if (targets == 0) targets = targets_usual();
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++)
        if (how->target_weights[t] < 0.0) targets &= ~LRPOT_FIT_TARGET(t);
    return targets;
}

static int add_errors(pass *w, const lrpot_structure *frame, const char *path, int several,
                      int32_t fitted)
{
    error_table *errors = &w->e->errors[w->set];
    const char *type = lrpot_structure_info(frame, "config_type");
    int good = errors_add(errors, "all", frame, &w->result, 0);
    if (several) good = good && errors_add(errors, path, frame, &w->result, 0);
    if (type != NULL) good = good && errors_add(errors, type, frame, &w->result, 0);
    if (good) errors_mark(errors, "all", frame, fitted);
    if (good && several) errors_mark(errors, path, frame, fitted);
    if (good && type != NULL) errors_mark(errors, type, frame, fitted);
    return good ? GO_ON : report_no_memory();
}

static int examine_frame(pass *w, int64_t f)
{
    const dataset *set = frames_of(w->job, w->set);
    const lrpot_structure *frame = set->frames[f];
    lrpot_status status = evaluation_run(&w->result, w->model, w->work, frame);
    if (status != LRPOT_OK) {
        char place[512];
        dataset_place(set, f, place, sizeof place);
        return report_failure(status, place);
    }
    add_offsets(w, frame, set->origins[f].how.source);
    int32_t fitted = fitted_targets(w, &set->origins[f].how);
    int code = comparison_add(&w->e->compared[w->set], frame, &w->result, w->result.energy,
                              (fitted & LRPOT_FIT_TARGET(target_of("energy"))) != 0);
    return code == GO_ON ? add_errors(w, frame, set->origins[f].path, set->n_parts > 1, fitted)
                         : code;
}

int examination_run(examination *e, const training *job, const lrpot_potential *model)
{
    pass w = { .e = e, .job = job, .model = model };
    *e = (examination){ 0 };
    lrpot_status status = lrpot_workspace_create(&w.work, job->options.threads);
    int code = status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
    for (w.set = 0; w.set < EXAMINED_SETS && code == GO_ON; w.set++) {
        code = comparison_begin(&e->compared[w.set], model);
        for (int64_t f = 0; f < frames_of(job, w.set)->n && code == GO_ON; f++)
            code = examine_frame(&w, f);
    }
    evaluation_free(&w.result);
    lrpot_workspace_free(w.work);
    return code;
}

void examination_free(examination *e)
{
    for (int s = 0; s < EXAMINED_SETS; s++) {
        errors_free(&e->errors[s]);
        comparison_free(&e->compared[s]);
    }
    *e = (examination){ 0 };
}

json_t *examination_sets_json(const examination *e)
{
    json_t *root = json_object();
    for (int s = 0; s < EXAMINED_SETS; s++)
        if (e->errors[s].n > 0)
            json_object_set_new(root, set_names[s], errors_json(&e->errors[s], 1, NULL));
    return root;
}

static json_t *of_sets(const examination *e, json_t *(*part)(const comparison *))
{
    json_t *root = json_object();
    for (int s = 0; s < EXAMINED_SETS; s++) {
        json_t *set = part(&e->compared[s]);
        if (set != NULL) json_object_set_new(root, set_names[s], set);
    }
    return root;
}

json_t *examination_elements_json(const examination *e)
{
    return of_sets(e, comparison_elements_json);
}

json_t *examination_distances_json(const examination *e)
{
    return of_sets(e, comparison_distances_json);
}
