/* Views of a structure for the species of a model, and repetitions of its cell. */
#include "core/error.h"
#include "core/memory.h"
#include "core/struct_size.h"
#include "structure/fragments.h"

#include <string.h>

static int32_t find_symbol(int32_t n_symbols, const char *const *symbols, const char *symbol)
{
    for (int32_t k = 0; k < n_symbols; k++)
        if (strcmp(symbols[k], symbol) == 0) return k;
    return -1;
}

/* Maps one symbol of the structure after the other. No table is needed: a view allocates no
 * memory. */
static lrpot_status map_species(const lrpot_structure *s, int32_t n_symbols,
                                const char *const *symbols, int32_t *species)
{
    for (int64_t k = 0; k < s->n_symbols; k++) {
        int32_t index = find_symbol(n_symbols, symbols, s->symbols[k]);
        for (int64_t i = 0; i < s->n; i++) {
            if (s->kind[i] != k) continue;
            if (index < 0)
                return lrpot__fail(
                    LRPOT_E_SPECIES,
                    "atom %lld is '%s', which is not among the %d species of the model",
                    (long long)i, s->symbols[k], n_symbols);
            species[i] = index;
        }
    }
    return LRPOT_OK;
}

lrpot_status lrpot_structure_view(const lrpot_structure *structure, int32_t n_symbols,
                                  const char *const *symbols, int32_t *species, lrpot_atoms *view)
{
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(symbols);
    LRPOT__REQUIRE_NOT_NULL(species);
    LRPOT__REQUIRE_NOT_NULL(view);
    LRPOT__REQUIRE_RESULT(lrpot_atoms, view);
    for (int32_t k = 0; k < n_symbols; k++)
        if (symbols[k] == NULL) return lrpot__fail(LRPOT_E_NULL, "symbol of species %d is NULL", k);
    LRPOT__TRY(map_species(structure, n_symbols, symbols, species));
    const double *charge = structure->quantities[LRPOT_QUANTITY_TOTAL_CHARGE];
    const lrpot_atoms empty = LRPOT_ATOMS_INIT;
    LRPOT__FILL_RESULT(view, &empty);
    view->n_owned = view->n_all = structure->n;
    view->positions = structure->positions;
    view->species = species;
    view->cell = lrpot_structure_cell(structure);
    view->periodic_mask = structure->periodic_mask;
    view->total_charge = charge != NULL ? charge[0] : 0.0;
    return lrpot__structure_view_fragments(structure, view);
}

static lrpot_status check_repeat(const lrpot_structure *s, const int32_t *repeat, int64_t *copies)
{
    *copies = 1;
    for (int d = 0; d < 3; d++) {
        if (repeat[d] < 1)
            return lrpot__fail(LRPOT_E_ARGUMENT, "repeat[%d] is %d, expected at least 1", d,
                               repeat[d]);
        if (repeat[d] > 1 && !(s->periodic_mask & 1 << d))
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "repeat[%d] is %d along a direction that is not periodic", d,
                               repeat[d]);
        *copies *= repeat[d];
        if (*copies > INT32_MAX / s->n)
            return lrpot__fail(LRPOT_E_SIZE,
                               "repeating %lld atoms %lld times or more gives too many atoms",
                               (long long)s->n, (long long)*copies);
    }
    return LRPOT_OK;
}

static void place_copies(const lrpot_structure *s, const int32_t *repeat, const char **symbols,
                         double *positions)
{
    int64_t at = 0;
    for (int32_t a = 0; a < repeat[0]; a++)
        for (int32_t b = 0; b < repeat[1]; b++)
            for (int32_t c = 0; c < repeat[2]; c++)
                for (int64_t i = 0; i < s->n; i++, at++) {
                    symbols[at] = s->symbols[s->kind[i]];
                    for (int x = 0; x < 3; x++)
                        positions[3 * at + x] = s->positions[3 * i + x] + a * s->cell[x]
                                                + b * s->cell[3 + x] + c * s->cell[6 + x];
                }
}

/* values, of the fragments of one cell, for each copy. */
static void repeat_values(const double *values, int64_t count, int64_t copies, double *out)
{
    for (int64_t f = 0; f < count * copies; f++) out[f] = values[f % count];
}

/* Gives each copy its own fragments. */
static lrpot_status repeat_fragments(lrpot_structure *copy, const lrpot_structure *structure,
                                     int64_t copies)
{
    const double *column = structure->quantities[LRPOT_QUANTITY_FRAGMENT];
    int64_t n = structure->n, count = lrpot__structure_fragments(structure);
    if (column == NULL) return LRPOT_OK;
    if (count * copies > INT32_MAX)
        return lrpot__fail(LRPOT_E_SIZE, "%lld fragments repeated %lld times", (long long)count,
                           (long long)copies);
    double *columns = lrpot__calloc(n * copies, sizeof *columns),
           *values = lrpot__calloc(count * copies, sizeof *values);
    lrpot_status status = columns != NULL && values != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int64_t k = 0; status == LRPOT_OK && k < n * copies; k++)
        columns[k] = column[k % n] + (double)(k / n * count);
    if (status == LRPOT_OK) status = lrpot_structure_set(copy, LRPOT_QUANTITY_FRAGMENT, columns);
    if (status == LRPOT_OK && structure->fragment_charges != NULL) {
        repeat_values(structure->fragment_charges, count, copies, values);
        status = lrpot_structure_set_fragment_charges(copy, (int32_t)(count * copies), values);
    }
    if (status == LRPOT_OK && structure->fragment_potentials != NULL) {
        repeat_values(structure->fragment_potentials, count, copies, values);
        status = lrpot_structure_set_fragment_potentials(copy, (int32_t)(count * copies), values,
                                                         structure->potential_reference);
    }
    lrpot__free(columns);
    lrpot__free(values);
    return status;
}

static lrpot_status keep_values(lrpot_structure *copy, const lrpot_structure *s, int64_t copies)
{
    const double *charge = s->quantities[LRPOT_QUANTITY_TOTAL_CHARGE];
    if (charge != NULL) {
        double total = charge[0] * (double)copies;
        LRPOT__TRY(lrpot_structure_set(copy, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
    }
    for (int64_t k = 0; k < s->n_info; k++)
        LRPOT__TRY(lrpot_structure_set_info(copy, s->info[k].key, s->info[k].value));
    return repeat_fragments(copy, s, copies);
}

lrpot_status lrpot_structure_repeat(lrpot_structure **out, const lrpot_structure *structure,
                                    const int32_t *repeat)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(repeat);
    int64_t copies;
    LRPOT__TRY(check_repeat(structure, repeat, &copies));
    int64_t n = structure->n * copies;
    const char **symbols = lrpot__calloc(n, sizeof *symbols);
    double *positions = lrpot__calloc(3 * n, sizeof *positions);
    lrpot_structure *copy = NULL;
    lrpot_status status = symbols != NULL && positions != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) {
        double cell[9];
        place_copies(structure, repeat, symbols, positions);
        for (int x = 0; x < 9; x++) cell[x] = structure->cell[x] * repeat[x / 3];
        status = lrpot_structure_create(&copy, n, symbols, positions,
                                        structure->has_cell ? cell : NULL,
                                        structure->periodic_mask);
    }
    if (status == LRPOT_OK) status = keep_values(copy, structure, copies);
    lrpot__free(symbols);
    lrpot__free(positions);
    if (status != LRPOT_OK) {
        lrpot_structure_free(copy);
        return status;
    }
    *out = copy;
    return LRPOT_OK;
}
