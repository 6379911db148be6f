/* Sums over the processes of a parallel host. */
#include "core/comm.h"

lrpot_status lrpot__comm_sum(const lrpot_comm *comm, double *buffer, int64_t n)
{
    return comm != NULL && comm->sum != NULL ? comm->sum(comm->ctx, buffer, n) : LRPOT_OK;
}
