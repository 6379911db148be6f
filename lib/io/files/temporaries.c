/* A signal handler can neither lock nor read memory that another thread may free. The names are
 * therefore in a fixed table, whose owners are atomic. */
#include "io/files/temporaries.h"

#include <lrpot/file.h>

#include <stdatomic.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { PLACES = 32, LONGEST = 4096 };

static struct {
    _Atomic(pid_t) owner; /* 0: free. A child of fork() does not touch its parent's files. */
    atomic_int complete;
    char path[LONGEST];
} places[PLACES];

int lrpot__temporary_add(const char *path)
{
    size_t size = strlen(path) + 1;
    if (size > LONGEST) return -1;
    for (int k = 0; k < PLACES; k++) {
        pid_t nobody = 0;
        if (!atomic_compare_exchange_strong(&places[k].owner, &nobody, getpid())) continue;
        memcpy(places[k].path, path, size);
        atomic_store(&places[k].complete, 1);
        return k;
    }
    return -1;
}

void lrpot__temporary_drop(int place)
{
    if (place < 0) return;
    atomic_store(&places[place].complete, 0);
    atomic_store(&places[place].owner, 0);
}

void lrpot_file_discard_all(void)
{
    pid_t own = getpid();
    for (int k = 0; k < PLACES; k++)
        if (atomic_load(&places[k].owner) == own && atomic_load(&places[k].complete))
            unlink(places[k].path);
}
