/* Active sets: the rows selected for each species. */
#include "potential/active_set.h"

#include "core/error.h"
#include "core/memory.h"
#include "potential/maxvol.h"
#include "potential/symbols.h"

#include <string.h>

static lrpot_status fill(lrpot_active_set *set, const char *const *symbols)
{
    LRPOT__TRY(lrpot__symbols_copy(&set->symbols, set->n_species, symbols));
    set->species = lrpot__calloc(set->n_species, sizeof *set->species);
    if (set->species == NULL) return LRPOT_E_MEMORY;
    for (int32_t z = 0; z < set->n_species; z++)
        LRPOT__TRY(lrpot__maxvol_create(set->n, set->species + z));
    return LRPOT_OK;
}

lrpot_status lrpot__active_set_assemble(lrpot_active_set **out, int32_t kind, int32_t n_species,
                                        const char *const *symbols, int64_t n, uint64_t model)
{
    lrpot_active_set *set = lrpot__calloc(1, sizeof *set);
    if (set == NULL) return LRPOT_E_MEMORY;
    set->kind = kind;
    set->n_species = n_species;
    set->n = n;
    set->model = model;
    lrpot_status status = fill(set, symbols);
    if (status == LRPOT_OK) *out = set;
    else lrpot_active_set_free(set);
    return status;
}

lrpot_status lrpot_active_set_clone(lrpot_active_set **out, const lrpot_active_set *set)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(set);
    lrpot_active_set *copy = NULL;
    LRPOT__TRY(lrpot__active_set_assemble(&copy, set->kind, set->n_species,
                                          (const char *const *)set->symbols, set->n, set->model));
    for (int32_t z = 0; z < set->n_species; z++)
        lrpot__maxvol_copy(copy->species + z, set->species + z);
    *out = copy;
    return LRPOT_OK;
}

void lrpot_active_set_free(lrpot_active_set *set)
{
    if (set == NULL) return;
    for (int32_t z = 0; set->species != NULL && z < set->n_species; z++)
        lrpot__maxvol_free(set->species + z);
    lrpot__symbols_free(set->symbols, set->n_species);
    lrpot__free(set->species);
    lrpot__free(set);
}

int64_t lrpot_active_set_size(const lrpot_active_set *set)
{
    return set != NULL ? set->n : 0;
}

int32_t lrpot_active_set_kind(const lrpot_active_set *set)
{
    return set != NULL ? set->kind : LRPOT_ACTIVE_SET_FEATURES;
}

lrpot_status lrpot_active_set_rows(const lrpot_active_set *set, int32_t species, int64_t *frames,
                                   int64_t *atoms)
{
    LRPOT__REQUIRE_NOT_NULL(set);
    if (species < 0 || species >= set->n_species)
        return lrpot__fail(LRPOT_E_ARGUMENT, "species = %d, expected 0 to %d", species,
                           set->n_species - 1);
    const lrpot__maxvol *m = set->species + species;
    if (frames != NULL) memcpy(frames, m->frames, (size_t)m->n * sizeof *frames);
    if (atoms != NULL) memcpy(atoms, m->atoms, (size_t)m->n * sizeof *atoms);
    return LRPOT_OK;
}
