/* The product of matrices against plain loops, for every instruction set that the processor has,
 * and what is built on it. */
#include "basis/kernels/basis_kernel.h"
#include "core/matrix_product.h"
#include "fit/least_squares/cholesky.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

enum { DEPTH = 7, ROWS = 15, COLUMNS = 64, STRIDE = 70 };

typedef struct {
    void (*product)(const lrpot__matrix_product *job);
    void (*gram)(const lrpot__gram_job *job);
} kernel_pair;

/* Both NULL where the processor lacks the instructions. */
static kernel_pair kernels_of(int32_t kind)
{
    int32_t resolved = 0;
    if (lrpot__basis_kernel_resolve(kind, &resolved) != LRPOT_OK)
        return (kernel_pair){ NULL, NULL };
#if defined(__x86_64__)
    if (kind == LRPOT_KERNEL_AVX512)
        return (kernel_pair){ lrpot__matrix_product_avx512, lrpot__gram_avx512 };
    if (kind == LRPOT_KERNEL_AVX2)
        return (kernel_pair){ lrpot__matrix_product_avx2, lrpot__gram_avx2 };
#endif
    return (kernel_pair){ lrpot__matrix_product_portable, lrpot__gram_portable };
}

static void fill(support_random *random, double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) x[i] = support_uniform(random, -1, 1);
}

START_TEST(products_equal_the_plain_sum)
{
    void (*kernel)(const lrpot__matrix_product *) = kernels_of(LRPOT_KERNEL_PORTABLE + _i).product;
    if (kernel == NULL) return;
    support_random random = { 11 };
    double a[DEPTH * ROWS], b[DEPTH * COLUMNS], c[2 * ROWS * STRIDE] = { 0 }, scale[ROWS];
    int64_t target[ROWS];
    fill(&random, a, DEPTH * ROWS), fill(&random, b, DEPTH * COLUMNS), fill(&random, scale, ROWS);
    for (int64_t i = 0; i < ROWS; i++) target[i] = (4 * i) % 10 + ROWS / 2;
    lrpot__matrix_product product = { .depth = DEPTH,
                                      .rows = ROWS,
                                      .columns = COLUMNS,
                                      .a = a,
                                      .b = b,
                                      .c = c,
                                      .stride_a = ROWS,
                                      .stride_b = COLUMNS,
                                      .stride_c = STRIDE,
                                      .target = target,
                                      .scale = scale };
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

/* Short integers, whose products single precision adds up without rounding. */
static void fill_short(support_random *random, double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) x[i] = floor(support_uniform(random, -512, 512));
}

START_TEST(gram_matrices_of_both_precisions_have_their_upper_triangle)
{
    void (*kernel)(const lrpot__gram_job *) = kernels_of(LRPOT_KERNEL_PORTABLE + _i).gram;
    if (kernel == NULL) return;
    enum { WIDTH = 101, PITCH = 110, PANEL = LRPOT__GRAM_PANEL, CAPACITY = DEPTH + 2, PANELS = 2 };
    support_random random = { 12 };
    double r[PANELS * CAPACITY * PANEL];
    float single[PANELS * CAPACITY * PANEL];
    double *c = calloc(WIDTH * PITCH, sizeof *c);
    fill_short(&random, r, PANELS * CAPACITY * PANEL);
    for (int i = 0; i < PANELS * CAPACITY * PANEL; i++) single[i] = (float)r[i];
    for (int i = 0; i < WIDTH; i++) c[i * PITCH + WIDTH] = 7;
    lrpot__gram_job job = { .rows = DEPTH,
                            .columns = WIDTH,
                            .capacity = CAPACITY,
                            .single = 1,
                            .r = single,
                            .c = c,
                            .stride = PITCH };
    kernel(&job);
    job.single = 0;
    job.r = r;
    kernel(&job); /* it adds */
    for (int i = 0; i < WIDTH; i++) {
        for (int j = i; j < WIDTH; j++) {
            double sum = 0;
            for (int k = 0; k < DEPTH; k++)
                sum += 2.0 * r[(i / PANEL * CAPACITY + k) * PANEL + i % PANEL]
                       * r[(j / PANEL * CAPACITY + k) * PANEL + j % PANEL];
            ck_assert_double_eq(c[i * PITCH + j], sum);
        }
        ck_assert_double_eq(c[i * PITCH + WIDTH], 7);
    }
    free(c);
}
END_TEST

START_TEST(nothing_is_written_behind_the_last_column)
{
    void (*kernel)(const lrpot__matrix_product *) = kernels_of(LRPOT_KERNEL_PORTABLE + _i).product;
    if (kernel == NULL) return;
    support_random random = { 15 };
    double a[DEPTH * ROWS], b[DEPTH * COLUMNS], c[ROWS * STRIDE];
    fill(&random, a, DEPTH * ROWS), fill(&random, b, DEPTH * COLUMNS);
    for (int i = 0; i < ROWS * STRIDE; i++) c[i] = 7;
    lrpot__matrix_product product = { .depth = DEPTH,
                                      .rows = ROWS,
                                      .columns = 37,
                                      .a = a,
                                      .b = b,
                                      .c = c,
                                      .stride_a = ROWS,
                                      .stride_b = COLUMNS,
                                      .stride_c = STRIDE };
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
    static const int64_t sizes[] = { 75, 700 }; /* the second is shared among threads */
    int64_t n = sizes[_i], padded = lrpot__padded(n);
    support_random random = { 14 };
    double *h = calloc((size_t)(2 * n * padded + 2 * n), sizeof *h), *kept = h + n * padded,
           *x = kept + n * padded, *b = x + n;
    fill(&random, b, n);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i; j < n; j++)
            h[i * padded + j] = kept[j * padded + i] = kept[i * padded + j] =
                support_uniform(&random, -1, 1) + (i == j ? (double)n : 0);
    memcpy(x, b, (size_t)n * sizeof *x);
    ck_assert_int_eq(lrpot__cholesky_solve(n, h, x, 2), 1);
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < n; j++) sum += kept[i * padded + j] * x[j];
        ck_close(sum, b[i], 1e-12, 1.0);
    }
    for (int64_t i = 0; i < n; i++)
        memcpy(h + i * padded, kept + i * padded, (size_t)padded * sizeof *h);
    h[70 * padded + 70] = -1.0;
    ck_assert_int_eq(lrpot__cholesky_solve(n, h, x, 2), 0);
    free(h);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("product");
    TCase *tcase = tcase_create("product");
    int kernels = LRPOT_KERNEL_AVX512 - LRPOT_KERNEL_PORTABLE + 1;
    support_add_cases(tcase, products_equal_the_plain_sum, 0, kernels);
    support_add_cases(tcase, nothing_is_written_behind_the_last_column, 0, kernels);
    support_add_cases(tcase, gram_matrices_of_both_precisions_have_their_upper_triangle, 0,
                      kernels);
    support_add_cases(tcase, the_factorization_solves_its_system, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
