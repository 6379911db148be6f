/* Number of threads of a parallel region. The OpenMP runtime keeps a pool of threads, which a child
 * made by fork() does not inherit. A region of several threads would wait for them forever. */
#ifndef LRPOT__THREADS_H
#define LRPOT__THREADS_H

#include <stdint.h>

/* Nonzero in a child that was forked after this library had computed in its parent. The first call
 * in a process, or in its ancestors, records the process that may have a pool. */
int lrpot__is_forked_child(void);

/* Number of threads that a region may use now: as wanted, or 1 in such a child. The division of the
 * work does not change, so the result has the same bits. A region has the clause num_threads alone,
 * no clause `if` beside it: where that is false, LLVM's runtime (libomp 14) keeps the number for
 * the next region, which may be one of the BLAS. */
int32_t lrpot__region_threads(int32_t wanted);

/* Called inside a region: what this thread calls, such as a BLAS with OpenMP, uses one thread until
 * the region ends. In a region of one thread it would otherwise take all, for matrices that are too
 * small for it, and wait for each on a busy machine. */
void lrpot__region_is_serial(void);

#endif
