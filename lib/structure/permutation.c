#include "structure/permutation.h"

#include "core/error.h"
#include "core/memory.h"
#include "structure/structure_internal.h"

#include <stdlib.h>
#include <string.h>

lrpot_status lrpot__permutation_check(int64_t n, const int64_t *order)
{
    char *seen = lrpot__calloc(n, 1);
    lrpot_status status = seen != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int64_t k = 0; status == LRPOT_OK && k < n; k++) {
        if (order[k] < 0 || order[k] >= n || seen[order[k]])
            status = lrpot__fail(LRPOT_E_ARGUMENT,
                                 "order[%lld] is %lld, expected each of 0 to %lld once",
                                 (long long)k, (long long)order[k], (long long)(n - 1));
        else seen[order[k]] = 1;
    }
    lrpot__free(seen);
    return status;
}

int lrpot__permutation_is_identity(int64_t n, const int64_t *order)
{
    for (int64_t k = 0; k < n; k++)
        if (order[k] != k) return 0;
    return 1;
}

typedef struct {
    double key;
    int64_t place;
} keyed;

static int by_key(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    if (x->key != y->key) return x->key > y->key ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

lrpot_status lrpot__permutation_sort(int64_t n, const double *keys, int64_t *order)
{
    keyed *atoms = lrpot__calloc(n, sizeof *atoms);
    if (atoms == NULL) return LRPOT_E_MEMORY;
    for (int64_t k = 0; k < n; k++) atoms[k] = (keyed){ keys[k], k };
    qsort(atoms, (size_t)n, sizeof *atoms, by_key);
    for (int64_t k = 0; k < n; k++) order[k] = atoms[k].place;
    lrpot__free(atoms);
    return LRPOT_OK;
}

void lrpot__permutation_group(int64_t n, int32_t n_kinds, const int32_t *kinds, int64_t *order)
{
    int64_t k = 0;
    for (int32_t kind = 0; kind < n_kinds; kind++)
        for (int64_t i = 0; i < n; i++)
            if (kinds[i] == kind) order[k++] = i;
}

lrpot_status lrpot__permutation_apply(int64_t n, const int64_t *order, void *rows, size_t size)
{
    char *to = rows, *from = lrpot__duplicate(rows, n, size);
    if (from == NULL) return LRPOT_E_MEMORY;
    for (int64_t k = 0; k < n; k++)
        memcpy(to + size * (size_t)k, from + size * (size_t)order[k], size);
    lrpot__free(from);
    return LRPOT_OK;
}

/* Number of doubles of each atom; 0 if the quantity belongs to the whole structure. */
static int64_t width(int32_t quantity)
{
    return lrpot_quantity_size(quantity, 2) - lrpot_quantity_size(quantity, 1);
}

static lrpot_status permute(lrpot_structure *s, const int64_t *order)
{
    LRPOT__TRY(lrpot__permutation_apply(s->n, order, s->kind, sizeof *s->kind));
    LRPOT__TRY(lrpot__permutation_apply(s->n, order, s->positions, 3 * sizeof(double)));
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        if (s->quantities[q] != NULL && width(q) > 0)
            LRPOT__TRY(lrpot__permutation_apply(s->n, order, s->quantities[q],
                                                (size_t)width(q) * sizeof(double)));
    if (s->fragments == NULL) return LRPOT_OK;
    return lrpot__permutation_apply(s->n, order, s->fragments, sizeof *s->fragments);
}

lrpot_status lrpot_structure_reorder(lrpot_structure *structure, const int64_t *order)
{
    lrpot_structure *copy = NULL;
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(order);
    LRPOT__TRY(lrpot__permutation_check(structure->n, order));
    if (lrpot__permutation_is_identity(structure->n, order)) return LRPOT_OK;
    /* works on a copy, so that a failure leaves the structure unchanged */
    LRPOT__TRY(lrpot_structure_clone(&copy, structure));
    lrpot_status status = permute(copy, order);
    if (status == LRPOT_OK) {
        lrpot_structure swapped = *structure;
        *structure = *copy;
        *copy = swapped;
    }
    lrpot_structure_free(copy);
    return status;
}
