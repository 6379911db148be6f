#include "core/memory.h"

#include "core/error.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64

static _Thread_local int64_t allocations;

int64_t lrpot__allocation_count(void)
{
    return allocations;
}

static size_t padded_bytes(int64_t count, size_t size)
{
    if (count < 0 || (size != 0 && (uint64_t)count > (SIZE_MAX - ALIGNMENT) / size)) return 0;
    size_t bytes = (size_t)count * size;
    if (bytes == 0) bytes = 1;
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void *lrpot__calloc(int64_t count, size_t size)
{
    size_t bytes = padded_bytes(count, size);
    void *block = bytes != 0 ? aligned_alloc(ALIGNMENT, bytes) : NULL;
    if (block == NULL) {
        (void)lrpot__fail(LRPOT_E_MEMORY, "out of memory: %lld elements of %zu bytes",
                          (long long)count, size);
        return NULL;
    }
    allocations++;
    memset(block, 0, bytes);
    return block;
}

void *lrpot__duplicate(const void *source, int64_t count, size_t size)
{
    void *copy = lrpot__calloc(count, size);
    if (copy != NULL && count > 0) memcpy(copy, source, (size_t)count * size);
    return copy;
}

char *lrpot__strdup(const char *text)
{
    return lrpot__duplicate(text, (int64_t)strlen(text) + 1, 1);
}

void lrpot__free(void *pointer)
{
    free(pointer);
}

lrpot_status lrpot__grow(void **array, int64_t *capacity, int64_t count, size_t size)
{
    if (count <= *capacity) return LRPOT_OK;
    int64_t wanted = *capacity > INT64_MAX / 2 ? count : *capacity * 2;
    if (wanted < count) wanted = count;
    if (wanted < 16) wanted = 16;
    void *larger = lrpot__calloc(wanted, size);
    if (larger == NULL) return LRPOT_E_MEMORY;
    if (*capacity > 0) memcpy(larger, *array, (size_t)*capacity * size);
    lrpot__free(*array);
    *array = larger;
    *capacity = wanted;
    return LRPOT_OK;
}

lrpot_status lrpot__grow_discarding(void **array, int64_t *capacity, int64_t count, size_t size)
{
    if (count <= *capacity) return LRPOT_OK;
    int64_t wanted = count > INT64_MAX - count / 8 ? count : count + count / 8;
    lrpot__free(*array);
    *capacity = 0;
    *array = lrpot__calloc(wanted, size);
    if (*array == NULL) return LRPOT_E_MEMORY;
    *capacity = wanted;
    return LRPOT_OK;
}
