/* Symbols of the species of a model. */
#include "potential/symbols.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"

#include <string.h>

#define SYMBOL_LENGTH 15 /* as in lrpot_structure_create */

static lrpot_status check_symbols(int32_t n, const char *const *symbols)
{
    LRPOT__REQUIRE_NOT_NULL(symbols);
    for (int32_t z = 0; z < n; z++) {
        if (symbols[z] == NULL) return lrpot__fail(LRPOT_E_NULL, "symbol of species %d is NULL", z);
        size_t length = strlen(symbols[z]);
        if (length < 1 || length > SYMBOL_LENGTH)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "symbol '%.32s' of species %d has %zu characters, expected 1 to %d",
                               symbols[z], z, length, SYMBOL_LENGTH);
        if (!lrpot__utf8_valid(symbols[z]))
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "symbol '%s' of species %d is not UTF-8, as model files are",
                               symbols[z], z);
        for (int32_t y = 0; y < z; y++)
            if (strcmp(symbols[y], symbols[z]) == 0)
                return lrpot__fail(LRPOT_E_ARGUMENT, "symbol '%s' belongs to species %d and %d",
                                   symbols[z], y, z);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__symbols_copy(char ***out, int32_t n, const char *const *symbols)
{
    LRPOT__TRY(check_symbols(n, symbols));
    char **copies = lrpot__calloc(n, sizeof *copies);
    if (copies == NULL) return LRPOT_E_MEMORY;
    for (int32_t z = 0; z < n; z++)
        if ((copies[z] = lrpot__strdup(symbols[z])) == NULL) {
            lrpot__symbols_free(copies, n);
            return LRPOT_E_MEMORY;
        }
    *out = copies;
    return LRPOT_OK;
}

void lrpot__symbols_free(char **symbols, int32_t n)
{
    if (symbols == NULL) return;
    for (int32_t z = 0; z < n; z++) lrpot__free(symbols[z]);
    lrpot__free(symbols);
}
