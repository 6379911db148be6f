#include "electrostatics/simd/coulomb_loops.h"

#include "core/processor.h"

const lrpot__coulomb_kernels *lrpot__coulomb_kernels_get(void)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    const int32_t set = lrpot__instruction_set();
    if (set == LRPOT__AVX512) return &lrpot__coulomb_avx512;
    if (set == LRPOT__AVX2) return &lrpot__coulomb_avx2;
#endif
    return &lrpot__coulomb_portable;
}
