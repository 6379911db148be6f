/* Part of a stand-in for the headers of present LAMMPS, see README.md. */
#ifndef LRPOT_PRESENT_MPI_H
#define LRPOT_PRESENT_MPI_H

typedef struct present_mpi_comm *MPI_Comm;
typedef struct present_mpi_datatype *MPI_Datatype;
typedef struct present_mpi_op *MPI_Op;
extern MPI_Datatype MPI_DOUBLE, MPI_INT, MPI_CHAR;
extern MPI_Op MPI_SUM, MPI_MAX;
#define MPI_SUCCESS 0
#define MPI_IN_PLACE ((void *)1)

extern "C" {
int MPI_Allreduce(const void *send, void *receive, int n, MPI_Datatype type, MPI_Op op,
                  MPI_Comm comm);
int MPI_Alltoallv(const void *send, const int *send_counts, const int *send_places,
                  MPI_Datatype send_type, void *receive, const int *receive_counts,
                  const int *receive_places, MPI_Datatype receive_type, MPI_Comm comm);
int MPI_Bcast(void *buffer, int n, MPI_Datatype type, int root, MPI_Comm comm);
}

#endif
