#include "fitting/training.h"

#include "checks/barrier_print.h"
#include "fitting/fit_memory.h"
#include "fitting/file_weights.h"
#include "fitting/shared_fit.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "fitting/target_names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct watcher {
    training *job;
    const lrpot_potential *model;
    report_progress progress;
    char stage[24];
    int32_t last_iteration, sampled;
} watcher;

static int has_errors(const lrpot_fit_errors *e)
{
    int64_t n = 0;
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++) n += e->n[t];
    return n > 0;
}

static void put_error(json_t *object, const char *name, int64_t n, double rmse, double mae)
{
    if (n == 0) return;
    json_t *row = json_object();
    json_put_count(row, "values", n);
    json_put_real(row, "rmse", rmse);
    json_put_real(row, "mae", mae);
    json_object_set_new(object, name, row);
}

static json_t *errors_object(const lrpot_fit_errors *e)
{
    json_t *object = json_object();
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++) {
        char name[64];
        lrpot_fit_target facts = target_facts(t);
        snprintf(name, sizeof name, "%s%s", facts.name, facts.per_atom ? "_per_atom" : "");
        put_error(object, name, e->n[t], e->rmse[t], e->mae[t]);
    }
    return object;
}

static void remember(training *job, const lrpot_fit_progress *p)
{
    if (job->history == NULL) return;
    json_t *row = json_object();
    json_put_text(row, "stage", p->stage);
    json_put_count(row, "iteration", p->iteration);
    json_put_real(row, "seconds", p->seconds);
    json_put_real(row, "loss", p->loss);
    json_put_real(row, "compared_loss", p->merit);
    json_object_set_new(row, "best", json_boolean(p->merit <= p->best));
    json_object_set_new(row, "train", errors_object(p->train));
    if (has_errors(p->valid)) json_object_set_new(row, "valid", errors_object(p->valid));
    json_array_append_new(job->history, row);
}

/* Keeps a checkpoint. During the callback the model holds the state of the progress report. */
static void keep_checkpoint(watcher *w, const lrpot_fit_progress *p)
{
    if (p->merit <= p->best) checkpoint_keep(w->job->checkpoint, w->model);
    checkpoint_write(w->job->checkpoint, w->model, 0);
}

static int32_t on_iteration(void *ctx, const lrpot_fit_progress *p)
{
    watcher *w = ctx;
    if (strcmp(w->stage, p->stage) != 0) {
        report_progress_end(&w->progress);
        snprintf(w->stage, sizeof w->stage, "%s", p->stage);
    }
    w->last_iteration = p->iteration;
    w->sampled = w->sampled || strcmp(p->stage, "sample") == 0;
    w->job->iterations++;
    w->job->seconds = p->seconds;
    char valid[64] = "", merit[32] = "-"; /* not computed */
    if (!isnan(p->merit)) snprintf(merit, sizeof merit, "%.8g", p->merit);
    if (has_errors(p->valid))
        snprintf(valid, sizeof valid, " | %8.3f %8.2f %8.3f",
                 1e3 * p->valid->rmse[LRPOT_FIT_ENERGY], 1e3 * p->valid->rmse[LRPOT_FIT_FORCES],
                 1e3 * p->valid->rmse[LRPOT_FIT_STRESS]);
    keep_checkpoint(w, p);
    remember(w->job, p);
    report_progress_line(
        &w->progress, "%-8s %4d %12.5g  %8.3f %8.2f %8.3f%s  |g| %8.2e %6.1f s  | %s %s", p->stage,
        (int)p->iteration, p->loss, 1e3 * p->train->rmse[LRPOT_FIT_ENERGY],
        1e3 * p->train->rmse[LRPOT_FIT_FORCES], 1e3 * p->train->rmse[LRPOT_FIT_STRESS], valid,
        p->gradient, p->seconds, merit, p->merit <= p->best ? "best" : "");
    return signals_stop();
}

static int add_frame(lrpot_fit *fit, const dataset *set, int64_t frame, int32_t kind)
{
    char place[512];
    lrpot_fit_frame how;
    dataset_place(set, frame, place, sizeof place);
    int code = frame_weights(set, frame, &how);
    if (code != GO_ON || how.weight == 0.0) return code;
    how.set = kind;
    lrpot_status status = lrpot_fit_add_frame(fit, set->frames[frame], &how);
    return status == LRPOT_OK ? GO_ON : report_failure(status, place);
}

/* Frames set up so far. */
typedef struct set_up {
    report_progress line;
    double started, told; /* s */
    int64_t done, all;
} set_up;

/* At most one line a second: a quick set-up says nothing. */
static void tell_set_up(set_up *s)
{
    double now = report_seconds();
    s->done++;
    if (now - s->told < 1.0) return;
    s->told = now;
    report_progress_line(&s->line, "set-up: frame %lld of %lld, %.0f s left", (long long)s->done,
                         (long long)s->all,
                         (now - s->started) * (double)(s->all - s->done) / (double)s->done);
}

/* own: training and validation frames of this process. */
static int add_data(lrpot_fit *fit, const dataset own[2])
{
    static const int32_t kinds[2] = { LRPOT_FIT_TRAIN, LRPOT_FIT_VALID };
    set_up progress = { .started = report_seconds(), .all = own[0].n + own[1].n };
    int code = GO_ON;
    progress.told = progress.started;
    for (int s = 0; s < 2; s++)
        for (int64_t f = 0; f < own[s].n && code == GO_ON; f++) {
            code = add_frame(fit, &own[s], f, kinds[s]);
            if (code == GO_ON) tell_set_up(&progress);
        }
    report_progress_end(&progress.line);
    return code;
}

/* Checks the memory before the fit starts, so that a fit that is too large fails at once and not
 * after an hour. */
static int check_memory(lrpot_fit *fit, const training *job, const dataset own[2], int first)
{
    memory_forecast needs;
    int code = memory_of_fit(fit, &own[0], &own[1], job->factor != NULL, &needs);
    if (code == GO_ON && first) memory_report(&needs);
    return code == GO_ON ? memory_check(&needs, job->options.memory_limit) : code;
}

/* Takes this process' share of the data, after a check of the memory. */
static int take_data(lrpot_fit *fit, const training *job, int first)
{
    dataset own[2] = { { 0 }, { 0 } };
    lrpot_status status = LRPOT_OK;
    if (shared_fit_comm() != NULL) status = lrpot_fit_set_comm(fit, shared_fit_comm());
    if (status != LRPOT_OK) return report_failure(status, NULL);
    int code = shared_fit_deal(&own[0], job->train);
    if (code == GO_ON) code = shared_fit_deal(&own[1], job->valid);
    if (code == GO_ON) code = check_memory(fit, job, own, first);
    clock_t started = clock();
    int64_t frames = own[0].n + own[1].n;
    if (code == GO_ON) code = add_data(fit, own);
    if (code == GO_ON && first)
        memory_report_anew(fit, frames,
                           (double)(clock() - started) / CLOCKS_PER_SEC / (double)frames);
    shared_fit_drop(&own[0]);
    shared_fit_drop(&own[1]);
    return code;
}

static int add_factor(lrpot_fit *fit, const training *job, lrpot_tensor_model **tensors)
{
    if (job->factor == NULL) return GO_ON;
    lrpot_status status = lrpot_tensor_model_load(tensors, job->factor);
    if (status == LRPOT_OK)
        status = job->fitted_factor != NULL ? lrpot_fit_factor_joint(fit, *tensors)
                                            : lrpot_fit_factor(fit, *tensors);
    return status == LRPOT_OK ? GO_ON : report_failure(status, job->factor);
}

static int save_factor(const training *job, const lrpot_tensor_model *tensors)
{
    if (job->fitted_factor == NULL || !shared_fit_leads()) return GO_ON;
    lrpot_status status = lrpot_tensor_model_save(tensors, job->fitted_factor);
    return status == LRPOT_OK ? GO_ON : report_failure(status, job->fitted_factor);
}

static void say_start(const training *job, const lrpot_fit *fit, const lrpot_potential *model)
{
    const char *name = NULL;
    int64_t offset = 0, count = 0;
    report_note("%lld parameters", (long long)lrpot_fit_param_count(fit));
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        if (count > 0) report_note("  %-18s %lld", name, (long long)count);
    report_note(
        "stage      it         loss  train RMSE E/meV F/meV/A S/meV/A^3%s  | loss of the last "
        "stage, which all compare by",
        job->valid->n > 0 ? " | valid" : "");
}

static lrpot_status run_fit(training *job, lrpot_fit *fit, const lrpot_potential *model)
{
    watcher w = { .job = job, .model = model, .last_iteration = -1 };
    /* the first Ctrl-C ends the fit after its iteration */
    signals_defer(1);
    clock_t started = clock();
    lrpot_status status = lrpot_fit_run(fit, on_iteration, &w);
    job->processor = (double)(clock() - started) / CLOCKS_PER_SEC;
    signals_defer(0);
    report_progress_end(&w.progress);
    job->interrupted = status == LRPOT_E_INTERRUPTED;
    lrpot_fit_options chosen = LRPOT_FIT_OPTIONS_INIT;
    if (lrpot_fit_get_options(fit, &chosen) != LRPOT_OK) return LRPOT_E_STATE;
    int32_t limit = chosen.max_iterations;
    job->at_limit = status == LRPOT_OK
                    && w.last_iteration + 1 >= (w.sampled ? (limit + 1) / 2 : limit);
    if (status != LRPOT_OK && !job->interrupted) {
        checkpoint_write(job->checkpoint, model, 1);
        return status;
    }
    job->train_errors = job->valid_errors = (lrpot_fit_errors)LRPOT_FIT_ERRORS_INIT;
    status = lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &job->train_errors);
    if (status == LRPOT_OK && job->valid->n > 0)
        status = lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &job->valid_errors);
    return status;
}

static double norm(int64_t n, const double *x)
{
    double sum = 0.0;
    for (int64_t k = 0; k < n; k++) sum += x[k] * x[k];
    return sqrt(sum);
}

/* Prints one row per block of parameters. A block of zeros, or one with a large gradient, shows
 * that the fit is not complete. */
static void say_blocks(lrpot_fit *fit, const lrpot_potential *model,
                       const lrpot_tensor_model *tensors)
{
    const char *name = NULL;
    int64_t n = lrpot_fit_param_count(fit), own = lrpot_potential_param_count(model), offset = 0,
            count = 0;
    double *params = calloc((size_t)(2 * n), sizeof *params), *gradient = params + n, loss = 0.0;
    lrpot_status status = params == NULL ? LRPOT_E_MEMORY : lrpot_fit_get_params(fit, n, params);
    if (status == LRPOT_OK) status = lrpot_fit_loss(fit, n, params, &loss, gradient);
    if (status == LRPOT_OK) {
        report_note("parameters         count         size     gradient   (loss %.6g)", loss);
        for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
            report_note("  %-15s %6lld %12.4g %12.4g", name, (long long)count,
                        norm(count, params + offset), norm(count, gradient + offset));
        if (n > own)
            report_note("  %-15s %6lld %12.4g %12.4g",
                        tensors != NULL ? "offsets, factor" : "offsets", (long long)(n - own),
                        norm(n - own, params + own), norm(n - own, gradient + own));
    }
    free(params);
}

/* Keeps what the fit knows and its model does not. */
static int keep_findings(training *job, const lrpot_fit *fit, const lrpot_potential *model)
{
    int32_t n = lrpot_potential_species_count(model), sources = 1;
    job->settled = (lrpot_fit_options)LRPOT_FIT_OPTIONS_INIT;
    lrpot_status status = lrpot_fit_get_options(fit, &job->settled);
    for (int64_t f = 0; f < job->train->n; f++)
        if (job->train->origins[f].how.source >= sources)
            sources = job->train->origins[f].how.source + 1;
    free(job->offsets);
    job->offsets = calloc((size_t)(sources * n), sizeof *job->offsets);
    if (job->offsets == NULL) return report_no_memory();
    for (int32_t s = 1; s < sources && status == LRPOT_OK; s++)
        status = lrpot_fit_offsets(fit, s, n, job->offsets + (s - 1) * n);
    return status == LRPOT_OK ? GO_ON : report_failure(status, NULL);
}

static void say_choices(const training *job, const lrpot_fit *fit, const lrpot_potential *model)
{
    lrpot_fit_options o = LRPOT_FIT_OPTIONS_INIT;
    if (lrpot_fit_get_options(fit, &o) != LRPOT_OK) return;
    if ((job->options.flags & LRPOT_FIT_CHOOSE_REGULARIZATION) != 0)
        report_note("regularization %g, chosen by validation", o.regularization);
    if (o.gap_barrier > 0.0 && !barrier_present(model))
        report_note(
            "no gap barrier: in the data no pair of species has distances of free atoms, or they "
            "are not apart from those of bonds");
    if ((job->options.flags & LRPOT_FIT_AUTO_WEIGHTS) != 0)
        for (int32_t t = 0; t < lrpot_fit_target_count(); t++)
            report_note("error that counts as equal: %s %.3g %s", target_facts(t).name, o.errors[t],
                        target_facts(t).unit);
}

/* Marks the blocks of the energy that start from the model's values, and those that stay there. */
static lrpot_status keep_energy(const training *job, lrpot_fit *fit, const lrpot_potential *model)
{
    const char *name = NULL;
    int64_t offset = 0, count = 0;
    lrpot_status status = LRPOT_OK;
    for (int32_t b = 0; status == LRPOT_OK && job->keep_energy
                        && lrpot_potential_param_block(model, b, &name, &offset, &count);
         b++) {
        if (strncmp(name, "energy.", strlen("energy.")) != 0) continue;
        int species = strcmp(name, "energy.species") == 0;
        status = lrpot_fit_keep(fit, name);
        if (status == LRPOT_OK
            && (species ? job->freeze == FREEZE_ENERGY : job->freeze != FREEZE_NOTHING))
            status = lrpot_fit_hold(fit, name);
    }
    return status;
}

int training_run(training *job, lrpot_potential *model, int first)
{
    lrpot_fit *fit = NULL;
    lrpot_tensor_model *tensors = NULL;
    job->iterations = 0;
    lrpot_fit_options options = job->options;
    if (options.memory_limit > 0.0) /* what the program has already is not the fit's */
        options.memory_limit = fmax(options.memory_limit - memory_resident(), 1.0);
    lrpot_status status = lrpot_fit_create(&fit, model, &options);
    if (status != LRPOT_OK) return report_failure(status, NULL);
    status = job->hold_species ? lrpot_fit_hold(fit, "charges.species") : LRPOT_OK;
    if (status == LRPOT_OK) status = keep_energy(job, fit, model);
    int code = status == LRPOT_OK ? take_data(fit, job, first) : report_failure(status, NULL);
    if (code == GO_ON) code = add_factor(fit, job, &tensors);
    if (code == GO_ON && first) say_start(job, fit, model);
    if (code == GO_ON) {
        status = run_fit(job, fit, model);
        if (status != LRPOT_OK) code = report_failure(status, job->train->path);
        else {
            say_choices(job, fit, model);
            code = keep_findings(job, fit, model);
        }
        if (status == LRPOT_OK && report_level() > 0)
            say_blocks(fit, model, job->fitted_factor != NULL ? tensors : NULL);
    }
    if (code == GO_ON) code = save_factor(job, tensors);
    lrpot_fit_free(fit);
    lrpot_tensor_model_free(tensors);
    return code;
}

static void print_errors(FILE *stream, const char *set, const lrpot_fit_errors *e)
{
    for (int32_t t = 0; t < lrpot_fit_target_count(); t++) {
        char unit[32];
        snprintf(unit, sizeof unit, "m%s", target_facts(t).unit);
        if (e->n[t] > 0)
            fprintf(stream, "%-6s %-18s %-9s %9lld %12.4f %12.4f\n", set, target_facts(t).name,
                    unit, (long long)e->n[t], 1e3 * e->rmse[t], 1e3 * e->mae[t]);
    }
}

void training_print(const training *job, FILE *stream)
{
    fprintf(stream, "# %-4s %-18s %-9s %9s %12s %12s\n", "set", "quantity", "unit", "values",
            "RMSE", "MAE");
    print_errors(stream, "train", &job->train_errors);
    print_errors(stream, "valid", &job->valid_errors);
}

json_t *training_json(const training *job)
{
    json_t *root = json_object();
    json_put_count(root, "seed", job->options.seed);
    json_put_count(root, "iterations", job->iterations);
    json_put_real(root, "seconds", job->seconds);
    json_put_real(root, "processor_seconds", job->processor);
    json_object_set_new(root, "interrupted", json_boolean(job->interrupted));
    json_object_set_new(root, "at_iteration_limit", json_boolean(job->at_limit));
    json_object_set_new(root, "train", errors_object(&job->train_errors));
    if (has_errors(&job->valid_errors))
        json_object_set_new(root, "valid", errors_object(&job->valid_errors));
    return root;
}

static int append_errors(char *text, size_t size, const char *set, const lrpot_fit_errors *e)
{
    return snprintf(text, size, "%s RMSE %.4f meV/atom, %.3f meV/A, %.4f meV/A^3", set,
                    1e3 * e->rmse[LRPOT_FIT_ENERGY], 1e3 * e->rmse[LRPOT_FIT_FORCES],
                    1e3 * e->rmse[LRPOT_FIT_STRESS]);
}

void training_line(const training *job, char *text, size_t size)
{
    int used = append_errors(text, size, "train", &job->train_errors);
    if (has_errors(&job->valid_errors) && used > 0 && (size_t)used + 2 < size) {
        memcpy(text + used, "; ", 3);
        append_errors(text + used + 2, size - (size_t)used - 2, "valid", &job->valid_errors);
    }
}
