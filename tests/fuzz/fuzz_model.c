/* The library's own model file from memory: what loads must be a model that can be evaluated. The
 * checksum is not looked at, since a fuzzer would never get past it. */
#include "fuzz.h"

#include "io/models/model_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lrpot_potential *potential = NULL;
    if (lrpot__model_parse(&potential, "fuzz.lrp", (const char *)data, (int64_t)size, 0)
        == LRPOT_OK)
        fuzz_touch_potential(potential);
    else fuzz_touch_message();
    lrpot_potential_free(potential);
    return 0;
}
