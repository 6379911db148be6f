/* Metadata of a model: remarks under keys, in the order of their first setting. */
#include "potential/potential.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"

#include <string.h>

static int64_t find(const lrpot_potential *potential, const char *key)
{
    for (int64_t i = 0; i < potential->n_metadata; i++)
        if (strcmp(potential->metadata[i].key, key) == 0) return i;
    return -1;
}

const char *lrpot_potential_note(const lrpot_potential *potential, const char *key)
{
    int64_t i = potential != NULL && key != NULL ? find(potential, key) : -1;
    return i >= 0 ? potential->metadata[i].value : NULL;
}

int32_t lrpot_potential_note_at(const lrpot_potential *potential, int64_t index, const char **key,
                                const char **value)
{
    if (potential == NULL || index < 0 || index >= potential->n_metadata) return 0;
    if (key != NULL) *key = potential->metadata[index].key;
    if (value != NULL) *value = potential->metadata[index].value;
    return 1;
}

static void erase(lrpot_potential *potential, int64_t i)
{
    lrpot__free(potential->metadata[i].key);
    lrpot__free(potential->metadata[i].value);
    potential->n_metadata--;
    memmove(potential->metadata + i, potential->metadata + i + 1,
            (size_t)(potential->n_metadata - i) * sizeof *potential->metadata);
}

/* Takes ownership of key and value. Entries are few and set rarely, so the array grows by one. */
static lrpot_status append(lrpot_potential *potential, char *key, char *value)
{
    lrpot__metadata_entry *entries = lrpot__calloc(potential->n_metadata + 1, sizeof *entries);
    if (entries == NULL) {
        lrpot__free(key);
        lrpot__free(value);
        return LRPOT_E_MEMORY;
    }
    if (potential->n_metadata > 0)
        memcpy(entries, potential->metadata, (size_t)potential->n_metadata * sizeof *entries);
    entries[potential->n_metadata].key = key;
    entries[potential->n_metadata].value = value;
    lrpot__free(potential->metadata);
    potential->metadata = entries;
    potential->n_metadata++;
    return LRPOT_OK;
}

/* Sets a value under a key that is UTF-8. */
static lrpot_status set(lrpot_potential *potential, char *key, const char *value)
{
    int64_t i = find(potential, key);
    char *copy = value != NULL ? lrpot__utf8_copy(value) : NULL;
    if (value != NULL && copy != NULL && i < 0) return append(potential, key, copy);
    lrpot__free(key);
    if (value != NULL && copy == NULL) return LRPOT_E_MEMORY;
    if (value == NULL && i >= 0) erase(potential, i);
    if (value == NULL) return LRPOT_OK;
    lrpot__free(potential->metadata[i].value);
    potential->metadata[i].value = copy;
    return LRPOT_OK;
}

lrpot_status lrpot_potential_set_note(lrpot_potential *potential, const char *key,
                                      const char *value)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    LRPOT__REQUIRE_NOT_NULL(key);
    if (key[0] == '\0') return lrpot__fail(LRPOT_E_ARGUMENT, "the key of a note is empty");
    char *name = lrpot__utf8_copy(key);
    return name != NULL ? set(potential, name, value) : LRPOT_E_MEMORY;
}
