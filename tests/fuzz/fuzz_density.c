/* Density files from memory: what loads must be a density with finite coefficients. The checksum is
 * not looked at, since a fuzzer would never get past it. */
#include "fuzz.h"

#include "io/models/density_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lrpot_density *density = NULL;
    if (lrpot__density_parse(&density, "fuzz.lrp", (const char *)data, (int64_t)size, 0)
        == LRPOT_OK) {
        int64_t n = lrpot_density_param_count(density);
        double *params = malloc((size_t)n * sizeof *params + 1);
        if (params == NULL || lrpot_density_get_params(density, n, params) != LRPOT_OK) abort();
        fuzz_touch_numbers(n, params);
        free(params);
    } else fuzz_touch_message();
    lrpot_density_free(density);
    return 0;
}
