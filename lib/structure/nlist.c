/* Neighbour list handle: building, wrapping, and access to rows. */
#include "structure/nlist.h"

#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "structure/atoms_check.h"
#include "structure/nlist_search.h"
#include "structure/translations.h"

#include <assert.h>
#include <math.h>

static lrpot_status new_list(lrpot_nlist **out, int32_t kind, double cutoff, double skin)
{
    if (!(cutoff > 0.0) || !isfinite(cutoff))
        return lrpot__fail(LRPOT_E_ARGUMENT, "cutoff is %g A, expected a positive number", cutoff);
    if (!(skin >= 0.0) || !isfinite(skin))
        return lrpot__fail(LRPOT_E_ARGUMENT, "skin is %g A, expected 0 or more", skin);
    lrpot_nlist *list = lrpot__calloc(1, sizeof *list);
    if (list == NULL) return LRPOT_E_MEMORY;
    list->kind = kind;
    list->cutoff = cutoff;
    list->skin = skin;
    list->mask = -1;
    *out = list;
    return LRPOT_OK;
}

lrpot_status lrpot_nlist_build(lrpot_nlist **out, const lrpot_atoms *atoms, double cutoff,
                               double skin)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    lrpot_nlist *list = NULL;
    LRPOT__TRY(new_list(&list, LRPOT__LIST_BUILT, cutoff, skin));
    lrpot_status status = lrpot_nlist_rebuild(list, atoms);
    if (status != LRPOT_OK) {
        lrpot_nlist_free(list);
        return status;
    }
    *out = list;
    return LRPOT_OK;
}

lrpot_status lrpot_nlist_rebuild(lrpot_nlist *list, const lrpot_atoms *atoms)
{
    LRPOT__REQUIRE_NOT_NULL(list);
    if (list->kind != LRPOT__LIST_BUILT)
        return lrpot__fail(LRPOT_E_STATE,
                           "a list that the caller lent cannot be rebuilt; wrap the new one");
    LRPOT__TRY(lrpot__atoms_check(atoms, 0));
    /* A list from an incomplete search must not be used. */
    list->n = -1;
    list->pairs = 0;
    LRPOT__TRY(lrpot__nlist_search(list, atoms));
    list->n = atoms->n_owned;
    list->n_all = atoms->n_all;
    return LRPOT_OK;
}

/* Registers a lent row: its length and its atom indices. */
static lrpot_status note_row(lrpot_nlist *list, int64_t i, int64_t count, const int32_t *j)
{
    int32_t largest = -1;
    if (count < 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "row %lld of the list has %lld neighbours",
                           (long long)i, (long long)count);
    if (count > 0 && j == NULL)
        return lrpot__fail(LRPOT_E_NULL, "row %lld of the list is NULL", (long long)i);
    for (int64_t k = 0; k < count; k++) {
        int32_t atom = j[k] & list->mask;
        if (atom < 0)
            return lrpot__fail(LRPOT_E_ARGUMENT, "row %lld of the list names atom %d", (long long)i,
                               atom);
        if (atom > largest) largest = atom;
    }
    if (largest >= list->n_all) list->n_all = (int64_t)largest + 1;
    if (count > list->max_count) list->max_count = count;
    list->pairs += count;
    return LRPOT_OK;
}

static lrpot_status note_csr(lrpot_nlist *list)
{
    for (int64_t i = 0; i < list->n; i++) {
        if (list->offsets[i] < 0)
            return lrpot__fail(LRPOT_E_ARGUMENT, "offsets[%lld] is %lld", (long long)i,
                               (long long)list->offsets[i]);
        LRPOT__TRY(note_row(list, i, list->offsets[i + 1] - list->offsets[i],
                            list->lent_j != NULL ? list->lent_j + list->offsets[i] : NULL));
    }
    return LRPOT_OK;
}

lrpot_status lrpot_nlist_wrap_csr(lrpot_nlist **out, int64_t n, const int64_t *offsets,
                                  const int32_t *j, const int32_t *shifts, double cutoff)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(offsets);
    if (n < 0 || n > INT32_MAX)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n is %lld, expected 0 to 2^31 - 1", (long long)n);
    lrpot_nlist *list = NULL;
    LRPOT__TRY(new_list(&list, LRPOT__LIST_CSR, cutoff, 0.0));
    list->n = list->n_all = n;
    list->offsets = offsets;
    list->lent_j = j;
    list->shifts = shifts;
    lrpot_status status = note_csr(list);
    if (status != LRPOT_OK) {
        lrpot_nlist_free(list);
        return status;
    }
    *out = list;
    return LRPOT_OK;
}

static lrpot_status note_rows(lrpot_nlist *list, const int32_t *atom_of_row)
{
    for (int64_t row = 0; row < list->n; row++) {
        int64_t i = atom_of_row[row];
        if (i < 0 || i >= list->n)
            return lrpot__fail(LRPOT_E_ARGUMENT, "i[%lld] is %lld, expected 0 to %lld",
                               (long long)row, (long long)i, (long long)list->n - 1);
        LRPOT__TRY(note_row(list, i, list->lent_count[i], list->lent_rows[i]));
    }
    return LRPOT_OK;
}

lrpot_status lrpot_nlist_wrap_rows(lrpot_nlist **out, int64_t n, const int32_t *i,
                                   const int32_t *count, int32_t *const *j, int32_t mask,
                                   double cutoff)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    if (n < 0 || n > INT32_MAX)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n is %lld, expected 0 to 2^31 - 1", (long long)n);
    if (n > 0) {
        LRPOT__REQUIRE_NOT_NULL(i);
        LRPOT__REQUIRE_NOT_NULL(count);
        LRPOT__REQUIRE_NOT_NULL(j);
    }
    if (mask == 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "mask is 0, which leaves no index; -1 keeps all bits");
    lrpot_nlist *list = NULL;
    LRPOT__TRY(new_list(&list, LRPOT__LIST_ROWS, cutoff, 0.0));
    list->n = list->n_all = n;
    list->lent_count = count;
    list->lent_rows = j;
    list->mask = mask;
    lrpot_status status = note_rows(list, i);
    if (status != LRPOT_OK) {
        lrpot_nlist_free(list);
        return status;
    }
    *out = list;
    return LRPOT_OK;
}

void lrpot_nlist_free(lrpot_nlist *list)
{
    if (list == NULL) return;
    lrpot__free(list->start);
    lrpot__free(list->count);
    lrpot__free(list->j);
    lrpot__free(list->image);
    lrpot__translations_free(&list->images);
    lrpot__translations_free(&list->search.wraps);
    lrpot__free(list->search.fractional);
    lrpot__free(list->search.bin);
    lrpot__free(list->search.wrap);
    lrpot__free(list->search.bin_start);
    lrpot__free(list->search.site_atom);
    lrpot__free(list->search.x);
    lrpot__free(list->search.y);
    lrpot__free(list->search.z);
    lrpot__free(list);
}

double lrpot_nlist_cutoff(const lrpot_nlist *list)
{
    return list != NULL ? list->cutoff : 0.0;
}

int64_t lrpot_nlist_pairs(const lrpot_nlist *list)
{
    return list != NULL ? list->pairs : 0;
}

static void describe(const lrpot_nlist *list, lrpot__rows *rows)
{
    rows->list = list;
    rows->mask = list->mask;
    rows->n_images = list->with_images ? (int32_t)list->images.n : 0;
    rows->images = list->with_images ? list->images.list : NULL;
    rows->max_count = list->max_count;
}

lrpot_status lrpot__nlist_rows(const lrpot_nlist *list, const lrpot_atoms *atoms, double cutoff,
                               lrpot__rows *rows)
{
    assert(list != NULL && atoms != NULL);
    if (list->n < 0)
        return lrpot__fail(LRPOT_E_STATE, "the neighbour list is empty because its rebuild failed");
    if (list->n != atoms->n_owned)
        return lrpot__fail(LRPOT_E_SIZE,
                           "the neighbour list has %lld rows but %lld atoms are owned",
                           (long long)list->n, (long long)atoms->n_owned);
    if (list->n_all > atoms->n_all)
        return lrpot__fail(LRPOT_E_SIZE,
                           "the neighbour list names atom %lld but there are %lld atoms",
                           (long long)list->n_all - 1, (long long)atoms->n_all);
    if (!(list->cutoff >= cutoff * (1.0 - 1e-12)))
        return lrpot__fail(LRPOT_E_CUTOFF, "cutoff %.10g A exceeds list cutoff %.10g A", cutoff,
                           list->cutoff);
    if (atoms->cell == NULL && (list->shifts != NULL || (list->with_images && list->images.n > 1)))
        return lrpot__fail(LRPOT_E_CELL,
                           "the neighbour list has periodic images but the atoms have no cell");
    describe(list, rows);
    return LRPOT_OK;
}

double lrpot__nlist_reach(const lrpot_nlist *list)
{
    return list->kind == LRPOT__LIST_BUILT ? list->cutoff + 2.0 * list->skin : INFINITY;
}

lrpot__row lrpot__nlist_get_row(const lrpot__rows *rows, int64_t i)
{
    const lrpot_nlist *list = rows->list;
    lrpot__row row = { 0, NULL, NULL, NULL };
    if (list->kind == LRPOT__LIST_BUILT) {
        row.count = list->count[i];
        if (row.count > 0) row.j = list->j + list->start[i];
        if (row.count > 0 && list->with_images) row.image = list->image + list->start[i];
    } else if (list->kind == LRPOT__LIST_ROWS) {
        row.count = list->lent_count[i];
        row.j = list->lent_rows[i];
    } else {
        row.count = list->offsets[i + 1] - list->offsets[i];
        if (row.count > 0) row.j = list->lent_j + list->offsets[i];
        if (row.count > 0 && list->shifts != NULL) row.shifts = list->shifts + 3 * list->offsets[i];
    }
    return row;
}

int64_t lrpot_nlist_degree(const lrpot_nlist *list, int64_t i)
{
    lrpot__rows rows;
    if (list == NULL || i < 0 || i >= list->n) return -1;
    describe(list, &rows);
    return lrpot__nlist_get_row(&rows, i).count;
}

int64_t lrpot_nlist_row(const lrpot_nlist *list, const lrpot_atoms *atoms, int64_t i,
                        int64_t capacity, int32_t *j, double *vectors)
{
    lrpot__rows rows;
    if (list == NULL || atoms == NULL) {
        (void)lrpot__fail(LRPOT_E_NULL, "%s: argument '%s' is NULL", __func__,
                          list == NULL ? "list" : "atoms");
        return -1;
    }
    if (lrpot__nlist_rows(list, atoms, 0.0, &rows) != LRPOT_OK || i < 0 || i >= list->n) return -1;
    if (capacity > 0 && (j == NULL || vectors == NULL || atoms->positions == NULL)) return -1;
    lrpot__row row = lrpot__nlist_get_row(&rows, i);
    int64_t stride = atoms->stride != 0 ? atoms->stride : 3,
            n = row.count < capacity ? row.count : capacity;
    const double *center = atoms->positions + i * stride;
    for (int64_t k = 0; k < n; k++) {
        const int32_t *t = row.image != NULL    ? rows.images + 3 * row.image[k]
                           : row.shifts != NULL ? row.shifts + 3 * k
                                                : NULL;
        double steps[3] = { t != NULL ? t[0] : 0, t != NULL ? t[1] : 0, t != NULL ? t[2] : 0 },
               shift[3] = { 0, 0, 0 };
        if (atoms->cell != NULL) lrpot__row_times3(steps, atoms->cell, shift);
        j[k] = row.j[k] & rows.mask;
        for (int x = 0; x < 3; x++)
            vectors[3 * k + x] = atoms->positions[j[k] * stride + x] - center[x] + shift[x];
    }
    return row.count;
}
