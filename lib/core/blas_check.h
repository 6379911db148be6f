/* Checks for failures of BLAS and LAPACK: width of their integers, and memory. */
#ifndef LRPOT__BLAS_CHECK_H
#define LRPOT__BLAS_CHECK_H

#include <lrpot/status.h>

/* LRPOT_E_SYSTEM if the loader took a BLAS with 64-bit integers (ILP64), which misreads the
 * arguments of this library. */
lrpot_status lrpot__blas_check(void);

/* LRPOT_E_MEMORY, naming the routine, if LAPACKE found no memory for its work. info: result of the
 * routine. */
lrpot_status lrpot__lapack_memory(int32_t info, const char *routine);

#endif
