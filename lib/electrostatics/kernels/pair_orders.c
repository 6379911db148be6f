#include "electrostatics/kernels/pair_orders.h"

#include "electrostatics/kernels/boys_table.h"

#include <math.h>

#define TWO_BY_SQRT_PI 1.12837916709551257390

/* b[n] of erfc(a r)/r, by upward recurrence, in which all terms are positive. a = 0: 1/r. */
static void complement(double a, double square, int count, double *b)
{
    double r = sqrt(square), gauss = TWO_BY_SQRT_PI * a * exp(-a * a * square), part = 1.0 / square;
    b[0] = erfc(a * r) * r * part;
    for (int n = 1; n < count; n++) {
        b[n] = ((2 * n - 1) * b[n - 1] + gauss) * part;
        gauss *= 2.0 * a * a;
    }
}

/* Adds sign times b[n] of erf(a r)/r, f[n] = F_n(a^2 r^2). */
static void add_smooth(double sign, double a, const double *f, int count, double *b)
{
    double factor = sign * TWO_BY_SQRT_PI * a;
    for (int n = 0; n < count; n++) {
        b[n] += factor * f[n];
        factor *= 2.0 * a * a;
    }
}

static void smooth(double a, double square, int count, double *b)
{
    double f[LRPOT__PAIR_ORDERS_MAX];
    lrpot__boys_series(a * a * square, count, f);
    for (int n = 0; n < count; n++) b[n] = 0.0;
    add_smooth(1.0, a, f, count, b);
}

/* (-2)^n d^n/du^n of the taper over u = r^2. */
static void taper_orders(const lrpot__pair *pair, double square, double *t)
{
    double x = (square - pair->taper_start) * pair->taper_scale, unit = -2.0 * pair->taper_scale;
    double x2 = x * x, rest = 1.0 - x;
    t[0] = 1.0 - x2 * x * (10.0 - 15.0 * x + 6.0 * x2);
    t[1] = -30.0 * x2 * rest * rest;
    t[2] = -60.0 * x * rest * (1.0 - 2.0 * x);
    t[3] = -60.0 * (1.0 - 6.0 * x + 6.0 * x2);
    t[4] = 360.0 - 720.0 * x;
    t[5] = -720.0;
    t[6] = 0.0;
    for (int n = 1; n < LRPOT__PAIR_ORDERS_MAX; n++, unit *= -2.0 * pair->taper_scale) t[n] *= unit;
}

static void fade(const lrpot__pair *pair, double square, int count, double *b)
{
    double t[LRPOT__PAIR_ORDERS_MAX];
    taper_orders(pair, square, t);
    for (int n = count - 1; n >= 0;
         n--) { /* Leibniz rule; from the top, as b[n] needs the lower ones unchanged */
        double sum = 0.0, binomial = 1.0;
        for (int k = 0; k <= n; k++) {
            sum += binomial * b[n - k] * t[k];
            binomial = binomial * (n - k) / (k + 1);
        }
        b[n] = sum;
    }
}

void lrpot__pair_orders(const lrpot__pair *pair, double gamma, double square, int count, double *b)
{
    double alpha = pair->cutoff > 0.0 ? pair->screening.alpha : 0.0, other[LRPOT__PAIR_ORDERS_MAX];
    double near = count <= 4 ? 1.5 : 9.0; /* higher orders lose more digits */
    if (gamma > 0.0 && gamma * gamma * square < near
        && alpha * alpha * square < 40.0) { /* the difference would lose its digits */
        smooth(gamma, square, count, b);
        smooth(alpha, square, count, other);
        for (int n = 0; n < count; n++) b[n] -= other[n];
    } else {
        complement(alpha, square, count, b);
        if (gamma > 0.0) complement(gamma, square, count, other);
        for (int n = 0; gamma > 0.0 && n < count; n++) b[n] -= other[n];
    }
    if (pair->cutoff > 0.0 && square > pair->taper_start) fade(pair, square, count, b);
}

void lrpot__pair_orders_boys(const lrpot__pair *pair, double gamma, double square,
                             const double *of_gamma, const double *of_alpha, int count, double *b)
{
    for (int n = 0; n < count; n++) b[n] = 0.0;
    if (gamma > 0.0) add_smooth(1.0, gamma, of_gamma, count, b);
    else complement(0.0, square, count, b);
    if (pair->cutoff > 0.0) add_smooth(-1.0, pair->screening.alpha, of_alpha, count, b);
    if (pair->cutoff > 0.0 && square > pair->taper_start) fade(pair, square, count, b);
}
