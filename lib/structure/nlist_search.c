/* Cell search: atoms are sorted into bins of about half the cutoff, and the bins around each atom
 * are searched. Bins are in a reduced basis of the lattice, so that the cost does not depend on the
 * shape of the caller's cell. Bins that are adjacent along the last row are adjacent in memory, so
 * that a row of bins is one run of sites. */
#include "structure/nlist_search.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "structure/lattice.h"
#include "structure/translations.h"

#include <math.h>
#include <string.h>

/* Factor of the cutoff: rounding must not hide a pair at exactly the cutoff. */
#define ROOM (1.0 + 1e-9)
/* Largest number of cells, or of A without periodicity, from the origin. Beyond it, positions have
 * no digits left for distances. */
#define MOST_CELLS 1e8
#define FARTHEST 1e12
/* Largest number of translations within the cutoff. More mean an error in the cell. */
#define MOST_IMAGES 1e7
/* Largest number of neighbours of an atom: some hundred times as many as in the densest solids. */
#define MOST_NEIGHBOURS 3e5

typedef struct {
    lrpot__lattice lattice;
    double radius;   /* cutoff + skin */
    double low[3];   /* lower bounds of the fractional coordinates */
    double scale[3]; /* bins per unit of the fractional coordinate */
    int32_t bins[3];
    int32_t reach[3]; /* bins to search on either side */
} grid;

/* Atom whose neighbours are searched. */
typedef struct {
    int64_t site;
    int32_t atom, wrap;
    double r[3];
} center;

static lrpot_status reserve_array(void **array, int64_t count, size_t size)
{
    lrpot__free(*array);
    *array = lrpot__calloc(count, size);
    return *array != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

static lrpot_status reserve_atoms(lrpot_nlist *list, const lrpot_atoms *atoms)
{
    lrpot__nlist_scratch *s = &list->search;
    if (atoms->n_owned > list->rows_capacity || list->start == NULL) {
        int64_t n = atoms->n_owned + atoms->n_owned / 8;
        list->rows_capacity = 0;
        LRPOT__TRY(reserve_array((void **)&list->start, n, sizeof *list->start));
        LRPOT__TRY(reserve_array((void **)&list->count, n, sizeof *list->count));
        list->rows_capacity = n;
    }
    if (atoms->n_all <= s->atoms_capacity && s->bin != NULL) return LRPOT_OK;
    int64_t n = atoms->n_all + atoms->n_all / 8;
    s->atoms_capacity = 0;
    LRPOT__TRY(reserve_array((void **)&s->fractional, 3 * n, sizeof *s->fractional));
    LRPOT__TRY(reserve_array((void **)&s->bin, n, sizeof *s->bin));
    LRPOT__TRY(reserve_array((void **)&s->wrap, n, sizeof *s->wrap));
    LRPOT__TRY(reserve_array((void **)&s->site_atom, n, sizeof *s->site_atom));
    LRPOT__TRY(reserve_array((void **)&s->x, n, sizeof *s->x));
    LRPOT__TRY(reserve_array((void **)&s->y, n, sizeof *s->y));
    LRPOT__TRY(reserve_array((void **)&s->z, n, sizeof *s->z));
    s->atoms_capacity = n;
    return LRPOT_OK;
}

/* Fractional coordinates, wrapped into [0, 1) along periodic rows, and the index of the cell that
 * each atom was in. */
static lrpot_status wrap_atoms(lrpot__nlist_scratch *s, const lrpot_atoms *atoms,
                               const lrpot__lattice *lattice)
{
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3;
    LRPOT__TRY(lrpot__translations_reset(&s->wraps));
    for (int64_t i = 0; i < atoms->n_all; i++) {
        double *f = s->fractional + 3 * i, cells[3] = { 0, 0, 0 };
        lrpot__row_times3(atoms->positions + i * stride, lattice->inverse, f);
        for (int d = 0; d < 3; d++) {
            int periodic = lattice->periodic_mask & 1 << d;
            if (!(fabs(f[d]) < (periodic ? MOST_CELLS : FARTHEST)))
                return lrpot__fail(LRPOT_E_ARGUMENT,
                                   "atom %lld is too far away: %g %s from the origin", (long long)i,
                                   fabs(f[d]), periodic ? "cells" : "A");
            if (periodic) cells[d] = floor(f[d]);
            f[d] -= cells[d];
        }
        s->wrap[i] = 0;
        if (cells[0] == 0.0 && cells[1] == 0.0 && cells[2] == 0.0) continue;
        int64_t t[3] = { 0, 0, 0 };
        for (int x = 0; x < 9; x++) t[x % 3] += (int64_t)cells[x / 3] * lattice->map[x];
        LRPOT__TRY(lrpot__translations_number(&s->wraps, t, &s->wrap[i]));
    }
    return LRPOT_OK;
}

/* Checks the density: a cell far smaller than an atom has too many neighbours for memory. */
static lrpot_status check_density(const grid *g, int64_t n_all)
{
    const double *b = g->lattice.basis;
    double volume = fabs(lrpot__det3(b)), neighbours = 4.18879020478639 * g->radius * g->radius
                                                       * g->radius * (double)n_all / volume;
    if (g->lattice.periodic_mask != LRPOT_PERIODIC_ALL || neighbours < MOST_NEIGHBOURS)
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_CELL,
                       "a cell of %.4g A^3 with %lld atoms has %.3g neighbours of an atom within "
                       "%g A, held are %g; are its lengths in A?",
                       volume, (long long)n_all, neighbours, g->radius, MOST_NEIGHBOURS);
}

/* Chooses bins about half the radius wide, but only a few per atom in total, for sparse molecules
 * in huge boxes. */
static lrpot_status choose_bins(grid *g, const lrpot__nlist_scratch *s, int64_t n_all)
{
    double length[3], bins[3], images = 1.0, most = 2.0 * (double)n_all + 64.0;
    for (int d = 0; d < 3; d++) {
        double low = 0.0, high = 1.0;
        if (!(g->lattice.periodic_mask & 1 << d)) {
            low = INFINITY, high = -INFINITY;
            for (int64_t i = 0; i < n_all; i++)
                low = fmin(low, s->fractional[3 * i + d]),
                high = fmax(high, s->fractional[3 * i + d]);
            high = fmax(high, low + g->radius);
        }
        g->low[d] = low;
        length[d] = (high - low) * g->lattice.height[d];
        bins[d] = fmin(fmax(1.0, floor(2.0 * length[d] / (g->radius * ROOM))), most);
        g->scale[d] = 1.0 / (high - low);
    }
    while (bins[0] * bins[1] * bins[2] > most) {
        int d = bins[0] >= bins[1] && bins[0] >= bins[2] ? 0 : bins[1] >= bins[2] ? 1 : 2;
        bins[d] = ceil(bins[d] / 2.0);
    }
    for (int d = 0; d < 3; d++) {
        double reach = ceil(g->radius * bins[d] / length[d]);
        if (g->lattice.periodic_mask & 1 << d) images *= 2.0 * reach / bins[d] + 1.0;
        else reach = fmin(reach, bins[d]);
        if (!(images < MOST_IMAGES))
            return lrpot__fail(LRPOT_E_CELL, "a cutoff of %g A spans %g images of the cell or more",
                               g->radius, images);
        g->scale[d] *= bins[d];
        g->bins[d] = (int32_t)bins[d];
        g->reach[d] = (int32_t)reach;
    }
    return LRPOT_OK;
}

static int32_t bin_along(const grid *g, int d, double f)
{
    int32_t b = (int32_t)((f - g->low[d]) * g->scale[d]);
    return b < g->bins[d] ? b : g->bins[d] - 1;
}

/* Counting sort of the atoms by bin. */
static lrpot_status sort_atoms(lrpot__nlist_scratch *s, const grid *g, int64_t n_all)
{
    int64_t n_bins = (int64_t)g->bins[0] * g->bins[1] * g->bins[2];
    LRPOT__TRY(
        lrpot__grow((void **)&s->bin_start, &s->bins_capacity, n_bins + 1, sizeof *s->bin_start));
    memset(s->bin_start, 0, (size_t)(n_bins + 1) * sizeof *s->bin_start);
    for (int64_t i = 0; i < n_all; i++) {
        const double *f = s->fractional + 3 * i;
        s->bin[i] = (bin_along(g, 0, f[0]) * g->bins[1] + bin_along(g, 1, f[1])) * g->bins[2]
                    + bin_along(g, 2, f[2]);
        s->bin_start[s->bin[i]]++;
    }
    int64_t sum = 0;
    for (int64_t b = 0; b <= n_bins; b++) {
        sum += s->bin_start[b];
        s->bin_start[b] = sum;
    }
    /* Backwards, so that the ends become the starts and atoms keep their order within a bin. */
    for (int64_t i = n_all - 1; i >= 0; i--) {
        int64_t site = --s->bin_start[s->bin[i]];
        double r[3];
        lrpot__row_times3(s->fractional + 3 * i, g->lattice.basis, r);
        s->site_atom[site] = (int32_t)i;
        s->x[site] = r[0], s->y[site] = r[1], s->z[site] = r[2];
    }
    return LRPOT_OK;
}

/* Translation indices of the new entries: m - wrap[j] + wrap[i], in rows of the caller's cell. */
static lrpot_status number_images(lrpot_nlist *list, const center *c, const int64_t *m,
                                  int64_t first)
{
    const lrpot__nlist_scratch *s = &list->search;
    const int32_t *wi = s->wraps.list + 3 * (int64_t)c->wrap;
    int32_t last_wrap = -1, number = 0;
    for (int64_t k = first; k < list->pairs; k++) {
        int32_t wrap = s->wrap[list->j[k]];
        if (wrap != last_wrap) {
            const int32_t *wj = s->wraps.list + 3 * (int64_t)wrap;
            int64_t t[3];
            for (int d = 0; d < 3; d++) t[d] = m[d] - wj[d] + wi[d];
            LRPOT__TRY(lrpot__translations_number(&list->images, t, &number));
            last_wrap = wrap;
        }
        list->image[k] = number;
    }
    return LRPOT_OK;
}

static lrpot_status name_coincident(const lrpot__nlist_scratch *s, const center *c, int64_t begin,
                                    int64_t end, double x, double y, double z)
{
    int64_t nearest = begin;
    double least = INFINITY;
    for (int64_t p = begin; p < end; p++) {
        double distance = hypot(hypot(s->x[p] - x, s->y[p] - y), s->z[p] - z);
        if (distance < least) least = distance, nearest = p;
    }
    return lrpot__fail(LRPOT_E_COINCIDENT,
                       "atoms %d and %d have the same position: their distance is %g A", c->atom,
                       s->site_atom[nearest], least);
}

/* Appends the sites of a run that are within the radius of the center; m in rows of the caller's
 * cell, shift in A. */
static lrpot_status append_run(lrpot_nlist *list, const grid *g, const center *c, int64_t begin,
                               int64_t end, const int64_t *m, const double *shift)
{
    const lrpot__nlist_scratch *s = &list->search;
    double x = c->r[0] - shift[0], y = c->r[1] - shift[1], z = c->r[2] - shift[2],
           radius2 = g->radius * g->radius, least = INFINITY;
    int64_t first = list->pairs, k = first;
    if (begin >= end) return LRPOT_OK;
    LRPOT__TRY(lrpot__grow((void **)&list->j, &list->j_capacity, k + end - begin, sizeof *list->j));
    if (list->with_images)
        LRPOT__TRY(lrpot__grow((void **)&list->image, &list->image_capacity, list->j_capacity,
                               sizeof *list->image));
    for (int64_t p = begin; p < end; p++) {
        double dx = s->x[p] - x, dy = s->y[p] - y, dz = s->z[p] - z,
               d2 = dx * dx + dy * dy + dz * dz;
        /* Always written, kept if near: no branch to mispredict. */
        list->j[k] = s->site_atom[p];
        k += d2 <= radius2;
        least = d2 < least ? d2 : least;
    }
    if (least < LRPOT__COINCIDENT * LRPOT__COINCIDENT)
        return name_coincident(s, c, begin, end, x, y, z);
    list->pairs = k;
    return list->with_images ? number_images(list, c, m, first) : LRPOT_OK;
}

/* Floor of a / n for n > 0. */
static int32_t floor_div(int32_t a, int32_t n)
{
    return a >= 0 ? a / n : -((n - 1 - a) / n);
}

/* Searches the run of bins (b0, b1, from..to of one image) around a center. */
static lrpot_status search_run(lrpot_nlist *list, const grid *g, const center *c, const int32_t *m,
                               int64_t row, int32_t from, int32_t to)
{
    const int64_t *start = list->search.bin_start, *map = g->lattice.map;
    int64_t begin = start[row * g->bins[2] + from], end = start[row * g->bins[2] + to + 1];
    static const int64_t no_steps[3] = { 0, 0, 0 };
    static const double no_shift[3] = { 0, 0, 0 };
    if (m[0] == 0 && m[1] == 0 && m[2] == 0) {
        /* The center itself is skipped, its images are not. */
        int64_t before = c->site < end ? c->site : end,
                after = c->site + 1 > begin ? c->site + 1 : begin;
        if (c->site < begin) before = begin;
        LRPOT__TRY(append_run(list, g, c, begin, before, no_steps, no_shift));
        return append_run(list, g, c, after > before ? after : before, end, no_steps, no_shift);
    }
    double steps[3] = { m[0], m[1], m[2] }, shift[3];
    int64_t t[3] = { 0, 0, 0 };
    lrpot__row_times3(steps, g->lattice.basis, shift);
    for (int x = 0; x < 9; x++) t[x % 3] += m[x / 3] * map[x];
    return append_run(list, g, c, begin, end, t, shift);
}

/* First and last bin to search along d, cut off at the edges of an open direction. */
static void span(const grid *g, int d, int32_t bin, int32_t *from, int32_t *to)
{
    *from = bin - g->reach[d];
    *to = bin + g->reach[d];
    if (g->lattice.periodic_mask & 1 << d) return;
    if (*from < 0) *from = 0;
    if (*to > g->bins[d] - 1) *to = g->bins[d] - 1;
}

static lrpot_status search_around(lrpot_nlist *list, const grid *g, const center *c, int32_t bin)
{
    int32_t at[3] = { bin / g->bins[2] / g->bins[1], bin / g->bins[2] % g->bins[1],
                      bin % g->bins[2] },
            from[3], to[3], m[3];
    for (int d = 0; d < 3; d++) span(g, d, at[d], &from[d], &to[d]);
    for (int32_t a = from[0]; a <= to[0]; a++) {
        m[0] = floor_div(a, g->bins[0]);
        for (int32_t b = from[1]; b <= to[1]; b++) {
            m[1] = floor_div(b, g->bins[1]);
            int64_t row = (int64_t)(a - m[0] * g->bins[0]) * g->bins[1] + (b - m[1] * g->bins[1]);
            for (int32_t e = from[2]; e <= to[2];) {
                m[2] = floor_div(e, g->bins[2]);
                int32_t first = e - m[2] * g->bins[2], last = to[2] - m[2] * g->bins[2];
                if (last > g->bins[2] - 1) last = g->bins[2] - 1;
                LRPOT__TRY(search_run(list, g, c, m, row, first, last));
                e += last - first + 1;
            }
        }
    }
    return LRPOT_OK;
}

static lrpot_status search_all(lrpot_nlist *list, const grid *g, const lrpot_atoms *atoms)
{
    const lrpot__nlist_scratch *s = &list->search;
    list->max_count = 0;
    for (int64_t site = 0; site < atoms->n_all; site++) {
        int32_t i = s->site_atom[site];
        if (i >= atoms->n_owned) continue;
        center c = { site, i, s->wrap[i], { s->x[site], s->y[site], s->z[site] } };
        list->start[i] = list->pairs;
        LRPOT__TRY(search_around(list, g, &c, s->bin[i]));
        int64_t count = list->pairs - list->start[i];
        list->count[i] = (int32_t)count;
        if (count > list->max_count) list->max_count = count;
    }
    return LRPOT_OK;
}

lrpot_status lrpot__nlist_search(lrpot_nlist *list, const lrpot_atoms *atoms)
{
    grid g;
    /* Ghosts are the images: none are added. */
    int32_t periodic_mask = atoms->n_all > atoms->n_owned ? 0 : atoms->periodic_mask;
    g.radius = list->cutoff + list->skin;
    list->with_images = periodic_mask != 0;
    list->pairs = list->max_count = 0;
    lrpot__lattice_reduce(atoms->cell, periodic_mask, &g.lattice);
    LRPOT__TRY(lrpot__translations_reset(&list->images));
    LRPOT__TRY(reserve_atoms(list, atoms));
    if (atoms->n_all == 0) return LRPOT_OK;
    LRPOT__TRY(check_density(&g, atoms->n_all));
    LRPOT__TRY(wrap_atoms(&list->search, atoms, &g.lattice));
    LRPOT__TRY(choose_bins(&g, &list->search, atoms->n_all));
    LRPOT__TRY(sort_atoms(&list->search, &g, atoms->n_all));
    return search_all(list, &g, atoms);
}
