#include "electrostatics/multipoles/kept_pairs.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "core/workspace.h"
#include "electrostatics/ewald/self_energy.h"
#include "electrostatics/multipoles/pair_block.h"

#include <math.h>
#include <string.h>

static const lrpot__tag kept_tag = { "kept pairs of multipoles" };

/* Pairs that are kept, some 60 bytes each; those of later atoms are computed in every sum. */
#define MOST_PAIRS 12000000

static void free_kept(void *object)
{
    lrpot__kept_pairs *k = object;
    lrpot__free(k->positions);
    lrpot__free(k->widths);
    lrpot__free(k->offsets);
    lrpot__free(k->j);
    lrpot__free(k->values);
    lrpot__free(k->boys);
    lrpot__free(k);
}

static lrpot_status find(lrpot_workspace *work, lrpot__kept_pairs **out)
{
    *out = lrpot__workspace_kept(work, &kept_tag);
    if (*out != NULL) return LRPOT_OK;
    *out = lrpot__calloc(1, sizeof **out);
    if (*out == NULL) return LRPOT_E_MEMORY;
    (*out)->n = -1;
    return lrpot__workspace_keep(work, &kept_tag, *out, free_kept);
}

static const double *place(const lrpot_atoms *atoms, int64_t i)
{
    return atoms->positions + i * (atoms->stride > 0 ? atoms->stride : 3);
}

static int is_same_pair(const lrpot__pair *a, const lrpot__pair *b)
{
    return a->cutoff == b->cutoff && a->taper_start == b->taper_start
           && a->screening.alpha == b->screening.alpha;
}

/* 1 if nothing that the functions depend on has changed. Widths are compared by value: another
 * model may have got the memory of the one before. */
static int holds(const lrpot__kept_pairs *k, const lrpot__sum *sum, int32_t orders)
{
    const lrpot_atoms *atoms = sum->atoms;
    if (k->n != atoms->n_owned || k->n_all != atoms->n_all || k->orders < orders
        || k->periodic_mask != atoms->periodic_mask || !is_same_pair(&k->pair, &sum->split.pair)
        || (atoms->cell != NULL && memcmp(k->cell, atoms->cell, sizeof k->cell) != 0))
        return 0;
    for (int64_t i = 0; i < k->n_all; i++)
        if (memcmp(k->positions + 3 * i, place(atoms, i), 3 * sizeof(double)) != 0
            || k->widths[i] != lrpot__atom_width(sum->ewald, atoms, i))
            return 0;
    return 1;
}

static lrpot_status need_boys(lrpot__kept_pairs *k)
{
    if (k->boys != NULL) return LRPOT_OK;
    k->boys = lrpot__calloc(1, sizeof *k->boys);
    if (k->boys == NULL) return LRPOT_E_MEMORY;
    lrpot__boys_table_fill(k->boys);
    return LRPOT_OK;
}

static lrpot_status remember(lrpot__kept_pairs *k, const lrpot__sum *sum, int32_t orders)
{
    const lrpot_atoms *atoms = sum->atoms;
    int64_t all = atoms->n_all;
    LRPOT__TRY(lrpot__grow((void **)&k->positions, &k->capacities[0], 3 * all, sizeof(double)));
    LRPOT__TRY(lrpot__grow((void **)&k->widths, &k->capacities[1], all, sizeof(double)));
    for (int64_t i = 0; i < all; i++) {
        memcpy(k->positions + 3 * i, place(atoms, i), 3 * sizeof(double));
        k->widths[i] = lrpot__atom_width(sum->ewald, atoms, i);
    }
    if (atoms->cell != NULL) memcpy(k->cell, atoms->cell, sizeof k->cell);
    k->pair = sum->split.pair;
    k->n_all = all;
    k->orders = orders;
    k->periodic_mask = atoms->periodic_mask;
    return LRPOT_OK;
}

/* offsets of the rows that fit. */
static void count_pairs(lrpot__kept_pairs *k, const lrpot__pair_walk *walk, int32_t threads)
{
    int64_t n = walk->sum->atoms->n_owned;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(lrpot__region_threads(threads))
#else
    (void)threads;
#endif
    for (int64_t i = 0; i < n; i++) {
        lrpot__row row = lrpot__pair_walk_row(walk, i);
        double x[3], square;
        int64_t j, count = 0;
        for (int64_t l = 0; l < row.count; l++)
            count += lrpot__pair_walk_next(walk, &row, i, l, &j, x, &square);
        k->offsets[i + 1] = count;
    }
    k->offsets[0] = 0;
    k->rows = 0;
    for (int64_t i = 0; i < n; i++) {
        k->offsets[i + 1] += k->offsets[i];
        if (k->rows == i && k->offsets[i + 1] <= MOST_PAIRS) k->rows = i + 1;
    }
}

typedef struct {
    lrpot__kept_pairs *kept;
    const lrpot__pair_walk *walk;
} rows;

static double fill_row(const void *ctx, int64_t i, double *virial)
{
    lrpot__kept_pairs *k = ((const rows *)ctx)->kept;
    const lrpot__pair_walk *walk = ((const rows *)ctx)->walk;
    lrpot__row row = lrpot__pair_walk_row(walk, i);
    double least = INFINITY;
    int64_t width = 3 + k->orders, at = k->offsets[i], next = 0;
    lrpot__pair_block block;
    (void)virial;
    if (i >= k->rows) return INFINITY; /* each sum looks at them */
    while (lrpot__pair_block_next(&block, k->boys, walk, &row, i, k->orders, &next, &least))
        for (int32_t p = 0; p < block.count; p++, at++) {
            k->j[at] = block.j[p];
            memcpy(k->values + width * at, block.x[p], sizeof block.x[p]);
            memcpy(k->values + width * at + 3, block.b[p], (size_t)k->orders * sizeof(double));
        }
    return least;
}

lrpot_status lrpot__kept_pairs_get(const lrpot__sum *sum, lrpot_workspace *work,
                                   const lrpot__pair_walk *walk, int32_t orders,
                                   const lrpot__kept_pairs **out, int64_t *coincident_atom)
{
    lrpot__kept_pairs *k = NULL;
    rows made = { NULL, walk };
    double unused[9] = { 0.0 };
    *coincident_atom = -1;
    LRPOT__TRY(find(work, &k));
    *out = k;
    if (holds(k, sum, orders)) return LRPOT_OK;
    k->n = -1; /* until all of it is made */
    LRPOT__TRY(need_boys(k));
    LRPOT__TRY(remember(k, sum, orders));
    LRPOT__TRY(lrpot__grow((void **)&k->offsets, &k->capacities[2], sum->atoms->n_owned + 1,
                           sizeof *k->offsets));
    count_pairs(k, walk, sum->threads);
    int64_t pairs = k->offsets[k->rows];
    LRPOT__TRY(lrpot__grow_discarding((void **)&k->j, &k->capacities[3], pairs, sizeof *k->j));
    LRPOT__TRY(lrpot__grow_discarding((void **)&k->values, &k->capacities[4], (3 + orders) * pairs,
                                      sizeof *k->values));
    made.kept = k;
    LRPOT__TRY(lrpot__pair_walk_atoms(sum, work, fill_row, &made, unused, coincident_atom));
    if (*coincident_atom < 0) k->n = sum->atoms->n_owned;
    return LRPOT_OK;
}
