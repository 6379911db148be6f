/* MLIP's .mtp from memory: what loads must be a model that can be evaluated. */
#include "fuzz.h"

#include "io/mlip/mtp_build.h"
#include "io/mlip/mtp_parse.h"
#include "io/models/model_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lrpot_potential *potential = NULL;
    lrpot__mtp mtp;
    lrpot_status status = lrpot__mtp_parse(&mtp, "fuzz.mtp", (const char *)data, (int64_t)size);
    if (status == LRPOT_OK) status = lrpot__mtp_build(&mtp, &potential);
    lrpot__mtp_free(&mtp);
    if (status == LRPOT_OK) fuzz_touch_potential(potential);
    else fuzz_touch_message();
    lrpot_potential_free(potential);
    return 0;
}
