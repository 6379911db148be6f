#include "electrostatics/splitting/chebyshev.h"

#include "core/constants.h"

#include <math.h>
#include <string.h>

void lrpot__chebyshev_fit(lrpot__function f, const void *ctx, double low, double high, int count,
                          double *c)
{
    enum { NODES = LRPOT__CHEBYSHEV_MAX + 32 };
    double values[NODES];
    int nodes = count + 32;
    for (int k = 0; k < nodes; k++)
        values[k] = f(ctx, low + 0.5 * (high - low) * (1.0 + cos(LRPOT__PI * (k + 0.5) / nodes)));
    for (int j = 0; j < count; j++) {
        c[j] = 0.0;
        for (int k = 0; k < nodes; k++)
            c[j] += 2.0 / nodes * values[k] * cos(LRPOT__PI * j * (k + 0.5) / nodes);
    }
    c[0] *= 0.5;
}

/* Clenshaw's recurrence on polynomials. */
void lrpot__chebyshev_powers(const double *c, int count, double *out)
{
    double next[LRPOT__CHEBYSHEV_MAX + 1] = { 0.0 }, after[LRPOT__CHEBYSHEV_MAX + 1] = { 0.0 },
                                       now[LRPOT__CHEBYSHEV_MAX + 1];
    for (int j = count - 1; j >= 0; j--) {
        double factor = j > 0 ? 2.0 : 1.0;
        memset(now, 0, sizeof now);
        for (int k = 0; k < count; k++) now[k] = (k > 0 ? factor * next[k - 1] : 0.0) - after[k];
        now[0] += c[j];
        memcpy(after, next, sizeof after);
        memcpy(next, now, sizeof next);
    }
    memcpy(out, next, (size_t)count * sizeof *out);
}

void lrpot__chebyshev_derivative(const double *c, int count, double *out)
{
    double above = 0.0, last = 0.0; /* d_{k+1} = d_{k+3} + 2 (k + 2) c_{k+2}, downwards */
    for (int k = count - 1; k >= 0; k--) {
        double now = above + (k + 1 < count ? 2.0 * (k + 1) * c[k + 1] : 0.0);
        out[k] = now;
        above = last;
        last = now;
    }
    out[0] *= 0.5;
}

double lrpot__chebyshev_value(const double *c, int count, double z)
{
    double next = 0.0, after = 0.0;
    for (int j = count - 1; j > 0; j--) {
        double now = c[j] + 2.0 * z * next - after;
        after = next;
        next = now;
    }
    return c[0] + z * next - after;
}
