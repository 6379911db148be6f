/* Writer of structure files. */
#include "io/files/writer.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/text/text.h"

#include <string.h>

lrpot_status lrpot_writer_open(lrpot_writer **out, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    lrpot_writer *writer = lrpot__calloc(1, sizeof *writer);
    if (writer == NULL) return LRPOT_E_MEMORY;
    size_t length = strlen(path);
    writer->is_cfg = length >= 4 && lrpot__equal_ignoring_case(path + length - 4, ".cfg");
    lrpot_status status = lrpot__output_open(&writer->output, path);
    if (status != LRPOT_OK) lrpot__free(writer);
    else *out = writer;
    return status;
}

static void free_types(lrpot_writer *writer)
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
    free_types(writer);
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

lrpot_status lrpot_writer_append(lrpot_writer *writer, const lrpot_structure *structure)
{
    LRPOT__REQUIRE_NOT_NULL(writer);
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__TRY(writer->is_cfg ? lrpot__cfg_append(writer, structure)
                              : lrpot__xyz_append(writer, structure));
    LRPOT__TRY(lrpot__output_check(&writer->output));
    writer->frames++;
    return LRPOT_OK;
}

lrpot_status lrpot_writer_close(lrpot_writer *writer)
{
    LRPOT__REQUIRE_NOT_NULL(writer);
    lrpot_status status = lrpot__output_close(&writer->output);
    free_types(writer);
    lrpot__free(writer);
    return status;
}

void lrpot_writer_abandon(lrpot_writer *writer)
{
    if (writer == NULL) return;
    lrpot__output_abandon(&writer->output);
    free_types(writer);
    lrpot__free(writer);
}
