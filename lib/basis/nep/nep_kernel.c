#include "basis/nep/nep_kernel.h"

#include "basis/kernels/basis_kernel.h"

lrpot_status lrpot__nep_kernel_resolve(int32_t wanted, int32_t *resolved)
{
    return lrpot__basis_kernel_resolve(wanted, resolved);
}

const lrpot__nep_kernel *lrpot__nep_kernel_get(int32_t kernel)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    if (kernel == LRPOT_KERNEL_AVX2) return &lrpot__nep_kernel_avx2;
    if (kernel == LRPOT_KERNEL_AVX512) return &lrpot__nep_kernel_avx512;
#endif
    return kernel == LRPOT_KERNEL_PORTABLE ? &lrpot__nep_kernel_portable
                                           : &lrpot__nep_kernel_reference;
}

const lrpot__nep_kernel *lrpot__nep_kernel_get_single(int32_t kernel)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    if (kernel == LRPOT_KERNEL_AVX2) return &lrpot__nep_single_avx2;
    if (kernel == LRPOT_KERNEL_AVX512) return &lrpot__nep_single_avx512;
#else
    (void)kernel;
#endif
    return &lrpot__nep_single_portable;
}
