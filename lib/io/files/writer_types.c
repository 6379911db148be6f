/* Numbers of the types that a writer gives to species, for formats without symbols. */
#include "io/files/writer_types.h"

#include "core/error.h"
#include "core/memory.h"

#include <string.h>

void lrpot__writer_free_types(lrpot_writer *writer)
{
    for (int32_t t = 0; t < writer->n_types; t++) lrpot__free(writer->types[t]);
    lrpot__free(writer->types);
    writer->types = NULL;
    writer->n_types = 0;
    writer->type_capacity = 0;
}

static lrpot_status add_type(lrpot_writer *writer, const char *symbol)
{
    LRPOT__TRY(lrpot__grow((void **)&writer->types, &writer->type_capacity,
                           (int64_t)writer->n_types + 1, sizeof *writer->types));
    writer->types[writer->n_types] = lrpot__strdup(symbol);
    if (writer->types[writer->n_types] == NULL) return LRPOT_E_MEMORY;
    writer->n_types++;
    return LRPOT_OK;
}

lrpot_status lrpot_writer_set_types(lrpot_writer *writer, int32_t n, const char *const *symbols)
{
    LRPOT__REQUIRE_NOT_NULL(writer);
    LRPOT__REQUIRE_NOT_NULL(symbols);
    if (writer->frames > 0)
        return lrpot__fail(LRPOT_E_STATE, "types must be set before the first frame");
    for (int32_t t = 0; t < n; t++)
        if (symbols[t] == NULL) return lrpot__fail(LRPOT_E_NULL, "symbol of type %d is NULL", t);
    lrpot__writer_free_types(writer);
    for (int32_t t = 0; t < n; t++) LRPOT__TRY(add_type(writer, symbols[t]));
    writer->types_given = 1;
    return LRPOT_OK;
}

lrpot_status lrpot__writer_type(lrpot_writer *writer, const char *symbol, int32_t *type)
{
    for (*type = 0; *type < writer->n_types; (*type)++)
        if (strcmp(writer->types[*type], symbol) == 0) return LRPOT_OK;
    if (writer->types_given)
        return lrpot__fail(LRPOT_E_SPECIES,
                           "%s: frame %lld has the species '%s', which is none of the %d types set",
                           writer->output.path, (long long)writer->frames, symbol, writer->n_types);
    return add_type(writer, symbol);
}
