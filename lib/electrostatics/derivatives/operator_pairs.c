/* The short-ranged part of the operator as compressed rows. */
#include "electrostatics/derivatives/operator_pairs.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "electrostatics/ewald/pair_walk.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/kernels/pair.h"
#include "electrostatics/simd/coulomb_loops.h"
#include "electrostatics/simd/pair_rows.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>

static const lrpot__tag packed_tag = { "positions" };
static const lrpot__tag translations_tag = { "vectors of the images" };
static const lrpot__tag counts_tag = { "lengths of the rows" };

#define LARGEST_ISOLATED 20000

typedef struct {
    const lrpot__sum *sum;
    const lrpot__rows *rows; /* NULL: all pairs */
    const lrpot__coulomb_kernels *kernels;
    double *packed, *translations; /* as for the sum over pairs */
} job;

static lrpot_status pack(job *p, lrpot_workspace *work)
{
    const lrpot_atoms *atoms = p->sum->atoms;
    int64_t images = p->rows != NULL ? p->rows->n_images : 0;
    LRPOT__TRY(lrpot__workspace_doubles(work, &packed_tag, 4 * atoms->n_all, &p->packed));
    LRPOT__TRY(lrpot__workspace_doubles(work, &translations_tag, 4 * images, &p->translations));
    for (int64_t i = 0; i < atoms->n_all; i++) {
        memcpy(p->packed + 4 * i, atoms->positions + 3 * i, 3 * sizeof(double));
        p->packed[4 * i + 3] = 0.0;
    }
    for (int64_t t = 0; t < images; t++) {
        const int32_t *n = p->rows->images + 3 * t;
        double steps[3] = { n[0], n[1], n[2] }, *out = p->translations + 4 * t;
        out[0] = out[1] = out[2] = out[3] = 0.0;
        if (atoms->cell != NULL) lrpot__row_times3(steps, atoms->cell, out);
    }
    return LRPOT_OK;
}

static lrpot__row row_of(const job *p, int64_t i)
{
    lrpot__row all = { .count = lrpot__sum_has_pairs(p->sum) ? p->sum->atoms->n_all : 0 };
    return p->rows != NULL ? lrpot__nlist_get_row(p->rows, i) : all;
}

/* Value of entry k of the row of atom i, 0 beyond the cutoff; *least gets the smallest r^2. */
static double value_of(const job *p, int64_t i, const lrpot__row *row, int64_t k, double *least)
{
    const lrpot__sum *sum = p->sum;
    const lrpot__pair *pair = &sum->split.pair;
    int64_t j = row->j != NULL ? row->j[k] & p->rows->mask : k;
    double d[3] = { 0.0, 0.0, 0.0 }, value, strength;
    if (row->j == NULL && j == i) return 0.0;
    if (row->shifts != NULL)
        lrpot__row_times3(
            (double[3]){ row->shifts[3 * k], row->shifts[3 * k + 1], row->shifts[3 * k + 2] },
            sum->atoms->cell, d);
    if (row->image != NULL) memcpy(d, p->translations + 4 * (int64_t)row->image[k], sizeof d);
    for (int a = 0; a < 3; a++) d[a] += p->packed[4 * j + a] - p->packed[4 * i + a];
    double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    *least = fmin(*least, square);
    if (square == 0.0 || (pair->cutoff > 0.0 && square >= pair->cutoff * pair->cutoff)) return 0.0;
    lrpot__pair_eval(pair, lrpot__pair_gamma(sum->ewald, sum->atoms, i, j), square, &value,
                     &strength);
    return value;
}

/* Fills in columns and values of the row, without those beyond the cutoff. Returns their number.
 * *least: smallest r^2. */
static int64_t fill_row(const job *p, int64_t i, int32_t *columns, double *values, double *least)
{
    const lrpot__sum *sum = p->sum;
    lrpot__row row = row_of(p, i);
    int64_t kept = 0;
    *least = INFINITY;
    if (p->rows != NULL && row.shifts == NULL && sum->split.pair.degree > 0) {
        lrpot__pair_row wanted =
            lrpot__pair_row_of(sum, p->packed, p->translations, p->rows, &row, i);
        *least = p->kernels->values(&wanted, p->packed + 4 * i, values);
    } else {
        for (int64_t k = 0; k < row.count; k++) values[k] = value_of(p, i, &row, k, least);
    }
    for (int64_t k = 0; k < row.count; k++) {
        if (values[k] == 0.0) continue;
        columns[kept] = row.j != NULL ? row.j[k] & p->rows->mask : (int32_t)k;
        values[kept++] = lrpot__sum_constant(sum) * values[k];
    }
    return kept;
}

/* Moves the rows together. They were placed for rows of the largest possible length. */
static void close_gaps(lrpot__operator_pairs *s, const int64_t *counts)
{
    int64_t at = 0;
    for (int64_t i = 0; i < s->n; i++) {
        memmove(s->columns + at, s->columns + s->offsets[i],
                (size_t)counts[i] * sizeof *s->columns);
        memmove(s->values + at, s->values + s->offsets[i], (size_t)counts[i] * sizeof *s->values);
        s->offsets[i] = at;
        at += counts[i];
    }
    s->offsets[s->n] = at;
}

static lrpot_status reserve(const job *p, lrpot__operator_pairs *s)
{
    int64_t n = p->sum->atoms->n_owned, total = 0;
    s->n = n;
    LRPOT__TRY(lrpot__grow((void **)&s->offsets, &s->offsets_capacity, n + 1, sizeof *s->offsets));
    for (int64_t i = 0; i < n; i++) {
        s->offsets[i] = total;
        total += 1 + row_of(p, i).count;
    }
    LRPOT__TRY(lrpot__grow_discarding((void **)&s->columns, &s->columns_capacity, total,
                                      sizeof *s->columns));
    return lrpot__grow_discarding((void **)&s->values, &s->values_capacity, total,
                                  sizeof *s->values);
}

lrpot_status lrpot__operator_pairs_fill(const lrpot__sum *sum, lrpot_workspace *work,
                                        const lrpot__self_energy *self_energy,
                                        const lrpot_nlist *list, lrpot__operator_pairs *out)
{
    lrpot__rows rows;
    job p = { .sum = sum, .kernels = lrpot__coulomb_kernels_get() };
    int64_t n = sum->atoms->n_owned, *counts = NULL;
    if (!lrpot__sum_has_pairs(sum)) list = NULL;
    else if (list == NULL && sum->atoms->n_all > LARGEST_ISOLATED)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "all pairs of %lld atoms of an isolated system, the largest held is %d",
                           (long long)sum->atoms->n_all, LARGEST_ISOLATED);
    if (list != NULL) {
        LRPOT__TRY(lrpot__nlist_rows(list, sum->atoms, sum->split.pair.cutoff, &rows));
        p.rows = &rows;
    }
    LRPOT__TRY(pack(&p, work));
    LRPOT__TRY(reserve(&p, out));
    LRPOT__TRY(lrpot__workspace_int64s(work, &counts_tag, n, &counts));
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(sum->threads))
#endif
    for (int64_t i = 0; i < n; i++) {
        int64_t at = out->offsets[i];
        double least;
        out->columns[at] = (int32_t)i;
        out->values[at] = lrpot__self_potential(sum, self_energy, i);
        counts[i] = 1 + fill_row(&p, i, out->columns + at + 1, out->values + at + 1, &least);
        if (least < LRPOT__TOO_CLOSE * LRPOT__TOO_CLOSE) counts[i] = 0;
    }
    for (int64_t i = 0; i < n; i++)
        if (counts[i] == 0) return lrpot__pair_walk_coincident(i);
    close_gaps(out, counts);
    return LRPOT_OK;
}

void lrpot__operator_pairs_free(lrpot__operator_pairs *pairs)
{
    lrpot__free(pairs->offsets);
    lrpot__free(pairs->columns);
    lrpot__free(pairs->values);
}
