/* Allocation with overflow checks; every block is 64-byte aligned so that kernels may load whole
 * vectors. */
#ifndef LRPOT__MEMORY_H
#define LRPOT__MEMORY_H

#include <lrpot/status.h>

/* Zero-filled array of count elements; NULL and a recorded message when that fails. A count of 0
 * gives a valid pointer. */
void *lrpot__calloc(int64_t count, size_t size);
/* Copy of an array. */
void *lrpot__duplicate(const void *source, int64_t count, size_t size);
char *lrpot__strdup(const char *text);
void lrpot__free(void *pointer);

/* Grow-only array: makes room for `count` elements, keeps the content, doubles the capacity. */
lrpot_status lrpot__grow(void **array, int64_t *capacity, int64_t count, size_t size);
/* The same for large arrays of which nothing is kept: the old goes before the new comes, with an
 * eighth more than needed. */
lrpot_status lrpot__renew(void **array, int64_t *capacity, int64_t count, size_t size);

/* Blocks handed out since the library was loaded by the calling thread: the test of "steady state
 * allocates nothing". */
int64_t lrpot__allocation_count(void);

#endif
