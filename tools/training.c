#include "training.h"

#include "report.h"
#include "signals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct watcher {
    training *job;
    const lrpot_potential *model;
    report_progress progress;
    char stage[24];
    double best, saved_at;
    int32_t last_iteration, sampled;
} watcher;

static double misfit(const training *job, const lrpot_fit_errors *e)
{
    const lrpot_fit_options *o = &job->options;
    double sum = 0.0;
    if (e->n_energies > 0)
        sum += pow(e->energy_rmse / (o->energy_error > 0.0 ? o->energy_error : 1e-3), 2);
    if (e->n_forces > 0)
        sum += pow(e->forces_rmse / (o->forces_error > 0.0 ? o->forces_error : 0.02), 2);
    if (e->n_stresses > 0)
        sum += pow(e->stress_rmse / (o->stress_error > 0.0 ? o->stress_error : 1e-3), 2);
    return sum;
}

static int has_errors(const lrpot_fit_errors *e)
{
    return e->n_energies + e->n_forces + e->n_stresses > 0;
}

/* During the callback the model holds the state that the progress speaks of. */
static void keep_checkpoint(watcher *w, const lrpot_fit_progress *p)
{
    double now = report_seconds(),
           value = misfit(w->job, has_errors(&p->valid) ? &p->valid : &p->train);
    if (!p->accepted || value >= w->best || now - w->saved_at < w->job->checkpoint_every) return;
    w->best = value;
    w->saved_at = now;
    lrpot_status status = lrpot_potential_save(w->model, w->job->checkpoint);
    if (status != LRPOT_OK) report_note("checkpoint not written: %s", lrpot_last_error());
}

static int32_t on_iteration(void *ctx, const lrpot_fit_progress *p)
{
    watcher *w = ctx;
    if (strcmp(w->stage, p->stage) != 0) {
        report_progress_end(&w->progress);
        snprintf(w->stage, sizeof w->stage, "%s", p->stage);
        w->best = INFINITY; /* stages differ in what their charges are allowed to do, so their
                               errors do not compare */
    }
    w->last_iteration = p->iteration;
    w->sampled = w->sampled || strcmp(p->stage, "sample") == 0;
    w->job->iterations++;
    w->job->seconds = p->seconds;
    char valid[64] = "";
    if (has_errors(&p->valid))
        snprintf(valid, sizeof valid, " | %8.3f %8.2f %8.3f", 1e3 * p->valid.energy_rmse,
                 1e3 * p->valid.forces_rmse, 1e3 * p->valid.stress_rmse);
    report_progress_line(&w->progress, "%-8s %4d %12.5g  %8.3f %8.2f %8.3f%s  |g| %8.2e %6.1f s",
                         p->stage, (int)p->iteration, p->loss, 1e3 * p->train.energy_rmse,
                         1e3 * p->train.forces_rmse, 1e3 * p->train.stress_rmse, valid, p->gradient,
                         p->seconds);
    keep_checkpoint(w, p);
    return signals_stop();
}

/* Weights that a frame carries, under the names that other fitting programs read as well. 0 leaves
 * the target out. */
static int frame_weight(const lrpot_structure *frame, const char *place, const char *key,
                        double *out)
{
    const char *text = lrpot_structure_info(frame, key);
    if (text == NULL) return GO_ON;
    if (!parse_real(text, out) || *out < 0.0)
        return report_error(BAD_INPUT, "%s: %s=%s, expected a number >= 0", place, key, text);
    return GO_ON;
}

static int frame_weights(const lrpot_structure *frame, const char *place, lrpot_fit_frame *how)
{
    static const char *const keys[7] = { "config_energy_weight",   "config_forces_weight",
                                         "config_stress_weight",   "config_dipole_weight",
                                         "config_charges_weight",  "config_bec_weight",
                                         "config_potential_weight" };
    double own = 1.0;
    int code = frame_weight(frame, place, "config_weight", &own);
    how->weight = (how->weight > 0.0 ? how->weight : 1.0) * own;
    for (int t = 0; t < 7 && code == GO_ON; t++) {
        double weight = 1.0, *target = &how->target_weights[t];
        code = frame_weight(frame, place, keys[t], &weight);
        if (*target >= 0.0)
            *target = weight > 0.0 ? weight * (*target > 0.0 ? *target : 1.0) : -1.0;
    }
    return code;
}

static int add_frame(lrpot_fit *fit, const dataset *set, int64_t frame, int32_t kind)
{
    char place[512];
    lrpot_fit_frame how = set->origins[frame].how;
    dataset_place(set, frame, place, sizeof place);
    int code = frame_weights(set->frames[frame], place, &how);
    if (code != GO_ON || how.weight == 0.0) return code;
    how.set = kind;
    lrpot_status status = lrpot_fit_add_frame(fit, set->frames[frame], &how);
    return status == LRPOT_OK ? GO_ON : report_failure(status, place);
}

static int add_data(lrpot_fit *fit, const training *job)
{
    const dataset *sets[2] = { job->train, job->valid };
    static const int32_t kinds[2] = { LRPOT_FIT_TRAIN, LRPOT_FIT_VALID };
    for (int s = 0; s < 2; s++)
        for (int64_t f = 0; f < sets[s]->n; f++) {
            int code = add_frame(fit, sets[s], f, kinds[s]);
            if (code != GO_ON) return code;
        }
    return GO_ON;
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
    if (job->fitted_factor == NULL) return GO_ON;
    lrpot_status status = lrpot_tensor_model_save(tensors, job->fitted_factor);
    return status == LRPOT_OK ? GO_ON : report_failure(status, job->fitted_factor);
}

static void say_start(const training *job, const lrpot_fit *fit, const lrpot_potential *model)
{
    const char *name = NULL;
    int64_t offset = 0, count = 0;
    report_note("%lld parameters, about %.0f MB of memory", (long long)lrpot_fit_param_count(fit),
                1e-6 * (double)lrpot_fit_memory(fit));
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        if (count > 0) report_note("  %-18s %lld", name, (long long)count);
    report_note("stage      it         loss  train RMSE E/meV F/meV/A S/meV/A^3%s",
                job->valid->n > 0 ? " | valid" : "");
}

static lrpot_status run_fit(training *job, lrpot_fit *fit, const lrpot_potential *model)
{
    watcher w = { .job = job,
                  .model = model,
                  .best = INFINITY,
                  .saved_at = report_seconds(),
                  .last_iteration = -1 };
    /* the first Ctrl-C ends the fit after its iteration */
    signals_defer(1);
    lrpot_status status = lrpot_fit_run(fit, on_iteration, &w);
    signals_defer(0);
    report_progress_end(&w.progress);
    job->interrupted = status == LRPOT_E_INTERRUPTED;
    int32_t limit = job->options.max_iterations > 0 ? job->options.max_iterations : 120;
    job->at_limit = status == LRPOT_OK
                    && w.last_iteration + 1 >= (w.sampled ? (limit + 1) / 2 : limit);
    if (status != LRPOT_OK && !job->interrupted) return status;
    job->train_errors = job->valid_errors = (lrpot_fit_errors)LRPOT_FIT_ERRORS_INIT;
    status = lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &job->train_errors);
    if (status == LRPOT_OK && job->valid->n > 0)
        status = lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &job->valid_errors);
    for (int set = LRPOT_FIT_TRAIN; set <= LRPOT_FIT_VALID; set++)
        for (int k = 0; k < TRAINING_CHARGE_TARGETS && status == LRPOT_OK; k++) {
            training_error *e = &job->charge_errors[set][k];
            *e = (training_error){ 0 };
            if ((job->options.targets & (LRPOT_FIT_TARGET_DIPOLE << k)) != 0)
                status = lrpot_fit_error(fit, set, LRPOT_FIT_TARGET_DIPOLE << k, &e->rmse, &e->mae,
                                         &e->n);
        }
    return status;
}

static double norm(int64_t n, const double *x)
{
    double sum = 0.0;
    for (int64_t k = 0; k < n; k++) sum += x[k] * x[k];
    return sqrt(sum);
}

/* One row per block of parameters: a block of zeros, or one whose gradient is still large, tells of
 * what the fit has not found. */
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

static void say_choices(const training *job, const lrpot_fit *fit)
{
    lrpot_fit_options o = LRPOT_FIT_OPTIONS_INIT;
    if (lrpot_fit_get_options(fit, &o) != LRPOT_OK) return;
    if ((job->options.flags & LRPOT_FIT_CHOOSE_REGULARIZATION) != 0)
        report_note("regularization %g, chosen by validation", o.regularization);
    if ((job->options.flags & LRPOT_FIT_AUTO_WEIGHTS) != 0)
        report_note("errors that count as equal: %.3g eV/atom, %.3g eV/A, %.3g eV/A^3, %.3g e A, "
                    "%.3g e, %.3g e, %.3g V",
                    o.energy_error, o.forces_error, o.stress_error, o.dipole_error, o.charges_error,
                    o.born_error, o.potential_error);
}

int training_run(training *job, lrpot_potential *model, int first)
{
    lrpot_fit *fit = NULL;
    lrpot_tensor_model *tensors = NULL;
    job->iterations = 0;
    lrpot_status status = lrpot_fit_create(&fit, model, &job->options);
    if (status != LRPOT_OK) return report_failure(status, NULL);
    status = job->hold_species ? lrpot_fit_hold(fit, "charges.species") : LRPOT_OK;
    int code = status == LRPOT_OK ? add_data(fit, job) : report_failure(status, NULL);
    if (code == GO_ON) code = add_factor(fit, job, &tensors);
    if (code == GO_ON && first) say_start(job, fit, model);
    if (code == GO_ON) {
        status = run_fit(job, fit, model);
        if (status != LRPOT_OK) code = report_failure(status, job->train->path);
        else say_choices(job, fit);
        if (status == LRPOT_OK && report_level() > 0)
            say_blocks(fit, model, job->fitted_factor != NULL ? tensors : NULL);
    }
    if (code == GO_ON) code = save_factor(job, tensors);
    lrpot_fit_free(fit);
    lrpot_tensor_model_free(tensors);
    return code;
}

static void print_row(FILE *stream, const char *set, const char *quantity, const char *unit,
                      int64_t n, double rmse, double mae)
{
    if (n > 0)
        fprintf(stream, "%-6s %-9s %-9s %9lld %12.4f %12.4f\n", set, quantity, unit, (long long)n,
                1e3 * rmse, 1e3 * mae);
}

static const struct {
    const char *name, *unit;
} charge_targets[TRAINING_CHARGE_TARGETS] = {
    { "dipole", "me A" }, { "charges", "me" }, { "bec", "me" }, { "potential", "mV" }
};

static void print_errors(FILE *stream, const char *set, const lrpot_fit_errors *e,
                         const training_error *charges)
{
    print_row(stream, set, "energy", "meV/atom", e->n_energies, e->energy_rmse, e->energy_mae);
    print_row(stream, set, "forces", "meV/A", e->n_forces, e->forces_rmse, e->forces_mae);
    print_row(stream, set, "stress", "meV/A^3", e->n_stresses, e->stress_rmse, e->stress_mae);
    for (int k = 0; k < TRAINING_CHARGE_TARGETS; k++)
        print_row(stream, set, charge_targets[k].name, charge_targets[k].unit, charges[k].n,
                  charges[k].rmse, charges[k].mae);
}

void training_print(const training *job, FILE *stream)
{
    fprintf(stream, "# %-4s %-9s %-9s %9s %12s %12s\n", "set", "quantity", "unit", "values", "RMSE",
            "MAE");
    print_errors(stream, "train", &job->train_errors, job->charge_errors[LRPOT_FIT_TRAIN]);
    print_errors(stream, "valid", &job->valid_errors, job->charge_errors[LRPOT_FIT_VALID]);
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

static json_t *errors_object(const lrpot_fit_errors *e, const training_error *charges)
{
    json_t *object = json_object();
    put_error(object, "energy_per_atom", e->n_energies, e->energy_rmse, e->energy_mae);
    put_error(object, "forces", e->n_forces, e->forces_rmse, e->forces_mae);
    put_error(object, "stress", e->n_stresses, e->stress_rmse, e->stress_mae);
    for (int k = 0; k < TRAINING_CHARGE_TARGETS; k++)
        put_error(object, charge_targets[k].name, charges[k].n, charges[k].rmse, charges[k].mae);
    return object;
}

json_t *training_json(const training *job)
{
    json_t *root = json_object();
    json_put_count(root, "seed", job->options.seed);
    json_put_count(root, "iterations", job->iterations);
    json_put_real(root, "seconds", job->seconds);
    json_object_set_new(root, "interrupted", json_boolean(job->interrupted));
    json_object_set_new(root, "at_iteration_limit", json_boolean(job->at_limit));
    json_object_set_new(root, "train",
                        errors_object(&job->train_errors, job->charge_errors[LRPOT_FIT_TRAIN]));
    if (has_errors(&job->valid_errors))
        json_object_set_new(root, "valid",
                            errors_object(&job->valid_errors, job->charge_errors[LRPOT_FIT_VALID]));
    return root;
}

static int append_errors(char *text, size_t size, const char *set, const lrpot_fit_errors *e)
{
    return snprintf(text, size, "%s RMSE %.4f meV/atom, %.3f meV/A, %.4f meV/A^3", set,
                    1e3 * e->energy_rmse, 1e3 * e->forces_rmse, 1e3 * e->stress_rmse);
}

void training_line(const training *job, char *text, size_t size)
{
    int used = append_errors(text, size, "train", &job->train_errors);
    if (has_errors(&job->valid_errors) && used > 0 && (size_t)used + 2 < size) {
        memcpy(text + used, "; ", 3);
        append_errors(text + used + 2, size - (size_t)used - 2, "valid", &job->valid_errors);
    }
}
