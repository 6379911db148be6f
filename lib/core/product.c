/* Which product the processor runs. */
#include "core/product.h"

void lrpot__product_run(const lrpot__product_job *job)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        lrpot__product_avx512(job);
        return;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        lrpot__product_avx2(job);
        return;
    }
#endif
    lrpot__product_portable(job);
}
