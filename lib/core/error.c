#include "core/error.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_SIZE 512

static _Thread_local char message[MESSAGE_SIZE];

lrpot_status lrpot__fail(lrpot_status status, const char *format, ...)
{
    /* Formatted to another buffer first: an argument may be the present message itself. */
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    memcpy(message, text, sizeof message);
    return status;
}

const char *lrpot_last_error(void)
{
    return message;
}

int64_t lrpot_last_error_copy(char *buffer, int64_t size)
{
    size_t length = strlen(message);
    if (buffer != NULL && size > 0) {
        size_t n = length < (size_t)size - 1 ? length : (size_t)size - 1;
        memcpy(buffer, message, n);
        buffer[n] = '\0';
    }
    return (int64_t)length;
}

const char *lrpot_version(void)
{
    return LRPOT_VERSION_TEXT;
}

lrpot_status lrpot__all_finite(const char *what, int64_t n, const double *values)
{
    for (int64_t i = 0; values != NULL && i < n; i++)
        if (!isfinite(values[i]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "%s[%lld] is %g", what, (long long)i, values[i]);
    return LRPOT_OK;
}

const char *lrpot_status_name(lrpot_status status)
{
    static const struct {
        lrpot_status status;
        const char *name;
    } names[] = {
#define NAME(x) { x, #x }
        NAME(LRPOT_OK),
        NAME(LRPOT_E_ARGUMENT),
        NAME(LRPOT_E_NULL),
        NAME(LRPOT_E_SIZE),
        NAME(LRPOT_E_STATE),
        NAME(LRPOT_E_UNSUPPORTED),
        NAME(LRPOT_E_SPECIES),
        NAME(LRPOT_E_CUTOFF),
        NAME(LRPOT_E_MEMORY),
        NAME(LRPOT_E_SYSTEM),
        NAME(LRPOT_E_OPEN),
        NAME(LRPOT_E_READ),
        NAME(LRPOT_E_WRITE),
        NAME(LRPOT_E_PARSE),
        NAME(LRPOT_E_VERSION),
        NAME(LRPOT_E_CHECKSUM),
        NAME(LRPOT_E_END),
        NAME(LRPOT_E_NOT_FINITE),
        NAME(LRPOT_E_NOT_CONVERGED),
        NAME(LRPOT_E_SINGULAR),
        NAME(LRPOT_E_ACCURACY),
        NAME(LRPOT_E_COINCIDENT),
        NAME(LRPOT_E_CELL),
        NAME(LRPOT_E_INTERRUPTED),
        NAME(LRPOT_E_ASSUMPTION),
        NAME(LRPOT_E_BUG),
#undef NAME
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].status == status) return names[i].name;
    return status < 0 ? "status of a callback" : "unknown status";
}
