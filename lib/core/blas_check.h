/* Width of the integers of the BLAS that was loaded. */
#ifndef LRPOT__BLAS_CHECK_H
#define LRPOT__BLAS_CHECK_H

#include <lrpot/status.h>

/* LRPOT_E_SYSTEM when the loader took a BLAS of 64-bit integers (ILP64), which reads the arguments
 * of this library wrongly. */
lrpot_status lrpot__blas_check(void);

#endif
