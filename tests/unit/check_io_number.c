/* Numbers as text: correctly rounded, shortest, the same in every locale. */
#include "comma_locale.h"
#include "support.h"

#include "core/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double parsed(const char *text)
{
    double value = NAN;
    const char *end = lrpot__number_parse(text, text + strlen(text), &value);
    ck_assert_msg(end == text + strlen(text), "'%s' is not read to its end", text);
    return value;
}

static void ck_same_bits(const char *text, double value, double expected)
{
    ck_assert_msg(memcmp(&value, &expected, sizeof value) == 0, "%s: read as %a, expected %a", text,
                  value, expected);
}

/* strtod of the C library rounds correctly; Check runs tests in the C locale. */
static void ck_as_strtod(const char *text)
{
    ck_same_bits(text, parsed(text), strtod(text, NULL));
}

START_TEST(hard_cases_are_rounded_correctly)
{
    static const char *const cases[] = {
        "0",
        "-0",
        "0.0e999",
        "1",
        "-1.5",
        ".5",
        "5.",
        "+7",
        "1e22",
        "1e23",
        "9007199254740993",
        "9007199254740992.5",
        "0.1",
        "1e-22",
        "123456789012345678",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e309",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1e-323",
        "1e-400",
        "6.631236846766476e-316",
        "3.518437208883201171875e13",
        "62.5364939768271845828",
        "8.10109172351e-10",
        "1.50000000000000011102230246251565",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203126",
        "0.000000000000000000000000000000000000000000000000000001e54",
        "100000000000000000000000000000000000000000e-40",
        "12345678901234567890123456789012345678901234567890e-30",
        "7.2057594037927933e16",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) ck_as_strtod(cases[i]);
}
END_TEST

START_TEST(halfway_points_of_all_sizes_are_rounded_to_even)
{
    /* Exact decimal expansions of points between two doubles, and the same a little above. */
    support_random random = { 11 };
    char text[1500];
    for (int i = 0; i < 400; i++) {
        double x = ldexp(support_uniform(&random, 1, 2), (int)support_uniform(&random, -1074, 60));
        /* printf is exact, and long double holds the halfway point where it has more bits */
        long double half = ((long double)x + (long double)nextafter(x, INFINITY)) / 2;
        int n = snprintf(text, sizeof text, "%.1100Lf", half);
        ck_as_strtod(text);
        memcpy(text + n, "0000000001", 11);
        ck_as_strtod(text);
    }
}
END_TEST

START_TEST(random_numbers_read_as_strtod_does)
{
    support_random random = { 7 };
    char text[64];
    for (int i = 0; i < 60000; i++) {
        int digits = (int)support_uniform(&random, 1, 25),
            exponent = (int)support_uniform(&random, -330, 310);
        double x = support_uniform(&random, -1, 1);
        if (i % 2) snprintf(text, sizeof text, "%.*ee%d", digits, x, 0);
        else snprintf(text, sizeof text, "%.*f", digits, x * 1000);
        char *e = strchr(text, 'e');
        if (e != NULL) snprintf(e, 8, "e%d", exponent);
        ck_as_strtod(text);
    }
}
END_TEST

START_TEST(fortran_exponents_are_read)
{
    ck_same_bits("1.5D-03", parsed("1.5D-03"), 1.5e-3);
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const char *const cases[] = { "",    "-",         ".",   "e5",  "nan",
                                         "inf", "-Infinity", "abc", "+-1", "--1" };
    double value = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(lrpot__number_parse(cases[i], cases[i] + strlen(cases[i]), &value) == NULL,
                      "'%s' was read", cases[i]);
    const char *partly = "1.5,2";
    ck_assert_ptr_eq(lrpot__number_parse(partly, partly + 5, &value), partly + 3);
    const char *open = "1e+";
    ck_assert_ptr_eq(lrpot__number_parse(open, open + 3, &value), open + 1);
}
END_TEST

START_TEST(integers_beyond_64_bits_are_refused)
{
    int64_t value = 0;
    const char *largest = "9223372036854775807", *larger = "9223372036854775808";
    ck_assert_ptr_eq(lrpot__integer_parse(largest, largest + 19, &value), largest + 19);
    ck_assert_int_eq(value, INT64_MAX);
    ck_assert_ptr_null(lrpot__integer_parse(larger, larger + 19, &value));
}
END_TEST

START_TEST(printed_numbers_read_back_with_the_same_bits)
{
    support_random random = { 3 };
    char buffer[LRPOT__NUMBER_SIZE];
    for (int i = 0; i < 20000; i++) {
        double x =
            ldexp(support_uniform(&random, -1, 1), (int)support_uniform(&random, -1080, 1020));
        ck_assert_int_eq(lrpot__number_print(buffer, x), (int)strlen(buffer));
        ck_same_bits(buffer, parsed(buffer), x);
    }
    lrpot__number_print(buffer, 0.1);
    ck_assert_str_eq(buffer, "0.1");
    lrpot__number_print(buffer, -0.0);
    ck_same_bits(buffer, parsed(buffer), -0.0);
}
END_TEST

START_TEST(the_locale_changes_nothing)
{
    char buffer[LRPOT__NUMBER_SIZE];
    if (!support_comma_locale()) return;
    lrpot__number_print(buffer, 2.5);
    double value = parsed("1234.5e-1");
    support_point_locale();
    ck_assert_str_eq(buffer, "2.5");
    ck_same_bits("1234.5e-1", value, 123.45);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_number");
    TCase *tcase = tcase_create("numbers");
    tcase_set_timeout(tcase, 120); /* a locale is made */
    tcase_add_test(tcase, hard_cases_are_rounded_correctly);
    tcase_add_test(tcase, halfway_points_of_all_sizes_are_rounded_to_even);
    tcase_add_test(tcase, random_numbers_read_as_strtod_does);
    tcase_add_test(tcase, fortran_exponents_are_read);
    tcase_add_test(tcase, what_is_no_number_is_refused);
    tcase_add_test(tcase, integers_beyond_64_bits_are_refused);
    tcase_add_test(tcase, printed_numbers_read_back_with_the_same_bits);
    tcase_add_test(tcase, the_locale_changes_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
