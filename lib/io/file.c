/* The writer of the library for others. */
#include "core/error.h"
#include "core/memory.h"
#include "io/output.h"

#include <lrpot/file.h>

struct lrpot_file {
    lrpot__output output;
};

lrpot_status lrpot_file_open(lrpot_file **out, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    lrpot_file *file = lrpot__calloc(1, sizeof *file);
    if (file == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__output_open(&file->output, path);
    if (status != LRPOT_OK) lrpot__free(file);
    else *out = file;
    return status;
}

FILE *lrpot_file_stream(const lrpot_file *file)
{
    return file != NULL ? file->output.file : NULL;
}

lrpot_status lrpot_file_close(lrpot_file *file)
{
    LRPOT__REQUIRE_NOT_NULL(file);
    lrpot_status status = lrpot__output_close(&file->output);
    lrpot__free(file);
    return status;
}

void lrpot_file_abandon(lrpot_file *file)
{
    if (file == NULL) return;
    lrpot__output_abandon(&file->output);
    lrpot__free(file);
}
