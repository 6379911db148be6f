/* The sweeps of the fit against plain loops, for every instruction set that the processor has. */
#include "basis/kernels/basis_kernel.h"
#include "basis/plan/plan.h"
#include "basis/plan/plan_create.h"
#include "fit/local/fit_kernel.h"
#include "support.h"

#include <stdlib.h>

static const lrpot__fit_local_kernel *kernel_of(int32_t kind)
{
    int32_t resolved = 0;
    if (lrpot__basis_kernel_resolve(kind, &resolved) != LRPOT_OK) return NULL;
#if defined(__x86_64__)
    if (kind == LRPOT_KERNEL_AVX512) return &lrpot__fit_local_kernel_avx512;
    if (kind == LRPOT_KERNEL_AVX2) return &lrpot__fit_local_kernel_avx2;
#endif
    return &lrpot__fit_local_kernel_portable;
}

static void fill(support_random *random, double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) x[i] = support_uniform(random, -1, 1);
}

START_TEST(sweeps_of_all_instruction_sets_agree)
{
    const lrpot__fit_local_kernel *kernel = kernel_of(LRPOT_KERNEL_PORTABLE + _i);
    if (kernel == NULL) return;
    support_random random = { 13 };
    lrpot__plan *plan = NULL;
    ck_ok(lrpot__plan_create(&plan, 8, 4));
    int64_t n = (int64_t)plan->n_moments * LRPOT__FIT_LANES;
    double *block = calloc((size_t)(6 * n), sizeof *block), *found = block, *expected = block + n,
           *tangents[2] = { block + 2 * n, block + 3 * n };
    double *moments = block + 4 * n, *adjoint = block + 5 * n;
    fill(&random, moments, n), fill(&random, adjoint, n), fill(&random, tangents[0], n),
        fill(&random, found, n);
    memcpy(tangents[1], tangents[0], (size_t)n * sizeof *block);
    memcpy(expected, found, (size_t)n * sizeof *block);
    kernel->forward(plan, moments, tangents[0]);
    kernel->backward(plan, moments, adjoint, tangents[0], found);
    for (int64_t lane = 0; lane < LRPOT__FIT_LANES; lane++) {
        for (int32_t t = 0; t < plan->n_products; t++) {
            const lrpot__product *p = &plan->products[t];
            double *x = tangents[1] + lane;
            x[p->target * LRPOT__FIT_LANES] +=
                p->factor
                * (moments[p->right] * x[p->left * LRPOT__FIT_LANES]
                   + moments[p->left] * x[p->right * LRPOT__FIT_LANES]);
        }
        for (int32_t t = plan->n_products - 1; t >= 0; t--) {
            const lrpot__product *p = &plan->products[t];
            double *x = expected + lane, above = x[p->target * LRPOT__FIT_LANES];
            const double *y = tangents[1] + lane;
            x[p->left * LRPOT__FIT_LANES] +=
                p->factor
                * (moments[p->right] * above + adjoint[p->target] * y[p->right * LRPOT__FIT_LANES]);
            x[p->right * LRPOT__FIT_LANES] +=
                p->factor
                * (moments[p->left] * above + adjoint[p->target] * y[p->left * LRPOT__FIT_LANES]);
        }
    }
    for (int64_t i = 0; i < n; i++) {
        ck_close(tangents[0][i], tangents[1][i], 1e-12, 1.0);
        ck_close(found[i], expected[i], 1e-12, 1.0);
    }
    free(block);
    lrpot__plan_free(plan);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_kernel");
    TCase *tcase = tcase_create("fit_kernel");
    int kernels = LRPOT_KERNEL_AVX512 - LRPOT_KERNEL_PORTABLE + 1;
    support_add_cases(tcase, sweeps_of_all_instruction_sets_agree, 0, kernels);
    suite_add_tcase(suite, tcase);
    return suite;
}
