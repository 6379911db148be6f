/* Metadata of a model: remarks under keys, in the order of their first setting. */
#include "potential/potential.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"

#include <string.h>

static int64_t find(const lrpot_potential *potential, const char *key)
{
    for (int64_t i = 0; i < potential->n_notes; i++)
        if (strcmp(potential->notes[i].key, key) == 0) return i;
    return -1;
}

const char *lrpot_potential_note(const lrpot_potential *potential, const char *key)
{
    int64_t i = potential != NULL && key != NULL ? find(potential, key) : -1;
    return i >= 0 ? potential->notes[i].value : NULL;
}

int32_t lrpot_potential_note_at(const lrpot_potential *potential, int64_t index, const char **key,
                                const char **value)
{
    if (potential == NULL || index < 0 || index >= potential->n_notes) return 0;
    if (key != NULL) *key = potential->notes[index].key;
    if (value != NULL) *value = potential->notes[index].value;
    return 1;
}

static void erase(lrpot_potential *potential, int64_t i)
{
    lrpot__free(potential->notes[i].key);
    lrpot__free(potential->notes[i].value);
    potential->n_notes--;
    memmove(potential->notes + i, potential->notes + i + 1,
            (size_t)(potential->n_notes - i) * sizeof *potential->notes);
}

/* Takes ownership of key and value. Entries are few and set rarely, so the array grows by one. */
static lrpot_status append(lrpot_potential *potential, char *key, char *value)
{
    lrpot__note *notes = lrpot__calloc(potential->n_notes + 1, sizeof *notes);
    if (notes == NULL) {
        lrpot__free(key);
        lrpot__free(value);
        return LRPOT_E_MEMORY;
    }
    if (potential->n_notes > 0)
        memcpy(notes, potential->notes, (size_t)potential->n_notes * sizeof *notes);
    notes[potential->n_notes].key = key;
    notes[potential->n_notes].value = value;
    lrpot__free(potential->notes);
    potential->notes = notes;
    potential->n_notes++;
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
    lrpot__free(potential->notes[i].value);
    potential->notes[i].value = copy;
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
