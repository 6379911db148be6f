/* Writer of structure files. */
#include "io/files/writer.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/files/output.h"
#include "io/files/writer_types.h"
#include "io/mlip/cfg_write.h"
#include "io/text/text.h"
#include "io/xyz/xyz_write.h"

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
    lrpot__writer_free_types(writer);
    lrpot__free(writer);
    return status;
}

void lrpot_writer_abandon(lrpot_writer *writer)
{
    if (writer == NULL) return;
    lrpot__output_abandon(&writer->output);
    lrpot__writer_free_types(writer);
    lrpot__free(writer);
}
