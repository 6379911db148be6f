/* Preloaded, counts what a rank hands to MPI and prints it when MPI ends: of each kind calls, and
 * bytes that go to other ranks. The collective ones count as their algorithm is: an all-to-all a
 * message to each rank that gets something, a sum two buffers. */
#include <mpi.h>

#include <stdio.h>

enum { POINT, EXCHANGE, SUM, KINDS };

static const char *const names[KINDS] = { "point", "exchange", "sum" };
static long long calls[KINDS], messages[KINDS], bytes[KINDS];

static void add(int kind, long long n_messages, long long n_bytes)
{
    calls[kind]++;
    messages[kind] += n_messages;
    bytes[kind] += n_bytes;
}

static long long size_of(MPI_Datatype type)
{
    int size = 0;
    MPI_Type_size(type, &size);
    return size;
}

int MPI_Send(const void *buffer, int n, MPI_Datatype type, int to, int tag, MPI_Comm comm)
{
    add(POINT, 1, n * size_of(type));
    return PMPI_Send(buffer, n, type, to, tag, comm);
}

int MPI_Sendrecv(const void *buffer, int n, MPI_Datatype type, int to, int tag, void *in, int n_in,
                 MPI_Datatype type_in, int from, int tag_in, MPI_Comm comm, MPI_Status *status)
{
    add(POINT, 1, n * size_of(type));
    return PMPI_Sendrecv(buffer, n, type, to, tag, in, n_in, type_in, from, tag_in, comm, status);
}

int MPI_Allreduce(const void *buffer, void *out, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
    add(SUM, 2, 2 * n * size_of(type));
    return PMPI_Allreduce(buffer, out, n, type, op, comm);
}

int MPI_Alltoallv(const void *buffer, const int *counts, const int *places, MPI_Datatype type,
                  void *in, const int *counts_in, const int *places_in, MPI_Datatype type_in,
                  MPI_Comm comm)
{
    int ranks = 0, rank = 0;
    long long n_messages = 0, n = 0;
    MPI_Comm_size(comm, &ranks);
    MPI_Comm_rank(comm, &rank);
    for (int r = 0; r < ranks; r++) {
        n_messages += r != rank && counts[r] > 0;
        n += r != rank ? counts[r] : 0;
    }
    add(EXCHANGE, n_messages, n * size_of(type));
    return PMPI_Alltoallv(buffer, counts, places, type, in, counts_in, places_in, type_in, comm);
}

int MPI_Finalize(void)
{
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int k = 0; k < KINDS && rank == 0; k++)
        printf("%s = %lld %lld %lld\n", names[k], calls[k], messages[k], bytes[k]);
    fflush(stdout);
    return PMPI_Finalize();
}
