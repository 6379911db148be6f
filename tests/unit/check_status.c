/* Status numbers never change; messages belong to their thread. */
#include "support.h"

#include "core/error.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

START_TEST(status_numbers_are_pinned)
{
    static const struct {
        lrpot_status status, number;
        const char *name;
    } pinned[] = {
        { LRPOT_OK, 0, "LRPOT_OK" },
        { LRPOT_E_ARGUMENT, 1, "LRPOT_E_ARGUMENT" },
        { LRPOT_E_NULL, 2, "LRPOT_E_NULL" },
        { LRPOT_E_SIZE, 3, "LRPOT_E_SIZE" },
        { LRPOT_E_STATE, 4, "LRPOT_E_STATE" },
        { LRPOT_E_UNSUPPORTED, 5, "LRPOT_E_UNSUPPORTED" },
        { LRPOT_E_SPECIES, 6, "LRPOT_E_SPECIES" },
        { LRPOT_E_CUTOFF, 7, "LRPOT_E_CUTOFF" },
        { LRPOT_E_MEMORY, 20, "LRPOT_E_MEMORY" },
        { LRPOT_E_SYSTEM, 21, "LRPOT_E_SYSTEM" },
        { LRPOT_E_OPEN, 40, "LRPOT_E_OPEN" },
        { LRPOT_E_READ, 41, "LRPOT_E_READ" },
        { LRPOT_E_WRITE, 42, "LRPOT_E_WRITE" },
        { LRPOT_E_PARSE, 43, "LRPOT_E_PARSE" },
        { LRPOT_E_VERSION, 44, "LRPOT_E_VERSION" },
        { LRPOT_E_CHECKSUM, 45, "LRPOT_E_CHECKSUM" },
        { LRPOT_E_END, 46, "LRPOT_E_END" },
        { LRPOT_E_NOT_FINITE, 60, "LRPOT_E_NOT_FINITE" },
        { LRPOT_E_NOT_CONVERGED, 61, "LRPOT_E_NOT_CONVERGED" },
        { LRPOT_E_SINGULAR, 62, "LRPOT_E_SINGULAR" },
        { LRPOT_E_ACCURACY, 63, "LRPOT_E_ACCURACY" },
        { LRPOT_E_COINCIDENT, 64, "LRPOT_E_COINCIDENT" },
        { LRPOT_E_CELL, 65, "LRPOT_E_CELL" },
        { LRPOT_E_INTERRUPTED, 66, "LRPOT_E_INTERRUPTED" },
        { LRPOT_E_BUG, 255, "LRPOT_E_BUG" },
    };
    for (size_t i = 0; i < sizeof pinned / sizeof pinned[0]; i++) {
        ck_assert_int_eq(pinned[i].status, pinned[i].number);
        ck_assert_str_eq(lrpot_status_name(pinned[i].status), pinned[i].name);
    }
}
END_TEST

START_TEST(other_numbers_have_a_name_too)
{
    ck_assert_str_eq(lrpot_status_name(-3), "status of a callback");
    ck_assert_str_eq(lrpot_status_name(254), "unknown status");
}
END_TEST

START_TEST(a_failure_returns_its_status_and_leaves_a_message)
{
    ck_assert_str_eq(lrpot_last_error(), "");
    ck_assert_int_eq(lrpot__fail(LRPOT_E_CUTOFF, "cutoff %g A", 6.25), LRPOT_E_CUTOFF);
    ck_assert_str_eq(lrpot_last_error(), "cutoff 6.25 A");
    /* The present message may be part of the next. */
    ck_assert_int_eq(lrpot__fail(LRPOT_E_PARSE, "frame 3: %s", lrpot_last_error()), LRPOT_E_PARSE);
    ck_assert_str_eq(lrpot_last_error(), "frame 3: cutoff 6.25 A");
}
END_TEST

START_TEST(a_long_message_is_cut)
{
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_int_eq(lrpot__fail(LRPOT_E_BUG, "%s", text), LRPOT_E_BUG);
    ck_assert_uint_eq(strlen(lrpot_last_error()), 511);
}
END_TEST

START_TEST(copies_of_the_message_fit_their_buffer)
{
    char buffer[8] = "-------";
    (void)lrpot__fail(LRPOT_E_CELL, "0123456789");
    ck_assert_int_eq(lrpot_last_error_copy(buffer, 0), 10);
    ck_assert_str_eq(buffer, "-------");
    ck_assert_int_eq(lrpot_last_error_copy(buffer, 1), 10);
    ck_assert_str_eq(buffer, "");
    ck_assert_int_eq(lrpot_last_error_copy(buffer, 6), 10);
    ck_assert_str_eq(buffer, "01234");
    ck_assert_int_eq(buffer[6], '-');
    ck_assert_int_eq(lrpot_last_error_copy(NULL, 100), 10);
}
END_TEST

typedef struct {
    char before[64], after[64];
} seen;

static void *fail_elsewhere(void *ctx)
{
    seen *s = ctx;
    (void)lrpot_last_error_copy(s->before, sizeof s->before);
    (void)lrpot__fail(LRPOT_E_MEMORY, "of the other thread");
    (void)lrpot_last_error_copy(s->after, sizeof s->after);
    return NULL;
}

START_TEST(each_thread_has_its_own_message)
{
    pthread_t thread;
    seen s;
    (void)lrpot__fail(LRPOT_E_CELL, "of the first thread");
    ck_assert_int_eq(pthread_create(&thread, NULL, fail_elsewhere, &s), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_str_eq(s.before, "");
    ck_assert_str_eq(s.after, "of the other thread");
    ck_assert_str_eq(lrpot_last_error(), "of the first thread");
}
END_TEST

START_TEST(the_version_has_three_numbers)
{
    int major, minor, patch;
    ck_assert_int_eq(sscanf(lrpot_version(), "%d.%d.%d", &major, &minor, &patch), 3);
}
END_TEST

START_TEST(the_build_tells_of_its_parts)
{
    char text[512], some[8];
    for (int32_t item = LRPOT_BUILD_COMMIT; item <= LRPOT_BUILD_KERNELS; item++) {
        int64_t length = lrpot_build_info(item, text, sizeof text);
        ck_assert_int_gt(length, 0);
        ck_assert_int_eq(length, (int64_t)strlen(text));
        ck_assert_ptr_null(strchr(text, '\n'));
        ck_assert_int_eq(lrpot_build_info(item, some, sizeof some), length);
        ck_assert_int_eq(strncmp(some, text, sizeof some - 1), 0);
        ck_assert_uint_eq(strlen(some), length < 7 ? (size_t)length : 7);
        ck_assert_int_eq(lrpot_build_info(item, NULL, 0), length);
    }
    ck_assert_int_eq(lrpot_build_info(-1, text, sizeof text), 0);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(lrpot_build_info(99, text, sizeof text), 0);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *tests = tcase_create("status");
    tcase_add_test(tests, status_numbers_are_pinned);
    tcase_add_test(tests, other_numbers_have_a_name_too);
    tcase_add_test(tests, a_failure_returns_its_status_and_leaves_a_message);
    tcase_add_test(tests, a_long_message_is_cut);
    tcase_add_test(tests, copies_of_the_message_fit_their_buffer);
    tcase_add_test(tests, each_thread_has_its_own_message);
    tcase_add_test(tests, the_version_has_three_numbers);
    tcase_add_test(tests, the_build_tells_of_its_parts);
    suite_add_tcase(suite, tests);
    return suite;
}
