#include "electrostatics/simd/coulomb_loops.h"

const lrpot__coulomb_kernels *lrpot__coulomb_kernels_get(void)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx2")
        && __builtin_cpu_supports("fma"))
        return &lrpot__coulomb_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &lrpot__coulomb_avx2;
#endif
    return &lrpot__coulomb_portable;
}
