/* Public interface of the library's file writer. */
#include "core/error.h"
#include "core/memory.h"
#include "io/files/output.h"

#include <lrpot/file.h>

#include <string.h>
#include <sys/stat.h>

struct lrpot_file {
    lrpot__output output;
};

lrpot_status lrpot_file_open(lrpot_file **out, const char *path)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(path);
    lrpot_file *file = lrpot__calloc(1, sizeof *file);
    if (file == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__output_open(&file->output, path);
    if (status != LRPOT_OK) lrpot__free(file);
    else *out = file;
    return status;
}

FILE *lrpot_file_stream(const lrpot_file *file)
{
    return file != NULL ? file->output.file : NULL;
}

lrpot_status lrpot_file_close(lrpot_file *file)
{
    LRPOT__REQUIRE_NOT_NULL(file);
    lrpot_status status = lrpot__output_close(&file->output);
    lrpot__free(file);
    return status;
}

void lrpot_file_abandon(lrpot_file *file)
{
    if (file == NULL) return;
    lrpot__output_abandon(&file->output);
    lrpot__free(file);
}

/* Splits a path into the folder of a file and its name in the folder. */
static int folder_of(char *path, struct stat *folder, const char **name)
{
    char *slash = strrchr(path, '/');
    *name = slash != NULL ? slash + 1 : path;
    if (slash == NULL) return stat(".", folder) == 0;
    char first = slash[1];
    slash[1] = '\0';
    int found = stat(path, folder) == 0;
    slash[1] = first;
    return found;
}

static int is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* 1 if two paths, of files that do not exist yet, have the same target. */
static int32_t same_target(const char *a, const char *b)
{
    char *targets[2] = { lrpot__output_target(a), lrpot__output_target(b) };
    struct stat folders[2];
    const char *names[2];
    int32_t same = targets[0] != NULL && targets[1] != NULL
                   && folder_of(targets[0], &folders[0], &names[0])
                   && folder_of(targets[1], &folders[1], &names[1])
                   && is_same(&folders[0], &folders[1]) && strcmp(names[0], names[1]) == 0;
    lrpot__free(targets[0]);
    lrpot__free(targets[1]);
    return same;
}

int32_t lrpot_file_same(const char *a, const char *b)
{
    struct stat one, other;
    if (a == NULL || b == NULL) return 0;
    int there = stat(a, &one) == 0, there_too = stat(b, &other) == 0;
    if (there && there_too) return S_ISREG(one.st_mode) && is_same(&one, &other);
    return there || there_too ? 0 : same_target(a, b);
}
