/* The kernels of this build, and the choice among those that the processor can run. */
#include "basis/kernels/basis_kernel.h"

#include "basis/kernels/batches.h"
#include "basis/plan/schedule.h"
#include "core/error.h"
#include "core/processor.h"

static int processor_has(int32_t kernel)
{
    if (kernel == LRPOT_KERNEL_AVX512) return lrpot__instruction_set() >= LRPOT__AVX512;
    if (kernel == LRPOT_KERNEL_AVX2) return lrpot__instruction_set() >= LRPOT__AVX2;
    return 1;
}

lrpot_status lrpot__basis_kernel_resolve(int32_t wanted, int32_t *resolved)
{
    if (wanted < LRPOT_KERNEL_AUTO || wanted > LRPOT_KERNEL_AVX512)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "kernel is %d, expected one of LRPOT_KERNEL_AUTO to LRPOT_KERNEL_AVX512",
                           wanted);
    int32_t kernel = wanted;
    for (int32_t k = LRPOT_KERNEL_AVX512; kernel == LRPOT_KERNEL_AUTO; k--)
        if (processor_has(k)) kernel = k;
    if (!processor_has(kernel))
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "this processor or build lacks the kernel for %s",
                           kernel == LRPOT_KERNEL_AVX2 ? "AVX2" : "AVX-512");
    *resolved = kernel;
    return LRPOT_OK;
}

lrpot_status lrpot__basis_kernel_prepare(lrpot_basis *basis)
{
    static const int32_t lanes[] = { [LRPOT_KERNEL_PORTABLE] = LRPOT__LANES_PORTABLE,
                                     [LRPOT_KERNEL_AVX2] = LRPOT__LANES_AVX2,
                                     [LRPOT_KERNEL_AVX512] = LRPOT__LANES_AVX512 };
    lrpot__schedule *schedule = NULL;
    if (basis->options.kernel == LRPOT_KERNEL_REFERENCE) return LRPOT_OK;
    LRPOT__TRY(lrpot__schedule_create(&schedule, basis->plan, lanes[basis->options.kernel]));
    basis->fast = schedule;
    return LRPOT_OK;
}

void lrpot__basis_kernel_release(lrpot_basis *basis)
{
    lrpot__schedule_free(basis->fast);
}

const lrpot__basis_kernel *lrpot__basis_kernel_get(int32_t kernel)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    if (kernel == LRPOT_KERNEL_AVX2) return &lrpot__basis_kernel_avx2;
    if (kernel == LRPOT_KERNEL_AVX512) return &lrpot__basis_kernel_avx512;
#endif
    return kernel == LRPOT_KERNEL_PORTABLE ? &lrpot__basis_kernel_portable
                                           : &lrpot__basis_kernel_reference;
}
