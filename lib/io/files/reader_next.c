/* Next frame of a file. The conventions of the file are found before the first one. */
#include "core/error.h"
#include "io/units/sample_conventions.h"

lrpot_status lrpot_reader_next(lrpot_reader *reader, lrpot_structure **out)
{
    LRPOT__REQUIRE_NOT_NULL(reader);
    LRPOT__REQUIRE_NOT_NULL(out);
    if (!reader->looked_at) LRPOT__TRY(lrpot__reader_sample_conventions(reader));
    return lrpot__reader_read(reader, out);
}

lrpot_status lrpot_structure_read(lrpot_structure **out, const char *path, int64_t frame)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *structure = NULL;
    LRPOT__REQUIRE_NOT_NULL(out);
    if (frame < 0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "frame = %lld, expected at least 0", (long long)frame);
    LRPOT__TRY(lrpot_reader_open(&reader, path));
    lrpot_status status = LRPOT_OK;
    for (int64_t f = 0; f <= frame && status == LRPOT_OK; f++) {
        lrpot_structure_free(structure);
        structure = NULL;
        status = lrpot_reader_next(reader, &structure);
    }
    if (status == LRPOT_E_END)
        status = lrpot__fail(LRPOT_E_END, "%s: frame %lld does not exist, the file has %lld", path,
                             (long long)frame, (long long)lrpot_reader_frames(reader));
    if (status == LRPOT_OK) *out = structure;
    lrpot_reader_close(reader);
    return status;
}
