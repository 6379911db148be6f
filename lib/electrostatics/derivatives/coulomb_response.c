/* Derivatives of potential, field and virial along a direction of charges, positions and strain
 * (docs/theory/ewald.md). */
#include "core/error.h"
#include "core/finite.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "electrostatics/ewald/ewald.h"
#include "electrostatics/ewald/kspace.h"
#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/ewald/phases.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/kernels/pair.h"
#include "electrostatics/kernels/pair_orders.h"

#include <lrpot/ewald_response.h>

#include <math.h>
#include <string.h>

static const lrpot__tag partial_tag = { "structure factors of a thread" };
static const lrpot__tag potentials_tag = { "derivatives of the potentials" };
static const lrpot__tag fields_tag = { "fields and their derivatives" };

#define BLOCK LRPOT__PHASES_BLOCK

typedef struct {
    const lrpot__sum *sum;
    const double *dq, *dr; /* or NULL */
    double strain[9];
    double *dpotential, *field, *dfield; /* [n], [n][3], [n][3] */
    double dvirial[9];
} direction;

/* out = v.strain */
static void strained(const direction *p, const double *v, double *out)
{
    for (int b = 0; b < 3; b++)
        out[b] = v[0] * p->strain[b] + v[1] * p->strain[3 + b] + v[2] * p->strain[6 + b];
}

static double change_of_charge(const direction *p, int64_t i)
{
    return p->dq != NULL ? p->dq[i] : 0.0;
}

/* One pair as seen by atom i: vector d to the neighbour, its change along the direction, radial
 * functions. */
static void add_pair(const direction *p, int64_t i, int64_t j, const double *d,
                     const double *change, const double *b, double *dvirial)
{
    double k = LRPOT_COULOMB_CONSTANT, qi = p->sum->q[i], qj = p->sum->q[j],
           dqi = change_of_charge(p, i), dqj = change_of_charge(p, j);
    double along = d[0] * change[0] + d[1] * change[1] + d[2] * change[2];
    double radial = dqj * b[1] - qj * b[2] * along,
           pair = 0.5 * k * ((dqi * qj + qi * dqj) * b[1] - qi * qj * b[2] * along);
    p->dpotential[i] += k * (dqj * b[0] - qj * b[1] * along);
    for (int x = 0; x < 3; x++) {
        p->field[3 * i + x] -= k * qj * b[1] * d[x];
        p->dfield[3 * i + x] -= k * (radial * d[x] + qj * b[1] * change[x]);
        for (int y = 0; y < 3; y++)
            dvirial[3 * x + y] += pair * d[x] * d[y]
                                  + 0.5 * k * qi * qj * b[1]
                                        * (change[x] * d[y] + d[x] * change[y]);
    }
}

typedef struct {
    const direction *direction;
    const lrpot__pair_walk *walk;
} rows;

static double add_row(const void *ctx, int64_t i, double *dvirial)
{
    const direction *p = ((const rows *)ctx)->direction;
    const lrpot__pair_walk *walk = ((const rows *)ctx)->walk;
    lrpot__row row = lrpot__pair_walk_row(walk, i);
    double least = INFINITY;
    for (int64_t k = 0; k < row.count; k++) {
        int64_t j;
        double d[3], change[3], square, b[3];
        if (!lrpot__pair_walk_next(walk, &row, i, k, &j, d, &square)) continue;
        least = fmin(least, square);
        if (square == 0.0) continue;
        lrpot__pair_orders(&p->sum->split.pair,
                           lrpot__pair_gamma(p->sum->ewald, p->sum->atoms, i, j), square, 3, b);
        strained(p, d, change);
        for (int x = 0; p->dr != NULL && x < 3; x++)
            change[x] += p->dr[3 * j + x] - p->dr[3 * i + x];
        add_pair(p, i, j, d, change, b, dvirial);
    }
    return least;
}

static lrpot_status real_space(direction *p, lrpot_workspace *work, const lrpot_nlist *list)
{
    lrpot__pair_walk walk;
    rows visited = { p, &walk };
    int64_t coincident_atom;
    LRPOT__TRY(lrpot__pair_walk_open(p->sum, work, list, &walk));
    LRPOT__TRY(
        lrpot__pair_walk_atoms(p->sum, work, add_row, &visited, p->dvirial, &coincident_atom));
    return coincident_atom >= 0 ? lrpot__pair_walk_coincident(coincident_atom) : LRPOT_OK;
}

/* Charges of a block, their change, and its atoms' displacements. */
typedef struct {
    double q[BLOCK], dq[BLOCK], dr[3][BLOCK];
} block_data;

static void load(const direction *p, const lrpot__phases *b, block_data *data)
{
    memset(data, 0, sizeof *data);
    for (int64_t i = 0; i < b->count; i++) {
        data->q[i] = p->sum->q[b->first + i];
        data->dq[i] = change_of_charge(p, b->first + i);
        for (int x = 0; p->dr != NULL && x < 3; x++) data->dr[x][i] = p->dr[3 * (b->first + i) + x];
    }
}

static void vector_of(const lrpot__sum *sum, const int32_t *line, int32_t c, double *k)
{
    for (int x = 0; x < 3; x++)
        k[x] = line[0] * sum->reciprocal[x] + line[1] * sum->reciprocal[3 + x]
               + c * sum->reciprocal[6 + x];
}

/* Structure factor of the charges and its change at fixed weights, [n_vectors][4]. */
static void block_structure(const direction *p, const lrpot__kspace *k, lrpot__phases *b,
                            double *structure)
{
    block_data data;
    load(p, b, &data);
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        for (int32_t c = line[2]; c <= line[3]; c++) {
            const double *z = lrpot__phases_along(b, c);
            double vector[3], sum[4] = { 0.0 }, *out = structure + 4 * (k->start[l] + c - line[2]);
            vector_of(p->sum, line, c, vector);
            for (int i = 0; i < BLOCK; i++) {
                double re = b->line_real[i] * z[i] - b->line_imag[i] * z[BLOCK + i];
                double im = b->line_real[i] * z[BLOCK + i] + b->line_imag[i] * z[i];
                double turn = data.q[i]
                              * (vector[0] * data.dr[0][i] + vector[1] * data.dr[1][i]
                                 + vector[2] * data.dr[2][i]);
                sum[0] += data.q[i] * re;
                sum[1] += data.q[i] * im;
                sum[2] += data.dq[i] * re - turn * im;
                sum[3] += data.dq[i] * im + turn * re;
            }
            for (int s = 0; s < 4; s++) out[s] += sum[s];
        }
    }
}

/* Relative change of a weight, and of the vector. */
static double change_of_weight(const direction *p, const double *vector, double logarithmic,
                               double *change)
{
    for (int x = 0; x < 3; x++)
        change[x] = -(p->strain[3 * x] * vector[0] + p->strain[3 * x + 1] * vector[1]
                      + p->strain[3 * x + 2] * vector[2]);
    double square =
        -(vector[0] * change[0] + vector[1] * change[1] + vector[2] * change[2]); /* k.strain.k */
    return logarithmic * square - (p->strain[0] + p->strain[4] + p->strain[8]);
}

static void block_collect(const direction *p, const lrpot__kspace *k, lrpot__phases *b,
                          const double *structure)
{
    block_data data;
    double dphi[BLOCK] = { 0.0 }, e[3][BLOCK] = { { 0.0 } }, de[3][BLOCK] = { { 0.0 } };
    load(p, b, &data);
    for (int64_t l = 0; l < k->n_lines; l++) {
        const int32_t *line = k->line + 4 * l;
        lrpot__phases_line(b, line);
        for (int32_t c = line[2]; c <= line[3]; c++) {
            int64_t v = k->start[l] + c - line[2];
            const double *z = lrpot__phases_along(b, c), *s = structure + 4 * v;
            double vector[3], dk[3], w = k->weight[v];
            vector_of(p->sum, line, c, vector);
            double dw = change_of_weight(p, vector, k->logarithmic[v], dk) * w;
            double ar = w * s[0], ai = w * s[1], br = w * s[2] + dw * s[0],
                   bi = w * s[3] + dw * s[1];
            for (int i = 0; i < BLOCK; i++) {
                double re = b->line_real[i] * z[i] - b->line_imag[i] * z[BLOCK + i];
                double im = b->line_real[i] * z[BLOCK + i] + b->line_imag[i] * z[i];
                double turn = vector[0] * data.dr[0][i] + vector[1] * data.dr[1][i]
                              + vector[2] * data.dr[2][i];
                double even = re * ar + im * ai, odd = re * ai - im * ar,
                       pull = re * bi - im * br - even * turn;
                dphi[i] += re * br + im * bi + odd * turn;
                for (int x = 0; x < 3; x++) {
                    e[x][i] -= vector[x] * odd;
                    de[x][i] -= vector[x] * pull + dk[x] * odd;
                }
            }
        }
    }
    for (int64_t i = 0; i < b->count; i++) {
        p->dpotential[b->first + i] += dphi[i];
        for (int x = 0; x < 3; x++) {
            p->field[3 * (b->first + i) + x] += e[x][i];
            p->dfield[3 * (b->first + i) + x] += de[x][i];
        }
    }
}

/* d/dk^2 of `logarithmic` of lrpot__kspace: 2/k^2 + 1/(2 alpha^2) - t'/(t k), t the taper over the
 * last 5 %. */
static double slope_of_logarithmic(double square, double end)
{
    double k = sqrt(square), start = 0.95 * end, slope, t = lrpot__taper(k, start, end, &slope),
           slope_of_fade = 0.0;
    if (t <= 0.0) return 0.0;
    if (k > start) {
        double x = (k - start) / (end - start),
               second = -60.0 * x * (1.0 - x) * (1.0 - 2.0 * x) / ((end - start) * (end - start));
        slope_of_fade = 0.5 / k
                        * (second / (t * k) - slope * slope / (t * t * k) - slope / (t * square));
    }
    return -2.0 / (square * square) - slope_of_fade;
}

static void reciprocal_virial(direction *p, const lrpot__kspace *k, const double *structure)
{
    for (int64_t l = 0; l < k->n_lines; l++)
        for (int32_t c = k->line[4 * l + 2]; c <= k->line[4 * l + 3]; c++) {
            int64_t v = k->start[l] + c - k->line[4 * l + 2];
            const double *s = structure + 4 * v;
            double vector[3], dk[3], w = k->weight[v];
            vector_of(p->sum, k->line + 4 * l, c, vector);
            double factor = k->logarithmic[v], dw = change_of_weight(p, vector, factor, dk) * w,
                   square = vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2];
            double energy = 0.5 * w * (s[0] * s[0] + s[1] * s[1]);
            double change = 0.5 * dw * (s[0] * s[0] + s[1] * s[1])
                            + w * (s[0] * s[2] + s[1] * s[3]);
            double dfactor = slope_of_logarithmic(square, p->sum->split.k_cut) * 2.0
                             * (vector[0] * dk[0] + vector[1] * dk[1] + vector[2] * dk[2]);
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 3; b++) {
                    double kk = vector[a] * vector[b];
                    p->dvirial[3 * a + b] -=
                        change * (factor * kk - (a == b ? 1.0 : 0.0))
                        + energy
                              * (dfactor * kk + factor * (dk[a] * vector[b] + vector[a] * dk[b]));
                }
        }
}

static lrpot_status reciprocal_space(direction *p, lrpot_workspace *work)
{
    lrpot__kspace k;
    LRPOT__TRY(lrpot__kspace_build(p->sum, work, &k));
    int64_t n = p->sum->atoms->n_owned, blocks = (n + BLOCK - 1) / BLOCK;
    int32_t threads = p->sum->threads;
    double *structure = NULL;
    lrpot__phases unused;
    for (int32_t t = 0; t < threads;
         t++) { /* reserved before the parallel region: inside it nothing can fail */
        LRPOT__TRY(lrpot__phases_reserve(work, k.reach, t, &unused));
        LRPOT__TRY(
            lrpot__workspace_thread_doubles(work, &partial_tag, t, 4 * k.n_vectors, &structure));
    }
    for (int pass = 0; pass < 2; pass++) {
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads))
#endif
        for (int32_t t = 0; t < threads; t++) {
            lrpot__phases b;
            double *part = NULL;
            if (lrpot__phases_reserve(work, k.reach, t, &b) != LRPOT_OK) continue;
            if (lrpot__workspace_thread_doubles(work, &partial_tag, t, 4 * k.n_vectors, &part)
                != LRPOT_OK)
                continue;
            if (pass == 0) memset(part, 0, 4 * (size_t)k.n_vectors * sizeof(double));
            for (int64_t m = blocks * t / threads; m < blocks * (t + 1) / threads; m++) {
                lrpot__phases_load(p->sum, m * BLOCK, &b);
                if (pass == 0) block_structure(p, &k, &b, part);
                else block_collect(p, &k, &b, structure);
            }
        }
        if (pass == 1) break;
        LRPOT__TRY(lrpot__workspace_doubles(work, &partial_tag, 4 * k.n_vectors, &structure));
        for (int32_t t = 1; t < threads; t++) {
            double *part = NULL;
            LRPOT__TRY(
                lrpot__workspace_thread_doubles(work, &partial_tag, t, 4 * k.n_vectors, &part));
            for (int64_t v = 0; v < 4 * k.n_vectors; v++) structure[v] += part[v];
        }
    }
    reciprocal_virial(p, &k, structure);
    return LRPOT_OK;
}

static void background(direction *p)
{
    const lrpot__sum *sum = p->sum;
    double charge = 0.0, spread = 0.0, trace = p->strain[0] + p->strain[4] + p->strain[8];
    lrpot__self_energy b;
    lrpot__self_energy_make(sum, &b);
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        double width = lrpot__atom_width(sum->ewald, sum->atoms, i);
        charge += change_of_charge(p, i);
        spread += change_of_charge(p, i) * width * width;
    }
    for (int64_t i = 0; i < sum->atoms->n_owned; i++) {
        double mean =
            lrpot__background_potential(sum, &b, i, sum->totals.charge, sum->totals.spread);
        double change = lrpot__background_potential(sum, &b, i, charge, spread) - trace * mean;
        p->dpotential[i] += change_of_charge(p, i) * lrpot__self_potential(sum, &b, i) + change;
        for (int a = 0; a < 3; a++)
            p->dvirial[4 * a] += 0.5 * (change_of_charge(p, i) * mean + sum->q[i] * change);
    }
}

static lrpot_status reserve(direction *p, lrpot_workspace *work)
{
    int64_t n = p->sum->atoms->n_owned;
    LRPOT__TRY(lrpot__workspace_doubles(work, &potentials_tag, n, &p->dpotential));
    LRPOT__TRY(lrpot__workspace_doubles(work, &fields_tag, 6 * n, &p->field));
    p->dfield = p->field + 3 * n;
    memset(p->dpotential, 0, (size_t)n * sizeof(double));
    memset(p->field, 0, 6 * (size_t)n * sizeof(double));
    return LRPOT_OK;
}

static void deliver(const direction *p, double *dpotential, double *dfield, double *dforces,
                    double *dvirial)
{
    int64_t n = p->sum->atoms->n_owned;
    if (dpotential != NULL) memcpy(dpotential, p->dpotential, (size_t)n * sizeof(double));
    if (dfield != NULL) memcpy(dfield, p->dfield, 3 * (size_t)n * sizeof(double));
    for (int64_t x = 0; dforces != NULL && x < 3 * n; x++)
        dforces[x] = p->sum->q[x / 3] * p->dfield[x] + change_of_charge(p, x / 3) * p->field[x];
    if (dvirial != NULL) memcpy(dvirial, p->dvirial, sizeof p->dvirial);
}

lrpot_status lrpot_ewald_response(const lrpot_ewald *ewald, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const double *q, const double *dq, const double *dr,
                                  const double *dstrain, double *dpotential, double *dfield,
                                  double *dforces, double *dvirial)
{
    LRPOT__REQUIRE_NOT_NULL(ewald);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(q);
    lrpot__sum sum;
    LRPOT__TRY(lrpot__sum_prepare(ewald, work, atoms, q, &sum));
    LRPOT__TRY(lrpot__sum_exact(&sum, work, "second derivatives of the Coulomb sum", 0));
    LRPOT__TRY(lrpot__all_finite("dq", atoms->n_owned, dq));
    LRPOT__TRY(lrpot__all_finite("dr", 3 * atoms->n_owned, dr));
    LRPOT__TRY(lrpot__all_finite("dstrain", 9, dstrain));
    direction p = { .sum = &sum, .dq = dq, .dr = dr };
    if (dstrain != NULL) memcpy(p.strain, dstrain, sizeof p.strain);
    LRPOT__TRY(reserve(&p, work));
    LRPOT__TRY(real_space(&p, work, list));
    if (sum.volume > 0.0) LRPOT__TRY(reciprocal_space(&p, work));
    background(&p);
    deliver(&p, dpotential, dfield, dforces, dvirial);
    LRPOT__TRY(lrpot__finite("change of the potential", atoms->n_owned, 1, dpotential));
    LRPOT__TRY(lrpot__finite("change of the field", atoms->n_owned, 3, dfield));
    LRPOT__TRY(lrpot__finite("change of the force", atoms->n_owned, 3, dforces));
    return lrpot__finite_total("change of the virial", 9, dvirial);
}
