/* Gram matrices, included once per instruction set, behind matrix_product_lanes.h. */
#include "core/matrix_product.h"

#define REAL float
#define GRAM_NAME(name) gram_single_##name
#include "core/gram_real.h"
#undef REAL
#undef GRAM_NAME

#define REAL double
#define GRAM_NAME(name) gram_double_##name
#include "core/gram_real.h"
#undef REAL
#undef GRAM_NAME

void GRAM(const lrpot__gram_job *p)
{
    if (p->single) gram_single_run(p);
    else gram_double_run(p);
}
