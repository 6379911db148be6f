/* The loss of a fit as the problem of its minimiser. */
#include "fit/driver/fit_loss.h"

#include "core/error.h"
#include "fit/driver/fit_merit.h"
#include "fit/driver/fit_places.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_state.h"
#include "fit/jacobian/frame_gradient.h"
#include "fit/least_squares/minimize.h"
#include "fit/least_squares/normal_equations.h"

#include <math.h>
#include <time.h>

typedef struct stage_run {
    lrpot_fit *fit;
    const char *stage;
    double least;   /* loss of validation in this stage */
    int32_t waited; /* iterations since then */
} stage_run;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Sums over training frames of this process. */
static lrpot_status accumulate(lrpot_fit *fit, lrpot__frame *const *frames, int64_t n_frames,
                               int what)
{
    return lrpot__normal_equations_accumulate(
        fit->sums.normal, fit->sums.partial, fit->sums.assemblies, fit->options.threads, frames,
        n_frames, LRPOT_FIT_TRAIN, fit->weights, what, fit->comm);
}

/* Matrix from a part of the frames, another one each time, scaled to all; loss and gradient from
 * all. */
static lrpot_status accumulate_thinned(lrpot_fit *fit, lrpot__frame *const *frames,
                                       int64_t n_frames)
{
    lrpot__normal_equations *normal = fit->sums.normal;
    int64_t n = 0, turn = fit->thinned.turn++;
    enum { ALL, THESE };
    double rows[2] = { 0.0, 0.0 };
    for (int64_t f = 0; f < n_frames; f++) {
        if (frames[f]->set != LRPOT_FIT_TRAIN) continue;
        rows[ALL] += (double)frames[f]->rows;
        if ((frames[f]->turn + turn) % fit->thinned.stride != 0) continue;
        rows[THESE] += (double)frames[f]->rows;
        fit->thinned.frames[n++] = frames[f];
    }
    LRPOT__TRY(lrpot__fit_sum(fit, rows, 2));
    LRPOT__TRY(accumulate(fit, fit->thinned.frames, n, LRPOT__LOSS_MATRIX));
    double scale = rows[ALL] / fmax(rows[THESE], 1.0);
    for (int64_t k = 0; k < normal->count * normal->stride; k++) normal->matrix[k] *= scale;
    return accumulate(fit, frames, n_frames, LRPOT__LOSS_GRADIENT);
}

lrpot_status lrpot__fit_evaluate(lrpot_fit *fit, const double *params, int what, double *loss)
{
    int64_t count = fit->layout.count;
    LRPOT__TRY(lrpot__fit_set(fit, params));
    const int sampled = fit->sample.frames != NULL;
    lrpot__normal_equations *normal = fit->sums.normal;
    lrpot__frame *const *frames = sampled ? fit->sample.frames : fit->data.frames;
    int64_t n_frames = sampled ? fit->sample.n_frames : fit->data.n_frames;
    LRPOT__TRY(what == LRPOT__LOSS_MATRIX && fit->thinned.stride > 1
                   ? accumulate_thinned(fit, frames, n_frames)
                   : accumulate(fit, frames, n_frames, what));
    *loss = normal->loss;
    for (int64_t p = 0; p < count; p++) {
        double d = params[p] - fit->prior.centre[p];
        *loss += fit->prior.strength[p] * d * d;
        if (what == LRPOT__LOSS) continue;
        normal->gradient[p] += fit->prior.strength[p] * d;
        if (what == LRPOT__LOSS_MATRIX)
            normal->matrix[p * normal->stride + p] += fit->prior.strength[p];
    }
    return LRPOT_OK;
}

lrpot_status lrpot__fit_has_gradient(const lrpot_fit *fit, int32_t *has)
{
    double without = !lrpot__frame_gradient_of_model(fit->sums.assemblies[0]);
    for (int64_t f = 0; f < fit->data.n_frames; f++)
        without += fit->data.frames[f]->set == LRPOT_FIT_TRAIN
                   && !lrpot__frame_gradient_of_frame(fit->data.frames[f]);
    LRPOT__TRY(lrpot__fit_sum(fit, &without, 1));
    *has = without == 0.0;
    return LRPOT_OK;
}

/* Frames that a matrix leaves out: it has one of so many. With damping and the quasi-Newton steps
 * behind it, few equations per parameter make a matrix good enough, but its frames must show
 * different environments. */
static lrpot_status choose_stride(lrpot_fit *fit, int64_t *stride)
{
    enum { PER_PARAMETER = 4, LEAST_ATOMS = 500, LEAST_FRAMES = 4 };
    enum { ROWS, ATOMS, FRAMES, SUMS };
    const int sampled = fit->sample.frames != NULL;
    lrpot__frame *const *frames = sampled ? fit->sample.frames : fit->data.frames;
    int64_t n_frames = sampled ? fit->sample.n_frames : fit->data.n_frames;
    double sums[SUMS] = { 0.0 };
    for (int64_t f = 0; f < n_frames; f++) {
        if (frames[f]->set != LRPOT_FIT_TRAIN) continue;
        sums[ROWS] += (double)frames[f]->rows;
        sums[ATOMS] += (double)frames[f]->n;
        sums[FRAMES] += 1.0;
    }
    LRPOT__TRY(lrpot__fit_sum(fit, sums, SUMS));
    double most = fmin(sums[ROWS] / (PER_PARAMETER * (double)fit->layout.count),
                       fmin(sums[ATOMS] / LEAST_ATOMS, sums[FRAMES] / LEAST_FRAMES));
    *stride = most >= 2.0 ? (int64_t)most : 1;
    return *stride > 1 ? lrpot__fit_number_turns(fit, frames, n_frames) : LRPOT_OK;
}

/* Decides how matrices are made in a stage, and what they cost in gradients: about 6 and one for
 * each 64 parameters, as measured on water, dipeptides and crystals. */
static lrpot_status choose_matrix(lrpot_fit *fit, double *matrix_cost)
{
    enum { SWEEPS = 6, PER_GRADIENT = 64 };
    int32_t has = 0;
    LRPOT__TRY(lrpot__fit_has_gradient(fit, &has));
    *matrix_cost = 0.0;
    fit->thinned.stride = 1;
    if (!has || fit->sums.assemblies[0]->frozen) return LRPOT_OK;
    LRPOT__TRY(choose_stride(fit, &fit->thinned.stride));
    *matrix_cost = (SWEEPS + (double)fit->layout.count / PER_GRADIENT) / (double)fit->thinned.stride
                   + (fit->thinned.stride > 1 ? 1.0 : 0.0);
    return LRPOT_OK;
}

static lrpot_status evaluate(void *ctx, const double *params, int what, double *loss)
{
    const stage_run *run = ctx;
    return lrpot__fit_evaluate(run->fit, params, what, loss);
}

static void set(void *ctx)
{
    const stage_run *run = ctx;
    run->fit->progress.train = run->fit->sums.normal->errors;
}

/* 1 after `patience` iterations without a smaller loss of validation in this stage. */
static int32_t has_waited(stage_run *run)
{
    const lrpot_fit *fit = run->fit;
    if (fit->options.patience == 0 || fit->data.n_valid_all == 0 || fit->sums.assemblies[0]->direct)
        return 0;
    int better = fit->states.merit < run->least;
    run->waited = better ? 0 : run->waited + 1;
    if (better) run->least = fit->states.merit;
    return run->waited >= fit->options.patience;
}

/* Finds the merit of the state and calls the caller's callback, which may stop the fit. */
static lrpot_status report(void *ctx, const lrpot__minimize_iteration *done, int32_t *enough)
{
    stage_run *run = ctx;
    lrpot_fit *fit = run->fit;
    double stop = 0.0;
    fit->states.loss = done->loss;
    LRPOT__TRY(lrpot__fit_keep_best(fit, done->number, done->loss));
    *enough = has_waited(run);
    lrpot_fit_progress progress = { sizeof progress,      run->stage,
                                    done->number,         done->accepted,
                                    done->loss,           done->damping,
                                    done->gradient,       seconds_now() - fit->progress.started,
                                    &fit->progress.train, &fit->progress.valid,
                                    fit->states.merit,    fit->states.best_loss };
    if (fit->progress.callback != NULL)
        stop = fit->progress.callback(fit->progress.ctx, &progress) != 0;
    LRPOT__TRY(lrpot__fit_sum(fit, &stop, 1));
    if (stop > 0.0) return lrpot__fail(LRPOT_E_INTERRUPTED, "the fit was stopped by its caller");
    return LRPOT_OK;
}

lrpot_status lrpot__fit_minimize(lrpot_fit *fit, const lrpot__minimize_options *steps)
{
    stage_run run = { fit, steps->stage, INFINITY, 0 };
    double matrix_cost = 0.0;
    LRPOT__TRY(choose_matrix(fit, &matrix_cost));
    const lrpot__minimize_problem problem = { .ctx = &run,
                                              .threads = fit->options.threads,
                                              .gradient = fit->sums.normal->gradient,
                                              .matrix = fit->sums.normal->matrix,
                                              .evaluate = evaluate,
                                              .matrix_cost = matrix_cost,
                                              .set = set,
                                              .report = report };
    return lrpot__minimize(&fit->descent, &problem, steps);
}
