/* Second derivatives of the Coulomb energy of multipoles as a matrix at a wave vector. A coordinate
 * of an atom is a polynomial in the derivatives by its position: 1 for the charge, d_a for a
 * dipole, d_a d_b/2 for a second moment, and d_c times the polynomial of all its moments for a
 * displacement. The energy of two atoms is the product of their polynomials, applied to the
 * interaction. */
#include "electrostatics/derivatives/multipole_dynamical.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/strain.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/kernels/pair_orders.h"
#include "electrostatics/multipoles/multipole_split.h"
#include "electrostatics/multipoles/multipoles.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

static const lrpot__tag matrix_tag = { "multipoles of a wave" };

#define BATCH 64
#define LARGEST 1500 /* atoms */
enum {
    MOST_DEGREE = 6,
    MONOMIALS = 84,  /* of degree 6 and less */
    POTENTIALS = 35, /* of degree 4 and less */
    MOST_TERMS = 10,
    MOST_COORDINATES = 16
};
/* Part of the accuracy of forces to use: derivatives of them are wanted. */
#define SHARE_OF_ACCURACY 0.1

/* Products of derivatives by x, y, z, sorted by degree. */
typedef struct {
    int power[MONOMIALS][3], degree[MONOMIALS], count[MOST_DEGREE + 1];
    int at[MOST_DEGREE + 1][MOST_DEGREE + 1][MOST_DEGREE + 1];
} monomials;

typedef struct {
    int count, monomial[MOST_TERMS];
    double factor[MOST_TERMS];
} polynomial;

typedef struct {
    const lrpot__sum *sum;
    const monomials *table;
    int order, degree, coordinates; /* of an atom: moments and three displacements */
    int64_t n, columns;             /* atoms, coordinates of all */
    const double *wave;
    polynomial *all, *moments; /* [n][coordinates] and [n]: of all moments of an atom */
    double *potential;         /* [n][POTENTIALS]: derivatives of that of all atoms */
    double *amplitudes;        /* [BATCH][columns] complex */
    int batch;
    double *matrix; /* [columns][columns] complex */
} waves;

static void fill_monomials(monomials *m)
{
    int k = 0;
    for (int degree = 0; degree <= MOST_DEGREE; degree++) {
        for (int x = degree; x >= 0; x--)
            for (int y = degree - x; y >= 0; y--, k++) {
                int z = degree - x - y;
                m->power[k][0] = x, m->power[k][1] = y, m->power[k][2] = z;
                m->degree[k] = degree;
                m->at[x][y][z] = k;
            }
        m->count[degree] = k;
    }
}

static int product(const monomials *m, int a, int b)
{
    return m->at[m->power[a][0] + m->power[b][0]][m->power[a][1] + m->power[b][1]]
                [m->power[a][2] + m->power[b][2]];
}

static int by_axis(const monomials *m, int a, int axis)
{
    return m->at[m->power[a][0] + (axis == 0)][m->power[a][1] + (axis == 1)]
                [m->power[a][2] + (axis == 2)];
}

static void add_term(polynomial *p, int monomial, double factor)
{
    for (int k = 0; k < p->count; k++)
        if (p->monomial[k] == monomial) {
            p->factor[k] += factor;
            return;
        }
    p->monomial[p->count] = monomial;
    p->factor[p->count++] = factor;
}

/* Index of coordinate c of atom i in the order of the moments. */
static int64_t column(const waves *w, int64_t i, int c)
{
    int moments = w->coordinates - 3;
    if (c >= moments) return moments * w->n + 3 * i + c - moments;
    return c == 0 ? i : c < 4 ? w->n + 3 * i + c - 1 : 4 * w->n + 9 * i + c - 4;
}

static void fill_polynomials(waves *w, const double *moments)
{
    const monomials *m = w->table;
    for (int64_t i = 0; i < w->n; i++) {
        polynomial *own = w->all + w->coordinates * i, *sum = w->moments + i;
        *sum = (polynomial){ 0 };
        for (int c = 0; c < w->coordinates - 3; c++) {
            int monomial = 0;
            if (c > 0 && c < 4) monomial = by_axis(m, 0, c - 1);
            if (c > 3) monomial = by_axis(m, by_axis(m, 0, (c - 4) / 3), (c - 4) % 3);
            own[c] = (polynomial){ 0 };
            add_term(&own[c], monomial, c > 3 ? 0.5 : 1.0);
            add_term(sum, monomial, (c > 3 ? 0.5 : 1.0) * moments[column(w, i, c)]);
        }
        for (int axis = 0; axis < 3; axis++) {
            polynomial *shifted = own + w->coordinates - 3 + axis;
            *shifted = *sum;
            for (int k = 0; k < sum->count; k++)
                shifted->monomial[k] = by_axis(m, sum->monomial[k], axis);
        }
    }
}

/* All derivatives of B_0 at x: d_a B_n = -x_a B_{n+1}. */
static void differentiate(const waves *w, const double *x, const double *b, double *out)
{
    const monomials *m = w->table;
    double higher[MONOMIALS] = { 0.0 };
    for (int n = w->degree; n >= 0; n--) {
        out[0] = b[n];
        for (int k = 1; k < m->count[w->degree - n]; k++) {
            int p[3] = { m->power[k][0], m->power[k][1], m->power[k][2] }, axis = p[0] > 0   ? 0
                                                                                  : p[1] > 0 ? 1
                                                                                             : 2;
            p[axis]--;
            out[k] = -x[axis] * higher[m->at[p[0]][p[1]][p[2]]];
            if (p[axis] == 0) continue;
            double power = p[axis]--;
            out[k] -= power * higher[m->at[p[0]][p[1]][p[2]]];
        }
        memcpy(higher, out, (size_t)m->count[w->degree - n] * sizeof *out);
    }
}

static void add(const waves *w, int64_t row, int64_t at, double value, double c, double s)
{
    double *to = w->matrix + 2 * (row * w->columns + at);
    to[0] += value * c;
    to[1] += value * s;
}

/* Applies the polynomial of the other atom: derivatives by the position of the first, with the sign
 * of that of the vector to the other. */
static void apply(const waves *w, const polynomial *p, const double *derivatives, int degree,
                  double *out)
{
    const monomials *m = w->table;
    for (int a = 0; a < m->count[degree]; a++) {
        double sum = 0.0;
        for (int k = 0; k < p->count; k++)
            sum += p->factor[k] * derivatives[product(m, a, p->monomial[k])];
        out[a] = m->degree[a] % 2 ? -sum : sum;
    }
}

/* Adds the interaction of two atoms, or of one with itself, to the matrix. */
static void add_block(const waves *w, int64_t i, int64_t j, const double *derivatives,
                      int coordinates, double c, double s)
{
    double felt[POTENTIALS];
    for (int h = 0; h < coordinates; h++) {
        apply(w, w->all + w->coordinates * j + h, derivatives, w->order + 1, felt);
        for (int g = 0; g < coordinates; g++) {
            const polynomial *own = w->all + w->coordinates * i + g;
            double sum = 0.0;
            for (int k = 0; k < own->count; k++) sum += own->factor[k] * felt[own->monomial[k]];
            add(w, column(w, i, g), column(w, j, h), sum, c, s);
        }
    }
}

static void add_pair(const waves *w, int64_t i, int64_t j, const double *d, const double *b)
{
    double derivatives[MONOMIALS], felt[POTENTIALS],
        phase = w->wave[0] * d[0] + w->wave[1] * d[1] + w->wave[2] * d[2];
    differentiate(w, d, b, derivatives);
    for (int k = 0; k < w->table->count[w->degree]; k++) derivatives[k] *= LRPOT_COULOMB_CONSTANT;
    add_block(w, i, j, derivatives, w->coordinates, cos(phase), sin(phase));
    apply(w, w->moments + j, derivatives, w->order + 2, felt);
    for (int k = 0; k < w->table->count[w->order + 2]; k++)
        w->potential[POTENTIALS * i + k] += felt[k];
}

static lrpot_status add_real_space(const waves *w, lrpot_workspace *work)
{
    lrpot__pair_walk walk;
    LRPOT__TRY(lrpot__pair_walk_open(w->sum, work, NULL, &walk));
    for (int64_t i = 0; i < w->n; i++) {
        lrpot__row row = lrpot__pair_walk_row(&walk, i);
        for (int64_t k = 0; k < row.count; k++) {
            int64_t j;
            double d[3], square, b[LRPOT__PAIR_ORDERS_MAX];
            if (!lrpot__pair_walk_next(&walk, &row, i, k, &j, d, &square)) continue;
            if (square < LRPOT__TOO_CLOSE * LRPOT__TOO_CLOSE) return lrpot__pair_walk_coincident(i);
            lrpot__pair_orders(&w->sum->split.pair,
                               lrpot__pair_gamma(w->sum->ewald, w->sum->atoms, i, j), square,
                               w->degree + 1, b);
            add_pair(w, i, j, d, b);
        }
    }
    return LRPOT_OK;
}

static const double *position(const waves *w, int64_t i)
{
    const lrpot_atoms *atoms = w->sum->atoms;
    return atoms->positions + i * (atoms->stride > 0 ? atoms->stride : 3);
}

static double square_of(const double *v)
{
    return v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
}

/* (-i p)^m for all monomials, complex. */
static void powers(const waves *w, const double *p, int degree, double *out)
{
    const monomials *m = w->table;
    static const double turns[4][2] = { { 1, 0 }, { 0, -1 }, { -1, 0 }, { 0, 1 } };
    for (int k = 0; k < m->count[degree]; k++) {
        double size = 1.0;
        for (int a = 0; a < 3; a++)
            for (int e = 0; e < m->power[k][a]; e++) size *= p[a];
        out[2 * k] = size * turns[m->degree[k] % 4][0];
        out[2 * k + 1] = size * turns[m->degree[k] % 4][1];
    }
}

/* Amplitude of a polynomial without the phase of its atom. */
static void amplitude(const polynomial *p, const double *power, double out[2])
{
    out[0] = out[1] = 0.0;
    for (int k = 0; k < p->count; k++)
        for (int c = 0; c < 2; c++) out[c] += p->factor[k] * power[2 * p->monomial[k] + c];
}

/* matrix += conj(amplitudes)^T amplitudes */
static void flush(waves *w)
{
    static const double one[2] = { 1.0, 0.0 };
    int columns = (int)w->columns, count = w->batch;
    w->batch = 0;
    if (count > 0)
        cblas_zgemm(CblasRowMajor, CblasConjTrans, CblasNoTrans, columns, columns, count, one,
                    w->amplitudes, columns, w->amplitudes, columns, one, w->matrix, columns);
}

/* The vector p = g + wave: coordinates vary as exp(i wave.r), so that exp(-i g.r) is left. */
static void add_vector(waves *w, const double *g, const double *p)
{
    double power[2 * POTENTIALS], root = sqrt(lrpot__kspace_weight(w->sum, p)),
                                  *out = w->amplitudes + 2 * w->columns * w->batch;
    powers(w, p, w->order + 1, power);
    for (int64_t i = 0; i < w->n; i++) {
        const double *r = position(w, i);
        double phase = g[0] * r[0] + g[1] * r[1] + g[2] * r[2], re = root * cos(phase),
               im = -root * sin(phase);
        for (int c = 0; c < w->coordinates; c++) {
            double a[2], *to = out + 2 * column(w, i, c);
            amplitude(w->all + w->coordinates * i + c, power, a);
            to[0] = a[0] * re - a[1] * im;
            to[1] = a[0] * im + a[1] * re;
        }
    }
    if (++w->batch == BATCH) flush(w);
}

/* Potential of the atoms at rest and its derivatives at each of them. */
static void add_potential(const waves *w, const double *g)
{
    double power[2 * POTENTIALS], sum[2] = { 0.0, 0.0 }, weight = lrpot__kspace_weight(w->sum, g);
    powers(w, g, w->order + 2, power);
    for (int pass = 0; pass < 2; pass++)
        for (int64_t i = 0; i < w->n; i++) {
            const double *r = position(w, i);
            double phase = g[0] * r[0] + g[1] * r[1] + g[2] * r[2], re = cos(phase),
                   im = -sin(phase), a[2];
            if (pass == 0) {
                amplitude(w->moments + i, power, a);
                sum[0] += a[0] * re - a[1] * im;
                sum[1] += a[0] * im + a[1] * re;
                continue;
            }
            double even = weight * (sum[0] * re + sum[1] * im),
                   odd = weight * (sum[1] * re - sum[0] * im);
            for (int k = 0; k < w->table->count[w->order + 2]; k++)
                w->potential[POTENTIALS * i + k] += power[2 * k] * even + power[2 * k + 1] * odd;
        }
}

static lrpot_status add_reciprocal(waves *w)
{
    const lrpot__sum *sum = w->sum;
    double end = sum->split.k_cut;
    int32_t reach[3];
    LRPOT__TRY(lrpot__kspace_reach(sum, end + sqrt(square_of(w->wave)), reach));
    for (int64_t x = -reach[0]; x <= reach[0]; x++)
        for (int64_t y = -reach[1]; y <= reach[1]; y++)
            for (int64_t z = -reach[2]; z <= reach[2]; z++) {
                double g[3], p[3];
                for (int a = 0; a < 3; a++) {
                    g[a] = (double)x * sum->reciprocal[a] + (double)y * sum->reciprocal[3 + a]
                           + (double)z * sum->reciprocal[6 + a];
                    p[a] = g[a] + w->wave[a];
                }
                double at_rest = square_of(g), square = square_of(p);
                if (at_rest > 0.0 && at_rest < end * end) add_potential(w, g);
                if (square > 0.0 && square < end * end) add_vector(w, g, p);
            }
    flush(w);
    return LRPOT_OK;
}

/* Second derivatives by the coordinates of one atom in the potential of all. */
static void add_homes(const waves *w)
{
    const monomials *m = w->table;
    for (int64_t i = 0; i < w->n; i++)
        for (int c = 0; c < w->coordinates; c++)
            for (int axis = 0; axis < 3; axis++) {
                const polynomial *own = w->all + w->coordinates * i + c;
                int64_t row = column(w, i, c), at = column(w, i, w->coordinates - 3 + axis);
                double sum = 0.0;
                for (int k = 0; k < own->count; k++)
                    sum += own->factor[k]
                           * w->potential[POTENTIALS * i + by_axis(m, own->monomial[k], axis)];
                add(w, row, at, sum, 1.0, 0.0);
                if (c < w->coordinates - 3) add(w, at, row, sum, 1.0, 0.0);
            }
}

/* Interaction of the moments of an atom with themselves through erf(a r)/r. That with its
 * displacements cancels: an atom moves with its own screening charge. */
static void add_self(const waves *w, int64_t i, double a, double factor)
{
    static const double nowhere[3] = { 0.0, 0.0, 0.0 };
    double derivatives[MONOMIALS], b[LRPOT__PAIR_ORDERS_MAX],
        unit = factor * LRPOT_COULOMB_CONSTANT * 2.0 * a / sqrt(LRPOT__PI);
    for (int n = 0; n <= w->degree; n++, unit *= 2.0 * a * a) b[n] = unit / (2 * n + 1);
    differentiate(w, nowhere, b, derivatives);
    add_block(w, i, i, derivatives, w->coordinates - 3, 1.0, 0.0);
}

/* Self-interactions, and at wave 0 the mean of the potential of charges. */
static void complete(const waves *w)
{
    const lrpot__sum *sum = w->sum;
    lrpot__self_energy b;
    lrpot__self_energy_make(sum, &b);
    for (int64_t i = 0; i < w->n; i++) {
        double width = lrpot__atom_width(sum->ewald, sum->atoms, i);
        add_self(w, i, sum->split.alpha, -1.0);
        if ((sum->ewald->options.flags & LRPOT_EWALD_SELF) && width > 0.0)
            add_self(w, i, 0.5 / width, 1.0);
        for (int64_t j = 0; square_of(w->wave) == 0.0 && j < w->n; j++) {
            double other = lrpot__atom_width(sum->ewald, sum->atoms, j);
            add(w, i, j, lrpot__background_potential(sum, &b, i, 1.0, other * other), 1.0, 0.0);
        }
    }
}

static lrpot_status reserve(waves *w, lrpot_workspace *work)
{
    int64_t doubles = POTENTIALS * w->n + 2 * BATCH * w->columns,
            polynomials = (w->coordinates + 1) * w->n;
    LRPOT__TRY(lrpot__workspace_doubles(
        work, &matrix_tag, doubles + polynomials * (int64_t)(sizeof(polynomial) / sizeof(double)),
        &w->potential));
    w->amplitudes = w->potential + POTENTIALS * w->n;
    w->all = (polynomial *)(w->potential + doubles);
    w->moments = w->all + w->coordinates * w->n;
    memset(w->potential, 0, (size_t)(POTENTIALS * w->n) * sizeof *w->potential);
    memset(w->matrix, 0, (size_t)(2 * w->columns * w->columns) * sizeof *w->matrix);
    return LRPOT_OK;
}

/* Moments that count as at least those of a unit charge, dipole and quadrupole for each atom: the
 * response of others is summed with the same splitting. */
static lrpot_status split(lrpot__multipoles *p, lrpot_workspace *work, const double *moments)
{
    double n = (double)p->sum->atoms->n_owned;
    p->squares = (lrpot__multipole_squares){ n, p->rank > 0 ? n : 0.0, p->rank > 1 ? n : 0.0 };
    for (int64_t k = 0; k < p->sum->atoms->n_owned; k++) p->squares.q += moments[k] * moments[k];
    return lrpot__multipoles_split(p, work, NULL);
}

lrpot_status lrpot__multipoles_dynamical(const lrpot_ewald *ewald, lrpot_workspace *work,
                                         const lrpot_atoms *atoms, int order, const double *moments,
                                         const double wave[3], double *matrix)
{
    lrpot__sum sum;
    monomials table;
    lrpot__multipoles p = { .solver = *ewald, .sum = &sum, .rank = order };
    p.solver.options.method = LRPOT_EWALD_EXACT;
    p.solver.options.accuracy *= SHARE_OF_ACCURACY;
    LRPOT__TRY(lrpot__sum_prepare(&p.solver, work, atoms, moments, &sum));
    LRPOT__TRY(lrpot__sum_exact(&sum, work, "Coulomb matrices of multipoles", 1));
    if (sum.volume == 0.0)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "Coulomb matrices of multipoles of an isolated system");
    if (atoms->n_owned > LARGEST)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "dense matrices of the moments of %lld atoms",
                           (long long)atoms->n_owned);
    LRPOT__TRY(split(&p, work, moments));
    fill_monomials(&table);
    waves w = { .sum = &sum,
                .table = &table,
                .order = order,
                .degree = 2 * order + 2,
                .coordinates = order == 0   ? 4
                               : order == 1 ? 7
                                            : 16,
                .n = atoms->n_owned,
                .wave = wave,
                .matrix = matrix };
    w.columns = w.coordinates * w.n;
    LRPOT__TRY(reserve(&w, work));
    fill_polynomials(&w, moments);
    LRPOT__TRY(add_real_space(&w, work));
    LRPOT__TRY(add_reciprocal(&w));
    add_homes(&w);
    complete(&w);
    return LRPOT_OK;
}
