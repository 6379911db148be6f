#include "fitting/checkpoint.h"

#include "cli/options.h"
#include "cli/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { MOST_NAMES = 1000, SUFFIX = 16 };

/* Descriptor of the locked file; -1 if another fit has locked it, or if it does not exist. On a
 * file system without locks other fits are not noticed. */
static int lock_file(const char *path, int *held)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    *held = 0;
    if (file < 0) return -1;
    if (flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return file;
    *held = 1;
    close(file);
    return -1;
}

static int next_name(checkpoint *file, int number)
{
    size_t size = strlen(file->asked) + SUFFIX;
    free(file->path);
    file->path = malloc(size);
    if (file->path == NULL) return 0;
    if (number < 2) snprintf(file->path, size, "%s", file->asked);
    else snprintf(file->path, size, "%s-%d", file->asked, number);
    return 1;
}

/* Chooses the first free name: NAME, NAME-2, ... */
static int choose_name(checkpoint *file)
{
    int held = 1;
    for (int number = 1; held && number < MOST_NAMES; number++) {
        if (!next_name(file, number)) return report_no_memory();
        int old = lock_file(file->path, &held);
        if (old >= 0) close(old); /* left by a fit that was killed: the first write replaces it */
        if (held && file->given)
            return report_error(FAILED,
                                "%s: another fit that is running writes this checkpoint; choose "
                                "another name by --checkpoint",
                                file->path);
    }
    return GO_ON;
}

int checkpoint_open(checkpoint *file, const char *path, int given, double every)
{
    *file = (checkpoint){ .asked = path, .given = given, .lock = -1, .every = every };
    if (path == NULL) return GO_ON;
    int code = choose_name(file);
    if (code == GO_ON && strcmp(file->path, path) != 0)
        report_note("%s belongs to another fit to the same output, which is running: the "
                    "checkpoint of this one is %s; the last to finish writes the model",
                    path, file->path);
    return code;
}

void checkpoint_keep(checkpoint *file, const lrpot_potential *model)
{
    int64_t n = lrpot_potential_param_count(model);
    if (file->asked == NULL) return;
    if (file->params == NULL) file->params = malloc((size_t)n * sizeof *file->params);
    if (file->params == NULL) return;
    file->n = n;
    file->pending = lrpot_potential_get_params(model, n, file->params) == LRPOT_OK;
}

static lrpot_status save(checkpoint *file, const lrpot_potential *model)
{
    lrpot_status status = LRPOT_OK;
    if (file->best == NULL) status = lrpot_potential_clone(&file->best, model);
    if (status == LRPOT_OK) status = lrpot_potential_set_params(file->best, file->n, file->params);
    return status == LRPOT_OK ? lrpot_potential_save(file->best, file->path) : status;
}

/* Writes and locks again, since a written file is a new one under the old name. If another fit was
 * faster, the next name is used. */
static lrpot_status save_locked(checkpoint *file, const lrpot_potential *model)
{
    for (;;) {
        int held = 0;
        lrpot_status status = save(file, model);
        if (status != LRPOT_OK) return status;
        int fresh = lock_file(file->path, &held);
        if (file->lock >= 0) close(file->lock);
        file->lock = fresh;
        if (!held || file->given || choose_name(file) != GO_ON) return LRPOT_OK;
    }
}

void checkpoint_write(checkpoint *file, const lrpot_potential *model, int at_once)
{
    double now = report_seconds();
    int due = at_once || !file->written || now - file->written_at >= file->every;
    if (!file->pending || !due) return;
    lrpot_status status = save_locked(file, model);
    if (status != LRPOT_OK) report_note("checkpoint not written: %s", lrpot_last_error());
    file->written = 1;
    file->pending = status != LRPOT_OK;
    file->written_at = report_seconds();
}

void checkpoint_close(checkpoint *file, int drop)
{
    if (drop && file->lock >= 0) remove(file->path);
    if (file->lock >= 0) close(file->lock);
    lrpot_potential_free(file->best);
    free(file->params);
    free(file->path);
    *file = (checkpoint){ .lock = -1 };
}
