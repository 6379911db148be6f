#include "electrostatics/pair.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846
#define TWO_BY_SQRT_PI 1.12837916709551257390
#define TAPER 0.96 /* the last 4 % of the cutoff */

double lrpot__taper(double x, double start, double end, double *slope)
{
    *slope = 0.0;
    if (x <= start) return 1.0;
    if (x >= end) return 0.0;
    double t = (x - start) / (end - start), t2 = t * t;
    *slope = -30.0 * t2 * (1.0 - t) * (1.0 - t) / (end - start);
    return 1.0 - t2 * t * (10.0 - 15.0 * t + 6.0 * t2);
}

/* erf(x)/x at y = x^2. */
static double smooth_part(double y)
{
    double x = sqrt(y);
    return x > 1e-4 ? erf(x) / x : TWO_BY_SQRT_PI * (1.0 - y / 3.0);
}

/* Chebyshev coefficients over y in [0, top], by the cosine sum over enough nodes. */
static void chebyshev(double top, double *c)
{
    enum { NODES = LRPOT__PAIR_DEGREE + 24 };
    double f[NODES];
    for (int k = 0; k < NODES; k++) f[k] = smooth_part(0.5 * top * (1.0 + cos(PI * (k + 0.5) / NODES)));
    for (int j = 0; j <= LRPOT__PAIR_DEGREE; j++) {
        c[j] = 0.0;
        for (int k = 0; k < NODES; k++) c[j] += 2.0 / NODES * f[k] * cos(PI * j * (k + 0.5) / NODES);
    }
    c[0] *= 0.5;
}

/* Coefficients of powers from those of Chebyshev polynomials, Clenshaw's recurrence on polynomials. */
static void to_powers(const double *c, int degree, double *out)
{
    double next[LRPOT__PAIR_DEGREE + 2] = { 0.0 }, after[LRPOT__PAIR_DEGREE + 2] = { 0.0 }, now[LRPOT__PAIR_DEGREE + 2];
    for (int j = degree; j >= 0; j--) {
        double factor = j > 0 ? 2.0 : 1.0;
        memset(now, 0, sizeof now);
        for (int k = 0; k <= degree; k++) now[k] = (k > 0 ? factor * next[k - 1] : 0.0) - after[k];
        now[0] += c[j];
        memcpy(after, next, sizeof after);
        memcpy(next, now, sizeof next);
    }
    memcpy(out, next, (size_t)(degree + 1) * sizeof *out);
}

void lrpot__pair_make(double alpha, double cutoff, double error, lrpot__pair *out)
{
    double c[LRPOT__PAIR_DEGREE + 1], tail = 0.0, top = alpha * alpha * cutoff * cutoff;
    memset(out, 0, sizeof *out);
    out->alpha = alpha;
    out->cutoff = cutoff;
    if (cutoff > 0.0) {
        out->taper_start = TAPER * TAPER * cutoff * cutoff;
        out->taper_scale = 1.0 / (cutoff * cutoff - out->taper_start);
    }
    if (!(alpha > 0.0 && cutoff > 0.0) || error < LRPOT__PAIR_FINEST || top > 40.0) return;
    chebyshev(top, c);
    /* |T_k'| <= k^2, and dz/dr = 2 r dz/dr^2. */
    int degree = LRPOT__PAIR_DEGREE;
    double unit = 4.0 * cutoff * alpha * alpha * alpha / top;
    while (degree > 3 && tail + unit * degree * degree * fabs(c[degree]) < error) {
        tail += unit * degree * degree * fabs(c[degree]);
        degree--;
    }
    if (degree == LRPOT__PAIR_DEGREE) return;
    out->degree = degree;
    out->z_scale = 2.0 * alpha * alpha / top;
    to_powers(c, degree, out->value);
    for (int k = 0; k <= degree; k++) out->value[k] *= alpha;
    for (int k = 0; k < degree; k++) out->derivative[k] = out->z_scale * (k + 1) * out->value[k + 1];
}

/* erfc(a r)/r and its strength. */
static void complement(double r, double a, double *value, double *strength)
{
    *value = erfc(a * r) / r;
    *strength = (*value + TWO_BY_SQRT_PI * a * exp(-a * a * r * r)) / (r * r);
}

void lrpot__pair_eval(const lrpot__pair *pair, double gamma, double square, double *value, double *strength)
{
    double r = sqrt(square), taper = 1.0, slope = 0.0;
    if (pair->degree > 0) {
        double z = pair->z_scale * square - 1.0, p = 0.0, d = 0.0;
        for (int k = pair->degree; k >= 0; k--) p = p * z + pair->value[k];
        for (int k = pair->degree - 1; k >= 0; k--) d = d * z + pair->derivative[k];
        *value = 1.0 / r - p;
        *strength = 1.0 / (square * r) + 2.0 * d;
    } else {
        complement(r, pair->alpha, value, strength);
    }
    if (gamma > 0.0) {
        double other, other_strength;
        complement(r, gamma, &other, &other_strength);
        *value -= other;
        *strength -= other_strength;
    }
    if (pair->cutoff > 0.0) taper = lrpot__taper(square, pair->taper_start, pair->taper_start + 1.0 / pair->taper_scale, &slope);
    *strength = *strength * taper - 2.0 * *value * slope;
    *value *= taper;
}
