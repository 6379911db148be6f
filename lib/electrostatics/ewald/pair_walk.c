#include "electrostatics/ewald/pair_walk.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "electrostatics/ewald/ewald_neighbours.h"
#include "structure/nlist.h"

#include <string.h>

static const lrpot__tag translations_tag = { "vectors of the images" };
static const lrpot__tag shares_tag = { "results of the threads" };

lrpot_status lrpot__pair_walk_open(const lrpot__sum *sum, lrpot_workspace *work,
                                   const lrpot_nlist *list, lrpot__pair_walk *out)
{
    memset(out, 0, sizeof *out);
    out->sum = sum;
    if (sum->volume == 0.0) return LRPOT_OK;
    if (!lrpot__sum_has_pairs(sum)) return LRPOT_OK;
    if (list == NULL || lrpot_nlist_cutoff(list) < sum->split.pair.cutoff)
        LRPOT__TRY(lrpot__ewald_neighbours(sum, work, &list));
    LRPOT__TRY(lrpot__nlist_rows(list, sum->atoms, sum->split.pair.cutoff, &out->rows));
    LRPOT__TRY(lrpot__workspace_doubles(work, &translations_tag, 3 * (int64_t)out->rows.n_images,
                                        &out->translations));
    for (int64_t t = 0; t < out->rows.n_images; t++) {
        const int32_t *n = out->rows.images + 3 * t;
        lrpot__row_times3((double[3]){ n[0], n[1], n[2] }, sum->atoms->cell,
                          out->translations + 3 * t);
    }
    return LRPOT_OK;
}

lrpot__row lrpot__pair_walk_row(const lrpot__pair_walk *walk, int64_t i)
{
    lrpot__row all = { .count = lrpot__sum_has_pairs(walk->sum) ? walk->sum->atoms->n_all : 0 };
    return walk->rows.list != NULL ? lrpot__nlist_get_row(&walk->rows, i) : all;
}

int lrpot__pair_walk_next(const lrpot__pair_walk *walk, const lrpot__row *row, int64_t i, int64_t k,
                          int64_t *j, double *d, double *square)
{
    const lrpot_atoms *atoms = walk->sum->atoms;
    int64_t stride = atoms->stride > 0 ? atoms->stride : 3;
    double cutoff = walk->sum->split.pair.cutoff;
    *j = row->j != NULL ? row->j[k] & walk->rows.mask : k;
    if (row->j == NULL && *j == i) return 0;
    d[0] = d[1] = d[2] = 0.0;
    if (row->shifts != NULL)
        lrpot__row_times3(
            (double[3]){ row->shifts[3 * k], row->shifts[3 * k + 1], row->shifts[3 * k + 2] },
            atoms->cell, d);
    if (row->image != NULL)
        memcpy(d, walk->translations + 3 * (int64_t)row->image[k], 3 * sizeof *d);
    for (int a = 0; a < 3; a++)
        d[a] += atoms->positions[*j * stride + a] - atoms->positions[i * stride + a];
    *square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    return !(cutoff > 0.0 && *square >= cutoff * cutoff);
}

/* Results of one thread. */
typedef struct {
    double virial[9];
    int64_t coincident_atom;
} share;

lrpot_status lrpot__pair_walk_atoms(const lrpot__sum *sum, lrpot_workspace *work,
                                    lrpot__pair_walk_visit visit, const void *ctx, double *virial,
                                    int64_t *coincident_atom)
{
    int64_t n = sum->atoms->n_owned;
    int32_t threads = sum->threads;
    share *shares = NULL;
    LRPOT__TRY(
        lrpot__workspace_block(work, &shares_tag, 0, threads, sizeof *shares, (void **)&shares));
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads))
#endif
    for (int32_t t = 0; t < threads; t++) {
        share own = { { 0.0 }, -1 };
        for (int64_t i = n * t / threads; i < n * (t + 1) / threads; i++)
            if (visit(ctx, i, own.virial) < LRPOT__TOO_CLOSE * LRPOT__TOO_CLOSE)
                own.coincident_atom = i;
        shares[t] = own;
    }
    *coincident_atom = -1;
    for (int32_t t = 0; t < threads; t++) {
        if (shares[t].coincident_atom >= 0 && *coincident_atom < 0)
            *coincident_atom = shares[t].coincident_atom;
        for (int c = 0; c < 9; c++) virial[c] += shares[t].virial[c];
    }
    return LRPOT_OK;
}

lrpot_status lrpot__pair_walk_coincident(int64_t i)
{
    return lrpot__fail(LRPOT_E_COINCIDENT, "atom %lld and another have the same position",
                       (long long)i);
}
