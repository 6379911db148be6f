#include "fitting/shared_fit.h"

#include "cli/report.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static shared_fit here = { 0, 1, LRPOT_COMM_INIT, NULL };
static int ended;

void shared_fit_join(const shared_fit *processes)
{
    here = *processes;
}

int32_t shared_fit_count(void)
{
    return here.count;
}

int shared_fit_leads(void)
{
    return here.rank == 0;
}

const lrpot_comm *shared_fit_comm(void)
{
    return here.count > 1 ? &here.comm : NULL;
}

int shared_fit_agree(int code)
{
    if (here.count == 1) return code;
    int32_t first = here.agree(&code);
    if (first < 0) return GO_ON;
    if (first == here.rank) shared_fit_show();
    ended = 1;
    return code;
}

int shared_fit_ended(void)
{
    return ended;
}

/* Atoms of a frame, and its number: for sorting. */
typedef struct portion {
    int64_t atoms, frame;
} portion;

static int larger_first(const void *a, const void *b)
{
    const portion *p = a, *q = b;
    if (p->atoms != q->atoms) return p->atoms > q->atoms ? -1 : 1;
    return p->frame < q->frame ? -1 : 1;
}

static int32_t least_loaded(const int64_t *loads)
{
    int32_t least = 0;
    for (int32_t r = 1; r < here.count; r++)
        if (loads[r] < loads[least]) least = r;
    return least;
}

/* mine[f] = 1 for the frames of this process. */
static void deal(const dataset *all, portion *portions, int64_t *loads, char *mine)
{
    for (int64_t f = 0; f < all->n; f++)
        portions[f] = (portion){ lrpot_structure_count(all->frames[f]), f };
    qsort(portions, (size_t)all->n, sizeof *portions, larger_first);
    for (int64_t k = 0; k < all->n; k++) {
        int32_t rank = least_loaded(loads);
        loads[rank] += portions[k].atoms;
        mine[portions[k].frame] = rank == here.rank;
    }
}

int shared_fit_deal(dataset *own, const dataset *all)
{
    size_t n = (size_t)all->n + 1;
    portion *portions = malloc(n * sizeof *portions);
    int64_t *loads = calloc((size_t)here.count, sizeof *loads);
    char *mine = calloc(n, 1);
    *own = (dataset){ .path = all->path,
                      .frames = malloc(n * sizeof *own->frames),
                      .origins = malloc(n * sizeof *own->origins) };
    int good = portions != NULL && loads != NULL && mine != NULL && own->frames != NULL
               && own->origins != NULL;
    if (good) deal(all, portions, loads, mine);
    for (int64_t f = 0; good && f < all->n; f++) {
        if (!mine[f]) continue;
        own->frames[own->n] = all->frames[f];
        own->origins[own->n] = all->origins[f];
        own->origins[own->n++].how.place = f + 1;
    }
    free(portions);
    free(loads);
    free(mine);
    return good ? GO_ON : report_no_memory();
}

void shared_fit_drop(dataset *own)
{
    free(own->frames);
    free(own->origins);
    *own = (dataset){ 0 };
}

int shared_fit_check(void)
{
    static const char *const names[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE" };
    for (size_t k = 0; here.count == 1 && k < sizeof names / sizeof names[0]; k++) {
        const char *text = getenv(names[k]);
        if (text != NULL && strtol(text, NULL, 10) > 1)
            return report_usage("fit",
                                "%s = %s: these processes would fit the same model side by side; "
                                "mpirun lrpot-mpi fit shares one fit among them",
                                names[k], text);
    }
    return GO_ON;
}

static FILE *kept;
static int errors = -1; /* standard error as it was */

int shared_fit_hush(void)
{
    kept = tmpfile();
    errors = dup(STDERR_FILENO);
    int nowhere = open("/dev/null", O_WRONLY);
    int good = kept != NULL && errors >= 0 && nowhere >= 0;
    good = good && dup2(nowhere, STDOUT_FILENO) >= 0 && dup2(fileno(kept), STDERR_FILENO) >= 0;
    if (nowhere >= 0) close(nowhere);
    return good;
}

void shared_fit_show(void)
{
    char line[1024];
    if (kept == NULL) return;
    fflush(stderr);
    rewind(kept);
    while (fgets(line, sizeof line, kept) != NULL)
        if (strncmp(line, "lrpot", 5) == 0) dprintf(errors, "process %d: %s", (int)here.rank, line);
}
