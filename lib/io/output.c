#define _XOPEN_SOURCE 700 /* realpath */
#include "io/output.h"

#include "core/error.h"
#include "core/memory.h"
#include "io/number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_MODE 0666 /* the process' umask takes off what it must */
#define MOST_TRIES 1000

static void release(lrpot__output *output)
{
    lrpot__free(output->path);
    lrpot__free(output->final);
    lrpot__free(output->aside);
    *output = (lrpot__output){ 0 };
}

/* A symbolic link stays: the file that it names is replaced. */
static char *resolve(const char *path)
{
    char *real = realpath(path, NULL), *copy = lrpot__strdup(real != NULL ? real : path);
    free(real);
    return copy;
}

/* Creates FINAL.tmpN for the first free N. */
static int create_aside(lrpot__output *output, mode_t mode)
{
    size_t size = strlen(output->final) + 32;
    output->aside = lrpot__calloc((int64_t)size, 1);
    if (output->aside == NULL) {
        errno = ENOMEM;
        return -1;
    }
    for (int n = 0; n < MOST_TRIES; n++) {
        snprintf(output->aside, size, "%s.tmp%d", output->final, n);
        int descriptor = open(output->aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

static int open_descriptor(lrpot__output *output)
{
    struct stat old;
    int exists = stat(output->path, &old) == 0;
    /* renaming over a device or a pipe would destroy it */
    if (exists && !S_ISREG(old.st_mode)) return open(output->path, O_WRONLY | O_CLOEXEC);
    output->final = resolve(output->path);
    if (output->final == NULL) {
        errno = ENOMEM;
        return -1;
    }
    int descriptor = create_aside(output, NEW_FILE_MODE);
    if (descriptor >= 0 && exists) (void)fchmod(descriptor, old.st_mode & 07777);
    return descriptor;
}

lrpot_status lrpot__output_open(lrpot__output *output, const char *path)
{
    *output = (lrpot__output){ 0 };
    output->path = lrpot__strdup(path);
    if (output->path == NULL) return LRPOT_E_MEMORY;
    if (strcmp(path, "-") == 0) {
        output->file = stdout;
        return LRPOT_OK;
    }
    int descriptor = open_descriptor(output);
    output->file = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (output->file != NULL) return LRPOT_OK;
    lrpot_status status =
        lrpot__fail(LRPOT_E_WRITE, "%s: cannot be created: %s", path, strerror(errno));
    if (descriptor >= 0) {
        close(descriptor);
        if (output->aside != NULL) unlink(output->aside);
    }
    release(output);
    return status;
}

lrpot_status lrpot__output_check(const lrpot__output *output)
{
    return ferror(output->file) ? lrpot__fail(LRPOT_E_WRITE, "%s: cannot be written: %s",
                                              output->path, strerror(errno))
                                : LRPOT_OK;
}

/* Nonzero with errno set when some byte did not reach its place. */
static int finish(lrpot__output *output)
{
    int failed = ferror(output->file) || fflush(output->file) != 0;
    if (!failed && output->final != NULL) failed = fsync(fileno(output->file)) != 0;
    int cause = errno;
    if (output->file != stdout && fclose(output->file) != 0 && !failed) {
        failed = 1;
        cause = errno;
    }
    if (!failed && output->final != NULL && rename(output->aside, output->final) != 0) {
        failed = 1;
        cause = errno;
    }
    errno = cause;
    return failed;
}

lrpot_status lrpot__output_close(lrpot__output *output)
{
    lrpot_status status = LRPOT_OK;
    if (finish(output)) {
        status =
            lrpot__fail(LRPOT_E_WRITE, "%s: cannot be written: %s", output->path, strerror(errno));
        if (output->aside != NULL) unlink(output->aside);
    }
    release(output);
    return status;
}

void lrpot__output_abandon(lrpot__output *output)
{
    if (output->file != NULL && output->file != stdout) fclose(output->file);
    if (output->aside != NULL) unlink(output->aside);
    release(output);
}

void lrpot__put_text(lrpot__output *output, const char *text)
{
    fputs(text, output->file);
}

void lrpot__put_number(lrpot__output *output, double value)
{
    char buffer[LRPOT__NUMBER_SIZE];
    lrpot__number_print(buffer, value);
    fputs(buffer, output->file);
}

void lrpot__put_integer(lrpot__output *output, int64_t value)
{
    fprintf(output->file, "%lld", (long long)value);
}

void lrpot__put_numbers(lrpot__output *output, int64_t n, const double *values,
                        const char *separator)
{
    for (int64_t i = 0; i < n; i++) {
        if (i > 0) fputs(separator, output->file);
        lrpot__put_number(output, values[i]);
    }
}
