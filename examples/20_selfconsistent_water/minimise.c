/* Limited-memory BFGS (Nocedal and Wright, algorithm 7.4) with backtracking. */
#include "water.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 20, HALVINGS = 12 };

static double dot(int64_t n, const double *a, const double *b)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) sum += a[k] * b[k];
    return sum;
}

/* direction = -H gradient, from the last steps s and changes y of the gradient, rings of MEMORY. */
static void direct(int64_t n, int steps, const double *s, const double *y, const double *gradient,
                   double *direction)
{
    double weights[MEMORY], newest;
    int first = steps > MEMORY ? steps - MEMORY : 0;
    for (int64_t k = 0; k < n; k++) direction[k] = -gradient[k];
    for (int t = steps - 1; t >= first; t--) {
        const double *st = s + t % MEMORY * n, *yt = y + t % MEMORY * n;
        weights[t % MEMORY] = dot(n, st, direction) / dot(n, st, yt);
        for (int64_t k = 0; k < n; k++) direction[k] -= weights[t % MEMORY] * yt[k];
    }
    const double *sl = s + (steps + MEMORY - 1) % MEMORY * n,
                 *yl = y + (steps + MEMORY - 1) % MEMORY * n;
    newest = steps > 0 ? dot(n, sl, yl) / dot(n, yl, yl) : 0.1 / sqrt(dot(n, gradient, gradient));
    for (int64_t k = 0; k < n; k++) direction[k] *= newest;
    for (int t = first; t < steps; t++) {
        const double *st = s + t % MEMORY * n, *yt = y + t % MEMORY * n;
        double change = weights[t % MEMORY] - dot(n, yt, direction) / dot(n, st, yt);
        for (int64_t k = 0; k < n; k++) direction[k] += change * st[k];
    }
}

int minimise(model *m, int64_t n, double *p, int iterations)
{
    double *space = calloc((size_t)n * (2 * MEMORY + 4), sizeof *space), loss, next;
    if (space == NULL) return 1;
    double *s = space, *y = s + MEMORY * n, *g = y + MEMORY * n, *trial = g + n, *there = trial + n,
           *direction = there + n;
    int steps = 0;
    if (evaluate(m, p, &loss, g) != 0) return 1;
    for (int it = 0; it < iterations; it++) {
        direct(n, steps, s, y, g, direction);
        double slope = dot(n, g, direction), step = 1;
        if (slope >= 0) steps = 0;
        int halving = 0;
        for (; slope < 0 && halving < HALVINGS; halving++, step *= 0.4) {
            for (int64_t k = 0; k < n; k++) trial[k] = p[k] + step * direction[k];
            if (evaluate(m, trial, &next, there) != 0) return 1;
            if (next < loss + 1e-4 * step * slope) break;
        }
        if (slope < 0 && halving == HALVINGS) break;
        if (slope >= 0) continue;
        double *sn = s + steps % MEMORY * n, *yn = y + steps % MEMORY * n;
        for (int64_t k = 0; k < n; k++) sn[k] = trial[k] - p[k], yn[k] = there[k] - g[k];
        steps += dot(n, sn, yn) > 1e-10 * sqrt(dot(n, sn, sn) * dot(n, yn, yn));
        loss = next;
        memcpy(p, trial, (size_t)n * sizeof *p);
        memcpy(g, there, (size_t)n * sizeof *g);
    }
    if (evaluate(m, p, &loss, g) != 0) return 1; /* leaves the errors of p */
    free(space);
    return 0;
}
