/* lrpot-mpi fit ...: `lrpot fit` shared among the processes of mpirun. */
#include "cli/options.h"
#include "cli/output_file.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/standard_streams.h"
#include "cli/version.h"
#include "fitting/shared_fit.h"
#include "verbs/verbs.h"

#include <mpi.h>
#include <stdio.h>
#include <string.h>

/* The sum of the first process goes to all, so that all have the same bits. */
static lrpot_status sum(void *ctx, double *values, int64_t n)
{
    enum { MOST = 1 << 26 };
    int rank = *(const int *)ctx;
    for (int64_t done = 0; done < n; done += MOST) {
        int count = (int)(n - done < MOST ? n - done : MOST);
        double *part = values + done;
        if (MPI_Reduce(rank == 0 ? MPI_IN_PLACE : part, part, count, MPI_DOUBLE, MPI_SUM, 0,
                       MPI_COMM_WORLD)
                != MPI_SUCCESS
            || MPI_Bcast(part, count, MPI_DOUBLE, 0, MPI_COMM_WORLD) != MPI_SUCCESS)
            return -1;
    }
    return LRPOT_OK;
}

static int32_t agree(int *code)
{
    int rank = 0, count = 1, first = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    int own = *code == GO_ON ? count : rank;
    MPI_Allreduce(&own, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (first == count) return -1;
    MPI_Bcast(code, 1, MPI_INT, first, MPI_COMM_WORLD);
    return first;
}

static int run(int count, char **arguments)
{
    if (count >= 2 && strcmp(arguments[1], "--version") == 0) {
        version_print();
        return DONE;
    }
    if (count >= 2 && strcmp(arguments[1], "fit") == 0) return verb_fit(count - 2, arguments + 2);
    fputs("Usage: mpirun -n N lrpot-mpi fit TRAIN.xyz... -o MODEL [options]\n\n"
          "`lrpot fit` shared among processes. `lrpot fit --help` lists the options; `lrpot` has "
          "all other verbs.\n",
          stderr);
    return shared_fit_agree(BAD_USAGE);
}

/* A process that fails alone would leave the others waiting for its share. */
static int end(int code)
{
    int fine = code == DONE || code == NOT_CONVERGED;
    if (fine || shared_fit_ended() || shared_fit_count() == 1) return code;
    shared_fit_show();
    MPI_Abort(MPI_COMM_WORLD, code);
    return code;
}

int main(int count, char **arguments)
{
    int rank = 0, size = 1;
    if (!standard_open()) return FAILED;
    MPI_Init(&count, &arguments);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    signals_watch();
    shared_fit processes = { .rank = rank, .count = size, .comm = LRPOT_COMM_INIT, .agree = agree };
    processes.comm.ctx = &rank;
    processes.comm.sum = sum;
    shared_fit_join(&processes);
    int code = rank == 0 || shared_fit_hush() ? run(count, arguments) : FAILED;
    code = end(code);
    MPI_Finalize();
    return code;
}
