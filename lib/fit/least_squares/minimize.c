/* Levenberg-Marquardt with the scaling of Marquardt; the step solves the normal equations by
 * Cholesky. */
#include "fit/driver/fit.h"

#include "core/error.h"
#include "fit/least_squares/cholesky.h"

#include <math.h>
#include <string.h>
#include <time.h>

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

lrpot_status lrpot__fit_evaluate(lrpot_fit *fit, const double *params, int with_matrix,
                                 double *loss)
{
    int64_t count = fit->layout.count;
    LRPOT__TRY(lrpot__fit_set(fit, params));
    lrpot__frame *const *frames = fit->sample != NULL ? fit->sample : fit->frames;
    LRPOT__TRY(lrpot__normal_accumulate(fit->normal, fit->partial, fit->assemblies,
                                        fit->options.threads, frames,
                                        fit->sample != NULL ? fit->n_sample : fit->n_frames,
                                        LRPOT_FIT_TRAIN, fit->weights, with_matrix, fit->comm));
    *loss = fit->normal->loss;
    for (int64_t p = 0; p < count; p++) {
        double d = params[p] - fit->centre[p];
        *loss += fit->prior[p] * d * d;
        if (!with_matrix) continue;
        fit->normal->gradient[p] += fit->prior[p] * d;
        fit->normal->matrix[p * fit->normal->stride + p] += fit->prior[p];
    }
    return LRPOT_OK;
}

/* (H + damping diag H) step = -g over the active parameters. Returns 0 when the factorization
 * fails. */
static int solve_step(lrpot_fit *fit, double damping)
{
    int64_t count = fit->layout.count, stride = fit->normal->stride;
    const double *h = fit->normal->matrix;
    double largest = 0.0;
    for (int64_t p = 0; p < count; p++) largest = fmax(largest, h[p * stride + p]);
    memcpy(fit->factor, h, (size_t)(count * stride) * sizeof(double));
    for (int64_t p = 0; p < count; p++) {
        double *row = fit->factor + p * stride;
        fit->step[p] = fit->active[p] ? -fit->normal->gradient[p] : 0.0;
        row[p] += damping * fmax(row[p], 1e-14 * largest);
        for (int64_t k = p; k < count; k++)
            if (!fit->active[p] || !fit->active[k]) row[k] = 0.0;
        if (!fit->active[p]) row[p] = 1.0;
    }
    return lrpot__cholesky_solve(count, fit->factor, fit->step, fit->options.threads);
}

static double active_gradient(const lrpot_fit *fit)
{
    double sum = 0.0;
    for (int64_t p = 0; p < fit->layout.count; p++)
        if (fit->active[p]) sum += fit->normal->gradient[p] * fit->normal->gradient[p];
    return 2.0 * sqrt(sum);
}

static lrpot_status report(lrpot_fit *fit, const char *stage, int32_t iteration, int32_t accepted,
                           double loss, double damping, double gradient)
{
    double stop = 0.0;
    lrpot_fit_progress progress = { sizeof progress,
                                    stage,
                                    iteration,
                                    accepted,
                                    loss,
                                    damping,
                                    gradient,
                                    seconds_now() - fit->started,
                                    fit->train,
                                    fit->valid,
                                    fit->merit,
                                    fit->best_loss };
    if (fit->callback != NULL) stop = fit->callback(fit->callback_ctx, &progress) != 0;
    LRPOT__TRY(lrpot__fit_sum(fit, &stop, 1));
    if (stop > 0.0) return lrpot__fail(LRPOT_E_INTERRUPTED, "the fit was stopped by its caller");
    return LRPOT_OK;
}

/* Loss after the step of a damping, in trial; INFINITY where there is none. */
static double try_step(lrpot_fit *fit, double damping)
{
    double loss = INFINITY;
    if (!solve_step(fit, damping)) return INFINITY;
    for (int64_t p = 0; p < fit->layout.count; p++) fit->trial[p] = fit->params[p] + fit->step[p];
    if (lrpot__fit_evaluate(fit, fit->trial, 0, &loss) != LRPOT_OK || !isfinite(loss))
        return INFINITY;
    return loss;
}

static void keep_trial(lrpot_fit *fit)
{
    memcpy(fit->kept, fit->trial, (size_t)fit->layout.count * sizeof(double));
    fit->train = fit->normal->errors;
}

/* Length of a - b in the metric of the damping. */
static double distance_between(const lrpot_fit *fit, const double *a, const double *b)
{
    double sum = 0.0;
    for (int64_t p = 0; p < fit->layout.count; p++)
        sum += fit->normal->matrix[p * fit->normal->stride + p] * (a[p] - b[p]) * (a[p] - b[p]);
    return sqrt(sum);
}

/* From the new state on along the parabola through it and the two before, as far as the loss falls:
 * in a long valley the damping that its walls ask for makes steps short that are nearly parallel.
 */
static void go_on(lrpot_fit *fit, const double *last, double *loss)
{
    static const double SHORTEST = 0.5, LONGEST = 64.0;
    double now = distance_between(fit, fit->params, last),
           then = distance_between(fit, last, fit->before);
    if (!(now > 0.0 && then > 0.0)) return;
    for (double stretch = SHORTEST; stretch <= LONGEST; stretch *= 2.0) {
        double trial = INFINITY, t = stretch * now;
        for (int64_t p = 0; p < fit->layout.count; p++) {
            double slope = (fit->params[p] - last[p]) / now,
                   before = (last[p] - fit->before[p]) / then;
            fit->trial[p] = fit->params[p]
                            + t * (slope + (t + now) * (slope - before) / (now + then));
        }
        if (lrpot__fit_evaluate(fit, fit->trial, 0, &trial) != LRPOT_OK || !(trial < *loss)) return;
        *loss = trial;
        keep_trial(fit);
    }
}

/* One step, or none when no damping up to the limit lowers the loss. A loss costs little beside a
 * matrix, so the damping falls as long as that lowers the loss further: in the long curved valleys
 * of products of parameters the best one changes from step to step. */
static lrpot_status try_steps(lrpot_fit *fit, double *loss, double *damping, int32_t *accepted)
{
    enum { TRIALS = 7 };
    static const double FACTOR = 1.6, RISE = 4.0, LEAST = 1e-12, MOST = 1e12;
    double least = *loss, trial = try_step(fit, *damping);
    for (; !(trial < least) && *damping < MOST; trial = try_step(fit, *damping)) *damping *= RISE;
    *accepted = trial < least;
    if (!*accepted) return LRPOT_OK;
    least = trial;
    keep_trial(fit);
    for (int k = 1; k<TRIALS && * damping> LEAST; k++) {
        trial = try_step(fit, *damping / FACTOR);
        if (!(trial < least)) break;
        *damping /= FACTOR;
        least = trial;
        keep_trial(fit);
    }
    size_t bytes = (size_t)fit->layout.count * sizeof(double);
    double *last = fit->step; /* free until the next step */
    memcpy(last, fit->params, bytes);
    memcpy(fit->params, fit->kept, bytes);
    *loss = least;
    if (fit->has_before) go_on(fit, last, loss);
    memcpy(fit->params, fit->kept, bytes);
    memcpy(fit->before, last, bytes);
    fit->has_before = 1;
    return LRPOT_OK;
}

lrpot_status lrpot__fit_minimize(lrpot_fit *fit, const lrpot__steps *steps)
{
    double damping = steps->damping, loss = 0.0, before = INFINITY;
    int32_t slow = 0;
    fit->has_before = 0;
    for (int32_t iteration = 0; iteration < steps->max_iterations; iteration++) {
        int32_t accepted = 0;
        LRPOT__TRY(lrpot__fit_evaluate(fit, fit->params, 1, &loss));
        double gradient = active_gradient(fit);
        LRPOT__TRY(try_steps(fit, &loss, &damping, &accepted));
        fit->loss = loss;
        LRPOT__TRY(lrpot__fit_judge(fit, iteration, loss));
        LRPOT__TRY(report(fit, steps->stage, iteration, accepted, loss, damping, gradient));
        if (!accepted) break;
        slow = before - loss < steps->tolerance * loss ? slow + 1 : 0;
        if (slow >= steps->patience) break;
        before = loss;
    }
    return LRPOT_OK;
}
