/* Choice of the fit kernel for this processor. */
#include "fit/local/fit_kernel.h"

#include "basis/kernels/basis_kernel.h"

const lrpot__fit_local_kernel *lrpot__fit_local_kernel_get(void)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    int32_t kernel = LRPOT_KERNEL_PORTABLE;
    if (lrpot__basis_kernel_resolve(LRPOT_KERNEL_AUTO, &kernel) == LRPOT_OK) {
        if (kernel == LRPOT_KERNEL_AVX512) return &lrpot__fit_local_kernel_avx512;
        if (kernel == LRPOT_KERNEL_AVX2) return &lrpot__fit_local_kernel_avx2;
    }
#endif
    return &lrpot__fit_local_kernel_portable;
}
