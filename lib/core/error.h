/* Message of the last failure of a thread. */
#ifndef LRPOT__ERROR_H
#define LRPOT__ERROR_H

#include <lrpot/status.h>

/* Records a printf-like message and returns status, so that callers write `return
 * lrpot__fail(LRPOT_E_CELL, "...", ...)`. */
__attribute__((format(printf, 2, 3))) lrpot_status lrpot__fail(lrpot_status status,
                                                               const char *format, ...);

/* LRPOT_E_NOT_FINITE, naming array, index and value, if one is not finite. NULL is accepted. */
lrpot_status lrpot__all_finite(const char *what, int64_t n, const double *values);

/* Passes a failure up unchanged. */
#define LRPOT__TRY(call)                                             \
    do {                                                             \
        lrpot_status lrpot__try_status = (call);                     \
        if (lrpot__try_status != LRPOT_OK) return lrpot__try_status; \
    } while (0)

#define LRPOT__REQUIRE_NOT_NULL(pointer)                                                       \
    do {                                                                                       \
        if ((pointer) == NULL)                                                                 \
            return lrpot__fail(LRPOT_E_NULL, "%s: argument '%s' is NULL", __func__, #pointer); \
    } while (0)

#endif
