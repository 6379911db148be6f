#define _XOPEN_SOURCE 700 /* realpath */
#include "io/files/output.h"

#include "core/error.h"
#include "core/memory.h"
#include "core/number.h"
#include "io/files/temporaries.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_MODE 0666 /* the umask of the process removes rights */
#define MOST_TRIES 1000
#define MOST_LINKS 40 /* the limit of the kernel */

static void release(lrpot__output *output)
{
    lrpot__free(output->path);
    lrpot__free(output->final);
    lrpot__free(output->aside);
    *output = (lrpot__output){ 0 };
}

/* Forgets the temporary file: it was renamed, or it is removed now. */
static void drop_aside(lrpot__output *output, int remove)
{
    if (output->aside == NULL) return;
    if (remove) unlink(output->aside);
    lrpot__temporary_drop(output->place);
}

/* Target of a link to a file that does not exist yet, or a copy of the path. NULL with errno for
 * links in a circle and without memory. */
static char *follow(const char *path)
{
    char target[4096];
    char *at = lrpot__strdup(path);
    for (int steps = 0; at != NULL; steps++) {
        ssize_t length = readlink(at, target, sizeof target - 1);
        if (length < 0) break;
        if (steps == MOST_LINKS) {
            lrpot__free(at);
            errno = ELOOP;
            return NULL;
        }
        target[length] = '\0';
        const char *slash = strrchr(at, '/');
        size_t folder = target[0] != '/' && slash != NULL ? (size_t)(slash - at) + 1 : 0;
        char *next = lrpot__calloc((int64_t)(folder + (size_t)length + 1), 1);
        if (next != NULL) {
            memcpy(next, at, folder);
            memcpy(next + folder, target, (size_t)length + 1);
        }
        lrpot__free(at);
        at = next;
    }
    return at;
}

/* Target of an output path. A symbolic link is kept: the file that it names is replaced. */
char *lrpot__output_target(const char *path)
{
    char *real = realpath(path, NULL);
    if (real == NULL) return follow(path);
    char *copy = lrpot__strdup(real);
    free(real);
    return copy;
}

/* Moves a descriptor above those of the standard streams. Where these are closed, the next files
 * get their numbers, and the host would print into the files. */
static int above_standard(int descriptor)
{
    if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), cause = errno;
    close(descriptor);
    errno = cause;
    return moved;
}

/* Creates the file with signals blocked, so that no signal comes before its entry in the list of
 * files to remove. */
static int create_remembered(lrpot__output *output, mode_t mode)
{
    sigset_t all, before;
    sigfillset(&all);
    int masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
    int descriptor = open(output->aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode),
        safe = above_standard(descriptor), cause = errno;
    if (descriptor >= 0 && safe < 0) unlink(output->aside);
    output->place = safe >= 0 ? lrpot__temporary_add(output->aside) : -1;
    if (masked) pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = cause;
    return safe;
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
        int descriptor = create_remembered(output, mode);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

/* Gives the new file the mode and group of the file that it replaces. If the group cannot be kept,
 * another group does not get its rights. */
static void keep_mode(int descriptor, const struct stat *old)
{
    mode_t mode = old->st_mode & 07777;
    struct stat now;
    if (fstat(descriptor, &now) == 0 && now.st_gid != old->st_gid
        && fchown(descriptor, (uid_t)-1, old->st_gid) != 0)
        mode = (mode & ~(mode_t)S_IRWXG) | (mode & S_IRWXO) << 3;
    (void)fchmod(descriptor, mode);
}

static int open_descriptor(lrpot__output *output)
{
    struct stat old;
    int exists = stat(output->path, &old) == 0;
    /* renaming over a device or a pipe would destroy it */
    if (exists && !S_ISREG(old.st_mode))
        return above_standard(open(output->path, O_WRONLY | O_CLOEXEC));
    if (exists && access(output->path, W_OK) != 0) return -1;
    output->final = lrpot__output_target(output->path);
    if (output->final == NULL) return -1;
    int descriptor = create_aside(output, exists ? old.st_mode & 0600 : NEW_FILE_MODE);
    if (descriptor >= 0 && exists) keep_mode(descriptor, &old);
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
    if (descriptor >= 0) close(descriptor);
    drop_aside(output, descriptor >= 0);
    release(output);
    return status;
}

lrpot_status lrpot__output_check(const lrpot__output *output)
{
    return ferror(output->file) ? lrpot__fail(LRPOT_E_WRITE, "%s: cannot be written: %s",
                                              output->path, strerror(errno))
                                : LRPOT_OK;
}

/* Nonzero with errno set if some byte was not written. */
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
    int failed = finish(output);
    if (failed)
        status =
            lrpot__fail(LRPOT_E_WRITE, "%s: cannot be written: %s", output->path, strerror(errno));
    drop_aside(output, failed);
    release(output);
    return status;
}

void lrpot__output_abandon(lrpot__output *output)
{
    if (output->file != NULL && output->file != stdout) fclose(output->file);
    drop_aside(output, 1);
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
