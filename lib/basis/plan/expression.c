#include "basis/plan/expression.h"

#include "core/error.h"
#include "core/memory.h"

#include <stdlib.h>

void lrpot__expressions_free(lrpot__expressions *set)
{
    lrpot__free(set->nodes);
    lrpot__free(set->terms);
    lrpot__free(set->table);
    lrpot__free(set->scratch);
}

lrpot_status lrpot__expression_push(lrpot__expressions *set, lrpot__component left,
                                    lrpot__component right, int64_t factor)
{
    if (set->n_scratch == set->scratch_capacity) {
        void *scratch = set->scratch;
        LRPOT__TRY(lrpot__grow(&scratch, &set->scratch_capacity, set->n_scratch + 1,
                               sizeof *set->scratch));
        set->scratch = scratch;
    }
    int ordered = left.moment <= right.moment;
    set->scratch[set->n_scratch++] = (lrpot__term){ ordered ? left.moment : right.moment,
                                                    ordered ? right.moment : left.moment,
                                                    factor * left.factor * right.factor };
    return LRPOT_OK;
}

static int compare_terms(const void *left, const void *right)
{
    const lrpot__term *a = left, *b = right;
    if (a->left != b->left) return a->left < b->left ? -1 : 1;
    return (a->right > b->right) - (a->right < b->right);
}

/* Sorts terms. Short lists, which are nearly in order, are sorted by insertion. */
static void sort_terms(lrpot__term *terms, int64_t n)
{
    if (n > 64) {
        qsort(terms, (size_t)n, sizeof *terms, compare_terms);
        return;
    }
    for (int64_t i = 1; i < n; i++) {
        lrpot__term term = terms[i];
        int64_t k = i;
        for (; k > 0 && compare_terms(&terms[k - 1], &term) > 0; k--) terms[k] = terms[k - 1];
        terms[k] = term;
    }
}

void lrpot__expression_merge(lrpot__expressions *set)
{
    lrpot__term *terms = set->scratch;
    int64_t n = 0;
    sort_terms(terms, set->n_scratch);
    for (int64_t i = 0; i < set->n_scratch; i++) {
        if (n > 0 && compare_terms(&terms[n - 1], &terms[i]) == 0)
            terms[n - 1].factor += terms[i].factor;
        else terms[n++] = terms[i];
    }
    set->n_scratch = n;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static uint64_t hash_terms(const lrpot__term *terms, int64_t n)
{
    uint64_t h = (uint64_t)n;
    for (int64_t i = 0; i < n; i++) {
        h = (h ^ (uint64_t)terms[i].left) * 0x9E3779B97F4A7C15u;
        h = (h ^ (uint64_t)terms[i].right) * 0xC2B2AE3D27D4EB4Fu;
        h = (h ^ (uint64_t)terms[i].factor) * 0x165667B19E3779F9u;
        h ^= h >> 29;
    }
    return h;
}

static int same_terms(const lrpot__term *a, const lrpot__term *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (a[i].left != b[i].left || a[i].right != b[i].right || a[i].factor != b[i].factor)
            return 0;
    return 1;
}

static lrpot_status enlarge_table(lrpot__expressions *set)
{
    int64_t size = set->table_size > 0 ? 2 * set->table_size : 1024;
    int32_t *table = lrpot__calloc(size, sizeof *table);
    if (table == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < set->n_nodes; i++) {
        const lrpot__node *node = &set->nodes[i];
        uint64_t at = hash_terms(set->terms + node->first, node->count) & (uint64_t)(size - 1);
        while (table[at] != 0) at = (at + 1) & (uint64_t)(size - 1);
        table[at] = (int32_t)(set->n_basic + i);
    }
    lrpot__free(set->table);
    set->table = table;
    set->table_size = size;
    return LRPOT_OK;
}

/* Index of the scratch terms in the table: that of their node, or the empty one for a new node. */
static uint64_t find_place(const lrpot__expressions *set)
{
    uint64_t mask = (uint64_t)(set->table_size - 1),
             at = hash_terms(set->scratch, set->n_scratch) & mask;
    for (; set->table[at] != 0; at = (at + 1) & mask) {
        const lrpot__node *node = &set->nodes[set->table[at] - set->n_basic];
        if (node->count == set->n_scratch
            && same_terms(set->terms + node->first, set->scratch, node->count))
            break;
    }
    return at;
}

static lrpot_status append_node(lrpot__expressions *set)
{
    void *nodes = set->nodes, *terms = set->terms;
    lrpot_status status =
        lrpot__grow(&nodes, &set->nodes_capacity, set->n_nodes + 1, sizeof *set->nodes);
    set->nodes = nodes;
    if (status == LRPOT_OK)
        status = lrpot__grow(&terms, &set->terms_capacity, set->n_terms + set->n_scratch,
                             sizeof *set->terms);
    set->terms = terms;
    if (status != LRPOT_OK) return status;
    set->nodes[set->n_nodes++] =
        (lrpot__node){ .first = set->n_terms, .count = (int32_t)set->n_scratch };
    for (int64_t i = 0; i < set->n_scratch; i++) set->terms[set->n_terms++] = set->scratch[i];
    return LRPOT_OK;
}

lrpot_status lrpot__expression_store(lrpot__expressions *set, lrpot__component *out)
{
    lrpot__expression_merge(set);
    int64_t divisor = 0;
    for (int64_t i = 0; i < set->n_scratch; i++)
        divisor = common_divisor(set->scratch[i].factor, divisor);
    for (int64_t i = 0; i < set->n_scratch; i++) set->scratch[i].factor /= divisor;
    if (2 * (set->n_nodes + 1) > set->table_size) LRPOT__TRY(enlarge_table(set));
    uint64_t at = find_place(set);
    if (set->table[at] == 0) {
        LRPOT__TRY(append_node(set));
        set->table[at] = (int32_t)(set->n_basic + set->n_nodes - 1);
    }
    *out = (lrpot__component){ set->table[at], divisor };
    set->n_scratch = 0;
    return LRPOT_OK;
}
