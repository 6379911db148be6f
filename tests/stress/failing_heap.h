/* A heap whose n-th request fails, for programs that define no malloc of their own. Counted are
 * requests of liblrpot and of what allocates on its behalf (jansson, LAPACKE, zlib, libc): others,
 * such as FFTW, end the process when they get nothing. */
#ifndef FAILING_HEAP_H
#define FAILING_HEAP_H

/* Counts requests from now on and lets request number `first` (from 0) fail, the later ones too
 * when all is set; -1: none. */
void heap_arm(long first, int all);
/* Requests since then. */
long heap_disarm(void);
/* Blocks in use of all that were ever counted or not. */
long heap_blocks(void);

#endif
