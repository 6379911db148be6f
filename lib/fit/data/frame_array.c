#include "fit/data/frame_array.h"

#include "core/error.h"
#include "core/struct_size.h"

const lrpot_fit_frame *lrpot__frame_at(const lrpot_fit_frame *how, int64_t f)
{
    return (const void *)((const char *)how + (size_t)f * how->struct_size);
}

lrpot_status lrpot__frame_check(const lrpot_fit_frame *how, int64_t f)
{
    LRPOT__REQUIRE_INPUT(lrpot_fit_frame, how);
    if (how == NULL) return LRPOT_OK;
    const lrpot_fit_frame *own = lrpot__frame_at(how, f);
    if (own->struct_size != how->struct_size)
        return lrpot__fail(
            LRPOT_E_SIZE,
            "how[%lld].struct_size is %zu, that of how[0] is %zu: all lrpot_fit_frame "
            "of an array have one size",
            (long long)f, own->struct_size, how->struct_size);
    LRPOT__REQUIRE_INPUT(lrpot_fit_frame, own);
    return LRPOT_OK;
}
