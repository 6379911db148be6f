#include "cli/signals.h"

#include <lrpot/file.h>

#include <signal.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t deferred, stop;

static void on_signal(int number)
{
    if (deferred && !stop && (number == SIGINT || number == SIGTERM)) {
        stop = 1;
        return;
    }
    lrpot_file_discard_all();
    signal(number, SIG_DFL);
    /* the signal comes when this handler returns, so that the caller sees its cause */
    raise(number);
}

static void handle(int number, struct sigaction *old)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigfillset(&action.sa_mask);
    action.sa_handler = on_signal;
    sigaction(number, &action, old);
}

void signals_watch(void)
{
    static const int ends[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE,
                                SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU };
    struct sigaction old;
    for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++)
        if (sigaction(ends[k], NULL, &old) == 0 && old.sa_handler != SIG_IGN) handle(ends[k], NULL);
    /* a write beyond the size limit of files is then an error like a full disk */
    signal(SIGXFSZ, SIG_IGN);
}

/* Catches SIGINT even if it is ignored, as it is in programs that a shell starts in the background:
 * SIGINT is the way to end a fit. */
void signals_defer(int on)
{
    static const int numbers[2] = { SIGINT, SIGTERM };
    static struct sigaction before[2];
    if (on) stop = 0;
    deferred = on;
    for (int k = 0; k < 2; k++) {
        if (on) handle(numbers[k], &before[k]);
        else sigaction(numbers[k], &before[k], NULL);
    }
}

int signals_stop(void)
{
    return stop;
}
