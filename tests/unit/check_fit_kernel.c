/* The innermost loops of the fit against plain loops, for every instruction set that the processor has. */
#include "basis/kernel.h"
#include "fit/cholesky.h"
#include "support.h"

#include <stdlib.h>

enum { DEPTH = 7, ROWS = 15, COLUMNS = 64, STRIDE = 70 };

static const lrpot__fit_kernel *kernel_of(int32_t kind)
{
    int32_t resolved = 0;
    if (lrpot__kernel_resolve(kind, &resolved) != LRPOT_OK) return NULL;
#if defined(__x86_64__)
    if (kind == LRPOT_KERNEL_AVX512) return &lrpot__fit_avx512;
    if (kind == LRPOT_KERNEL_AVX2) return &lrpot__fit_avx2;
#endif
    return &lrpot__fit_portable;
}

static void fill(support_random *random, double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) x[i] = support_uniform(random, -1, 1);
}

START_TEST(products_equal_the_plain_sum)
{
    const lrpot__fit_kernel *kernel = kernel_of(LRPOT_KERNEL_PORTABLE + _i);
    if (kernel == NULL) return;
    support_random random = { 11 };
    double a[DEPTH * ROWS], b[DEPTH * COLUMNS], c[2 * ROWS * STRIDE] = { 0 }, scale[ROWS];
    int64_t target[ROWS];
    fill(&random, a, DEPTH * ROWS), fill(&random, b, DEPTH * COLUMNS), fill(&random, scale, ROWS);
    for (int64_t i = 0; i < ROWS; i++) target[i] = (4 * i) % 10 + ROWS / 2;
    lrpot__fit_product product = { .depth = DEPTH, .rows = ROWS, .columns = COLUMNS, .a = a, .b = b, .c = c, .stride_a = ROWS,
                                   .stride_b = COLUMNS, .stride_c = STRIDE, .target = target, .scale = scale };
    kernel->multiply(&product);
    kernel->multiply(&product); /* it adds */
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) {
            double expected = 0;
            for (int other = 0; other < ROWS; other++) /* several rows may go to one place */
                for (int k = 0; k < DEPTH && target[other] == target[i]; k++)
                    expected += 2 * scale[other] * a[k * ROWS + other] * b[k * COLUMNS + j];
            ck_close(c[target[i] * STRIDE + j], expected, TOL_EXACT, DEPTH);
        }
}
END_TEST

START_TEST(the_upper_triangle_of_a_square_is_complete)
{
    const lrpot__fit_kernel *kernel = kernel_of(LRPOT_KERNEL_PORTABLE + _i);
    if (kernel == NULL) return;
    support_random random = { 12 };
    double a[DEPTH * COLUMNS], c[COLUMNS * COLUMNS] = { 0 };
    fill(&random, a, DEPTH * COLUMNS);
    lrpot__fit_product product = { .depth = DEPTH, .rows = COLUMNS - 3, .columns = COLUMNS, .a = a, .b = a, .c = c, .stride_a = COLUMNS,
                                   .stride_b = COLUMNS, .stride_c = COLUMNS, .upper = 1 };
    kernel->multiply(&product);
    for (int i = 0; i < COLUMNS - 3; i++)
        for (int j = i; j < COLUMNS; j++) {
            double sum = 0;
            for (int k = 0; k < DEPTH; k++) sum += a[k * COLUMNS + i] * a[k * COLUMNS + j];
            ck_close(c[i * COLUMNS + j], sum, TOL_EXACT, DEPTH);
        }
}
END_TEST

START_TEST(sweeps_of_all_instruction_sets_agree)
{
    const lrpot__fit_kernel *kernel = kernel_of(LRPOT_KERNEL_PORTABLE + _i);
    if (kernel == NULL) return;
    support_random random = { 13 };
    lrpot__plan *plan = NULL;
    ck_ok(lrpot__plan_create(&plan, 8));
    int64_t n = (int64_t)plan->n_moments * LRPOT__FIT_LANES;
    double *block = calloc((size_t)(6 * n), sizeof *block), *found = block, *expected = block + n, *tangents[2] = { block + 2 * n, block + 3 * n };
    double *moments = block + 4 * n, *adjoint = block + 5 * n;
    fill(&random, moments, n), fill(&random, adjoint, n), fill(&random, tangents[0], n), fill(&random, found, n);
    memcpy(tangents[1], tangents[0], (size_t)n * sizeof *block);
    memcpy(expected, found, (size_t)n * sizeof *block);
    kernel->forward(plan, moments, tangents[0]);
    kernel->backward(plan, moments, adjoint, tangents[0], found);
    for (int64_t lane = 0; lane < LRPOT__FIT_LANES; lane++) {
        for (int32_t t = 0; t < plan->n_products; t++) {
            const lrpot__product *p = &plan->products[t];
            double *x = tangents[1] + lane;
            x[p->target * LRPOT__FIT_LANES] += p->factor * (moments[p->right] * x[p->left * LRPOT__FIT_LANES] + moments[p->left] * x[p->right * LRPOT__FIT_LANES]);
        }
        for (int32_t t = plan->n_products - 1; t >= 0; t--) {
            const lrpot__product *p = &plan->products[t];
            double *x = expected + lane, above = x[p->target * LRPOT__FIT_LANES];
            const double *y = tangents[1] + lane;
            x[p->left * LRPOT__FIT_LANES] += p->factor * (moments[p->right] * above + adjoint[p->target] * y[p->right * LRPOT__FIT_LANES]);
            x[p->right * LRPOT__FIT_LANES] += p->factor * (moments[p->left] * above + adjoint[p->target] * y[p->left * LRPOT__FIT_LANES]);
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

START_TEST(the_factorization_solves_its_system)
{
    enum { N = 75, PADDED = 96 };
    const lrpot__fit_kernel *kernel = lrpot__fit_kernel_get();
    support_random random = { 14 };
    double *h = calloc(2 * N * PADDED, sizeof *h), *kept = h + N * PADDED, x[N], b[N];
    fill(&random, b, N);
    for (int i = 0; i < N; i++)
        for (int j = i; j < N; j++) h[i * PADDED + j] = kept[j * PADDED + i] = kept[i * PADDED + j] = support_uniform(&random, -1, 1) + (i == j ? N : 0);
    memcpy(x, b, sizeof x);
    ck_assert_int_eq(lrpot__cholesky_solve(kernel, N, h, x), 1);
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++) sum += kept[i * PADDED + j] * x[j];
        ck_close(sum, b[i], 1e-12, 1.0);
    }
    for (int i = 0; i < N; i++) memcpy(h + i * PADDED, kept + i * PADDED, PADDED * sizeof *h);
    h[70 * PADDED + 70] = -1.0;
    ck_assert_int_eq(lrpot__cholesky_solve(kernel, N, h, x), 0);
    free(h);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_kernel");
    TCase *tcase = tcase_create("fit_kernel");
    int kernels = LRPOT_KERNEL_AVX512 - LRPOT_KERNEL_PORTABLE + 1;
    tcase_add_loop_test(tcase, products_equal_the_plain_sum, 0, kernels);
    tcase_add_loop_test(tcase, the_upper_triangle_of_a_square_is_complete, 0, kernels);
    tcase_add_loop_test(tcase, sweeps_of_all_instruction_sets_agree, 0, kernels);
    tcase_add_test(tcase, the_factorization_solves_its_system);
    suite_add_tcase(suite, tcase);
    return suite;
}
