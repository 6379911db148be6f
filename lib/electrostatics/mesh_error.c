/* Errors that the parameters of the sum cause. */
#include "electrostatics/splitting.h"

#include <math.h>

#define PI 3.14159265358979323846
/* Both sums fade out over their last few per cent; the error is that of a sharp end somewhat inside. */
#define FADE 0.97

double lrpot__error_real(double alpha, double cutoff, double density)
{
    double r = FADE * cutoff, x = alpha * r;
    /* A lone pair at the cutoff sets the error where there are few atoms. */
    return 2.0 * LRPOT_COULOMB_CONSTANT * sqrt(fmax(density, 1.0 / (r * r * r)) / r) * exp(-x * x) * (1.0 + 0.5 / (x * x));
}

double lrpot__error_reciprocal(double alpha, double k_cut, double density)
{
    double k = FADE * k_cut, x = 0.5 * k / alpha;
    return LRPOT_COULOMB_CONSTANT * alpha * sqrt(8.0 * fmax(density, alpha * alpha * alpha) / k) * exp(-x * x);
}

void lrpot__mesh_aliases(int32_t order, double f, double *eps, double *first, double *second)
{
    *eps = *first = *second = 0.0;
    for (int m = -4; m <= 4; m++) {
        if (m == 0) continue;
        double g = f + m, ratio = f / g, power = 1.0;
        for (int32_t p = 0; p < order; p++) power *= ratio * ratio;
        *eps += power;
        *first += g * power;
        *second += g * g * power;
    }
}

#define SAMPLES 10 /* along each axis of an octant */

/* Tables of one axis at the middles of its intervals: (k/alpha)^2, exp(-(k/alpha)^2/2), eps, second in the same unit. */
typedef struct {
    double square[SAMPLES], gauss[SAMPLES], eps[SAMPLES], second[SAMPLES], edge;
} axis;

static void make_axis(double alpha_h, int32_t order, axis *a)
{
    a->edge = PI / alpha_h;
    for (int s = 0; s < SAMPLES; s++) {
        double f = 0.5 * (s + 0.5) / SAMPLES, first, unit = 2.0 * PI / alpha_h;
        lrpot__mesh_aliases(order, f, &a->eps[s], &first, &a->second[s]);
        a->second[s] *= unit * unit;
        a->square[s] = unit * unit * f * f;
        a->gauss[s] = exp(-0.5 * a->square[s]);
    }
}

double lrpot__error_mesh(double alpha, const double *h, int32_t order, double density)
{
    axis a[3];
    double sum = 0.0, k_cut = INFINITY;
    for (int d = 0; d < 3; d++) {
        make_axis(alpha * h[d], order, &a[d]);
        k_cut = fmin(k_cut, PI / h[d]);
    }
    for (int x = 0; x < SAMPLES; x++)
        for (int y = 0; y < SAMPLES; y++)
            for (int z = 0; z < SAMPLES; z++) {
                double ex = a[0].eps[x], ey = a[1].eps[y], ez = a[2].eps[z];
                double k2 = a[0].square[x] + a[1].square[y] + a[2].square[z];
                double yz = ey + ez + ey * ez, xz = ex + ez + ex * ez, xy = ex + ey + ex * ey, xyz = ex + yz + ex * yz;
                /* sum of |k|^2 U^2 over aliases, less k^2, relative to k^2 */
                double more = ((a[0].square[x] + a[0].second[x]) * yz + a[0].second[x] + (a[1].square[y] + a[1].second[y]) * xz + a[1].second[y]
                               + (a[2].square[z] + a[2].second[z]) * xy + a[2].second[z]) / k2;
                double excess = xyz + more + xyz * more; /* S0 S2 / (k^2 U^4) - 1 */
                sum += a[0].gauss[x] * a[1].gauss[y] * a[2].gauss[z] / k2 * excess / (1.0 + excess);
            }
    double volume = 8.0 * a[0].edge * a[1].edge * a[2].edge / (SAMPLES * SAMPLES * SAMPLES);
    double inside = LRPOT_COULOMB_CONSTANT * sqrt(density * alpha * 2.0 / PI * volume * sum), x = 0.5 * k_cut / alpha;
    double outside = LRPOT_COULOMB_CONSTANT * alpha * sqrt(8.0 * density / k_cut) * exp(-x * x);
    return sqrt(inside * inside + outside * outside);
}
