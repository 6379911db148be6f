/* Structure handle: atoms, symbols, cell. */
#include "core/algebra.h"
#include "core/error.h"
#include "core/memory.h"
#include "structure/fragments.h"
#include "structure/lattice.h"
#include "structure/structure_values.h"

#include <math.h>
#include <string.h>

static lrpot_status check_symbol(const char *symbol, int64_t i)
{
    if (symbol == NULL)
        return lrpot__fail(LRPOT_E_NULL, "symbol of atom %lld is NULL", (long long)i);
    size_t length = 0;
    /* Blanks and control characters would not be preserved in a column of a file. */
    while (length < LRPOT__SYMBOL_SIZE && (unsigned char)symbol[length] > ' '
           && symbol[length] != 0x7f)
        length++;
    if (length == 0 || length == LRPOT__SYMBOL_SIZE || symbol[length] != '\0')
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "symbol of atom %lld is '%.20s', expected 1 to %d printable characters",
                           (long long)i, symbol, LRPOT__SYMBOL_SIZE - 1);
    return LRPOT_OK;
}

/* Index of a symbol in the table. A new symbol is added. */
static lrpot_status intern(lrpot_structure *s, const char *symbol, int32_t guess, int32_t *index)
{
    if (guess < s->n_symbols && strcmp(s->symbols[guess], symbol) == 0) {
        *index = guess;
        return LRPOT_OK;
    }
    for (int64_t k = 0; k < s->n_symbols; k++)
        if (strcmp(s->symbols[k], symbol) == 0) {
            *index = (int32_t)k;
            return LRPOT_OK;
        }
    LRPOT__TRY(lrpot__grow((void **)&s->symbols, &s->symbols_capacity, s->n_symbols + 1,
                           sizeof *s->symbols));
    memcpy(s->symbols[s->n_symbols], symbol, strlen(symbol) + 1);
    *index = (int32_t)s->n_symbols++;
    return LRPOT_OK;
}

static lrpot_status fill(lrpot_structure *s, int64_t n, const char *const *symbols,
                         const double *positions, const double *cell, int32_t mask)
{
    s->n = n;
    s->positions = lrpot__duplicate(positions, 3 * n, sizeof(double));
    s->kind = lrpot__calloc(n, sizeof *s->kind);
    if (s->positions == NULL || s->kind == NULL) return LRPOT_E_MEMORY;
    for (int64_t i = 0; i < n; i++) {
        LRPOT__TRY(check_symbol(symbols[i], i));
        LRPOT__TRY(intern(s, symbols[i], i > 0 ? s->kind[i - 1] : 0, &s->kind[i]));
    }
    return lrpot_structure_set_cell(s, cell, mask);
}

lrpot_status lrpot_structure_create(lrpot_structure **out, int64_t n, const char *const *symbols,
                                    const double *positions, const double *cell,
                                    int32_t periodic_mask)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(symbols);
    LRPOT__REQUIRE_NOT_NULL(positions);
    if (n < 1 || n > INT32_MAX)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n is %lld, expected 1 to 2^31 - 1", (long long)n);
    for (int64_t x = 0; x < 3 * n; x++)
        if (!isfinite(positions[x]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "positions[%lld][%d] is %g", (long long)(x / 3),
                               (int)(x % 3), positions[x]);
    lrpot_structure *structure = lrpot__calloc(1, sizeof *structure);
    if (structure == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = fill(structure, n, symbols, positions, cell, periodic_mask);
    if (status != LRPOT_OK) {
        lrpot_structure_free(structure);
        return status;
    }
    *out = structure;
    return LRPOT_OK;
}

static lrpot_status copy_content(lrpot_structure *copy, const lrpot_structure *s)
{
    copy->n = s->n;
    copy->line = s->line;
    copy->n_symbols = copy->symbols_capacity = s->n_symbols;
    copy->has_cell = s->has_cell;
    copy->periodic_mask = s->periodic_mask;
    memcpy(copy->cell, s->cell, sizeof copy->cell);
    copy->symbols = lrpot__duplicate(s->symbols, s->n_symbols, sizeof *s->symbols);
    copy->kind = lrpot__duplicate(s->kind, s->n, sizeof *s->kind);
    copy->positions = lrpot__duplicate(s->positions, 3 * s->n, sizeof(double));
    if (copy->symbols == NULL || copy->kind == NULL || copy->positions == NULL)
        return LRPOT_E_MEMORY;
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) {
        if (s->quantities[q] == NULL) continue;
        copy->quantities[q] =
            lrpot__duplicate(s->quantities[q], lrpot_quantity_size(q, s->n), sizeof(double));
        if (copy->quantities[q] == NULL) return LRPOT_E_MEMORY;
    }
    LRPOT__TRY(lrpot__structure_take_fragments(copy, copy->quantities[LRPOT_QUANTITY_FRAGMENT]));
    LRPOT__TRY(
        lrpot_structure_set_fragment_charges(copy, s->n_fragment_charges, s->fragment_charges));
    LRPOT__TRY(lrpot_structure_set_fragment_potentials(
        copy, s->n_fragment_potentials, s->fragment_potentials, s->potential_reference));
    LRPOT__TRY(lrpot_structure_set_points(copy, s->n_points, s->points, s->point_potentials));
    for (int64_t k = 0; k < s->n_info; k++)
        LRPOT__TRY(lrpot_structure_set_info(copy, s->info[k].key, s->info[k].value));
    return LRPOT_OK;
}

lrpot_status lrpot_structure_clone(lrpot_structure **out, const lrpot_structure *structure)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(structure);
    lrpot_structure *copy = lrpot__calloc(1, sizeof *copy);
    if (copy == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = copy_content(copy, structure);
    if (status != LRPOT_OK) {
        lrpot_structure_free(copy);
        return status;
    }
    *out = copy;
    return LRPOT_OK;
}

void lrpot_structure_free(lrpot_structure *structure)
{
    if (structure == NULL) return;
    lrpot__structure_free_info(structure);
    for (int32_t q = 0; q < LRPOT_QUANTITY_COUNT; q++) lrpot__free(structure->quantities[q]);
    lrpot__free(structure->fragments);
    lrpot__free(structure->fragment_charges);
    lrpot__free(structure->fragment_potentials);
    lrpot__free(structure->points);
    lrpot__free(structure->point_potentials);
    lrpot__free(structure->symbols);
    lrpot__free(structure->kind);
    lrpot__free(structure->positions);
    lrpot__free(structure);
}

int64_t lrpot_structure_count(const lrpot_structure *structure)
{
    return structure != NULL ? structure->n : 0;
}

const char *lrpot_structure_symbol(const lrpot_structure *structure, int64_t i)
{
    if (structure == NULL || i < 0 || i >= structure->n) return NULL;
    return structure->symbols[structure->kind[i]];
}

double *lrpot_structure_positions(lrpot_structure *structure)
{
    return structure != NULL ? structure->positions : NULL;
}

const double *lrpot_structure_positions_const(const lrpot_structure *structure)
{
    return structure != NULL ? structure->positions : NULL;
}

const double *lrpot_structure_cell(const lrpot_structure *structure)
{
    return structure != NULL && structure->has_cell ? structure->cell : NULL;
}

lrpot_status lrpot_structure_set_cell(lrpot_structure *structure, const double *cell,
                                      int32_t periodic_mask)
{
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__TRY(lrpot__lattice_check(cell, periodic_mask));
    structure->has_cell = cell != NULL;
    structure->periodic_mask = periodic_mask;
    if (cell != NULL) memmove(structure->cell, cell, sizeof structure->cell);
    else memset(structure->cell, 0, sizeof structure->cell);
    return LRPOT_OK;
}

int32_t lrpot_structure_periodic_mask(const lrpot_structure *structure)
{
    return structure != NULL ? structure->periodic_mask : 0;
}

double lrpot_structure_volume(const lrpot_structure *structure)
{
    return structure != NULL && structure->has_cell ? fabs(lrpot__det3(structure->cell)) : 0.0;
}
