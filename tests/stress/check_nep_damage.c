/* Damaged files of NEPs: a status, and a message that names file, line and value. Numbers do not
 * depend on the locale. */
#include "basis/nep/nep_model.h"
#include "comma_locale.h"
#include "io/nep/nep_file.h"
#include "nep_system.h"

/* Line of a good file (nep4_zbl_charge1 or nep2_two_zbl) replaced by another. */
static const struct {
    int version2, line;
    const char *replacement;
    lrpot_status status;
    const char *message;
} cases[] = {
    { 0, 1, "nep6 3 Ba Ti O", LRPOT_E_PARSE, "x:1: the kind of the model is 'nep6', expected nep" },
    { 0, 1, "", LRPOT_E_PARSE, "x:1: the first line is blank" },
    { 0, 1, "nep4_dipole 3 Ba Ti O", LRPOT_E_UNSUPPORTED, "x:1: models of the kind 'nep4_dipole'" },
    { 0, 1, "nep4_zbl_charge_vdw 3 Ba Ti O", LRPOT_E_UNSUPPORTED, "'nep4_zbl_charge_vdw'" },
    { 0, 1, "nep3_temperature 3 Ba Ti O", LRPOT_E_UNSUPPORTED, "'nep3_temperature'" },
    { 0, 1, "nep4_zbl_charge1 4 Ba Ti O", LRPOT_E_PARSE,
      "x:1: 3 symbols follow the number of species, which is 4" },
    { 0, 1, "nep4_zbl_charge1 0", LRPOT_E_PARSE, "x:1: 1 words follow the kind" },
    { 0, 1, "nep4_zbl_charge1 -1 Ba", LRPOT_E_PARSE, "the number of species is -1" },
    { 0, 1, "nep4_zbl_charge1 3 Ba Xx O", LRPOT_E_PARSE, "x:1: species 2 is 'Xx'" },
    { 0, 1, "nep4_zbl_charge1 3 Ba Ti Ba", LRPOT_E_PARSE, "x:1: species 1 and 3 are both Ba" },
    { 0, 2, "cutoff 5 4 100 60", LRPOT_E_PARSE,
      "x:2: the line begins with 'cutoff', expected 'zbl" },
    { 0, 2, "zbl 2 1", LRPOT_E_PARSE, "x:2: the ZBL radii are 2 and 1 A" },
    { 0, 2, "zbl 1", LRPOT_E_PARSE, "x:2: 1 words follow 'zbl', expected 2 to 3" },
    { 0, 2, "zbl 1 2 -0.7", LRPOT_E_PARSE, "x:2: the typewise ZBL factor is -0.7" },
    { 0, 2, "zbl 1 nan", LRPOT_E_PARSE, "x:2: the outer ZBL radius is 'nan', expected a number" },
    { 0, 3, "cutoff 5 4 100", LRPOT_E_PARSE, "x:3: 3 words follow 'cutoff', expected 4 or" },
    { 0, 3, "cutoff -5 4 100 60", LRPOT_E_PARSE, "x:3: the radial cutoff is -5 A" },
    { 0, 3, "cutoff 5 1e9 100 60", LRPOT_E_PARSE, "x:3: the angular cutoff is 1e+09 A" },
    { 0, 3, "cutoff 5 4 5 4 5 3 100 60", LRPOT_E_UNSUPPORTED, "x:3: cutoffs of each species" },
    { 0, 4, "n_max 4 99", LRPOT_E_PARSE, "x:4: n_max is 99, expected 0 to 31" },
    { 0, 4, "n_max 4 3 1", LRPOT_E_PARSE, "x:4: 3 words follow 'n_max', expected 2" },
    { 0, 5, "basis_size 6.5 5", LRPOT_E_PARSE, "x:5: basis_size is '6.5', expected an integer" },
    { 0, 6, "l_max 9 2 1", LRPOT_E_PARSE, "x:6: l_max is 9, expected 1 to 8" },
    { 0, 6, "l_max 4", LRPOT_E_PARSE, "x:6: 1 words follow 'l_max', expected 3 to 7" },
    { 0, 6, "l_max 4 -1 1", LRPOT_E_PARSE, "x:6: a flag of l_max is -1" },
    { 0, 7, "ANN 0 0", LRPOT_E_PARSE, "x:7: the number of neurons is 0, expected 1 to 1024" },
    { 0, 7, "ANN 10 5", LRPOT_E_PARSE, "x:7: the size of a second hidden layer is 5" },
    { 0, 7, "ANN 1000 0", LRPOT_E_PARSE, "the file ends after" },
    { 0, 7, "ANN 9 0", LRPOT_E_PARSE, "numbers of this header, expected the end of the file" },
    { 0, 8, "1.0 2.0", LRPOT_E_PARSE, "x:8: '2.0' follows number 1 of" },
    { 0, 100, "", LRPOT_E_PARSE, "x:100: the line is blank, expected number 93 of" },
    { 0, 100, "1,5", LRPOT_E_PARSE, "x:100: number 93 of 1522 is '1,5', expected a number" },
    { 0, 100, "inf", LRPOT_E_PARSE, "x:100: number 93 of 1522 is 'inf', expected a number" },
    { 0, 100, "1e999", LRPOT_E_PARSE, "is '1e999', beyond the range" },
    { 1, 5, "l_max 4 2 0", LRPOT_E_PARSE, "x:5: 3 words follow 'l_max', expected 1" },
};
enum { CASES = sizeof cases / sizeof cases[0] };

static char *load_text(const char *name)
{
    char *path = nep_own_file(name, ".txt");
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 200000);
    ck_assert(file != NULL);
    ck_assert_uint_gt(fread(text, 1, 199999, file), 0);
    fclose(file);
    free(path);
    return text;
}

/* Start of a line counted from 1. */
static const char *line_of(const char *text, int line)
{
    for (; line > 1; line--) text = strchr(text, '\n') + 1;
    return text;
}

static void expect(const char *text, int64_t size, lrpot_status status, const char *message)
{
    lrpot__nep *nep = NULL;
    lrpot_status got = lrpot__nep_parse(&nep, "x", text, size);
    ck_assert_msg(got == status, "%s (%s), expected %s", lrpot_status_name(got), lrpot_last_error(),
                  lrpot_status_name(status));
    ck_assert_msg(strstr(lrpot_last_error(), message) != NULL, "'%s' lacks '%s'",
                  lrpot_last_error(), message);
    ck_assert_ptr_null(nep);
}

START_TEST(messages_name_file_line_and_value)
{
    char *good = load_text(cases[_i].version2 ? "nep2_two_zbl" : "nep4_zbl_charge1"),
         *bad = calloc(1, 200000);
    const char *from = line_of(good, cases[_i].line), *rest = strchr(from, '\n');
    int size =
        snprintf(bad, 200000, "%.*s%s%s", (int)(from - good), good, cases[_i].replacement, rest);
    expect(bad, size, cases[_i].status, cases[_i].message);
    free(good);
    free(bad);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_an_error)
{
    char *good = load_text("nep4_zbl_flexible");
    int64_t size = (int64_t)strlen(good);
    for (int64_t cut = 0; cut + 2 < size; cut += cut < 200 ? 1 : 997)
        expect(good, cut, LRPOT_E_PARSE, "x:");
    free(good);
}
END_TEST

/* Either an error or a model: never a crash (the sanitizers look on). */
START_TEST(random_damage_does_no_harm)
{
    char *good = load_text(_i % 2 ? "nep4_zbl_flexible" : "nep2_two_zbl");
    int64_t size = (int64_t)strlen(good);
    char *bad = malloc((size_t)size);
    support_random random = { 7 + (uint64_t)_i };
    for (int trial = 0; trial < 200; trial++) {
        memcpy(bad, good, (size_t)size);
        for (int k = 0; k < 3; k++)
            bad[(int64_t)support_uniform(&random, 0, (double)(trial % 2 ? size : 150))] =
                "0123456789.-+eE \n\tnxz"[(int)support_uniform(&random, 0, 21)];
        lrpot__nep *nep = NULL;
        lrpot_status status = lrpot__nep_parse(&nep, "x", bad, size);
        ck_assert((status == LRPOT_OK) == (nep != NULL));
        lrpot__nep_free(nep);
    }
    free(good);
    free(bad);
}
END_TEST

START_TEST(radii_of_a_flexible_pair_are_checked)
{
    char *good = load_text("nep4_zbl_flexible"), *bad = calloc(1, 200000);
    const char *from = line_of(good, 1499);
    int size = snprintf(bad, 200000, "%.*s7.0%s", (int)(from - good), good, strchr(from, '\n'));
    expect(bad, size, LRPOT_E_PARSE, "x:1499: the ZBL radii of Ba and Ba are 7 and ");
    free(good);
    free(bad);
}
END_TEST

START_TEST(numbers_do_not_depend_on_the_locale)
{
    char *text = load_text("nep3_zbl");
    lrpot__nep *point = NULL, *comma = NULL;
    ck_ok(lrpot__nep_parse(&point, "x", text, (int64_t)strlen(text)));
    if (support_comma_locale() == 0) {
        ck_ok(lrpot__nep_parse(&comma, "x", text, (int64_t)strlen(text)));
        support_point_locale();
        ck_assert_int_eq(
            memcmp(point->networks, comma->networks, (size_t)point->network_size * sizeof(double)),
            0);
    }
    lrpot__nep_free(point);
    lrpot__nep_free(comma);
    free(text);
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    lrpot__nep *nep = NULL;
    ck_assert_int_eq(lrpot__nep_read(&nep, "no/such/nep.txt"), LRPOT_E_OPEN);
    ck_assert(strstr(lrpot_last_error(), "no/such/nep.txt") != NULL);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nep_damage");
    TCase *tc = tcase_create("stress");
    support_add_cases(tc, messages_name_file_line_and_value, 0, CASES);
    tcase_add_test(tc, a_file_cut_anywhere_is_an_error);
    support_add_cases(tc, random_damage_does_no_harm, 0, 4);
    tcase_add_test(tc, radii_of_a_flexible_pair_are_checked);
    tcase_add_test(tc, numbers_do_not_depend_on_the_locale);
    tcase_add_test(tc, a_missing_file_is_named);
    suite_add_tcase(suite, tc);
    return suite;
}
