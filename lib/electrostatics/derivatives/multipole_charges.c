/* Potentials of unit charges and their derivatives as matrices. */
#include "electrostatics/derivatives/multipole_charges.h"

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

static const lrpot__tag charges_tag = { "unit charges" };
static const lrpot__tag batch_tag = { "phases of unit charges" };

enum { BATCH = 64, COUNT = LRPOT__THIRD_DERIVATIVES };
/* Part of the accuracy of forces to use: derivatives of them are wanted. */
#define SHARE_OF_ACCURACY 0.1

typedef struct {
    const lrpot__sum *sum;
    int64_t n;
    double *matrices; /* [COUNT][n][n] */
    double *scaled;   /* [2 BATCH][n]: phases times factors */
    double *phases;   /* [2 BATCH][n]: cosines, then sines */
    double vector[BATCH][3], weight[BATCH];
    int64_t batch;
} task;

/* All products of the components of a vector: 1, a, aa, aaa. */
static void products(const double *v, double out[COUNT])
{
    out[0] = 1.0;
    for (int a = 0; a < 3; a++) out[1 + a] = v[a];
    for (int c = 0; c < 6; c++) out[4 + c] = v[lrpot__strain_row[c]] * v[lrpot__strain_column[c]];
    for (int a = 0; a < 3; a++) /* every abc has an order in which a <= b <= c */
        for (int b = a; b < 3; b++)
            for (int c = b; c < 3; c++) out[10 + lrpot__third_index[a][b][c]] = v[a] * v[b] * v[c];
}

/* Derivatives of B_0 by the place of the first atom, d from it to the other. */
static void add_pair(const task *t, int64_t i, int64_t j, const double *d, const double *b)
{
    double p[COUNT], *to = t->matrices + i * t->n + j, k = LRPOT_COULOMB_CONSTANT;
    int64_t step = t->n * t->n;
    products(d, p);
    for (int c = 0; c < COUNT; c++)
        to[c * step] += k * p[c] * b[c == 0 ? 0 : c < 4 ? 1 : c < 10 ? 2 : 3];
    for (int a = 0; a < 3; a++) {
        to[(4 + a) * step] -= k * b[1];
        for (int c = 0; c < 3; c++) /* of aaa the three terms are one */
            to[(10 + lrpot__third_index[a][a][c]) * step] -= k * (a == c ? 3.0 : 1.0) * d[c] * b[2];
    }
}

static lrpot_status add_real_space(const task *t, lrpot_workspace *work)
{
    lrpot__pair_walk walk;
    LRPOT__TRY(lrpot__pair_walk_open(t->sum, work, NULL, &walk));
    for (int64_t i = 0; i < t->n; i++) {
        lrpot__row row = lrpot__pair_walk_row(&walk, i);
        for (int64_t k = 0; k < row.count; k++) {
            int64_t j;
            double d[3], square, b[LRPOT__PAIR_ORDERS_MAX];
            if (!lrpot__pair_walk_next(&walk, &row, i, k, &j, d, &square)) continue;
            if (square < LRPOT__TOO_CLOSE * LRPOT__TOO_CLOSE) return lrpot__pair_walk_coincident(i);
            lrpot__pair_orders(&t->sum->split.pair,
                               lrpot__pair_gamma(t->sum->ewald, t->sum->atoms, i, j), square, 4, b);
            add_pair(t, i, j, d, b);
        }
    }
    return LRPOT_OK;
}

/* Rows of a derivative: with k.(r_i - r_j) it is a cosine or a sine, of which the one is the
 * derivative of the other. */
static void scale(const task *t, const double (*factors)[COUNT], int c)
{
    int degree = c == 0 ? 0 : c < 4 ? 1 : c < 10 ? 2 : 3;
    double sign = degree == 0 || degree == 3 ? 1.0 : -1.0;
    for (int64_t v = 0; v < t->batch; v++) {
        double factor = sign * t->weight[v] * factors[v][c];
        const double *cosine = t->phases + v * t->n, *sine = t->phases + (BATCH + v) * t->n;
        double *first = t->scaled + v * t->n, *second = t->scaled + (BATCH + v) * t->n;
        for (int64_t i = 0; i < t->n; i++) {
            first[i] = factor * (degree % 2 == 0 ? cosine[i] : sine[i]);
            second[i] = factor * (degree % 2 == 0 ? sine[i] : -cosine[i]);
        }
    }
}

static void flush(task *t)
{
    int n = (int)t->n, count = (int)t->batch;
    double factors[BATCH][COUNT];
    if (count == 0) return;
    for (int v = 0; v < count; v++) products(t->vector[v], factors[v]);
    for (int c = 0; c < COUNT; c++) {
        double *to = t->matrices + c * t->n * t->n;
        scale(t, (const double(*)[COUNT])factors, c);
        for (int half = 0; half < 2; half++)
            cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, count, 1.0,
                        t->scaled + half * BATCH * t->n, n, t->phases + half * BATCH * t->n, n, 1.0,
                        to, n);
    }
    t->batch = 0;
}

static void add_vector(task *t, const double *g, double weight)
{
    const lrpot_atoms *atoms = t->sum->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    double *cosine = t->phases + t->batch * t->n, *sine = t->phases + (BATCH + t->batch) * t->n;
    for (int64_t i = 0; i < t->n; i++) {
        const double *r = atoms->positions + i * stride;
        double phase = g[0] * r[0] + g[1] * r[1] + g[2] * r[2];
        cosine[i] = cos(phase);
        sine[i] = sin(phase);
    }
    memcpy(t->vector[t->batch], g, sizeof t->vector[0]);
    t->weight[t->batch] = weight;
    if (++t->batch == BATCH) flush(t);
}

/* One vector of each pair k and -k. */
static lrpot_status add_reciprocal(task *t)
{
    const lrpot__sum *sum = t->sum;
    double end = sum->split.k_cut;
    int32_t reach[3];
    if (sum->volume == 0.0) return LRPOT_OK;
    LRPOT__TRY(lrpot__kspace_reach(sum, end, reach));
    for (int64_t x = 0; x <= reach[0]; x++)
        for (int64_t y = x > 0 ? -reach[1] : 0; y <= reach[1]; y++)
            for (int64_t z = x > 0 || y > 0 ? -reach[2] : 1; z <= reach[2]; z++) {
                double g[3], square = 0.0;
                for (int a = 0; a < 3; a++) {
                    g[a] = (double)x * sum->reciprocal[a] + (double)y * sum->reciprocal[3 + a]
                           + (double)z * sum->reciprocal[6 + a];
                    square += g[a] * g[a];
                }
                if (square < end * end) add_vector(t, g, 2.0 * lrpot__kspace_weight(sum, g));
            }
    flush(t);
    return LRPOT_OK;
}

/* erf(a r)/r at r = 0, times factor. */
static void add_self(const task *t, int64_t i, double a, double factor)
{
    double value = factor * LRPOT_COULOMB_CONSTANT * 2.0 * a / sqrt(LRPOT__PI),
           *to = t->matrices + i * (t->n + 1);
    to[0] += value;
    for (int c = 4; c < 7; c++) to[c * t->n * t->n] -= value * 2.0 * a * a / 3.0;
}

static void complete(const task *t)
{
    const lrpot__sum *sum = t->sum;
    lrpot__self_energy b;
    lrpot__self_energy_make(sum, &b);
    for (int64_t i = 0; i < t->n; i++) {
        double width = lrpot__atom_width(sum->ewald, sum->atoms, i);
        if (sum->volume > 0.0) add_self(t, i, sum->split.alpha, -1.0);
        if ((sum->ewald->options.flags & LRPOT_EWALD_SELF) && width > 0.0)
            add_self(t, i, 0.5 / width, 1.0);
        for (int64_t j = 0; sum->volume > 0.0 && j < t->n; j++) {
            double other = lrpot__atom_width(sum->ewald, sum->atoms, j);
            t->matrices[i * t->n + j] +=
                lrpot__background_potential(sum, &b, i, 1.0, other * other);
        }
    }
}

lrpot_status lrpot__multipoles_charges(const lrpot_ewald *ewald, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, double *matrices)
{
    lrpot__sum sum;
    double *charges = NULL, n = (double)atoms->n_owned;
    lrpot__multipoles p = { .solver = *ewald, .sum = &sum, .rank = 1 };
    task t = { .sum = &sum, .n = atoms->n_owned, .matrices = matrices };
    p.solver.options.method = LRPOT_EWALD_EXACT;
    p.solver.options.accuracy *= SHARE_OF_ACCURACY;
    LRPOT__TRY(lrpot__workspace_doubles(work, &charges_tag, t.n, &charges));
    LRPOT__TRY(lrpot__workspace_doubles(work, &batch_tag, 4 * BATCH * t.n, &t.phases));
    for (int64_t i = 0; i < t.n; i++) charges[i] = 1.0;
    t.scaled = t.phases + 2 * BATCH * t.n;
    LRPOT__TRY(lrpot__sum_prepare(&p.solver, work, atoms, charges, &sum));
    LRPOT__TRY(lrpot__sum_exact(&sum, work, "potentials of unit charges", 0));
    p.squares = (lrpot__multipole_squares){ n, n, 0.0 };
    LRPOT__TRY(lrpot__multipoles_split(&p, work, NULL));
    memset(matrices, 0, (size_t)(COUNT * t.n * t.n) * sizeof *matrices);
    LRPOT__TRY(add_real_space(&t, work));
    LRPOT__TRY(add_reciprocal(&t));
    complete(&t);
    return LRPOT_OK;
}
