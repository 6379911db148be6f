#include "structure/translations.h"

#include "core/error.h"
#include "core/memory.h"

#include <string.h>

#define FIRST_SLOTS 64

/* Slot of a translation in the hash table: its own, or the empty one for it. Linear probing. */
static int64_t find_slot(const lrpot__translations *table, const int32_t *t)
{
    uint64_t hash = (uint64_t)(uint32_t)t[0] * 0x9E3779B97F4A7C15u
                    ^ (uint64_t)(uint32_t)t[1] * 0xC2B2AE3D27D4EB4Fu
                    ^ (uint64_t)(uint32_t)t[2] * 0x165667B19E3779F9u;
    hash ^= hash >> 29;
    int64_t slot = (int64_t)(hash & (uint64_t)(table->n_slots - 1));
    while (table->slots[slot] != 0
           && memcmp(table->list + 3 * (int64_t)(table->slots[slot] - 1), t, 3 * sizeof *t) != 0)
        slot = (slot + 1) & (table->n_slots - 1);
    return slot;
}

static lrpot_status widen(lrpot__translations *table)
{
    int64_t n_slots = table->n_slots > 0 ? 2 * table->n_slots : FIRST_SLOTS;
    int32_t *slots = lrpot__calloc(n_slots, sizeof *slots);
    if (slots == NULL) return LRPOT_E_MEMORY;
    lrpot__free(table->slots);
    table->slots = slots;
    table->n_slots = n_slots;
    for (int64_t k = 0; k < table->n; k++)
        slots[find_slot(table, table->list + 3 * k)] = (int32_t)k + 1;
    return LRPOT_OK;
}

lrpot_status lrpot__translations_number(lrpot__translations *table, const int64_t *translation,
                                        int32_t *number)
{
    int32_t t[3];
    for (int d = 0; d < 3; d++) {
        if (translation[d] > INT32_MAX || translation[d] < -INT32_MAX)
            return lrpot__fail(LRPOT_E_ARGUMENT, "an atom is %lld cells away from a neighbour",
                               (long long)translation[d]);
        t[d] = (int32_t)translation[d];
    }
    int64_t slot = find_slot(table, t);
    if (table->slots[slot] == 0) {
        int64_t capacity = 3 * table->capacity;
        LRPOT__TRY(
            lrpot__grow((void **)&table->list, &capacity, 3 * (table->n + 1), sizeof *table->list));
        table->capacity = capacity / 3;
        if (2 * (table->n + 1) > table->n_slots) {
            LRPOT__TRY(widen(table));
            slot = find_slot(table, t);
        }
        memcpy(table->list + 3 * table->n, t, sizeof t);
        table->slots[slot] = (int32_t)++table->n;
    }
    *number = table->slots[slot] - 1;
    return LRPOT_OK;
}

lrpot_status lrpot__translations_reset(lrpot__translations *table)
{
    static const int64_t none[3] = { 0, 0, 0 };
    int32_t number;
    table->n = 0;
    if (table->n_slots == 0) LRPOT__TRY(widen(table));
    else memset(table->slots, 0, (size_t)table->n_slots * sizeof *table->slots);
    return lrpot__translations_number(table, none, &number);
}

void lrpot__translations_free(lrpot__translations *table)
{
    lrpot__free(table->list);
    lrpot__free(table->slots);
}
