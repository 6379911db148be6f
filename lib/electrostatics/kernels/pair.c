#include "electrostatics/kernels/pair.h"

#include "electrostatics/kernels/coulomb_kernel.h"
#include "electrostatics/splitting/chebyshev.h"
#include "electrostatics/splitting/screening.h"

#include <math.h>
#include <string.h>

#define TAPER 0.96 /* the last 4 % of the cutoff */

double lrpot__taper(double x, double start, double end, double *slope)
{
    *slope = 0.0;
    if (x <= start) return 1.0;
    if (x >= end) return 0.0;
    double t = (x - start) / (end - start), t2 = t * t;
    *slope = -30.0 * t2 * (1.0 - t) * (1.0 - t) / (end - start);
    /* 1 - t^3 (10 - 15 t + 6 t^2), which rounding does not make negative */
    return (1.0 - t) * (1.0 - t) * (1.0 - t) * (1.0 + 3.0 * t + 6.0 * t2);
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
    if (screening->kernel->lanes == LRPOT__LANES_NONE) return; /* the polynomial is not used */
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

/* Rounding error of the force of a pair in single precision, relative to the force: root mean
 * square, measured against double. */
#define ROUNDING 1.2e-7
/* Shortest usual distance of atoms, in units of density^(-1/3): 0.9 A in water. */
#define CLOSE 0.42

void lrpot__pair_allow_single(lrpot__pair *pair, double error, double density)
{
    double slopes = 0.0, least = ROUNDING / error, usual = CLOSE * cbrt(1.0 / density);
    pair->single = 0.0;
    if (pair->degree == 0 || pair->screening.kernel->lanes != LRPOT__LANES_FIRST) return;
    for (int k = 0; k < pair->degree; k++) slopes += fabs(pair->derivative[k]);
    if (ROUNDING * 2.0 * pair->cutoff * slopes < error && least < usual * usual)
        pair->single = least;
}

void lrpot__pair_eval(const lrpot__pair *pair, double gamma, double square, double *value,
                      double *strength)
{
    const lrpot__kernel_rules *kernel = pair->screening.kernel;
    double r = sqrt(square), taper = 1.0, slope = 0.0;
    if (pair->degree > 0) {
        double z = pair->z_scale * square - 1.0, p = 0.0, d = 0.0;
        for (int k = pair->degree; k >= 0; k--) p = p * z + pair->value[k];
        for (int k = pair->degree - 1; k >= 0; k--) d = d * z + pair->derivative[k];
        *value = kernel->bare(&pair->screening, square, strength) - p;
        *strength += 2.0 * d;
    } else if (pair->screening.cutoff > 0.0) { /* prolate */
        double smooth = lrpot__screening_smooth(&pair->screening, square, strength);
        *value = 1.0 / r - smooth;
        *strength = 1.0 / (square * r) - *strength;
    } else {
        *value = kernel->short_range(&pair->screening, square, strength);
    }
    if (gamma > 0.0) {
        double other_strength;
        *value -= lrpot__coulomb_erfc(r, gamma, &other_strength);
        *strength -= other_strength;
    }
    if (pair->taper_scale > 0.0)
        taper = lrpot__taper(square, pair->taper_start, pair->taper_start + 1.0 / pair->taper_scale,
                             &slope);
    *strength = *strength * taper - 2.0 * *value * slope;
    *value *= taper;
}
