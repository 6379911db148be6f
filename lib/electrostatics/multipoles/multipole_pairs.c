/* Multipoles in real space. A source at x = r_i - r_j makes the potential sum_n P_n(x) B_n(x), P_0
 * = q, P_1 = mu.x - tr M/2, P_2 = x.M.x/2. Each derivative turns B_n into -x B_{n+1} and
 * differentiates P. */
#include "electrostatics/multipoles/multipole_pairs.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/workspace.h"
#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/kernels/pair_orders.h"
#include "electrostatics/multipoles/kept_pairs.h"
#include "electrostatics/multipoles/multipole_strains.h"
#include "electrostatics/multipoles/pair_block.h"

#include <math.h>
#include <string.h>

const int lrpot__voigt_index[3][3] = { { 0, 5, 4 }, { 5, 1, 3 }, { 4, 3, 2 } };

const int lrpot__third_index[3][3][3] = { { { 0, 1, 2 }, { 1, 3, 4 }, { 2, 4, 5 } },
                                          { { 1, 3, 4 }, { 3, 6, 7 }, { 4, 7, 8 } },
                                          { { 2, 4, 5 }, { 4, 7, 8 }, { 5, 8, 9 } } };

typedef double matrix[3][3];

static void unpack(const double *m, matrix out)
{
    for (int c = 0; c < 3; c++)
        for (int d = 0; d < 3; d++) out[c][d] = m[lrpot__voigt_index[c][d]];
}

static void times(matrix m, const double *x, double *out)
{
    for (int c = 0; c < 3; c++) out[c] = lrpot__dot3(m[c], x);
}

/* A source at distance x. a[n] = sum_m P_m B_{m+n}; g[n] = mu B_{n+1} + (M x) B_{n+2}, so that d_c
 * a[n] = g[n]_c - x_c a[n+1]. */
typedef struct {
    const double *x, *b;
    double a[4], g[3][3];
    matrix m;
} source;

static void describe(const lrpot__multipole_moments *j, const double *x, const double *b, int rank,
                     source *s)
{
    double v[3] = { 0.0 }, p1 = lrpot__dot3(j->mu, x), p2 = 0.0;
    s->x = x;
    s->b = b;
    unpack(j->m, s->m);
    if (rank > 1) {
        times(s->m, x, v);
        p1 -= 0.5 * (j->m[0] + j->m[1] + j->m[2]);
        p2 = 0.5 * lrpot__dot3(v, x);
    }
    for (int n = 0; n < 4; n++) s->a[n] = j->q * b[n] + p1 * b[n + 1] + p2 * b[n + 2];
    for (int n = 0; n < 3; n++)
        for (int c = 0; c < 3; c++) s->g[n][c] = j->mu[c] * b[n + 1] + v[c] * b[n + 2];
}

/* Gradient of 1/2 M:grad grad of the potential, for M of the atom in that potential: the contracted
 * third derivatives. */
static void add_third(source *s, const lrpot__multipole_moments *i, double *pull)
{
    matrix m;
    double w[3], beyond[3], turned[3], trace = 0.5 * (i->m[0] + i->m[1] + i->m[2]), both = 0.0;
    unpack(i->m, m);
    times(m, s->x, w);
    times(s->m, w, beyond);
    times(m, s->g[1], turned);
    for (int c = 0; c < 3; c++) both += 0.5 * lrpot__dot3(m[c], s->m[c]);
    double p2 = 0.5 * lrpot__dot3(w, s->x),
           along = lrpot__dot3(w, s->g[2]) - p2 * s->a[3] - s->b[3] * both + trace * s->a[2];
    for (int e = 0; e < 3; e++)
        pull[e] += p2 * s->g[2][e] + along * s->x[e] - s->b[3] * beyond[e] + w[e] * s->a[2]
                   - turned[e] - trace * s->g[1][e];
}

/* The third derivatives themselves: those of the moments xx, yy, zz hold all but xyz, which xy
 * holds. */
static void add_thirds(source *s, lrpot__site_field *site_field)
{
    double sums[10] = { 0.0 };
    for (int c = 0; c < 4; c++) {
        lrpot__multipole_moments unit = { 0.0, { 0.0 }, { 0.0 } };
        double pull[3] = { 0.0, 0.0, 0.0 };
        unit.m[c < 3 ? c : lrpot__voigt_index[0][1]] = 1.0;
        add_third(s, &unit, pull);
        for (int e = 0; e < 3 && c < 3; e++) sums[lrpot__third_index[c][c][e]] = 2.0 * pull[e];
        if (c == 3) sums[lrpot__third_index[0][1][2]] = pull[2];
    }
    for (int k = 0; k < 10; k++) site_field->third[k] += LRPOT_COULOMB_CONSTANT * sums[k];
}

/* Adds the effect of the source on the moments of atom i to site_field and to the virial. */
static void add_source(source *s, const lrpot__multipole_moments *i, const lrpot__multipoles *p,
                       lrpot__site_field *site_field, double *virial)
{
    const double *x = s->x;
    double gradient[3], pull[3], k = LRPOT_COULOMB_CONSTANT;
    matrix second = { { 0.0 } };
    for (int c = 0; c < 3; c++) {
        gradient[c] = s->g[0][c] - x[c] * s->a[1];
        for (int d = 0; p->orders > 2 && d <= c; d++)
            second[c][d] = second[d][c] = s->m[c][d] * s->b[2] - x[d] * s->g[1][c]
                                          - x[c] * s->g[1][d] + x[c] * x[d] * s->a[2]
                                          - (c == d ? s->a[1] : 0.0);
    }
    site_field->potential += k * s->a[0];
    for (int c = 0; c < 3; c++) {
        site_field->gradient[c] += k * gradient[c];
        for (int d = c; d < 3; d++)
            site_field->second[lrpot__voigt_index[c][d]] += k * second[c][d];
    }
    if (p->third) add_thirds(s, site_field);
    if (!p->forces) return;
    for (int e = 0; e < 3; e++) pull[e] = i->q * gradient[e] + lrpot__dot3(i->mu, second[e]);
    if (p->rank > 1) add_third(s, i, pull);
    for (int c = 0; c < 3; c++) {
        site_field->force[c] -= k * pull[c];
        for (int e = 0; e < 3; e++) virial[3 * c + e] -= 0.5 * k * x[c] * pull[e];
    }
}

/* The same of a single pair, and by strains where they are wanted. */
static void add_pair(source *s, const lrpot__multipoles *p, int64_t i, double *virial)
{
    lrpot__site_field own = { 0 };
    add_source(s, &p->moments[i], p, &p->site_fields[i], virial);
    if (p->site_strains == NULL) return;
    add_source(s, &p->moments[i], p, &own, virial);
    lrpot__multipole_strains_pair(&own, s->x, &p->site_strains[i]);
}

typedef struct {
    const lrpot__multipoles *multipoles;
    const lrpot__pair_walk *walk;
    const lrpot__kept_pairs *kept;
} rows;

static double add_row(const void *ctx, int64_t i, double *virial)
{
    const lrpot__multipoles *p = ((const rows *)ctx)->multipoles;
    const lrpot__pair_walk *walk = ((const rows *)ctx)->walk;
    lrpot__row row = lrpot__pair_walk_row(walk, i);
    double least = INFINITY, b[LRPOT__PAIR_ORDERS_MAX] = { 0.0 };
    for (int64_t k = 0; k < row.count; k++) {
        int64_t j;
        double x[3], square;
        source s;
        if (!lrpot__pair_walk_next(walk, &row, i, k, &j, x, &square)) continue;
        least = fmin(least, square);
        if (square == 0.0) continue;
        for (int c = 0; c < 3; c++) x[c] = -x[c];
        lrpot__pair_orders(&p->sum->split.pair,
                           lrpot__pair_gamma(p->sum->ewald, p->sum->atoms, i, j), square,
                           p->rank + p->orders, b);
        describe(&p->moments[j], x, b, p->rank, &s);
        add_pair(&s, p, i, virial);
    }
    return least;
}

/* The same of a row whose pairs are not kept, beside others that are. */
static double add_row_in_blocks(const lrpot__multipoles *p, const rows *of, int64_t i,
                                double *virial)
{
    lrpot__row row = lrpot__pair_walk_row(of->walk, i);
    int64_t next = 0;
    double least = INFINITY;
    lrpot__pair_block block;
    while (lrpot__pair_block_next(&block, of->kept->boys, of->walk, &row, i, p->rank + p->orders,
                                  &next, &least))
        for (int32_t k = 0; k < block.count; k++) {
            source s;
            describe(&p->moments[block.j[k]], block.x[k], block.b[k], p->rank, &s);
            add_pair(&s, p, i, virial);
        }
    return least;
}

/* Potentials of charges and dipoles at atom i, and their gradients. */
static void add_kept_dipoles(const lrpot__multipoles *p, const lrpot__kept_pairs *kept, int64_t i)
{
    double sums[4] = { 0.0, 0.0, 0.0, 0.0 };
    int32_t width = 3 + kept->orders;
    for (int64_t k = kept->offsets[i]; k < kept->offsets[i + 1]; k++) {
        const double *x = kept->values + width * k, *b = x + 3;
        const lrpot__multipole_moments *m = &p->moments[kept->j[k]];
        double on = lrpot__dot3(m->mu, x), first = m->q * b[1] + on * b[2];
        sums[0] += m->q * b[0] + on * b[1];
        for (int c = 0; c < 3; c++) sums[1 + c] += m->mu[c] * b[1] - x[c] * first;
    }
    p->site_fields[i].potential += LRPOT_COULOMB_CONSTANT * sums[0];
    for (int c = 0; c < 3; c++)
        p->site_fields[i].gradient[c] += LRPOT_COULOMB_CONSTANT * sums[1 + c];
}

static double add_kept_row(const void *ctx, int64_t i, double *virial)
{
    const lrpot__multipoles *p = ((const rows *)ctx)->multipoles;
    const lrpot__kept_pairs *kept = ((const rows *)ctx)->kept;
    double b[LRPOT__PAIR_ORDERS_MAX] = { 0.0 };
    if (i >= kept->rows) return add_row_in_blocks(p, ctx, i, virial);
    if (p->orders == 2 && p->rank < 2) {
        add_kept_dipoles(p, kept, i);
        return INFINITY;
    }
    for (int64_t k = kept->offsets[i]; k < kept->offsets[i + 1]; k++) {
        const double *x = kept->values + (3 + kept->orders) * k;
        source s;
        memcpy(b, x + 3, (size_t)kept->orders * sizeof *b);
        describe(&p->moments[kept->j[k]], x, b, p->rank, &s);
        add_pair(&s, p, i, virial);
    }
    return INFINITY; /* distances were looked at when the pairs were found */
}

lrpot_status lrpot__multipoles_real(lrpot__multipoles *p, lrpot_workspace *work,
                                    const lrpot_nlist *list)
{
    lrpot__pair_walk walk;
    rows visited = { p, &walk, NULL };
    int64_t coincident_atom = -1;
    LRPOT__TRY(lrpot__pair_walk_open(p->sum, work, list, &walk));
    if (p->keeps) /* the orders that forces need: they will be wanted, too */
        LRPOT__TRY(lrpot__kept_pairs_get(p->sum, work, &walk, 2 * p->rank + 2, &visited.kept,
                                         &coincident_atom));
    if (coincident_atom < 0)
        LRPOT__TRY(lrpot__pair_walk_atoms(p->sum, work, p->keeps ? add_kept_row : add_row, &visited,
                                          p->virial, &coincident_atom));
    return coincident_atom >= 0 ? lrpot__pair_walk_coincident(coincident_atom) : LRPOT_OK;
}
