/* Levenberg-Marquardt with the scaling of Marquardt; the step solves the normal equations by
 * Cholesky. */
#include "fit/least_squares/minimize.h"

#include "core/error.h"
#include "fit/least_squares/cholesky.h"
#include "fit/least_squares/quasi_newton.h"

#include <math.h>
#include <string.h>

/* Factor of H + damping diag H over the active parameters. Returns 0 when it fails. */
static int factor(lrpot__minimize_state *d, const lrpot__minimize_problem *problem, double damping)
{
    int64_t count = d->count, stride = d->stride;
    const double *h = problem->matrix;
    double largest = 0.0;
    for (int64_t p = 0; p < count; p++) largest = fmax(largest, h[p * stride + p]);
    memcpy(d->cholesky, h, (size_t)(count * stride) * sizeof(double));
    for (int64_t p = 0; p < count; p++) {
        double *row = d->cholesky + p * stride;
        row[p] += damping * fmax(row[p], 1e-14 * largest);
        for (int64_t k = p; k < count; k++)
            if (!d->active[p] || !d->active[k]) row[k] = 0.0;
        if (!d->active[p]) row[p] = 1.0;
    }
    return lrpot__cholesky_factor(count, d->cholesky, problem->threads);
}

/* (H + damping diag H) step = -g over the active parameters. Returns 0 when the factorization
 * fails. */
static int solve_step(lrpot__minimize_state *d, const lrpot__minimize_problem *problem,
                      double damping)
{
    if (!factor(d, problem, damping)) return 0;
    for (int64_t p = 0; p < d->count; p++) d->step[p] = d->active[p] ? -problem->gradient[p] : 0.0;
    lrpot__cholesky_substitute(d->count, d->cholesky, d->step);
    return 1;
}

static double active_gradient(const lrpot__minimize_state *d,
                              const lrpot__minimize_problem *problem)
{
    double sum = 0.0;
    for (int64_t p = 0; p < d->count; p++)
        if (d->active[p]) sum += problem->gradient[p] * problem->gradient[p];
    return 2.0 * sqrt(sum);
}

/* Loss after the step with this damping, in trial; INFINITY if there is none. */
static double try_step(lrpot__minimize_state *d, const lrpot__minimize_problem *problem,
                       double damping)
{
    double loss = INFINITY;
    if (!solve_step(d, problem, damping)) return INFINITY;
    for (int64_t p = 0; p < d->count; p++) d->trial[p] = d->params[p] + d->step[p];
    if (problem->evaluate(problem->ctx, d->trial, LRPOT__LOSS, &loss) != LRPOT_OK
        || !isfinite(loss))
        return INFINITY;
    return loss;
}

static void keep_trial(lrpot__minimize_state *d, const lrpot__minimize_problem *problem)
{
    memcpy(d->kept, d->trial, (size_t)d->count * sizeof(double));
    problem->set(problem->ctx);
}

/* Length of a - b in the metric of the damping. */
static double distance_between(const lrpot__minimize_state *d,
                               const lrpot__minimize_problem *problem, const double *a,
                               const double *b)
{
    double sum = 0.0;
    for (int64_t p = 0; p < d->count; p++)
        sum += problem->matrix[p * d->stride + p] * (a[p] - b[p]) * (a[p] - b[p]);
    return sqrt(sum);
}

/* Extrapolates along the parabola through the new state and the two before, as long as the loss
 * falls. In a long valley the damping that its walls require makes short steps that are nearly
 * parallel. */
static void extrapolate(lrpot__minimize_state *d, const lrpot__minimize_problem *problem,
                        const double *last, double *loss)
{
    static const double SHORTEST = 0.5, LONGEST = 64.0;
    double now = distance_between(d, problem, d->params, last),
           then = distance_between(d, problem, last, d->before);
    if (!(now > 0.0 && then > 0.0)) return;
    for (double stretch = SHORTEST; stretch <= LONGEST; stretch *= 2.0) {
        double trial = INFINITY, t = stretch * now;
        for (int64_t p = 0; p < d->count; p++) {
            double slope = (d->params[p] - last[p]) / now, before = (last[p] - d->before[p]) / then;
            d->trial[p] = d->params[p] + t * (slope + (t + now) * (slope - before) / (now + then));
        }
        if (problem->evaluate(problem->ctx, d->trial, LRPOT__LOSS, &trial) != LRPOT_OK
            || !(trial < *loss))
            return;
        *loss = trial;
        keep_trial(d, problem);
    }
}

/* One step, or none if no damping up to the limit lowers the loss. A loss costs little compared
 * with a matrix, so the damping is lowered as long as that lowers the loss further. In the long
 * curved valleys of products of parameters the best damping changes from step to step. */
static lrpot_status try_steps(lrpot__minimize_state *d, const lrpot__minimize_problem *problem,
                              double *loss, double *damping, int32_t *accepted)
{
    enum { TRIALS = 7 };
    static const double FACTOR = 1.6, RISE = 4.0, LEAST = 1e-12, MOST = 1e12;
    double least = *loss, trial = try_step(d, problem, *damping);
    for (; !(trial < least) && *damping < MOST; trial = try_step(d, problem, *damping))
        *damping *= RISE;
    *accepted = trial < least;
    if (!*accepted) return LRPOT_OK;
    least = trial;
    keep_trial(d, problem);
    for (int k = 1; k<TRIALS && * damping> LEAST; k++) {
        trial = try_step(d, problem, *damping / FACTOR);
        if (!(trial < least)) break;
        *damping /= FACTOR;
        least = trial;
        keep_trial(d, problem);
    }
    size_t bytes = (size_t)d->count * sizeof(double);
    double *last = d->step; /* this array is free until the next step */
    memcpy(last, d->params, bytes);
    memcpy(d->params, d->kept, bytes);
    *loss = least;
    if (d->has_before) extrapolate(d, problem, last, loss);
    memcpy(d->params, d->kept, bytes);
    memcpy(d->before, last, bytes);
    d->has_before = 1;
    return LRPOT_OK;
}

/* Quasi-Newton steps behind an accepted step. Their damping is larger, since they shall not leave
 * the region in which the matrix holds. */
static lrpot_status continue_steps(lrpot__minimize_state *d, const lrpot__minimize_problem *problem,
                                   double damping, double decrease, double *loss, int32_t *count)
{
    static const double MORE = 10.0;
    *count = 0;
    if (problem->matrix_cost == 0.0 || !factor(d, problem, MORE * damping)) return LRPOT_OK;
    LRPOT__TRY(lrpot__quasi_newton(d, problem, loss, decrease, count));
    if (*count > 0) d->has_before = 0;
    return LRPOT_OK;
}

lrpot_status lrpot__minimize(lrpot__minimize_state *d, const lrpot__minimize_problem *problem,
                             const lrpot__minimize_options *steps)
{
    double damping = steps->damping, loss = 0.0, before = INFINITY;
    int32_t slow = 0;
    d->has_before = 0;
    for (int32_t iteration = 0; iteration < steps->max_iterations; iteration++) {
        int32_t accepted = 0, more = 0, enough = 0;
        LRPOT__TRY(problem->evaluate(problem->ctx, d->params, LRPOT__LOSS_MATRIX, &loss));
        double gradient = active_gradient(d, problem), here = loss;
        lrpot__quasi_newton_begin(d, problem);
        LRPOT__TRY(try_steps(d, problem, &loss, &damping, &accepted));
        if (accepted) LRPOT__TRY(continue_steps(d, problem, damping, here - loss, &loss, &more));
        const lrpot__minimize_iteration done = {
            iteration, accepted, more, loss, damping, gradient
        };
        LRPOT__TRY(problem->report(problem->ctx, &done, &enough));
        if (!accepted || enough) break;
        slow = before - loss < steps->tolerance * loss ? slow + 1 : 0;
        if (slow >= steps->patience) break;
        before = loss;
    }
    return LRPOT_OK;
}
