/* What BLAS and LAPACK can be at fault for: the width of their integers, and memory. */
#ifndef LRPOT__BLAS_CHECK_H
#define LRPOT__BLAS_CHECK_H

#include <lrpot/status.h>

/* LRPOT_E_SYSTEM when the loader took a BLAS of 64-bit integers (ILP64), which reads the arguments
 * of this library wrongly. */
lrpot_status lrpot__blas_check(void);

/* LRPOT_E_MEMORY, named after the routine, where LAPACKE found no memory for its work. info: what
 * the routine returned. */
lrpot_status lrpot__lapack_memory(int32_t info, const char *routine);

#endif
