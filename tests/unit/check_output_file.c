/* The one writer of result files, and names that lead to one file. */
#include "support.h"

#include <lrpot/file.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[32], inside[512]; /* of a case, and its absolute name */

static void open_folder(void)
{
    snprintf(folder, sizeof folder, "lrpot-file-XXXXXX");
    ck_assert(mkdtemp(folder) != NULL && chdir(folder) == 0);
    ck_assert(getcwd(inside, sizeof inside) != NULL);
}

static void close_folder(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert(chdir("..") == 0 && system(command) == 0);
}

static void put(const char *path, const char *text)
{
    lrpot_file *file = NULL;
    ck_ok(lrpot_file_open(&file, path));
    fputs(text, lrpot_file_stream(file));
    ck_ok(lrpot_file_close(file));
}

static int holds(const char *path, const char *text)
{
    char found[64] = "";
    FILE *file = fopen(path, "r");
    if (file == NULL) return 0;
    found[fread(found, 1, sizeof found - 1, file)] = '\0';
    fclose(file);
    return strcmp(found, text) == 0;
}

static mode_t mode_of(const char *path)
{
    struct stat about;
    ck_assert(stat(path, &about) == 0);
    return about.st_mode & 07777;
}

static int is_link(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0 && S_ISLNK(about.st_mode);
}

START_TEST(links_stay_and_their_files_are_written)
{
    ck_assert(mkdir("deep", 0777) == 0 && symlink("deep/new", "one") == 0
              && symlink("one", "two") == 0);
    put("two", "first"); /* points nowhere yet */
    ck_assert(is_link("one") && is_link("two") && holds("deep/new", "first"));
    put("two", "second");
    ck_assert(is_link("one") && is_link("two") && holds("deep/new", "second"));
}
END_TEST

START_TEST(modes_are_those_of_the_old_file_or_of_the_umask)
{
    mode_t mask = umask(027);
    put("new", "x");
    umask(mask);
    ck_assert_int_eq(mode_of("new"), 0640);
    ck_assert(chmod("new", 0604) == 0);
    put("new", "y");
    ck_assert_int_eq(mode_of("new"), 0604);
}
END_TEST

START_TEST(an_abandoned_file_leaves_the_old_one)
{
    lrpot_file *file = NULL;
    put("old", "old");
    ck_ok(lrpot_file_open(&file, "old"));
    fputs("new", lrpot_file_stream(file));
    ck_assert(access("old.tmp0", F_OK) == 0);
    lrpot_file_abandon(file);
    ck_assert(access("old.tmp0", F_OK) != 0 && holds("old", "old"));
}
END_TEST

START_TEST(unfinished_files_of_this_process_can_be_discarded)
{
    lrpot_file *files[2] = { NULL, NULL };
    int state = 0;
    put("old", "old");
    ck_ok(lrpot_file_open(&files[0], "old"));
    ck_ok(lrpot_file_open(&files[1], "old"));
    pid_t child = fork();
    if (child == 0) {
        lrpot_file_discard_all(); /* those of the parent are not its own */
        _exit(access("old.tmp0", F_OK) != 0 || access("old.tmp1", F_OK) != 0);
    }
    ck_assert(waitpid(child, &state, 0) == child && state == 0);
    lrpot_file_abandon(files[0]);
    lrpot_file_discard_all();
    ck_assert(access("old.tmp0", F_OK) != 0 && access("old.tmp1", F_OK) != 0);
    ck_assert_int_eq(lrpot_file_close(files[1]), LRPOT_E_WRITE);
    ck_assert(holds("old", "old"));
}
END_TEST

START_TEST(what_cannot_be_written_is_refused)
{
    lrpot_file *file = NULL;
    ck_assert_int_eq(lrpot_file_open(&file, "nowhere/file"), LRPOT_E_WRITE);
    ck_assert(strstr(lrpot_last_error(), "nowhere/file") != NULL);
    ck_assert(symlink("ring2", "ring1") == 0 && symlink("ring1", "ring2") == 0);
    ck_assert_int_eq(lrpot_file_open(&file, "ring1"), LRPOT_E_WRITE);
    put("kept", "kept");
    ck_assert(chmod("kept", 0444) == 0);
    if (geteuid() != 0) ck_assert_int_eq(lrpot_file_open(&file, "kept"), LRPOT_E_WRITE);
    ck_assert(holds("kept", "kept") && file == NULL);
    ck_assert_int_eq(lrpot_file_open(&file, NULL), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_file_close(NULL), LRPOT_E_NULL);
    lrpot_file_abandon(NULL);
    ck_assert(lrpot_file_stream(NULL) == NULL);
}
END_TEST

START_TEST(a_full_device_is_an_error)
{
    lrpot_file *file = NULL;
    if (access("/dev/full", W_OK) != 0) return;
    ck_ok(lrpot_file_open(&file, "/dev/full"));
    fputs("x", lrpot_file_stream(file));
    ck_assert_int_eq(lrpot_file_close(file), LRPOT_E_WRITE);
}
END_TEST

START_TEST(closed_standard_streams_are_left_alone)
{
    int state = 0;
    pid_t child = fork();
    if (child == 0) {
        lrpot_file *file = NULL;
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
        close(STDERR_FILENO);
        if (lrpot_file_open(&file, "result") != LRPOT_OK) _exit(1);
        int above = fileno(lrpot_file_stream(file)) > STDERR_FILENO;
        ssize_t lost = write(STDOUT_FILENO, "table", 5);
        fputs("result", lrpot_file_stream(file));
        _exit(lrpot_file_close(file) != LRPOT_OK || !above || lost > 0);
    }
    ck_assert(waitpid(child, &state, 0) == child && state == 0);
    ck_assert(holds("result", "result"));
}
END_TEST

START_TEST(names_of_one_file_are_known)
{
    char absolute[520];
    snprintf(absolute, sizeof absolute, "%s/a", inside);
    put("a", "a");
    put("b", "a");
    ck_assert(symlink("a", "link") == 0 && link("a", "hard") == 0 && symlink(".", "here") == 0
              && mkdir("sub", 0777) == 0 && symlink("new", "ahead") == 0);
    const char *const same[] = { "a", "./a", "sub/../a", "link", "hard", "here/a", absolute };
    for (size_t k = 0; k < sizeof same / sizeof same[0]; k++) {
        ck_assert_msg(lrpot_file_same("a", same[k]) == 1, "%s", same[k]);
        ck_assert_msg(lrpot_file_same(same[k], "b") == 0, "%s", same[k]);
    }
    const char *const coming[] = { "new", "./new", "here/new", "ahead", "sub/../new" };
    for (size_t k = 0; k < sizeof coming / sizeof coming[0]; k++) {
        ck_assert_msg(lrpot_file_same("new", coming[k]) == 1, "%s", coming[k]);
        ck_assert_msg(lrpot_file_same(coming[k], "sub/new") == 0, "%s", coming[k]);
        ck_assert_int_eq(lrpot_file_same(coming[k], "a"), 0);
    }
    ck_assert_int_eq(lrpot_file_same("/dev/null", "/dev/null"), 0);
    ck_assert_int_eq(lrpot_file_same("sub", "sub"), 0);
    ck_assert_int_eq(lrpot_file_same(NULL, "a") + lrpot_file_same("a", NULL), 0);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("output_file");
    TCase *cases = tcase_create("output_file");
    tcase_add_checked_fixture(cases, open_folder, close_folder);
    tcase_add_test(cases, links_stay_and_their_files_are_written);
    tcase_add_test(cases, modes_are_those_of_the_old_file_or_of_the_umask);
    tcase_add_test(cases, an_abandoned_file_leaves_the_old_one);
    tcase_add_test(cases, unfinished_files_of_this_process_can_be_discarded);
    tcase_add_test(cases, what_cannot_be_written_is_refused);
    tcase_add_test(cases, a_full_device_is_an_error);
    tcase_add_test(cases, closed_standard_streams_are_left_alone);
    tcase_add_test(cases, names_of_one_file_are_known);
    suite_add_tcase(suite, cases);
    return suite;
}
