#include "fit/least_squares/quasi_newton.h"

#include "core/error.h"
#include "fit/least_squares/cholesky.h"

#include <math.h>
#include <string.h>

enum { PAIRS = LRPOT__MINIMIZE_PAIRS };

/* Pairs of a change of the state and one of the gradient, the oldest first. */
typedef struct pairs {
    int64_t count; /* parameters */
    int32_t n, next;
    double *states, *gradients; /* [PAIRS][count] */
    double inverse[PAIRS];      /* 1 / (state.gradient) */
    double scale;               /* of the inverse of the first guess: by the last pair */
} pairs;

static double dot(int64_t n, const double *a, const double *b)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static void add(int64_t n, double factor, const double *x, double *to)
{
    for (int64_t i = 0; i < n; i++) to[i] += factor * x[i];
}

void lrpot__quasi_newton_begin(lrpot__minimize_state *d, const lrpot__minimize_problem *problem)
{
    for (int64_t p = 0; p < d->count; p++)
        d->last_gradient[p] = d->active[p] ? problem->gradient[p] : 0.0;
    memcpy(d->last_state, d->params, (size_t)d->count * sizeof(double));
}

/* Adds the pair of the last step, if the curvature along it is positive. */
static void add_pair(pairs *memory, lrpot__minimize_state *d,
                     const lrpot__minimize_problem *problem)
{
    static const double LEAST = 1e-10;
    int64_t n = d->count, at = memory->next % PAIRS;
    double *s = memory->states + at * n, *y = memory->gradients + at * n;
    for (int64_t p = 0; p < n; p++) {
        s[p] = d->params[p] - d->last_state[p];
        y[p] = (d->active[p] ? problem->gradient[p] : 0.0) - d->last_gradient[p];
    }
    lrpot__quasi_newton_begin(d, problem);
    double product = dot(n, s, y);
    if (!(product > LEAST * sqrt(dot(n, s, s) * dot(n, y, y)))) return;
    memory->inverse[at] = 1.0 / product;
    memcpy(d->step, y, (size_t)n * sizeof *y);
    lrpot__cholesky_substitute(n, d->cholesky, d->step);
    memory->scale = product / dot(n, y, d->step);
    memory->next++;
    if (memory->n < PAIRS) memory->n++;
}

/* step = -(inverse of the curvature) gradient, by the two loops of the recursion. */
static void find_step(const pairs *memory, lrpot__minimize_state *d)
{
    int64_t n = d->count;
    double along[PAIRS];
    for (int64_t p = 0; p < n; p++) d->step[p] = -d->last_gradient[p];
    for (int32_t k = memory->next; k-- > memory->next - memory->n;) {
        int32_t at = k % PAIRS;
        along[at] = memory->inverse[at] * dot(n, memory->states + at * n, d->step);
        add(n, -along[at], memory->gradients + at * n, d->step);
    }
    lrpot__cholesky_substitute(n, d->cholesky, d->step);
    for (int64_t p = 0; p < n; p++) d->step[p] *= memory->scale;
    for (int32_t k = memory->next - memory->n; k < memory->next; k++) {
        int32_t at = k % PAIRS;
        double other = memory->inverse[at] * dot(n, memory->gradients + at * n, d->step);
        add(n, along[at] - other, memory->states + at * n, d->step);
    }
}

/* Goes along the step, shortened until the loss falls enough. 0 if it does not. *cost grows by that
 * of the losses, in gradients. */
static int go(lrpot__minimize_state *d, const lrpot__minimize_problem *problem, double *loss,
              double *cost)
{
    enum { TRIALS = 10 };
    static const double ENOUGH = 1e-4, LOSS_COST = 0.3;
    double slope = 2.0 * dot(d->count, d->step, d->last_gradient), t = 1.0;
    if (!(slope < 0.0)) return 0;
    for (int k = 0; k < TRIALS; k++) {
        double trial = INFINITY;
        for (int64_t p = 0; p < d->count; p++) d->trial[p] = d->params[p] + t * d->step[p];
        *cost += LOSS_COST;
        lrpot_status status = problem->evaluate(problem->ctx, d->trial, LRPOT__LOSS, &trial);
        if (status == LRPOT_OK && trial <= *loss + ENOUGH * t * slope) {
            memcpy(d->params, d->trial, (size_t)d->count * sizeof(double));
            problem->set(problem->ctx);
            *loss = trial;
            return 1;
        }
        /* the least loss on the parabola through slope and trial */
        double least = -0.5 * slope * t * t / (trial - *loss - slope * t);
        t = status == LRPOT_OK && isfinite(least) ? fmin(0.5 * t, fmax(0.1 * t, least)) : 0.1 * t;
    }
    return 0;
}

lrpot_status lrpot__quasi_newton(lrpot__minimize_state *d, const lrpot__minimize_problem *problem,
                                 double *loss, double decrease, int32_t *steps)
{
    enum { MOST = 60, WINDOW = 4 };
    pairs memory = { .count = d->count,
                     .scale = 1.0,
                     .states = d->pairs,
                     .gradients = d->pairs + PAIRS * d->count };
    double first = *loss + decrease, cost = problem->matrix_cost, best = decrease / cost,
           losses[WINDOW], costs[WINDOW];
    for (*steps = 0; *steps < MOST; ++*steps) {
        double here = 0.0;
        int at = *steps % WINDOW;
        if (*steps >= WINDOW && (losses[at] - *loss) / (cost - costs[at]) < best) break;
        losses[at] = *loss;
        costs[at] = cost;
        LRPOT__TRY(problem->evaluate(problem->ctx, d->params, LRPOT__LOSS_GRADIENT, &here));
        cost += 1.0;
        add_pair(&memory, d, problem);
        find_step(&memory, d);
        if (!go(d, problem, loss, &cost)) break;
        best = fmax(best, (first - *loss) / cost);
    }
    return LRPOT_OK;
}
