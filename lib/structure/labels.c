/* Distinct labels of a set of structures. */
#include "core/error.h"

#include <lrpot/structure.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL = 16 };

static int by_number(const void *a, const void *b)
{
    const char *first = a, *second = b;
    int32_t x = lrpot_element_number(first), y = lrpot_element_number(second);
    if (x != y) return x == 0 ? 1 : y == 0 ? -1 : x < y ? -1 : 1;
    return strcmp(first, second);
}

lrpot_status lrpot_structures_labels(int64_t n, lrpot_structure *const *structures, int32_t room,
                                     char *labels, int32_t *count)
{
    LRPOT__REQUIRE_NOT_NULL(structures);
    LRPOT__REQUIRE_NOT_NULL(labels);
    LRPOT__REQUIRE_NOT_NULL(count);
    if (n < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "%lld structures", (long long)n);
    *count = 0;
    for (int64_t f = 0; f < n; f++)
        for (int64_t i = 0; i < lrpot_structure_count(structures[f]); i++) {
            const char *label = lrpot_structure_symbol(structures[f], i);
            int32_t k = 0;
            while (k < *count && strcmp(labels + LABEL * k, label) != 0) k++;
            if (k < *count) continue;
            if (k == room)
                return lrpot__fail(LRPOT_E_ARGUMENT,
                                   "more than %d species: %s is one more, at frame %lld", room,
                                   label, (long long)f);
            snprintf(labels + LABEL * k, LABEL, "%s", label);
            ++*count;
        }
    qsort(labels, (size_t)*count, LABEL, by_number);
    return LRPOT_OK;
}
