/* The product of matrices against plain loops, for every instruction set that the processor has, and what is built on it. */
#include "basis/kernel.h"
#include "fit/cholesky.h"
#include "support.h"

#include <stdlib.h>

enum { DEPTH = 7, ROWS = 15, COLUMNS = 64, STRIDE = 70 };

typedef void (*product_kernel)(const lrpot__product_job *job);

static product_kernel kernel_of(int32_t kind)
{
    int32_t resolved = 0;
    if (lrpot__kernel_resolve(kind, &resolved) != LRPOT_OK) return NULL;
#if defined(__x86_64__)
    if (kind == LRPOT_KERNEL_AVX512) return lrpot__product_avx512;
    if (kind == LRPOT_KERNEL_AVX2) return lrpot__product_avx2;
#endif
    return lrpot__product_portable;
}

static void fill(support_random *random, double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) x[i] = support_uniform(random, -1, 1);
}

START_TEST(products_equal_the_plain_sum)
{
    product_kernel kernel = kernel_of(LRPOT_KERNEL_PORTABLE + _i);
    if (kernel == NULL) return;
    support_random random = { 11 };
    double a[DEPTH * ROWS], b[DEPTH * COLUMNS], c[2 * ROWS * STRIDE] = { 0 }, scale[ROWS];
    int64_t target[ROWS];
    fill(&random, a, DEPTH * ROWS), fill(&random, b, DEPTH * COLUMNS), fill(&random, scale, ROWS);
    for (int64_t i = 0; i < ROWS; i++) target[i] = (4 * i) % 10 + ROWS / 2;
    lrpot__product_job product = { .depth = DEPTH, .rows = ROWS, .columns = COLUMNS, .a = a, .b = b, .c = c, .stride_a = ROWS,
                                   .stride_b = COLUMNS, .stride_c = STRIDE, .target = target, .scale = scale };
    kernel(&product);
    kernel(&product); /* it adds */
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
    product_kernel kernel = kernel_of(LRPOT_KERNEL_PORTABLE + _i);
    if (kernel == NULL) return;
    support_random random = { 12 };
    double a[DEPTH * COLUMNS], c[COLUMNS * COLUMNS] = { 0 };
    fill(&random, a, DEPTH * COLUMNS);
    lrpot__product_job product = { .depth = DEPTH, .rows = COLUMNS - 3, .columns = COLUMNS, .a = a, .b = a, .c = c, .stride_a = COLUMNS,
                                   .stride_b = COLUMNS, .stride_c = COLUMNS, .upper = 1 };
    kernel(&product);
    for (int i = 0; i < COLUMNS - 3; i++)
        for (int j = i; j < COLUMNS; j++) {
            double sum = 0;
            for (int k = 0; k < DEPTH; k++) sum += a[k * COLUMNS + i] * a[k * COLUMNS + j];
            ck_close(c[i * COLUMNS + j], sum, TOL_EXACT, DEPTH);
        }
}
END_TEST

START_TEST(nothing_is_written_behind_the_last_column)
{
    product_kernel kernel = kernel_of(LRPOT_KERNEL_PORTABLE + _i);
    if (kernel == NULL) return;
    support_random random = { 15 };
    double a[DEPTH * ROWS], b[DEPTH * COLUMNS], c[ROWS * STRIDE];
    fill(&random, a, DEPTH * ROWS), fill(&random, b, DEPTH * COLUMNS);
    for (int i = 0; i < ROWS * STRIDE; i++) c[i] = 7;
    lrpot__product_job product = { .depth = DEPTH, .rows = ROWS, .columns = 37, .a = a, .b = b, .c = c, .stride_a = ROWS,
                                   .stride_b = COLUMNS, .stride_c = STRIDE };
    kernel(&product);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < STRIDE; j++) {
            double sum = 7;
            for (int k = 0; k < DEPTH && j < 37; k++) sum += a[k * ROWS + i] * b[k * COLUMNS + j];
            ck_close(c[i * STRIDE + j], sum, TOL_EXACT, DEPTH);
        }
}
END_TEST

START_TEST(the_factorization_solves_its_system)
{
    enum { N = 75, PADDED = 96 };
    support_random random = { 14 };
    double *h = calloc(2 * N * PADDED, sizeof *h), *kept = h + N * PADDED, x[N], b[N];
    fill(&random, b, N);
    for (int i = 0; i < N; i++)
        for (int j = i; j < N; j++) h[i * PADDED + j] = kept[j * PADDED + i] = kept[i * PADDED + j] = support_uniform(&random, -1, 1) + (i == j ? N : 0);
    memcpy(x, b, sizeof x);
    ck_assert_int_eq(lrpot__cholesky_solve(N, h, x), 1);
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++) sum += kept[i * PADDED + j] * x[j];
        ck_close(sum, b[i], 1e-12, 1.0);
    }
    for (int i = 0; i < N; i++) memcpy(h + i * PADDED, kept + i * PADDED, PADDED * sizeof *h);
    h[70 * PADDED + 70] = -1.0;
    ck_assert_int_eq(lrpot__cholesky_solve(N, h, x), 0);
    free(h);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("product");
    TCase *tcase = tcase_create("product");
    int kernels = LRPOT_KERNEL_AVX512 - LRPOT_KERNEL_PORTABLE + 1;
    tcase_add_loop_test(tcase, products_equal_the_plain_sum, 0, kernels);
    tcase_add_loop_test(tcase, nothing_is_written_behind_the_last_column, 0, kernels);
    tcase_add_loop_test(tcase, the_upper_triangle_of_a_square_is_complete, 0, kernels);
    tcase_add_test(tcase, the_factorization_solves_its_system);
    suite_add_tcase(suite, tcase);
    return suite;
}
