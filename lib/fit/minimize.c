/* Levenberg-Marquardt with the scaling of Marquardt; the step solves the normal equations by Cholesky. */
#include "fit/fit.h"

#include "core/error.h"
#include "fit/cholesky.h"

#include <math.h>
#include <string.h>
#include <time.h>

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

lrpot_status lrpot__fit_evaluate(lrpot_fit *fit, const double *params, int with_matrix, double *loss)
{
    int64_t count = fit->layout.count;
    LRPOT__TRY(lrpot__fit_set(fit, params));
    lrpot__frame *const *frames = fit->sample != NULL ? fit->sample : fit->frames;
    LRPOT__TRY(lrpot__normal_accumulate(fit->normal, fit->partial, fit->assemblies, fit->options.threads, frames,
                                        fit->sample != NULL ? fit->n_sample : fit->n_frames, LRPOT_FIT_TRAIN, fit->weights, with_matrix));
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

/* (H + damping diag H) step = -g over the active parameters. Returns 0 when the factorization fails. */
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
    return lrpot__cholesky_solve(count, fit->factor, fit->step);
}

static double active_gradient(const lrpot_fit *fit)
{
    double sum = 0.0;
    for (int64_t p = 0; p < fit->layout.count; p++)
        if (fit->active[p]) sum += fit->normal->gradient[p] * fit->normal->gradient[p];
    return 2.0 * sqrt(sum);
}

/* Decrease that the quadratic model promised: -(2 g.s + s.H.s). */
static double predicted_decrease(const lrpot_fit *fit)
{
    int64_t count = fit->layout.count;
    double sum = 0.0;
    for (int64_t p = 0; p < count; p++) {
        const double *row = fit->normal->matrix + p * fit->normal->stride;
        double hs = 0.5 * row[p] * fit->step[p];
        for (int64_t k = p + 1; k < count; k++) hs += row[k] * fit->step[k];
        sum -= 2.0 * fit->step[p] * (fit->normal->gradient[p] + hs);
    }
    return sum;
}

/* Keeps the state when it is the best by validation (by training where there is no validation set). */
static lrpot_status judge(lrpot_fit *fit, double loss)
{
    if (fit->n_valid > 0) {
        LRPOT__TRY(lrpot__fit_set(fit, fit->params));
        LRPOT__TRY(lrpot__normal_accumulate(fit->normal, fit->partial, fit->assemblies, fit->options.threads, fit->frames, fit->n_frames,
                                            LRPOT_FIT_VALID, fit->weights, 0));
        fit->valid = fit->normal->errors;
        loss = fit->normal->loss;
    }
    if (loss < fit->best_loss) {
        fit->best_loss = loss;
        memcpy(fit->best, fit->params, (size_t)fit->layout.count * sizeof(double));
    }
    return LRPOT_OK;
}

static lrpot_status report(lrpot_fit *fit, const char *stage, int32_t iteration, int32_t accepted, double loss, double damping, double gradient)
{
    if (fit->callback == NULL) return LRPOT_OK;
    lrpot_fit_progress progress = { sizeof progress, stage, iteration, accepted, loss, damping, gradient,
                                    seconds_now() - fit->started, fit->train, fit->valid };
    if (fit->callback(fit->callback_ctx, &progress) != 0) return lrpot__fail(LRPOT_E_INTERRUPTED, "the fit was stopped by its caller");
    return LRPOT_OK;
}

/* One accepted step, or none when no damping up to the limit lowers the loss. */
static lrpot_status try_steps(lrpot_fit *fit, double *loss, double *damping, int32_t *accepted)
{
    int64_t count = fit->layout.count;
    *accepted = 0;
    while (!*accepted && *damping < 1e12) {
        double trial_loss = INFINITY;
        if (solve_step(fit, *damping)) {
            double promised = predicted_decrease(fit);
            for (int64_t p = 0; p < count; p++) fit->trial[p] = fit->params[p] + fit->step[p];
            if (lrpot__fit_evaluate(fit, fit->trial, 0, &trial_loss) != LRPOT_OK || !isfinite(trial_loss)) trial_loss = INFINITY;
            if (trial_loss < *loss) {
                double ratio = (*loss - trial_loss) / promised;
                *damping *= ratio > 0.75 ? 0.2 : ratio < 0.25 ? 3.0 : 0.6;
                if (*damping < 1e-12) *damping = 1e-12;
                memcpy(fit->params, fit->trial, (size_t)count * sizeof(double));
                *loss = trial_loss;
                fit->train = fit->normal->errors;
                *accepted = 1;
                return LRPOT_OK;
            }
        }
        *damping *= 5.0;
    }
    return LRPOT_OK;
}

lrpot_status lrpot__fit_minimize(lrpot_fit *fit, const char *stage, int32_t max_iterations)
{
    double damping = 1e-3, loss = 0.0, before = INFINITY;
    int32_t slow = 0;
    for (int32_t iteration = 0; iteration < max_iterations; iteration++) {
        int32_t accepted = 0;
        LRPOT__TRY(lrpot__fit_evaluate(fit, fit->params, 1, &loss));
        double gradient = active_gradient(fit);
        LRPOT__TRY(try_steps(fit, &loss, &damping, &accepted));
        fit->loss = loss;
        LRPOT__TRY(judge(fit, loss));
        LRPOT__TRY(report(fit, stage, iteration, accepted, loss, damping, gradient));
        if (!accepted) break;
        slow = before - loss < fit->options.tolerance * loss ? slow + 1 : 0;
        if (slow >= 3) break;
        before = loss;
    }
    return LRPOT_OK;
}
