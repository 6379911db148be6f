/* Choice of the kernel of directional gradients for this processor. */
#include "fit/local/directional_kernel.h"

#include "basis/kernels/basis_kernel.h"

const lrpot__directional_kernel *lrpot__directional_kernel_get(void)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    int32_t kernel = LRPOT_KERNEL_PORTABLE;
    if (lrpot__basis_kernel_resolve(LRPOT_KERNEL_AUTO, &kernel) == LRPOT_OK) {
        if (kernel == LRPOT_KERNEL_AVX512) return &lrpot__directional_kernel_avx512;
        if (kernel == LRPOT_KERNEL_AVX2) return &lrpot__directional_kernel_avx2;
    }
#endif
    return &lrpot__directional_kernel_portable;
}
