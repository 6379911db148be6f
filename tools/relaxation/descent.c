#include "relaxation/descent.h"

#include "cli/options.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 20 };

typedef struct state {
    int64_t n, pairs, next;
    double *x, *gradient, *tried, *fresh, *direction;
    double *steps, *changes; /* [MEMORY][n] */
    double products[MEMORY];
} state;

static double dot(int64_t n, const double *a, const double *b)
{
    double sum = 0.0;
    for (int64_t k = 0; k < n; k++) sum += a[k] * b[k];
    return sum;
}

static int state_make(state *s, int64_t n)
{
    double *block = calloc((size_t)((5 + 2 * MEMORY) * n) + 1, sizeof *block);
    *s = (state){ .n = n, .x = block };
    if (block == NULL) return report_no_memory();
    s->gradient = block + n;
    s->tried = block + 2 * n;
    s->fresh = block + 3 * n;
    s->direction = block + 4 * n;
    s->steps = block + 5 * n;
    s->changes = s->steps + MEMORY * n;
    return GO_ON;
}

/* The two loops of Nocedal, Math. Comput. 35, 773 (1980). */
static void point_down(state *s, double stiffness)
{
    double *q = s->direction, factors[MEMORY];
    for (int64_t k = 0; k < s->n; k++) q[k] = -s->gradient[k];
    for (int64_t p = 1; p <= s->pairs; p++) {
        int64_t at = (s->next - p + MEMORY) % MEMORY;
        const double *y = s->changes + at * s->n;
        factors[at] = dot(s->n, s->steps + at * s->n, q) / s->products[at];
        for (int64_t k = 0; k < s->n; k++) q[k] -= factors[at] * y[k];
    }
    double scale = 1.0 / stiffness;
    if (s->pairs > 0) {
        int64_t last = (s->next - 1 + MEMORY) % MEMORY;
        const double *y = s->changes + last * s->n;
        scale = s->products[last] / dot(s->n, y, y);
    }
    for (int64_t k = 0; k < s->n; k++) q[k] *= scale;
    for (int64_t p = s->pairs; p >= 1; p--) {
        int64_t at = (s->next - p + MEMORY) % MEMORY;
        const double *step = s->steps + at * s->n;
        double back = dot(s->n, s->changes + at * s->n, q) / s->products[at];
        for (int64_t k = 0; k < s->n; k++) q[k] += (factors[at] - back) * step[k];
    }
}

static void shorten(state *s, double longest)
{
    double most = 0.0;
    for (int64_t k = 0; k < s->n; k++) most = fmax(most, fabs(s->direction[k]));
    for (int64_t k = 0; most > longest && k < s->n; k++) s->direction[k] *= longest / most;
}

/* Keeps a pair of positive curvature. */
static void remember(state *s)
{
    double *step = s->steps + s->next * s->n, *change = s->changes + s->next * s->n;
    for (int64_t k = 0; k < s->n; k++) {
        step[k] = s->tried[k] - s->x[k];
        change[k] = s->fresh[k] - s->gradient[k];
    }
    double product = dot(s->n, step, change);
    if (product > 1e-12 * sqrt(dot(s->n, step, step) * dot(s->n, change, change))) {
        s->products[s->next] = product;
        s->next = (s->next + 1) % MEMORY;
        s->pairs = s->pairs < MEMORY ? s->pairs + 1 : MEMORY;
    }
    memcpy(s->x, s->tried, (size_t)s->n * sizeof *s->x);
    memcpy(s->gradient, s->fresh, (size_t)s->n * sizeof *s->x);
}

/* Halves the step until the value falls as Armijo asks. *moved is 0 when no step does. */
static int search(descent *d, state *s, double *value, int *moved)
{
    double slope = dot(s->n, s->gradient, s->direction), part = 1.0;
    *moved = 0;
    for (int turn = 0; turn < 30 && !*moved; turn++, part *= 0.5) {
        double found = 0.0;
        for (int64_t k = 0; k < s->n; k++) s->tried[k] = s->x[k] + part * s->direction[k];
        int code = d->evaluate(d->context, s->tried, &found, s->fresh);
        if (code != GO_ON) return code;
        /* the value is rounded: at the bottom the gradient tells */
        double rounded = 1e-13 * fabs(*value);
        *moved = found <= *value + 1e-4 * part * slope + rounded;
        if (*moved) *value = found;
    }
    return GO_ON;
}

static int descend(descent *d, state *s)
{
    double value = 0.0;
    int code = d->evaluate(d->context, s->x, &value, s->gradient);
    for (d->steps = 0; code == GO_ON; d->steps++) {
        int moved = 0;
        d->converged = d->is_done(d->context);
        if (d->converged || d->steps == d->steps_most) return GO_ON;
        point_down(s, d->stiffness);
        if (dot(s->n, s->direction, s->gradient) >= 0.0) {
            s->pairs = 0;
            point_down(s, d->stiffness);
        }
        shorten(s, d->longest);
        code = search(d, s, &value, &moved);
        if (code == GO_ON && !moved && s->pairs > 0) {
            s->pairs = 0; /* once more, along the gradient */
            continue;
        }
        if (code == GO_ON && !moved) return d->evaluate(d->context, s->x, &value, s->gradient);
        if (code == GO_ON) remember(s);
    }
    return code;
}

int descent_run(descent *d, double *x)
{
    state s;
    int code = state_make(&s, d->n);
    if (code != GO_ON) return code;
    memcpy(s.x, x, (size_t)d->n * sizeof *x);
    code = descend(d, &s);
    memcpy(x, s.x, (size_t)d->n * sizeof *x);
    free(s.x);
    return code;
}
