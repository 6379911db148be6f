#include "learning/folder_lock.h"

#include "cli/options.h"
#include "cli/output_file.h"
#include "cli/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int take(folder_lock *lock, const char *path, const char *folder)
{
    struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    lock->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock->file < 0) return report_error(FAILED, "%s: %s", path, strerror(errno));
    if (fcntl(lock->file, F_SETLK, &all) == 0) return GO_ON;
    if (errno == EACCES || errno == EAGAIN)
        return report_error(FAILED, "%s: another lrpot learn works in this folder", folder);
    return report_error(FAILED, "%s: cannot be locked: %s", path, strerror(errno));
}

int folder_lock_take(folder_lock *lock, const char *folder)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return report_error(FAILED, "%s: %s", folder, strerror(errno));
    char *path = output_join(folder, "lock");
    int code = path != NULL ? take(lock, path, folder) : report_no_memory();
    free(path);
    return code;
}

void folder_lock_release(folder_lock *lock)
{
    if (lock->file >= 0) close(lock->file);
    lock->file = -1;
}
