/* Files of active sets from memory, without their checksum. */
#include "fuzz.h"

#include "io/models/active_set_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lrpot_active_set *set = NULL;
    if (lrpot__active_set_parse(&set, "fuzz.lrp", (const char *)data, (int64_t)size, 0)
        == LRPOT_OK) {
        int64_t n = lrpot_active_set_size(set), *rows = malloc((size_t)(2 * n) * sizeof *rows + 1);
        if (rows == NULL || lrpot_active_set_rows(set, 0, rows, rows + n) != LRPOT_OK) abort();
        for (int64_t k = 0; k < 2 * n; k++)
            if (rows[k] < -1) abort();
        free(rows);
    } else fuzz_touch_message();
    lrpot_active_set_free(set);
    return 0;
}
