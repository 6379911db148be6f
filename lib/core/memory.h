/* Allocation with overflow checks. Every block is 64-byte aligned, so that kernels may load whole
 * vectors. */
#ifndef LRPOT__MEMORY_H
#define LRPOT__MEMORY_H

#include <lrpot/status.h>

/* Zero-filled array of count elements; NULL and a recorded message on failure. A count of 0 gives a
 * valid pointer. */
void *lrpot__calloc(int64_t count, size_t size);
/* Copy of an array. */
void *lrpot__duplicate(const void *source, int64_t count, size_t size);
char *lrpot__strdup(const char *text);
void lrpot__free(void *pointer);

/* Grow-only array: makes room for `count` elements, keeps the content, doubles the capacity. */
lrpot_status lrpot__grow(void **array, int64_t *capacity, int64_t count, size_t size);
/* The same for large arrays without keeping their content: the old block is freed before the new
 * one is allocated, an eighth larger than needed. */
lrpot_status lrpot__grow_discarding(void **array, int64_t *capacity, int64_t count, size_t size);

/* Number of blocks allocated by the calling thread since the library was loaded: used to test that
 * a steady state allocates nothing. */
int64_t lrpot__allocation_count(void);

#endif
