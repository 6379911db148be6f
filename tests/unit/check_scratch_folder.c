/* The folder that test programs work in: nothing of it stays, whatever is left in it. */
#include "scratch_folder.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs("left", file) < 0 || fclose(file) != 0) _exit(3);
}

/* Works in a folder of its own, leaves files, and tells the name of the folder. */
static void work(int channel)
{
    char folder[1024];
    scratch_folder_enter();
    if (getcwd(folder, sizeof folder) == NULL) _exit(3);
    leave("file");
    if (mkdir("inner", 0700) != 0) _exit(3);
    leave("inner/file");
    scratch_folder_remove();
    _exit(write(channel, folder, strlen(folder) + 1) < 0 ? 3 : 0);
}

START_TEST(nothing_stays_of_the_folder)
{
    int channel[2], status = 0;
    char folder[1024] = "";
    ck_assert_int_eq(pipe(channel), 0);
    pid_t child = fork();
    if (child == 0) work(channel[1]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_gt(read(channel[0], folder, sizeof folder), 1);
    ck_assert_msg(access(folder, F_OK) != 0, "%s is still there", folder);
    close(channel[0]);
    close(channel[1]);
}
END_TEST

START_TEST(a_test_works_in_it)
{
    char folder[1024] = "";
    ck_assert_ptr_nonnull(getcwd(folder, sizeof folder));
    ck_assert_ptr_nonnull(strstr(folder, "lrpot-test-"));
    ck_assert(getenv("LRPOT_SOURCE_ROOT")[0] == '/');
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("scratch_folder");
    TCase *tc = tcase_create("unit");
    tcase_add_test(tc, nothing_stays_of_the_folder);
    tcase_add_test(tc, a_test_works_in_it);
    suite_add_tcase(suite, tc);
    return suite;
}
