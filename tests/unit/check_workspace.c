/* Memory: overflow, alignment, growth; a workspace allocates nothing in steady state. */
#include "support.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/threads.h"
#include "core/workspace.h"

#include <string.h>

START_TEST(blocks_are_zeroed_aligned_and_counted)
{
    int64_t before = lrpot__allocation_count();
    for (int64_t count = 0; count < 200; count += 67) {
        unsigned char *block = lrpot__calloc(count, 3);
        ck_assert_ptr_nonnull(block);
        ck_assert_uint_eq((uintptr_t)block % 64, 0);
        for (int64_t k = 0; k < 3 * count; k++) ck_assert_uint_eq(block[k], 0);
        lrpot__free(block);
    }
    ck_assert_int_eq(lrpot__allocation_count() - before, 3);
}
END_TEST

START_TEST(sizes_that_overflow_are_out_of_memory)
{
    ck_assert_ptr_null(lrpot__calloc(INT64_MAX, 8));
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "out of memory"));
    ck_assert_ptr_null(lrpot__calloc(-1, 8));
    ck_assert_ptr_null(lrpot__calloc(INT64_MAX / 4, 8));
}
END_TEST

START_TEST(growing_keeps_the_content_and_doubles)
{
    int32_t *array = NULL;
    int64_t capacity = 0, changes = 0;
    for (int32_t n = 0; n < 10000; n++) {
        int64_t before = capacity;
        ck_ok(lrpot__grow((void **)&array, &capacity, n + 1, sizeof *array));
        changes += capacity != before;
        array[n] = n;
    }
    for (int32_t n = 0; n < 10000; n++) ck_assert_int_eq(array[n], n);
    ck_assert_int_lt(changes, 15);
    int32_t *kept = array;
    ck_assert_int_eq(lrpot__grow((void **)&array, &capacity, INT64_MAX / 2, sizeof *array),
                     LRPOT_E_MEMORY);
    ck_assert_ptr_eq(array, kept);
    lrpot__free(array);
}
END_TEST

START_TEST(copies_are_equal_and_their_own)
{
    double values[3] = { 1, 2, 3 };
    double *copy = lrpot__duplicate(values, 3, sizeof *values);
    char *text = lrpot__strdup("NaCl");
    values[0] = 9;
    ck_assert_double_eq(copy[0], 1.0);
    ck_assert_str_eq(text, "NaCl");
    lrpot__free(copy);
    lrpot__free(text);
    lrpot__free(NULL);
}
END_TEST

static const lrpot__tag first_tag = { "first" };
static const lrpot__tag second_tag = { "second" };

START_TEST(threads_of_a_workspace_are_checked)
{
    lrpot_workspace *work = NULL;
    ck_assert_int_eq(lrpot_workspace_create(&work, 0), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_workspace_create(NULL, 1), LRPOT_E_NULL);
    ck_assert_ptr_null(work);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot__workspace_threads(work), 1);
    ck_assert_int_eq(lrpot_workspace_bytes(work), 0);
    lrpot_workspace_free(work);
    lrpot_workspace_free(NULL);
}
END_TEST

START_TEST(blocks_grow_and_are_their_own)
{
    lrpot_workspace *work = NULL;
    double *a, *b;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot__workspace_doubles(work, &first_tag, 100, &a));
    ck_ok(lrpot__workspace_doubles(work, &second_tag, 100, &b));
    for (int k = 0; k < 100; k++) a[k] = 1.0, b[k] = 2.0;
    for (int k = 0; k < 100; k++) ck_assert_double_eq(a[k], 1.0);
    int64_t bytes = lrpot_workspace_bytes(work);
    ck_assert_int_ge(bytes, 1600);
    ck_ok(lrpot__workspace_doubles(work, &first_tag, 100000, &a));
    ck_assert_uint_eq((uintptr_t)a % 64, 0);
    for (int k = 0; k < 100000; k++) ck_assert_double_eq(a[k], 0.0);
    ck_assert_int_ge(lrpot_workspace_bytes(work), 800000);
    for (int k = 0; k < 100; k++) ck_assert_double_eq(b[k], 2.0);
    ck_assert_int_eq(lrpot__workspace_doubles(work, &first_tag, INT64_MAX / 4, &a), LRPOT_E_MEMORY);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "'first'"));
    lrpot_workspace_free(work);
}
END_TEST

START_TEST(steady_state_allocates_nothing)
{
    lrpot_workspace *work = NULL;
    double *block;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot__workspace_doubles(work, &first_tag, 1000, &block));
    int64_t before = lrpot__allocation_count();
    /* Fluctuating sizes, as of ghosts in a run. */
    for (int64_t step = 0; step < 500; step++)
        ck_ok(lrpot__workspace_doubles(work, &first_tag, 900 + step * 37 % 300, &block));
    ck_assert_int_eq(lrpot__allocation_count() - before, 0);
    lrpot_workspace_free(work);
}
END_TEST

static void count_call(void *object)
{
    ++*(int *)object;
}

START_TEST(kept_objects_are_destroyed_once)
{
    lrpot_workspace *work = NULL;
    int first = 0, second = 0, third = 0;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_ptr_null(lrpot__workspace_kept(work, &first_tag));
    ck_ok(lrpot__workspace_keep(work, &first_tag, &first, count_call));
    ck_assert_ptr_eq(lrpot__workspace_kept(work, &first_tag), &first);
    ck_assert_int_eq(lrpot_workspace_bytes(work), 0);
    ck_ok(lrpot__workspace_keep(work, &first_tag, &second, count_call));
    ck_assert_int_eq(first, 1);
    ck_ok(lrpot__workspace_keep(work, &second_tag, &third, count_call));
    lrpot__workspace_drop(work, &second_tag);
    lrpot__workspace_drop(work, &second_tag);
    ck_assert_ptr_null(lrpot__workspace_kept(work, &second_tag));
    lrpot_workspace_free(work);
    ck_assert_int_eq(first, 1);
    ck_assert_int_eq(second, 1);
    ck_assert_int_eq(third, 1);
}
END_TEST

/* More tags than a new table has places, requested by the threads at the same time: each thread has
 * a block of its own for each tag, and its content stays where it is while the tables grow. */
#define MANY 300
#define TEAM 4

START_TEST(threads_have_blocks_of_their_own)
{
    static const lrpot__tag many[MANY];
    double *blocks[TEAM][MANY], *again;
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_workspace_create(&work, TEAM));
    int32_t threads = lrpot__workspace_threads(work);
    int failed = 0;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(lrpot__region_threads(threads)) \
    reduction(+ : failed)
#endif
    for (int32_t t = 0; t < threads; t++)
        for (int k = 0; k < MANY; k++) {
            failed += lrpot__workspace_thread_doubles(work, &many[k], t, 1, &blocks[t][k]) != 0;
            if (!failed) blocks[t][k][0] = MANY * t + k;
        }
    ck_assert_int_eq(failed, 0);
    int64_t before = lrpot__allocation_count();
    for (int32_t t = 0; t < threads; t++)
        for (int k = 0; k < MANY; k++) {
            ck_ok(lrpot__workspace_thread_doubles(work, &many[k], t, 1, &again));
            ck_assert_ptr_eq(again, blocks[t][k]);
            ck_assert_double_eq(again[0], MANY * t + k);
        }
    ck_assert_int_eq(lrpot__allocation_count() - before, 0);
    ck_assert_int_eq(lrpot_workspace_bytes(work), threads * MANY * 10);
    lrpot_workspace_free(work);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("workspace");
    TCase *tests = tcase_create("memory");
    tcase_add_test(tests, blocks_are_zeroed_aligned_and_counted);
    tcase_add_test(tests, sizes_that_overflow_are_out_of_memory);
    tcase_add_test(tests, growing_keeps_the_content_and_doubles);
    tcase_add_test(tests, copies_are_equal_and_their_own);
    tcase_add_test(tests, threads_of_a_workspace_are_checked);
    tcase_add_test(tests, blocks_grow_and_are_their_own);
    tcase_add_test(tests, steady_state_allocates_nothing);
    tcase_add_test(tests, kept_objects_are_destroyed_once);
    tcase_add_test(tests, threads_have_blocks_of_their_own);
    suite_add_tcase(suite, tests);
    return suite;
}
