/* Choice of the matrix products for this processor. */
#include "core/matrix_product.h"

#include "core/processor.h"

typedef struct {
    void (*product)(const lrpot__matrix_product *job);
    void (*gram)(const lrpot__gram_job *job);
} kernels;

static kernels choose(void)
{
#if defined(LRPOT_WITH_X86_KERNELS)
    const int32_t set = lrpot__instruction_set();
    if (set == LRPOT__AVX512) return (kernels){ lrpot__matrix_product_avx512, lrpot__gram_avx512 };
    if (set == LRPOT__AVX2) return (kernels){ lrpot__matrix_product_avx2, lrpot__gram_avx2 };
#endif
    return (kernels){ lrpot__matrix_product_portable, lrpot__gram_portable };
}

void lrpot__matrix_product_run(const lrpot__matrix_product *job)
{
    choose().product(job);
}

void lrpot__gram_run(const lrpot__gram_job *job)
{
    choose().gram(job);
}
