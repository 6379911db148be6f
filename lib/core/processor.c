#include "core/processor.h"

int32_t lrpot__instruction_set(void)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return LRPOT__PLAIN;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl"))
        return LRPOT__AVX512;
    return LRPOT__AVX2;
#else
    return LRPOT__PLAIN;
#endif
}
