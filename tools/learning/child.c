#include "learning/child.h"

#include "cli/output_file.h"
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

enum { NOT_STARTED = 127 };

static int redirect(const char *path, int stream)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0) return 0;
    int done = dup2(file, stream) >= 0;
    close(file);
    return done;
}

/* In the child. Where the system can tell, it ends with its parent: nobody would read its results.
 */
static int enter(const child_place *place, pid_t parent)
{
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    if (getppid() != parent || chdir(place->folder) != 0) return 0;
    if (!redirect(place->log, STDERR_FILENO)) return 0;
    if (place->out != NULL) return redirect(place->out, STDOUT_FILENO);
    return dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
}

static int wait_for(pid_t child)
{
    int state = 0;
    int told = 0;
    while (waitpid(child, &state, 0) < 0) {
        if (errno != EINTR) return -1;
        if (signals_stop() && !told) {
            kill(child, SIGTERM);
            told = 1;
        }
    }
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

/* Messages that wait in buffers would be printed twice. */
static pid_t divide(void)
{
    fflush(NULL);
    return fork();
}

int child_command(const child_place *place, char *const *words)
{
    pid_t parent = getpid(), child = divide();
    if (child < 0) return -1;
    if (child == 0) {
        signals_defer(0);
        if (!enter(place, parent)) _exit(NOT_STARTED);
        execvp(words[0], words);
        dprintf(STDERR_FILENO, "%s: cannot be run: error %d\n", words[0], errno);
        _exit(NOT_STARTED);
    }
    return wait_for(child);
}

int child_verb(const child_place *place, int (*verb)(int, char **), int32_t n, char **words)
{
    pid_t parent = getpid(), child = divide();
    if (child < 0) return -1;
    if (child == 0) {
        signals_defer(0);
        if (!enter(place, parent)) _exit(NOT_STARTED);
        int code = verb(n, words);
        if (output_standard() != 0) code = 1;
        exit(code);
    }
    return wait_for(child);
}
