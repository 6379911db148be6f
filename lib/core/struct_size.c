#include "core/struct_size.h"

#include <string.h>

/* No struct comes near this size. A larger struct_size was never set. */
#define LARGEST 65536

static lrpot_status check_size(const char *type, size_t size, size_t known)
{
    if (size >= known && size <= LARGEST) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_SIZE,
                       "%s.struct_size is %zu, expected at least %zu (liblrpot %s): start from "
                       "the _INIT macro of the struct",
                       type, size, known, lrpot_version());
}

lrpot_status lrpot__check_input(const char *type, const void *given, size_t known)
{
    if (given == NULL) return LRPOT_OK;
    size_t size = *(const size_t *)given;
    LRPOT__TRY(check_size(type, size, known));
    for (size_t k = known; k < size; k++)
        if (((const unsigned char *)given)[k] != 0)
            return lrpot__fail(LRPOT_E_SIZE,
                               "%s.struct_size is %zu, of which liblrpot %s knows %zu, and byte "
                               "%zu is set: a member of a newer release, which needs that release",
                               type, size, lrpot_version(), known, k);
    return LRPOT_OK;
}

lrpot_status lrpot__check_result(const char *type, void *out, size_t known)
{
    size_t size = *(const size_t *)out;
    LRPOT__TRY(check_size(type, size, known));
    memset((char *)out + known, 0, size - known);
    return LRPOT_OK;
}
