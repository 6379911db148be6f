/* Memory follows what files hold, and what is not UTF-8 can be saved. */
#include "support.h"

#include "core/utf8.h"
#include "io/files/reader.h"
#include "io/models/active_set_file.h"
#include "io/models/model_read.h"
#include "io/models/tensor_file.h"
#include "io/text/json_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* takes terabytes of addresses */
#else
#define SANITIZED 0
#endif

/* Megabytes that this process had at most so far. */
static double megabytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024.0;
}

START_TEST(an_active_set_takes_no_rows_that_the_file_lacks)
{
    static const char text[] =
        "{\"format\": \"lrpot-active-set\", \"version\": 1, \"model\": \"00ff\", \"size\": 20000,"
        "\"species\": {\"Na\": {\"seen\": true, \"frames\": [0], \"atoms\": [0], \"rows\": [1.0]}},"
        "\"checksum\": \"\"}";
    lrpot_active_set *set = NULL;
    double before = megabytes();
    ck_assert_int_eq(lrpot__active_set_parse(&set, "a.lrp", text, (int64_t)strlen(text), 0),
                     LRPOT_E_PARSE);
    ck_assert_msg(strstr(lrpot_last_error(), "a.lrp: key 'species.Na.frames' has 1 values, "
                                             "expected 20000")
                      != NULL,
                  "%s", lrpot_last_error());
    ck_assert_double_lt(megabytes() - before, 5.0);
}
END_TEST

START_TEST(a_limit_of_an_active_set_is_named)
{
    static const char text[] =
        "{\"format\": \"lrpot-active-set\", \"version\": 1, \"model\": \"00ff\", \"size\": 30000,"
        "\"species\": {\"Na\": {}}, \"checksum\": \"\"}";
    lrpot_active_set *set = NULL;
    ck_assert_int_eq(lrpot__active_set_parse(&set, "a.lrp", text, (int64_t)strlen(text), 0),
                     LRPOT_E_PARSE);
    ck_assert_msg(strstr(lrpot_last_error(), "'size' is 30000, expected 2 to 20000 rows") != NULL,
                  "%s", lrpot_last_error());
}
END_TEST

START_TEST(a_tensor_model_makes_no_functions_without_coefficients)
{
    static const char text[] =
        "{\"format\": \"lrpot-tensors\", \"version\": 1, \"kind\": \"polar tensors\","
        "\"species\": [\"Na\", \"Cl\"], \"basis\": {\"levels\": [24, 24, 24, 24],"
        "\"radial_cost\": 2, \"min_distance\": 1.0, \"cutoff\": 5.0},"
        "\"coefficients\": [0.0, 0.0], \"checksum\": \"\"}";
    lrpot_tensor_model *model = NULL;
    double before = megabytes();
    ck_assert_int_eq(lrpot__tensor_parse(&model, "t.lrp", text, (int64_t)strlen(text), 0),
                     LRPOT_E_PARSE);
    ck_assert_msg(strstr(lrpot_last_error(), "more") != NULL, "%s", lrpot_last_error());
    ck_assert_double_lt(megabytes() - before, 60.0);
}
END_TEST

START_TEST(a_level_needs_its_radial_functions)
{
    static const char text[] =
        "{\"format\": \"lrpot-model\", \"version\": 1, \"species\": [\"Na\"], \"energy\": {"
        "\"basis\": {\"level\": 28, \"functions\": 2, \"radial\": {\"type\": \"RBChebyshev\","
        "\"size\": 2, \"min_distance\": 1.0, \"cutoff\": 5.0, \"scaling\": 1.0,"
        "\"coefficients\": [1.0, 0.5]}}, \"linear\": [0.0, 0.0], \"species\": [0.0]},"
        "\"checksum\": \"\"}";
    lrpot_potential *potential = NULL;
    ck_assert_int_eq(lrpot__model_parse(&potential, "m.lrp", text, (int64_t)strlen(text), 0),
                     LRPOT_E_PARSE);
    ck_assert_msg(strstr(lrpot_last_error(), "has 2 values, expected at least 12 for level 28")
                      != NULL,
                  "%s", lrpot_last_error());
}
END_TEST

/* Refused before anything else of the file is read. */
START_TEST(each_format_has_one_version)
{
    static const char *const formats[3] = { "lrpot-model", "lrpot-tensors", "lrpot-active-set" };
    static const int versions[3] = { 0, 2, 5 };
    for (int f = 0; f < 3; f++)
        for (int v = 0; v < 3; v++) {
            char text[200], message[200];
            lrpot_potential *potential = NULL;
            lrpot_tensor_model *tensors = NULL;
            lrpot_active_set *set = NULL;
            int64_t size = snprintf(text, sizeof text, "{\"format\": \"%s\", \"version\": %d}",
                                    formats[f], versions[v]);
            snprintf(message, sizeof message,
                     "x.lrp: the file is of format version %d, liblrpot %s reads version 1",
                     versions[v], lrpot_version());
            lrpot_status status = f == 0   ? lrpot__model_parse(&potential, "x.lrp", text, size, 1)
                                  : f == 1 ? lrpot__tensor_parse(&tensors, "x.lrp", text, size, 1)
                                           : lrpot__active_set_parse(&set, "x.lrp", text, size, 1);
            ck_assert_int_eq(status, LRPOT_E_VERSION);
            ck_assert_str_eq(lrpot_last_error(), message);
        }
}
END_TEST

/* An array of numbers takes some twenty times its text. */
static int load_without_room(void)
{
    enum { NUMBERS = 400000 };
    char *text = malloc(2 * NUMBERS + 2);
    json_t *tree = NULL;
    struct rlimit limit;
    if (text == NULL || getrlimit(RLIMIT_AS, &limit) != 0) return 2;
    for (int k = 0; k < NUMBERS; k++) memcpy(text + 2 * k, "1,", 2);
    text[0] = '[', text[2 * NUMBERS - 1] = ']';
    text[1] = ' ';
    long pages = 0;
    FILE *sizes = fopen("/proc/self/statm", "r");
    if (sizes == NULL || fscanf(sizes, "%ld", &pages) != 1) return 2;
    fclose(sizes);
    limit.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + 4000000;
    if (setrlimit(RLIMIT_AS, &limit) != 0) return 2;
    lrpot_status status = lrpot__json_tree(&tree, "big.lrp", text, 2 * NUMBERS);
    return status == LRPOT_E_MEMORY && tree == NULL ? 0 : 1;
}

START_TEST(json_without_memory_is_no_bad_syntax)
{
    int status = 0;
    if (SANITIZED) return;
    pid_t child = fork();
    if (child == 0) _exit(load_without_room());
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_cfg_without_atoms_is_refused)
{
    static const char in_a_cell[] = "BEGIN_CFG\n Supercell\n 1 0 0\n 0 1 0\n 0 0 1\n"
                                    " AtomData: id type cartes_x cartes_y cartes_z\n"
                                    " Energy\n 1\nEND_CFG\n";
    static const char *const texts[] = {
        in_a_cell, "BEGIN_CFG\nEND_CFG\n",
        "BEGIN_CFG\n AtomData: id type direct_x direct_y direct_z\nEND_CFG\n"
    };
    for (int k = 0; k < 3; k++) {
        lrpot_reader *reader = NULL;
        lrpot_structure *structure = NULL;
        ck_ok(lrpot__reader_open_memory(&reader, "a.cfg", texts[k], (int64_t)strlen(texts[k])));
        ck_assert_int_eq(lrpot_reader_next(reader, &structure), LRPOT_E_PARSE);
        ck_assert_msg(strstr(lrpot_last_error(), "frame 0 has no atoms") != NULL, "%s",
                      lrpot_last_error());
        lrpot_reader_close(reader);
    }
}
END_TEST

START_TEST(utf8_is_told_from_other_bytes)
{
    static const char *const good[] = { "", "Na", "caf\xc3\xa9", "\xe2\x82\xac",
                                        "\xf0\x9f\x98\x80" };
    static const char *const bad[] = { "caf\xe9",          "\xc3",    "\xc0\xaf", "\xed\xa0\x80",
                                       "\xf5\x80\x80\x80", "\xe2\x82" };
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) ck_assert(lrpot__utf8_valid(good[k]));
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) ck_assert(!lrpot__utf8_valid(bad[k]));
}
END_TEST

START_TEST(a_note_in_latin_1_is_saved_as_utf8)
{
    char path[] = "lrpot-limits-XXXXXX";
    const char *const symbols[] = { "Na" };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL, *loaded = NULL;
    basis.level = 2;
    options.basis = &basis, options.n_species = 1;
    options.symbols = symbols;
    ck_ok(lrpot_potential_create(&potential, &options));
    ck_ok(lrpot_potential_set_note(potential, "potential_name", "caf\xe9"));
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
    ck_ok(lrpot_potential_save(potential, path));
    ck_ok(lrpot_potential_load(&loaded, path));
    ck_assert_str_eq(lrpot_potential_note(loaded, "potential_name"), "caf\xc3\xa9");
    unlink(path);
    lrpot_potential_free(potential);
    lrpot_potential_free(loaded);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_limits");
    TCase *tcase = tcase_create("limits");
    tcase_add_test(tcase, an_active_set_takes_no_rows_that_the_file_lacks);
    tcase_add_test(tcase, each_format_has_one_version);
    tcase_add_test(tcase, a_limit_of_an_active_set_is_named);
    tcase_add_test(tcase, a_tensor_model_makes_no_functions_without_coefficients);
    tcase_add_test(tcase, a_level_needs_its_radial_functions);
    tcase_add_test(tcase, a_cfg_without_atoms_is_refused);
    tcase_add_test(tcase, utf8_is_told_from_other_bytes);
    tcase_add_test(tcase, a_note_in_latin_1_is_saved_as_utf8);
    suite_add_tcase(suite, tcase);
    TCase *limited = tcase_create("limited"); /* valgrind has memory of its own beyond the limit */
    tcase_set_tags(limited, "slow");
    tcase_add_test(limited, json_without_memory_is_no_bad_syntax);
    suite_add_tcase(suite, limited);
    return suite;
}
