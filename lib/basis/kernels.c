/* Which kernels this build and this processor have. */
#include "basis/kernel.h"

#include "core/error.h"

lrpot_status lrpot__kernel_resolve(int32_t wanted, int32_t *resolved)
{
    if (wanted < LRPOT_KERNEL_AUTO || wanted > LRPOT_KERNEL_AVX512)
        return lrpot__fail(LRPOT_E_ARGUMENT, "kernel is %d, expected one of LRPOT_KERNEL_AUTO to LRPOT_KERNEL_AVX512", wanted);
    *resolved = wanted == LRPOT_KERNEL_AUTO ? LRPOT_KERNEL_REFERENCE : wanted;
    if (*resolved != LRPOT_KERNEL_REFERENCE) return lrpot__fail(LRPOT_E_UNSUPPORTED, "kernel %d is not offered on this processor", wanted);
    return LRPOT_OK;
}

lrpot_status lrpot__kernel_prepare(lrpot_basis *basis)
{
    (void)basis;
    return LRPOT_OK;
}

void lrpot__kernel_release(lrpot_basis *basis) { (void)basis; }

const lrpot__kernel *lrpot__kernel_get(int32_t kernel)
{
    (void)kernel;
    return &lrpot__kernel_reference;
}
