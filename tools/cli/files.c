#include "cli/files.h"

#include "cli/options.h"
#include "cli/report.h"

#include <lrpot/file.h>

#include <stdlib.h>
#include <string.h>

typedef struct known_file {
    struct known_file *next;
    const char *option; /* NULL: an input */
    char path[];
} known_file;

static known_file *files;

static int refuse(const char *option, const char *path, const char *input)
{
    return report_error(BAD_USAGE,
                        "--%s %s: is the input %s, which it would overwrite; give another name",
                        option, path, input);
}

/* Compares two files, at least one of which is written. */
static int compare(const char *option, const char *path, const known_file *other)
{
    if (!lrpot_file_same(path, other->path)) return GO_ON;
    if (option == NULL) return refuse(other->option, other->path, path);
    if (other->option == NULL) return refuse(option, path, other->path);
    return report_error(BAD_USAGE, "--%s %s: is the file of --%s %s as well; give another name",
                        option, path, other->option, other->path);
}

/* Checks the standard streams: printed results may be redirected to a file. */
static int check_streams(const char *option, const char *path)
{
    static const char *const streams[2][2] = { { "/dev/stdout", "standard output" },
                                               { "/dev/stderr", "standard error" } };
    for (int k = 0; k < 2; k++)
        if (lrpot_file_same(path, streams[k][0]))
            return report_error(BAD_USAGE,
                                "%s: %s goes to this file, which is %s; give another name", path,
                                streams[k][1], option != NULL ? "an output" : "an input");
    return GO_ON;
}

static int remember(const char *option, const char *path)
{
    size_t size = strlen(path) + 1;
    known_file *own = malloc(sizeof *own + size);
    if (own == NULL) return report_no_memory();
    own->option = option;
    memcpy(own->path, path, size);
    own->next = files;
    files = own;
    return GO_ON;
}

static int add(const char *option, const char *path)
{
    if (path == NULL || strcmp(path, "-") == 0) return GO_ON;
    int code = check_streams(option, path);
    for (const known_file *other = files; code == GO_ON && other != NULL; other = other->next)
        if (option != NULL || other->option != NULL) code = compare(option, path, other);
    return code == GO_ON ? remember(option, path) : code;
}

int files_read(const char *path)
{
    return add(NULL, path);
}

int files_write(const char *option, const char *path)
{
    return add(option, path);
}

void files_forget(void)
{
    while (files != NULL) {
        known_file *next = files->next;
        free(files);
        files = next;
    }
}
