/* Check of the public structs that callers lay out: each begins with its size. A program compiled
 * against a newer release passes larger ones. */
#ifndef LRPOT__STRUCT_SIZE_H
#define LRPOT__STRUCT_SIZE_H

#include "core/error.h"

#include <stddef.h>

/* LRPOT_E_SIZE for a struct that is too small, or has a member beyond `known` bytes that is not
 * zero: a request that this library does not know. NULL is accepted. */
lrpot_status lrpot__check_input(const char *type, const void *given, size_t known);
/* LRPOT_E_SIZE for a struct that is too small to be filled. Members that this library does not know
 * become zero. */
lrpot_status lrpot__check_result(const char *type, void *out, size_t known);

#define LRPOT__REQUIRE_INPUT(type, pointer) \
    LRPOT__TRY(lrpot__check_input(#type, (const type *){ (pointer) }, sizeof(type)))
#define LRPOT__REQUIRE_RESULT(type, pointer) \
    LRPOT__TRY(lrpot__check_result(#type, (type *){ (pointer) }, sizeof(type)))

/* Copies what is known of a struct, in both directions; the copy keeps the size of its own room. */
#define LRPOT__COPY_INPUT(copy, given)        \
    do {                                      \
        *(copy) = *(given);                   \
        (copy)->struct_size = sizeof *(copy); \
    } while (0)
#define LRPOT__FILL_RESULT(out, filled)          \
    do {                                         \
        size_t lrpot__size = (out)->struct_size; \
        *(out) = *(filled);                      \
        (out)->struct_size = lrpot__size;        \
    } while (0)

#endif
