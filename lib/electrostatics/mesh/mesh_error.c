#include "electrostatics/mesh/mesh_error.h"

#include "core/constants.h"
#include "electrostatics/mesh/window.h"
#include "electrostatics/splitting/screening.h"

#include <lrpot/ewald.h>

#include <math.h>
#include <string.h>

#define SAMPLES LRPOT__ALIAS_SAMPLES
#define GAUSS_ENDS 12.0  /* k/alpha where exp(-k^2/4 alpha^2) is below rounding */
#define PROLATE_ENDS 1.1 /* k cutoff/c where g is below its own error */

void lrpot__alias_table_make(const lrpot__window *window, lrpot__alias_table *out)
{
    double first;
    lrpot__window_aliases(window, 0.0, &out->eps_origin, &first, &out->second_origin);
    for (int s = 0; s < SAMPLES; s++) {
        lrpot__window_aliases(window, 0.5 * (s + 0.5) / SAMPLES, &out->eps[s], &first,
                              &out->second[s]);
    }
}

/* Number of vectors of an axis, counted from 0, below which they are few. With two such axes, as in
 * a needle, few structure factors make the error, and their squares are far from the mean: twice
 * the error. In a needle of one or two atoms across, five times was measured. */
#define FEW 7
#define THIN 2.5 /* in units of the distance of atoms */

/* Largest number of vectors along the needle that are summed: there the longest waves may make the
 * error. */
#define MOST 256

/* Values of one axis: k^2 at the samples, the sum over aliases of k^2 U^2/U^2, and the part of the
 * axis that a sample represents. */
typedef struct {
    double square[MOST], second[MOST], eps[MOST], weight[MOST], part;
    int count;
} axis;

/* Interpolation between the samples as a power of f. Below the first sample the value is at least
 * that at the origin. */
static double between(const double *table, double origin, double f)
{
    double place = 2.0 * SAMPLES * f; /* sample s is at s + 1/2 */
    int s = (int)fmin(fmax(floor(place - 0.5), 0.0), SAMPLES - 2.0);
    if (f == 0.0) return origin;
    if (!(table[s] > 0.0 && table[s + 1] > 0.0)) return table[s];
    return fmax(origin, table[s]
                            * pow(table[s + 1] / table[s],
                                  log(place / (s + 0.5)) / log((s + 1.5) / (s + 0.5))));
}

/* 1/A: end of the screening, beyond which a mesh makes no error. */
static double end_of(const lrpot__screening *screening)
{
    return screening->alpha > 0.0 ? GAUSS_ENDS * screening->alpha
                                  : PROLATE_ENDS * screening->prolate.c / screening->cutoff;
}

static void put_sample(const lrpot__alias_table *table, double unit, double f, double weight,
                       axis *a)
{
    int s = a->count++, whole = a->part == 1.0 && f == 0.5 * (s + 0.5) / SAMPLES;
    a->square[s] = unit * unit * f * f;
    a->eps[s] = whole ? table->eps[s] : between(table->eps, table->eps_origin, f);
    a->second[s] = unit * unit
                   * (whole ? table->second[s] : between(table->second, table->second_origin, f));
    a->weight[s] = weight;
}

/* Number of vectors along an axis, apart from rounding: up to the end of the screening on a mesh of
 * a cell. */
static double vectors_of(const lrpot__screening *screening, double h, double row)
{
    return 0.5 * fmin(1.0, end_of(screening) * h / LRPOT__PI) * row / h;
}

/* Samples of an axis. A very fine mesh is mostly empty: then the samples are taken in the part that
 * is not. A short row has few vectors, up to `most`, which are summed instead. row: A, or 0. */
static void make_axis(const lrpot__screening *screening, const lrpot__alias_table *table, double h,
                      double row, int most, axis *a)
{
    double unit = 2.0 * LRPOT__PI / h;
    a->part = fmin(1.0, end_of(screening) * h / LRPOT__PI);
    a->count = 0;
    double vectors = vectors_of(screening, h, row);
    if (row > 0.0 && vectors < most - 1.0) {
        for (int n = 0; n < vectors || n == 0; n++)
            put_sample(table, unit, n * h / row, (n == 0 ? 0.5 : 1.0) * 2.0 * LRPOT__PI / row, a);
        return;
    }
    for (int s = 0; s < SAMPLES; s++)
        put_sample(table, unit, a->part * 0.5 * (s + 0.5) / SAMPLES, 0.5 * a->part * unit / SAMPLES,
                   a);
}

/* Sums over aliases at one sample: of U^2 and of k^2 U^2, less 1, relative to U^2 and k^2 U^2. */
typedef struct {
    double k2, plain, more;
} aliases;

static aliases aliases_of(const axis *a, int x, int y, int z)
{
    double ex = a[0].eps[x], ey = a[1].eps[y], ez = a[2].eps[z],
           k2 = a[0].square[x] + a[1].square[y] + a[2].square[z];
    double yz = ey + ez + ey * ez, xz = ex + ez + ex * ez, xy = ex + ey + ex * ey,
           xyz = ex + yz + ex * yz;
    double more = ((a[0].square[x] + a[0].second[x]) * yz + a[0].second[x]
                   + (a[1].square[y] + a[1].second[y]) * xz + a[1].second[y]
                   + (a[2].square[z] + a[2].second[z]) * xy + a[2].second[z])
                  / k2;
    return (aliases){ k2, xyz, more };
}

/* g^2/k^2 times the relative error of the force, squared, at one sample. */
static double force_error_sample(const lrpot__screening *screening, const axis *a, int x, int y,
                                 int z)
{
    aliases s = aliases_of(a, x, y, z);
    double excess = s.plain + s.more + s.plain * s.more,
           g = lrpot__screening_transform(screening, s.k2); /* S0 S2 / (k^2 U^4) - 1 */
    return g * g / s.k2 * excess / (1.0 + excess);
}

/* Integral of g^2 beyond the edge of the mesh. */
static double beyond(const lrpot__screening *screening, double edge)
{
    double sum = 0.0, step = edge / 32;
    for (int s = 0; s < 48; s++) {
        double k = edge + (s + 0.5) * step, g = lrpot__screening_transform(screening, k * k);
        sum += step * g * g;
    }
    return sum;
}

double lrpot__mesh_error_random(const lrpot__screening *screening, const lrpot__alias_table *table,
                                const double *h, const double *rows, double density)
{
    axis a[3];
    double sum = 0.0, edge = INFINITY;
    int short_rows = 0, thin_rows = 0;
    for (int d = 0; rows != NULL && d < 3; d++) {
        short_rows += vectors_of(screening, h[d], rows[d]) <= FEW - 1.0;
        thin_rows += rows[d] * cbrt(density) < THIN;
    }
    for (int d = 0; d < 3; d++) {
        make_axis(screening, table, h[d], rows != NULL ? rows[d] : 0.0,
                  short_rows > 1 ? MOST : SAMPLES, &a[d]);
        edge = fmin(edge, LRPOT__PI / h[d]);
    }
    /* by symmetry a sixth of the samples is enough */
    int cubic = rows == NULL && h[0] == h[1] && h[1] == h[2];
    for (int x = 0; x < a[0].count; x++)
        for (int y = 0; y <= (cubic ? x : a[1].count - 1); y++)
            for (int z = 0; z <= (cubic ? y : a[2].count - 1); z++) {
                double times = !cubic ? 1.0 : x == y && y == z ? 1.0 : x == y || y == z ? 3.0 : 6.0;
                if (a[0].square[x] + a[1].square[y] + a[2].square[z] == 0.0) continue;
                sum += times * a[0].weight[x] * a[1].weight[y] * a[2].weight[z]
                       * force_error_sample(screening, a, x, y, z);
            }
    double inside = 16.0 / LRPOT__PI * sum, outside = 8.0 * beyond(screening, edge);
    if (short_rows > 1) density *= thin_rows > 1 ? 36.0 : 4.0;
    return fabs(lrpot__screening_constant(screening)) * sqrt(density * (inside + outside));
}

/* Simple cubic crystals whose charges put the whole error into the fewest vectors. Only vectors of
 * one parity contribute, of the sum of their indices or of each index; the others are zero. */
typedef struct {
    double edge; /* of the cell, for density 1 */
    double weight;
    int each; /* 1: every index is odd; 0: the sum of the indices is odd */
} crystal;
static const crystal CRYSTALS[] = { { 1.2599210498948732, 2.0, 0 }, /* CsCl, two ions to a cell */
                                    { 2.0, 8.0, 1 } };              /* rock salt, eight */
/* Relative edges tried: strained and slightly rotated crystals have their vectors elsewhere. */
static const double EDGES[] = { 0.9, 0.95, 1.0, 1.05, 1.1 };

/* Vectors of a simple cubic lattice along an axis. */
static void make_lattice_axis(const lrpot__alias_table *table, double h, double edge, double end,
                              axis *a)
{
    a->count = 0, a->part = 0.0;
    for (int n = 0; n * 2.0 * LRPOT__PI / edge < end && a->count < MOST; n++)
        put_sample(table, 2.0 * LRPOT__PI / h, n * h / edge, n == 0 ? 0.5 : 1.0, a);
}

/* Integral of the error over an octant, from the vectors of a crystal along the axes. */
static double sum_of_stars(const lrpot__screening *screening, const lrpot__alias_table *table,
                           const double *h, const crystal *c, double edge)
{
    axis a[3];
    double sum = 0.0, end = 1.5 * LRPOT__PI / fmin(h[0], fmin(h[1], h[2]));
    int first = c->each, step = 1 + c->each;
    for (int d = 0; d < 3; d++)
        make_lattice_axis(table, h[d], edge, fmin(end, end_of(screening)), &a[d]);
    for (int x = first; x < a[0].count; x += step)
        for (int y = first; y < a[1].count; y += step)
            for (int z = c->each ? 1 : (x + y + 1) % 2; z < a[2].count; z += 2) {
                double k2 = a[0].square[x] + a[1].square[y] + a[2].square[z],
                       g = lrpot__screening_transform(screening, k2);
                int beyond_mesh = 2.0 * h[0] * x >= edge || 2.0 * h[1] * y >= edge
                                  || 2.0 * h[2] * z >= edge;
                sum += a[0].weight[x] * a[1].weight[y] * a[2].weight[z]
                       * (beyond_mesh ? g * g / k2 : force_error_sample(screening, a, x, y, z));
            }
    return c->weight * pow(2.0 * LRPOT__PI / edge, 3) * sum;
}

double lrpot__mesh_error_crystal(const lrpot__screening *screening, const lrpot__alias_table *table,
                                 const double *h, double density)
{
    double largest = 0.0, atom = cbrt(1.0 / density);
    for (size_t c = 0; c < sizeof CRYSTALS / sizeof *CRYSTALS; c++)
        for (size_t e = 0; e < sizeof EDGES / sizeof *EDGES; e++)
            largest = fmax(largest, sum_of_stars(screening, table, h, &CRYSTALS[c],
                                                 EDGES[e] * CRYSTALS[c].edge * atom));
    return fabs(lrpot__screening_constant(screening)) * sqrt(16.0 / LRPOT__PI * density * largest);
}

/* g for the energy, and g (1 + d ln g/d ln k), its counterpart for the virial. */
static void transforms(const lrpot__screening *screening, double square, double *g, double *slope)
{
    const double step = 0.02; /* of ln k; g is smooth on this scale */
    double up = lrpot__screening_transform(screening, square * (1.0 + step) * (1.0 + step)),
           down = lrpot__screening_transform(screening, square * (1.0 - step) * (1.0 - step));
    *g = lrpot__screening_transform(screening, square);
    *slope = *g + (up - down) / (2.0 * step);
}

/* Adds a relative error `share` of the transform 4 pi g/k^2, in vectors of this volume. */
static void add_wrong(lrpot__kspace_error *w, double kernel, double signed_share,
                      double square_share, double absolute_share, double volume)
{
    w->square += kernel * kernel * square_share * volume;
    w->own += kernel * signed_share * volume;
    w->absolute += fabs(kernel) * absolute_share * volume;
}

static void add_missing(const lrpot__screening *screening, double k, double volume,
                        lrpot__kspace_errors *out)
{
    double g, slope, factor = 4.0 * LRPOT__PI / (k * k);
    transforms(screening, k * k, &g, &slope);
    volume /= 8.0 * LRPOT__PI * LRPOT__PI * LRPOT__PI;
    add_wrong(&out->potential, factor * g, -1.0, 1.0, 1.0, volume);
    add_wrong(&out->virial, factor * slope, -1.0, 1.0, 1.0, volume);
}

void lrpot__kspace_errors_cut(const lrpot__screening *screening, double k_cut,
                              lrpot__kspace_errors *out)
{
    const int steps = 400;
    double step = 1.5 * k_cut / steps;
    memset(out, 0, sizeof *out);
    for (int s = 0; s < steps; s++) {
        double k = k_cut + (s + 0.5) * step;
        add_missing(screening, k, 4.0 * LRPOT__PI * k * k * step, out);
    }
}

/* The influence function is optimal for forces: it loses the part more/(1 + more) of the potential.
 * Aliases add at random. */
static void add_sample(const lrpot__screening *screening, const aliases *s, double volume,
                       lrpot__kspace_errors *out)
{
    double g, slope, factor = 4.0 * LRPOT__PI / s->k2, lost = s->more / (1.0 + s->more),
                     random = 2.0 * s->plain / ((1.0 + s->more) * (1.0 + s->plain));
    transforms(screening, s->k2, &g, &slope);
    volume /= 8.0 * LRPOT__PI * LRPOT__PI * LRPOT__PI;
    double square = lost * lost + random, absolute = lost + sqrt(random);
    add_wrong(&out->potential, factor * g, -lost, square, absolute, volume);
    add_wrong(&out->virial, factor * slope, -lost, square, absolute, volume);
}

void lrpot__kspace_errors_mesh(const lrpot__screening *screening, const lrpot__alias_table *table,
                               const double *h, lrpot__kspace_errors *out)
{
    axis a[3];
    double edge = INFINITY;
    memset(out, 0, sizeof *out);
    for (int d = 0; d < 3; d++) {
        make_axis(screening, table, h[d], 0.0, SAMPLES, &a[d]);
        edge = fmin(edge, LRPOT__PI / h[d]);
    }
    for (int x = 0; x < a[0].count; x++)
        for (int y = 0; y < a[1].count; y++)
            for (int z = 0; z < a[2].count; z++) {
                aliases s = aliases_of(a, x, y, z);
                add_sample(screening, &s, 8.0 * a[0].weight[x] * a[1].weight[y] * a[2].weight[z],
                           out);
            }
    const int steps = 48; /* beyond the edge, as far as in the force error */
    for (int s = 0; s < steps; s++) {
        double step = 1.5 * edge / steps, k = edge + (s + 0.5) * step;
        add_missing(screening, k, 8.0 * LRPOT__PI * k * k * step, out);
    }
}
