/* Preconditioner of the charges' equations: the factorised sparse approximate inverse of Kolotilina
 * and Yeremin (SIAM J. Matrix Anal. Appl. 14 (1993) 45).
 *
 * Row i of G is the last row of the inverse Cholesky factor of A + eta among i and its neighbours
 * of lower index. The Coulomb matrix is dense, but its inverse is not: charges that may flow screen
 * each other within about an Angstrom, so that atoms further away add little.
 *
 * The full kernel is used, not a short-ranged part of it, since the screening is that of the full
 * kernel. Its smallest eigenvalue is positive in any cluster, so G exists, and G^T G is positive
 * definite with any selection of neighbours. */
#include "charges/preconditioner.h"

#include "core/memory.h"
#include "core/struct_size.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>

/* A: neighbours beyond it cost more time than the steps that they save (bench/charges.c) */
#define REACH 4.0
enum { LARGEST = 32 }; /* largest number of neighbours of a row: the nearest are kept */

/* An atom and its neighbours of lower index, nearest first. Positions are relative to the atom,
 * which is the last. */
typedef struct {
    int64_t count;
    int32_t index[LARGEST + 1];
    double square[LARGEST + 1], place[LARGEST + 1][3], width[LARGEST + 1], hardness[LARGEST + 1];
} cluster;

static double self_interaction(double width)
{
    return width > 0.0 ? LRPOT_COULOMB_CONSTANT / (1.7724538509055160273 * width)
                       : 0.0; /* sqrt(pi) */
}

static double interaction(const cluster *c, int64_t k, int64_t l)
{
    double d[3], spread = sqrt(2.0 * (c->width[k] * c->width[k] + c->width[l] * c->width[l]));
    for (int a = 0; a < 3; a++) d[a] = c->place[k][a] - c->place[l][a];
    double r = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    return LRPOT_COULOMB_CONSTANT / r * (spread > 0.0 && r < 6.0 * spread ? erf(r / spread) : 1.0);
}

/* Inserts a neighbour. Keeps the nearest ones, each atom once. */
static void insert(cluster *c, int32_t j, double square, const double *place)
{
    int64_t at = c->count;
    for (int64_t k = 0; k < c->count; k++)
        if (c->index[k] == j && c->square[k] <= square) return;
    for (int64_t k = 0; k < c->count; k++)
        if (c->index[k] == j) at = k;
    if (at == LARGEST) {
        if (square >= c->square[LARGEST - 1]) return;
        at--;
    } else if (at == c->count) {
        c->count++;
    }
    for (; at > 0 && c->square[at - 1] > square; at--) {
        c->index[at] = c->index[at - 1];
        c->square[at] = c->square[at - 1];
        memcpy(c->place[at], c->place[at - 1], sizeof c->place[at]);
    }
    c->index[at] = j;
    c->square[at] = square;
    memcpy(c->place[at], place, sizeof c->place[at]);
}

static void gather(const lrpot__charge_call *call, const lrpot__rows *rows, const double *hardness,
                   int64_t i, cluster *c)
{
    const lrpot_atoms *atoms = call->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    lrpot__row row = lrpot__nlist_get_row(rows, i);
    c->count = 0;
    for (int64_t k = 0; k < row.count; k++) {
        int32_t j = row.j[k];
        if (j >= i) continue;
        const int32_t *shift = row.image != NULL ? rows->images + 3 * row.image[k] : NULL;
        double d[3];
        for (int a = 0; a < 3; a++) {
            d[a] = atoms->positions[j * stride + a] - atoms->positions[i * stride + a];
            if (shift != NULL)
                d[a] += shift[0] * atoms->cell[a] + shift[1] * atoms->cell[3 + a]
                        + shift[2] * atoms->cell[6 + a];
        }
        double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        if (square < REACH * REACH && square > 0.0) insert(c, j, square, d);
    }
    c->index[c->count] = (int32_t)i;
    memset(c->place[c->count], 0, sizeof c->place[c->count]);
    for (int64_t k = 0; k <= c->count; k++) {
        c->width[k] = call->charges->widths[atoms->species[c->index[k]]];
        c->hardness[k] = hardness[c->index[k]];
    }
}

/* Last row of the inverse Cholesky factor. Only the diagonal if there is no factor (points nearer
 * to each other than their hardness allows). */
static void factor_row(const cluster *c, double *g)
{
    double l[(LARGEST + 1) * (LARGEST + 1)];
    int64_t m = c->count + 1;
    for (int64_t k = 0; k < m; k++)
        for (int64_t p = 0; p <= k; p++) {
            double sum = p == k ? c->hardness[k] + self_interaction(c->width[k])
                                : interaction(c, k, p);
            double limit = 1e-10 * sum;
            for (int64_t q = 0; q < p; q++) sum -= l[k * m + q] * l[p * m + q];
            if (p == k && !(sum > limit)) {
                memset(g, 0, (size_t)m * sizeof *g);
                g[m - 1] = 1.0 / sqrt(c->hardness[m - 1] + self_interaction(c->width[m - 1]));
                return;
            }
            l[k * m + p] = p == k ? sqrt(sum) : sum / l[p * m + p];
        }
    for (int64_t k = m - 1; k >= 0; k--) {
        double sum = k == m - 1 ? 1.0 : 0.0;
        for (int64_t q = k + 1; q < m; q++) sum -= l[q * m + k] * g[q];
        g[k] = sum / l[k * m + k];
    }
}

static lrpot_status search(lrpot__preconditioner *inverse, const lrpot_atoms *atoms)
{
    lrpot_atoms owned;
    LRPOT__COPY_INPUT(&owned, atoms);
    owned.n_all = owned.n_owned; /* images of this process' atoms come from the cell */
    owned.ghost_owner = NULL;
    if (inverse->list != NULL) return lrpot_nlist_rebuild(inverse->list, &owned);
    return lrpot_nlist_build(&inverse->list, &owned, REACH, 0.0);
}

/* Reserves the rows, LARGEST + 1 apart at first, so that threads may fill them. */
static lrpot_status reserve(lrpot__preconditioner *inverse, int64_t n)
{
    inverse->n = n;
    LRPOT__TRY(lrpot__grow((void **)&inverse->offsets, &inverse->capacities[0], n + 1,
                           sizeof *inverse->offsets));
    LRPOT__TRY(lrpot__grow((void **)&inverse->columns, &inverse->capacities[1], n * (LARGEST + 1),
                           sizeof *inverse->columns));
    return lrpot__grow((void **)&inverse->values, &inverse->capacities[2], n * (LARGEST + 1),
                       sizeof *inverse->values);
}

static void close_gaps(lrpot__preconditioner *inverse)
{
    int64_t at = 0;
    for (int64_t i = 0; i < inverse->n; i++) {
        int64_t count = inverse->offsets[i], from = i * (LARGEST + 1);
        memmove(inverse->columns + at, inverse->columns + from,
                (size_t)count * sizeof *inverse->columns);
        memmove(inverse->values + at, inverse->values + from,
                (size_t)count * sizeof *inverse->values);
        inverse->offsets[i] = at;
        at += count;
    }
    inverse->offsets[inverse->n] = at;
}

lrpot_status lrpot__preconditioner_make(lrpot__preconditioner *inverse,
                                        const lrpot__charge_call *call, const double *hardness)
{
    lrpot__rows rows;
    int64_t n = call->atoms->n_owned;
    LRPOT__TRY(search(inverse, call->atoms));
    lrpot_atoms owned;
    LRPOT__COPY_INPUT(&owned, call->atoms);
    owned.n_all = n;
    LRPOT__TRY(lrpot__nlist_rows(inverse->list, &owned, REACH, &rows));
    LRPOT__TRY(reserve(inverse, n));
#ifdef _OPENMP
#pragma omp parallel for schedule(static) \
    num_threads(lrpot__region_threads(lrpot__workspace_threads(call->work)))
#endif
    for (int64_t i = 0; i < n; i++) {
        cluster c;
        gather(call, &rows, hardness, i, &c);
        factor_row(&c, inverse->values + i * (LARGEST + 1));
        memcpy(inverse->columns + i * (LARGEST + 1), c.index,
               (size_t)(c.count + 1) * sizeof *c.index);
        inverse->offsets[i] = c.count + 1;
    }
    close_gaps(inverse);
    return LRPOT_OK;
}

void lrpot__preconditioner_apply(const lrpot__preconditioner *inverse, const double *x, double *out)
{
    if (inverse->n > 0) memset(out, 0, (size_t)inverse->n * sizeof *out);
    for (int64_t i = 0; i < inverse->n; i++) {
        double sum = 0.0;
        for (int64_t k = inverse->offsets[i]; k < inverse->offsets[i + 1]; k++)
            sum += inverse->values[k] * x[inverse->columns[k]];
        for (int64_t k = inverse->offsets[i]; k < inverse->offsets[i + 1]; k++)
            out[inverse->columns[k]] += inverse->values[k] * sum;
    }
}

void lrpot__preconditioner_free(lrpot__preconditioner *inverse)
{
    lrpot__free(inverse->offsets);
    lrpot__free(inverse->columns);
    lrpot__free(inverse->values);
    lrpot_nlist_free(inverse->list);
}
