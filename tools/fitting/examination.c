#include "fitting/examination.h"

#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_POINTS = 20000 };

static const char *const set_names[EXAMINED_SETS] = { "train", "valid" };

/* State of the pass over the frames of one set. */
typedef struct pass {
    examination *e;
    const training *job;
    const lrpot_potential *model;
    lrpot_workspace *work;
    evaluation result;
    int set;
    int64_t stride, seen; /* components of forces per point, and so far */
} pass;

static const dataset *frames_of(const training *job, int set)
{
    return set == 0 ? job->train : job->valid;
}

static int parity_reserve(parity *p, int64_t n)
{
    p->reference = malloc((size_t)n * sizeof *p->reference + 1);
    p->model = malloc((size_t)n * sizeof *p->model + 1);
    return p->reference != NULL && p->model != NULL;
}

static void parity_add(parity *p, double reference, double model)
{
    p->reference[p->n] = reference;
    p->model[p->n++] = model;
}

static int prepare(pass *w)
{
    examination *e = w->e;
    const dataset *set = frames_of(w->job, w->set);
    int64_t components = 0;
    for (int64_t f = 0; f < set->n; f++)
        if (lrpot_structure_get(set->frames[f], LRPOT_QUANTITY_FORCES) != NULL)
            components += 3 * lrpot_structure_count(set->frames[f]);
    w->stride = components / MOST_POINTS + 1;
    w->seen = 0;
    e->squares[w->set] = calloc((size_t)e->n_symbols, sizeof *e->squares[0]);
    e->components[w->set] = calloc((size_t)e->n_symbols, sizeof *e->components[0]);
    return e->squares[w->set] != NULL && e->components[w->set] != NULL
           && parity_reserve(&e->forces[w->set], components / w->stride + 1)
           && parity_reserve(&e->energies[w->set], set->n);
}

static int32_t species_of(const examination *e, const char *symbol)
{
    int32_t z = 0;
    while (z + 1 < e->n_symbols && strcmp(e->symbols[z], symbol) != 0) z++;
    return z;
}

/* Energies of a further source are the model's and an offset for each atom. */
static void add_offsets(pass *w, const lrpot_structure *frame, int32_t source)
{
    for (int64_t i = 0; i < w->result.n && source > 0; i++)
        w->result.energy += w->job->offsets[(source - 1) * w->e->n_symbols
                                            + species_of(w->e, lrpot_structure_symbol(frame, i))];
}

static void take_forces(pass *w, const lrpot_structure *frame)
{
    const double *reference = lrpot_structure_get(frame, LRPOT_QUANTITY_FORCES);
    examination *e = w->e;
    for (int64_t x = 0; x < 3 * w->result.n && reference != NULL; x++) {
        int32_t z = species_of(e, lrpot_structure_symbol(frame, x / 3));
        double d = w->result.forces[x] - reference[x];
        e->squares[w->set][z] += d * d;
        e->components[w->set][z]++;
        if (w->seen++ % w->stride == 0)
            parity_add(&e->forces[w->set], reference[x], w->result.forces[x]);
    }
}

static int add_errors(pass *w, const lrpot_structure *frame, const char *path, int several)
{
    error_table *errors = &w->e->errors[w->set];
    const char *type = lrpot_structure_info(frame, "config_type");
    int good = errors_add(errors, "all", frame, &w->result, 0);
    if (several) good = good && errors_add(errors, path, frame, &w->result, 0);
    if (type != NULL) good = good && errors_add(errors, type, frame, &w->result, 0);
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
    take_forces(w, frame);
    const double *energy = lrpot_structure_get(frame, LRPOT_QUANTITY_ENERGY);
    if (energy != NULL)
        parity_add(&w->e->energies[w->set], *energy / (double)w->result.n,
                   w->result.energy / (double)w->result.n);
    return add_errors(w, frame, set->origins[f].path, set->n_parts > 1);
}

int examination_run(examination *e, const training *job, const lrpot_potential *model)
{
    pass w = { .e = e, .job = job, .model = model };
    *e = (examination){ .n_symbols = lrpot_potential_species_count(model),
                        .symbols = lrpot_potential_symbols(model) };
    lrpot_status status = lrpot_workspace_create(&w.work, job->options.threads);
    int code = status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
    for (w.set = 0; w.set < EXAMINED_SETS && code == GO_ON; w.set++) {
        if (!prepare(&w)) code = report_no_memory();
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
        free(e->squares[s]);
        free(e->components[s]);
        free(e->forces[s].reference);
        free(e->forces[s].model);
        free(e->energies[s].reference);
        free(e->energies[s].model);
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

double examination_rmse(const examination *e, int set, int32_t species)
{
    int64_t n = e->components[set][species];
    return n > 0 ? sqrt(e->squares[set][species] / (double)n) : NAN;
}

json_t *examination_elements_json(const examination *e)
{
    json_t *root = json_object();
    for (int s = 0; s < EXAMINED_SETS; s++) {
        json_t *set = json_object();
        for (int32_t z = 0; z < e->n_symbols; z++)
            if (e->components[s][z] > 0)
                json_put_real(set, e->symbols[z], examination_rmse(e, s, z));
        if (json_object_size(set) > 0) json_object_set_new(root, set_names[s], set);
        else json_decref(set);
    }
    return root;
}
