#undef _POSIX_C_SOURCE
#define _XOPEN_SOURCE 700 /* nftw */
#include "scratch_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[1024];

static void make_absolute(const char *name, const char *otherwise)
{
    const char *given = getenv(name);
    char *path = realpath(given != NULL ? given : otherwise, NULL);
    if (path != NULL) setenv(name, path, 1);
    free(path);
}

void scratch_folder_enter(void)
{
    const char *below = getenv("TMPDIR");
    make_absolute("LRPOT_DATA", "../shared/data");
    make_absolute("LRPOT_SOURCE_ROOT", ".");
    snprintf(folder, sizeof folder, "%s/lrpot-test-XXXXXX", below != NULL ? below : "/tmp");
    if (mkdtemp(folder) != NULL && chdir(folder) == 0) return;
    perror(folder);
    exit(2);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void scratch_folder_remove(void)
{
    if (chdir("/") == 0) nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
