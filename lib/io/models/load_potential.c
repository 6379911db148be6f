/* Loading of model files of any kind, recognised by their content. */
#include "io/models/load_potential.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/mlip/mtp_build.h"
#include "io/mlip/mtp_parse.h"
#include "io/models/model_read.h"
#include "io/text/text.h"

#include <lrpot/io.h>

static lrpot_status load_mtp(lrpot_potential **out, const char *name, const char *text,
                             int64_t size)
{
    lrpot__mtp mtp;
    lrpot_status status = lrpot__mtp_parse(&mtp, name, text, size);
    if (status == LRPOT_OK) status = lrpot__mtp_build(&mtp, out);
    lrpot__mtp_free(&mtp);
    return status;
}

static int begins_as_json(const char *text, int64_t size)
{
    int64_t at = 0;
    while (at < size && (lrpot__is_blank(text[at]) || text[at] == '\n' || text[at] == '\r')) at++;
    return at < size && text[at] == '{';
}

lrpot_status lrpot__potential_load_memory(lrpot_potential **out, const char *name, const char *text,
                                          int64_t size)
{
    if (begins_as_json(text, size)) return lrpot__model_parse(out, name, text, size, 1);
    if (lrpot__mtp_recognise(text, size)) return load_mtp(out, name, text, size);
    return lrpot__fail(
        LRPOT_E_PARSE,
        "%s: neither a model file of this library (it would begin with {) nor an .mtp file (MTP)",
        name);
}

lrpot_status lrpot_potential_load(lrpot_potential **out, const char *path)
{
    char *text = NULL;
    int64_t size = 0;
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    LRPOT__TRY(lrpot__file_load(path, &text, &size));
    lrpot_status status = lrpot__potential_load_memory(out, path, text, size);
    lrpot__free(text);
    return status;
}
