/* Reference values of a structure: quantities known to the library, and other keys that it
 * stores. */
#include "structure/structure_values.h"

#include "core/error.h"
#include "core/memory.h"
#include "structure/fragments.h"

#include <math.h>
#include <string.h>

/* Numbers of values: per_atom for each atom, or fixed for the whole structure. */
static const struct {
    const char *name;
    int32_t fixed, per_atom;
} quantities[LRPOT_QUANTITY_COUNT] = {
    [LRPOT_QUANTITY_ENERGY] = { "energy", 1, 0 },
    [LRPOT_QUANTITY_FORCES] = { "forces", 0, 3 },
    [LRPOT_QUANTITY_STRESS] = { "stress", 9, 0 },
    [LRPOT_QUANTITY_DIPOLE] = { "dipole", 3, 0 },
    [LRPOT_QUANTITY_CHARGES] = { "charges", 0, 1 },
    [LRPOT_QUANTITY_BORN_CHARGES] = { "bec", 0, 9 },
    [LRPOT_QUANTITY_TOTAL_CHARGE] = { "total_charge", 1, 0 },
    [LRPOT_QUANTITY_ENERGY_ATOM] = { "energies", 0, 1 },
    [LRPOT_QUANTITY_POTENTIAL] = { "potential", 0, 1 },
    [LRPOT_QUANTITY_VELOCITIES] = { "velocities", 0, 3 },
    [LRPOT_QUANTITY_MASSES] = { "masses", 0, 1 },
    [LRPOT_QUANTITY_SIGMA] = { "sigma", 0, 1 },
    [LRPOT_QUANTITY_EPSILON_INF] = { "epsilon_inf", 9, 0 },
    [LRPOT_QUANTITY_QUADRUPOLE] = { "quadrupole", 9, 0 },
    [LRPOT_QUANTITY_FIELD] = { "field", 0, 3 },
    [LRPOT_QUANTITY_FRAGMENT] = { "fragment", 0, 1 },
    [LRPOT_QUANTITY_ID] = { "id", 0, 1 },
    [LRPOT_QUANTITY_IMAGE] = { "image", 0, 3 },
    [LRPOT_QUANTITY_FORCES_SPREAD] = { "forces_spread", 0, 3 },
    [LRPOT_QUANTITY_POLARIZABILITY] = { "polarizability", 9, 0 },
    [LRPOT_QUANTITY_ATOMIC_DIPOLES] = { "atomic_dipoles", 0, 3 },
    [LRPOT_QUANTITY_ATOMIC_QUADRUPOLES] = { "atomic_quadrupoles", 0, 9 },
};

static int known(int32_t quantity)
{
    return quantity > 0 && quantity < LRPOT_QUANTITY_COUNT;
}

int64_t lrpot_quantity_size(int32_t quantity, int64_t n)
{
    return known(quantity) && n >= 0
               ? quantities[quantity].fixed + n * quantities[quantity].per_atom
               : 0;
}

const char *lrpot_quantity_name(int32_t quantity)
{
    return known(quantity) ? quantities[quantity].name : NULL;
}

const double *lrpot_structure_get(const lrpot_structure *structure, int32_t quantity)
{
    return structure != NULL && known(quantity) ? structure->quantities[quantity] : NULL;
}

lrpot_status lrpot_structure_set(lrpot_structure *structure, int32_t quantity, const double *values)
{
    LRPOT__REQUIRE_NOT_NULL(structure);
    if (!known(quantity))
        return lrpot__fail(LRPOT_E_ARGUMENT, "quantity is %d, expected 1 to %d", quantity,
                           LRPOT_QUANTITY_COUNT - 1);
    double *copy = NULL;
    if (values != NULL) {
        int64_t size = lrpot_quantity_size(quantity, structure->n);
        for (int64_t k = 0; k < size; k++)
            if (!isfinite(values[k]))
                return lrpot__fail(LRPOT_E_NOT_FINITE, "%s[%lld] is %g", quantities[quantity].name,
                                   (long long)k, values[k]);
        if (quantity == LRPOT_QUANTITY_FRAGMENT)
            LRPOT__TRY(lrpot__structure_take_fragments(structure, values));
        copy = lrpot__duplicate(values, size, sizeof *values);
        if (copy == NULL) return LRPOT_E_MEMORY;
    } else if (quantity == LRPOT_QUANTITY_FRAGMENT) {
        LRPOT__TRY(lrpot__structure_take_fragments(structure, NULL));
    }
    lrpot__free(structure->quantities[quantity]);
    structure->quantities[quantity] = copy;
    return LRPOT_OK;
}

static lrpot__info *find_info(const lrpot_structure *structure, const char *key)
{
    for (int64_t k = 0; k < structure->n_info; k++)
        if (strcmp(structure->info[k].key, key) == 0) return &structure->info[k];
    return NULL;
}

const char *lrpot_structure_info(const lrpot_structure *structure, const char *key)
{
    if (structure == NULL || key == NULL) return NULL;
    const lrpot__info *entry = find_info(structure, key);
    return entry != NULL ? entry->value : NULL;
}

static lrpot_status add_info(lrpot_structure *structure, const char *key, char *value)
{
    char *key_copy = lrpot__strdup(key);
    if (key_copy == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__grow((void **)&structure->info, &structure->info_capacity,
                                      structure->n_info + 1, sizeof *structure->info);
    if (status != LRPOT_OK) {
        lrpot__free(key_copy);
        return status;
    }
    structure->info[structure->n_info++] = (lrpot__info){ key_copy, value };
    return LRPOT_OK;
}

static void remove_info(lrpot_structure *structure, lrpot__info *entry)
{
    lrpot__free(entry->key);
    lrpot__free(entry->value);
    int64_t after = structure->n_info - (entry - structure->info) - 1;
    memmove(entry, entry + 1, (size_t)after * sizeof *entry);
    structure->n_info--;
}

lrpot_status lrpot_structure_set_info(lrpot_structure *structure, const char *key,
                                      const char *value)
{
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(key);
    if (key[0] == '\0') return lrpot__fail(LRPOT_E_ARGUMENT, "the key of an info entry is empty");
    lrpot__info *entry = find_info(structure, key);
    if (value == NULL) {
        if (entry != NULL) remove_info(structure, entry);
        return LRPOT_OK;
    }
    char *copy = lrpot__strdup(value);
    if (copy == NULL) return LRPOT_E_MEMORY;
    if (entry != NULL) {
        lrpot__free(entry->value);
        entry->value = copy;
        return LRPOT_OK;
    }
    lrpot_status status = add_info(structure, key, copy);
    if (status != LRPOT_OK) lrpot__free(copy);
    return status;
}

int32_t lrpot_structure_info_at(const lrpot_structure *structure, int64_t index, const char **key,
                                const char **value)
{
    if (structure == NULL || index < 0 || index >= structure->n_info) return 0;
    if (key != NULL) *key = structure->info[index].key;
    if (value != NULL) *value = structure->info[index].value;
    return 1;
}

void lrpot__structure_free_info(lrpot_structure *structure)
{
    for (int64_t k = 0; k < structure->n_info; k++) {
        lrpot__free(structure->info[k].key);
        lrpot__free(structure->info[k].value);
    }
    lrpot__free(structure->info);
}
