#include "electrostatics/kernels/pair.h"

#include "electrostatics/splitting/chebyshev.h"
#include "electrostatics/kernels/dispersion.h"

#include <math.h>
#include <string.h>

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

static double smooth_part(const void *ctx, double y)
{
    return lrpot__screening_smooth(ctx, y, NULL);
}

void lrpot__pair_make(const lrpot__screening *screening, double cutoff, double error,
                      lrpot__pair *out)
{
    double c[LRPOT__PAIR_DEGREE + 1], tail = 0.0, top = cutoff * cutoff;
    memset(out, 0, sizeof *out);
    out->cutoff = cutoff;
    out->screening = *screening;
    if (cutoff == 0.0) return;
    if (screening->alpha > 0.0) {
        out->taper_start = TAPER * TAPER * top;
        out->taper_scale = 1.0 / (top - out->taper_start);
    }
    if (error < LRPOT__PAIR_FINEST || screening->alpha * screening->alpha * top > 40.0) return;
    lrpot__chebyshev_fit(smooth_part, screening, 0.0, top, LRPOT__PAIR_DEGREE + 1, c);
    /* |T_k'| <= k^2, and dz/dr = 2 r dz/dr^2. */
    int degree = LRPOT__PAIR_DEGREE;
    double unit = 4.0 * cutoff / top;
    while (degree > 3 && tail + unit * degree * degree * fabs(c[degree]) < error) {
        tail += unit * degree * degree * fabs(c[degree]);
        degree--;
    }
    if (degree == LRPOT__PAIR_DEGREE) return;
    out->degree = degree;
    out->z_scale = 2.0 / top;
    lrpot__chebyshev_powers(c, degree + 1, out->value);
    for (int k = 0; k < degree; k++)
        out->derivative[k] = out->z_scale * (k + 1) * out->value[k + 1];
}

/* erfc(a r)/r and its strength. */
static void complement(double r, double a, double *value, double *strength)
{
    *value = erfc(a * r) / r;
    *strength = (*value + TWO_BY_SQRT_PI * a * exp(-a * a * r * r)) / (r * r);
}

void lrpot__pair_eval(const lrpot__pair *pair, double gamma, double square, double *value,
                      double *strength)
{
    double r = sqrt(square), taper = 1.0, slope = 0.0;
    if (pair->degree > 0) {
        double z = pair->z_scale * square - 1.0, p = 0.0, d = 0.0;
        for (int k = pair->degree; k >= 0; k--) p = p * z + pair->value[k];
        for (int k = pair->degree - 1; k >= 0; k--) d = d * z + pair->derivative[k];
        double whole = pair->screening.sixth ? 1.0 / (square * square * square) : 1.0 / r;
        *value = whole - p;
        *strength = whole * (pair->screening.sixth ? 6.0 : 1.0) / square + 2.0 * d;
    } else if (pair->screening.sixth) {
        *value = lrpot__dispersion_rest(pair->cutoff > 0.0 ? pair->screening.alpha : 0.0, square,
                                        strength);
    } else if (pair->cutoff > 0.0 && pair->screening.alpha == 0.0) {
        double smooth = lrpot__screening_smooth(&pair->screening, square, strength);
        *value = 1.0 / r - smooth;
        *strength = 1.0 / (square * r) - *strength;
    } else {
        complement(r, pair->screening.alpha, value, strength);
    }
    if (gamma > 0.0) {
        double other, other_strength;
        complement(r, gamma, &other, &other_strength);
        *value -= other;
        *strength -= other_strength;
    }
    if (pair->taper_scale > 0.0)
        taper = lrpot__taper(square, pair->taper_start, pair->taper_start + 1.0 / pair->taper_scale,
                             &slope);
    *strength = *strength * taper - 2.0 * *value * slope;
    *value *= taper;
}
