/* Files of VASP, Quantum ESPRESSO and LAMMPS from memory: every frame must be whole. */
#include "fuzz.h"

#include "io/files/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lrpot_reader *reader = NULL;
    lrpot_structure *structure = NULL;
    if (lrpot__reader_open_memory(&reader, "fuzz.codes", data, (int64_t)size) != LRPOT_OK) return 0;
    while (lrpot_reader_next(reader, &structure) == LRPOT_OK) {
        fuzz_touch_structure(structure);
        lrpot_structure_free(structure);
    }
    fuzz_touch_message();
    lrpot_reader_close(reader);
    return 0;
}
