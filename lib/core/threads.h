/* Number of threads of a parallel region. The runtime of OpenMP keeps a pool of threads, which a
 * child made by fork() does not inherit: a region of several threads would wait for them forever.
 */
#ifndef LRPOT__THREADS_H
#define LRPOT__THREADS_H

#include <stdint.h>

/* Nonzero in a child that was forked after this library computed in its parent. The first call of a
 * process, or of its forebears, names the process that may have a pool. */
int lrpot__forked(void);

/* Threads that a region may have now: as wanted, or 1 in such a child. The parts of the work stay
 * as they are, so that the result has the same bits. */
int32_t lrpot__team(int32_t wanted);

#endif
