/* MLIP's .cfg from memory: every frame that is read must be whole. */
#include "fuzz.h"

#include "io/files/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = { "Na", "Cl" };
    lrpot_reader *reader = NULL;
    lrpot_structure *structure = NULL;
    if (lrpot__reader_open_memory(&reader, "fuzz.cfg", data, (int64_t)size) != LRPOT_OK) return 0;
    /* named and unnamed types in turns */
    if (size % 2 != 0 && lrpot_reader_set_types(reader, 2, types) != LRPOT_OK) abort();
    while (lrpot_reader_next(reader, &structure) == LRPOT_OK) {
        fuzz_touch_structure(structure);
        lrpot_structure_free(structure);
    }
    fuzz_touch_message();
    lrpot_reader_close(reader);
    return 0;
}
