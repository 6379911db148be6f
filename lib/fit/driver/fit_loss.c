/* The loss of a fit as the problem of its minimiser. */
#include "fit/driver/fit_loss.h"

#include "core/error.h"
#include "fit/driver/fit_merit.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_state.h"
#include "fit/least_squares/minimize.h"
#include "fit/least_squares/normal_equations.h"

#include <time.h>

typedef struct stage_run {
    lrpot_fit *fit;
    const char *stage;
} stage_run;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

lrpot_status lrpot__fit_evaluate(lrpot_fit *fit, const double *params, int what, double *loss)
{
    int64_t count = fit->layout.count;
    LRPOT__TRY(lrpot__fit_set(fit, params));
    const int sampled = fit->sample.frames != NULL;
    lrpot__normal_equations *normal = fit->sums.normal;
    LRPOT__TRY(lrpot__normal_equations_accumulate(
        normal, fit->sums.partial, fit->sums.assemblies, fit->options.threads,
        sampled ? fit->sample.frames : fit->data.frames,
        sampled ? fit->sample.n_frames : fit->data.n_frames, LRPOT_FIT_TRAIN, fit->weights, what,
        fit->comm));
    *loss = normal->loss;
    for (int64_t p = 0; p < count; p++) {
        double d = params[p] - fit->prior.centre[p];
        *loss += fit->prior.strength[p] * d * d;
        if (what == LRPOT__LOSS) continue;
        normal->gradient[p] += fit->prior.strength[p] * d;
        if (what != LRPOT__LOSS_MATRIX) continue;
        normal->matrix[p * normal->stride + p] += fit->prior.strength[p];
    }
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

/* Finds the merit of the state and calls the caller's callback, which may stop the fit. */
static lrpot_status report(void *ctx, const lrpot__minimize_iteration *done)
{
    const stage_run *run = ctx;
    lrpot_fit *fit = run->fit;
    double stop = 0.0;
    fit->states.loss = done->loss;
    LRPOT__TRY(lrpot__fit_keep_best(fit, done->number, done->loss));
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
    stage_run run = { fit, steps->stage };
    const lrpot__minimize_problem problem = { .ctx = &run,
                                              .threads = fit->options.threads,
                                              .gradient = fit->sums.normal->gradient,
                                              .matrix = fit->sums.normal->matrix,
                                              .evaluate = evaluate,
                                              .set = set,
                                              .report = report };
    return lrpot__minimize(&fit->descent, &problem, steps);
}
