/* Files of tensor models from memory, without their checksum. */
#include "fuzz.h"

#include "io/models/tensor_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lrpot_tensor_model *model = NULL;
    if (lrpot__tensor_parse(&model, "fuzz.lrp", (const char *)data, (int64_t)size, 0) == LRPOT_OK) {
        int64_t n = lrpot_tensor_model_param_count(model);
        double *values = malloc((size_t)n * sizeof *values + 1);
        if (values == NULL || lrpot_tensor_model_get_params(model, n, values) != LRPOT_OK) abort();
        fuzz_touch_numbers(n, values);
        free(values);
    } else fuzz_touch_message();
    lrpot_tensor_model_free(model);
    return 0;
}
