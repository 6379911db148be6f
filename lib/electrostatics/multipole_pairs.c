/* Multipoles in real space. A source at x = r_i - r_j makes the potential sum_n P_n(x) B_n(x), P_0 = q, P_1 = mu.x - tr M/2,
 * P_2 = x.M.x/2; each derivative takes B_n to -x B_{n+1} and P to its own. */
#include "electrostatics/multipoles.h"
#include "electrostatics/pair_orders.h"
#include "electrostatics/pair_walk.h"

#include "core/error.h"
#include "core/workspace.h"

#include <math.h>
#include <string.h>

const int lrpot__sixth[3][3] = { { 0, 5, 4 }, { 5, 1, 3 }, { 4, 3, 2 } };

/* a[n] = sum_m P_m B_{m+n}; g[n] = mu B_{n+1} + (M x) B_{n+2}, so that d_c a[n] = g[n]_c - x_c a[n+1]. */
typedef struct {
    const double *x, *b;
    double a[4], g[3][3];
    double m[3][3];
} source;

static void describe(const lrpot__moments *j, const double *x, const double *b, source *s)
{
    double v[3], p[3] = { j->q, -0.5 * (j->m[0] + j->m[1] + j->m[2]), 0.0 };
    s->x = x;
    s->b = b;
    for (int c = 0; c < 3; c++) {
        v[c] = 0.0;
        for (int d = 0; d < 3; d++) {
            s->m[c][d] = j->m[lrpot__sixth[c][d]];
            v[c] += s->m[c][d] * x[d];
        }
        p[1] += j->mu[c] * x[c];
        p[2] += 0.5 * v[c] * x[c];
    }
    for (int n = 0; n < 4; n++) s->a[n] = p[0] * b[n] + p[1] * b[n + 1] + p[2] * b[n + 2];
    for (int n = 0; n < 3; n++)
        for (int c = 0; c < 3; c++) s->g[n][c] = j->mu[c] * b[n + 1] + v[c] * b[n + 2];
}

/* d_c d_d of the potential. */
static double second(const source *s, int c, int d)
{
    const double *x = s->x;
    return s->m[c][d] * s->b[2] - x[d] * s->g[1][c] - x[c] * s->g[1][d] + x[c] * x[d] * s->a[2] - (c == d ? s->a[1] : 0.0);
}

/* d_c d_d d_e of the potential. */
static double third(const source *s, int c, int d, int e)
{
    const double *x = s->x;
    double sum = x[c] * x[d] * s->g[2][e] + x[d] * x[e] * s->g[2][c] + x[c] * x[e] * s->g[2][d] - x[c] * x[d] * x[e] * s->a[3];
    sum -= s->b[3] * (s->m[c][d] * x[e] + s->m[c][e] * x[d] + s->m[d][e] * x[c]);
    if (d == e) sum += x[c] * s->a[2] - s->g[1][c];
    if (c == e) sum += x[d] * s->a[2] - s->g[1][d];
    if (c == d) sum += x[e] * s->a[2] - s->g[1][e];
    return sum;
}

/* What the source does to the moments of atom i: adds to felt and to the virial. */
static void add_source(const source *s, const lrpot__moments *i, lrpot__felt *felt, double *virial)
{
    double k = LRPOT_COULOMB_CONSTANT, gradient[3];
    felt->potential += k * s->a[0];
    for (int c = 0; c < 3; c++) {
        gradient[c] = s->g[0][c] - s->x[c] * s->a[1];
        felt->gradient[c] += k * gradient[c];
        for (int d = c; d < 3; d++) felt->second[lrpot__sixth[c][d]] += k * second(s, c, d);
    }
    for (int e = 0; e < 3; e++) {
        double pull = i->q * gradient[e];
        for (int c = 0; c < 3; c++) {
            pull += i->mu[c] * second(s, c, e);
            for (int d = 0; d < 3; d++) pull += 0.5 * i->m[lrpot__sixth[c][d]] * third(s, c, d, e);
        }
        felt->force[e] -= k * pull;
        for (int c = 0; c < 3; c++) virial[3 * c + e] -= 0.5 * k * s->x[c] * pull;
    }
}

static double add_row(const lrpot__multipoles *p, const lrpot__walk *walk, int64_t i, double *virial)
{
    lrpot__row row = lrpot__walk_row(walk, i);
    double least = INFINITY;
    for (int64_t k = 0; k < row.count; k++) {
        int64_t j;
        double x[3], square, b[LRPOT__RADIAL_MAX];
        source s;
        if (!lrpot__walk_pair(walk, &row, i, k, &j, x, &square)) continue;
        least = fmin(least, square);
        if (square == 0.0) continue;
        for (int c = 0; c < 3; c++) x[c] = -x[c];
        lrpot__radial(&p->sum->split.pair, lrpot__pair_gamma(p->sum->ewald, p->sum->atoms, i, j), square, LRPOT__RADIAL_MAX, b);
        describe(&p->moments[j], x, b, &s);
        add_source(&s, &p->moments[i], &p->felt[i], virial);
    }
    return least;
}

lrpot_status lrpot__multipoles_real(lrpot__multipoles *p, lrpot_workspace *work, const lrpot_nlist *list)
{
    int64_t n = p->sum->atoms->n_owned, clash = -1;
    int32_t threads = p->sum->threads;
    double *partial = NULL;
    lrpot__walk walk;
    LRPOT__TRY(lrpot__walk_open(p->sum, work, list, &walk));
    LRPOT__TRY(lrpot__workspace_block(work, LRPOT__EWALD_VIRIALS, 0, 9 * threads, sizeof(double), (void **)&partial));
    memset(partial, 0, 9 * (size_t)threads * sizeof(double));
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(threads) reduction(max : clash)
#endif
    for (int32_t t = 0; t < threads; t++)
        for (int64_t i = n * t / threads; i < n * (t + 1) / threads; i++)
            if (add_row(p, &walk, i, partial + 9 * t) < LRPOT__TOO_CLOSE * LRPOT__TOO_CLOSE) clash = i;
    if (clash >= 0) return lrpot__walk_clash(clash);
    for (int32_t t = 0; t < threads; t++)
        for (int c = 0; c < 9; c++) p->virial[c] += partial[9 * t + c];
    return LRPOT_OK;
}
