#include "core/blas_check.h"

#include "core/error.h"

#include <lapacke.h>
#include <stdint.h>
#include <string.h>

/* A Fortran function takes its integers by address, so the callee alone decides how many bytes it
 * reads. */
double ddot_(const int32_t *n, const double *x, const int32_t *step_x, const double *y,
             const int32_t *step_y);

/* 1 if the BLAS reads 32-bit integers. The lower 32 bits of this number are 1, and as a 64-bit
 * number it is negative: the sum has one product for LP64 and none for ILP64. Neither reads beyond
 * x and y. */
static int takes_32_bits(void)
{
    const int64_t count = -((int64_t)1 << 32) + 1;
    const int32_t step[2] = { 1, 0 };
    const double x = 3.0, y = 5.0;
    int32_t n[2];
    memcpy(n, &count, sizeof n);
    if (n[0] != 1) return 1; /* big-endian byte order; no such BLAS is known there */
    return ddot_(n, &x, step, &y, step) == x * y;
}

lrpot_status lrpot__blas_check(void)
{
    if (takes_32_bits()) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_SYSTEM,
                       "the BLAS that was loaded first has 64-bit integers (ILP64); liblrpot needs "
                       "one with 32-bit integers (LP64): link the program with that one, or name "
                       "it in LD_PRELOAD");
}

lrpot_status lrpot__lapack_memory(int32_t info, const char *routine)
{
    return info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR
               ? lrpot__fail(LRPOT_E_MEMORY, "out of memory in %s", routine)
               : LRPOT_OK;
}
