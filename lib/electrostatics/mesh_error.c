#include "electrostatics/mesh_error.h"

#include <lrpot/electrostatics.h>

#include <math.h>

#define PI 3.14159265358979323846
#define SAMPLES LRPOT__ALIAS_SAMPLES
#define GAUSS_ENDS 12.0 /* k/alpha where exp(-k^2/4 alpha^2) is below rounding */
#define PROLATE_ENDS 1.1 /* k cutoff/c where g is below its own error */

void lrpot__alias_table_make(const lrpot__window *window, lrpot__alias_table *out)
{
    for (int s = 0; s < SAMPLES; s++) {
        double first;
        lrpot__window_aliases(window, 0.5 * (s + 0.5) / SAMPLES, &out->eps[s], &first,
                              &out->second[s]);
    }
}

/* Values of one axis: k^2 at the samples, and the sum over aliases of k^2 U^2/U^2. */
typedef struct {
    double square[SAMPLES], second[SAMPLES], eps[SAMPLES], part;
} axis;

/* Between the samples, and below them, as a power of f. */
static double between(const double *table, double f)
{
    double place = 2.0 * SAMPLES * f; /* sample s is at s + 1/2 */
    int s = (int)fmin(fmax(floor(place - 0.5), 0.0), SAMPLES - 2.0);
    if (!(table[s] > 0.0 && table[s + 1] > 0.0)) return table[s];
    return table[s]
           * pow(table[s + 1] / table[s], log(place / (s + 0.5)) / log((s + 1.5) / (s + 0.5)));
}

/* 1/A: beyond it the screening leaves nothing that a mesh could get wrong. */
static double end_of(const lrpot__screening *screening)
{
    return screening->alpha > 0.0 ? GAUSS_ENDS * screening->alpha
                                  : PROLATE_ENDS * screening->prolate.c / screening->cutoff;
}

/* A very fine mesh, or one along a short row, is empty for the most part: then the samples are taken
 * where it is not. */
static void make_axis(const lrpot__screening *screening, const lrpot__alias_table *table, double h,
                      axis *a)
{
    double unit = 2.0 * PI / h;
    a->part = fmin(1.0, end_of(screening) * h / PI);
    for (int s = 0; s < SAMPLES; s++) {
        double f = a->part * 0.5 * (s + 0.5) / SAMPLES, k = unit * f;
        a->square[s] = k * k;
        a->eps[s] = a->part < 1.0 ? between(table->eps, f) : table->eps[s];
        a->second[s] = unit * unit * (a->part < 1.0 ? between(table->second, f) : table->second[s]);
    }
}

/* g^2/k^2 times the part of the force that is wrong, at one sample. */
static double wrong(const lrpot__screening *screening, const axis *a, int x, int y, int z)
{
    double ex = a[0].eps[x], ey = a[1].eps[y], ez = a[2].eps[z],
           k2 = a[0].square[x] + a[1].square[y] + a[2].square[z];
    double yz = ey + ez + ey * ez, xz = ex + ez + ex * ez, xy = ex + ey + ex * ey,
           xyz = ex + yz + ex * yz;
    /* sum of |k|^2 U^2 over aliases, less k^2, relative to k^2 */
    double more = ((a[0].square[x] + a[0].second[x]) * yz + a[0].second[x]
                   + (a[1].square[y] + a[1].second[y]) * xz + a[1].second[y]
                   + (a[2].square[z] + a[2].second[z]) * xy + a[2].second[z])
                  / k2;
    double excess = xyz + more + xyz * more,
           g = lrpot__screening_transform(screening, k2); /* S0 S2 / (k^2 U^4) - 1 */
    return g * g / k2 * excess / (1.0 + excess);
}

/* Integral of g^2 from the edge of the mesh on. */
static double beyond(const lrpot__screening *screening, double edge)
{
    double sum = 0.0, step = edge / 32;
    for (int s = 0; s < 48; s++) {
        double k = edge + (s + 0.5) * step, g = lrpot__screening_transform(screening, k * k);
        sum += step * g * g;
    }
    return sum;
}

double lrpot__error_mesh(const lrpot__screening *screening, const lrpot__alias_table *table,
                         const double *h, double density)
{
    axis a[3];
    double sum = 0.0, edge = INFINITY, volume = 1.0;
    for (int d = 0; d < 3; d++) {
        make_axis(screening, table, h[d], &a[d]);
        edge = fmin(edge, PI / h[d]);
        volume *= a[d].part * 2.0 * PI / h[d] / SAMPLES;
    }
    int cubic = h[0] == h[1] && h[1] == h[2]; /* then a sixth of the samples says it all */
    for (int x = 0; x < SAMPLES; x++)
        for (int y = 0; y <= (cubic ? x : SAMPLES - 1); y++)
            for (int z = 0; z <= (cubic ? y : SAMPLES - 1); z++) {
                double times = !cubic ? 1.0 : x == y && y == z ? 1.0 : x == y || y == z ? 3.0 : 6.0;
                sum += times * wrong(screening, a, x, y, z);
            }
    double inside = 2.0 / PI * volume * sum, outside = 8.0 * beyond(screening, edge);
    return fabs(lrpot__screening_constant(screening)) * sqrt(density * (inside + outside));
}
