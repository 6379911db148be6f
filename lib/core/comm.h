/* Sums over the processes of a parallel host. */
#ifndef LRPOT__COMM_H
#define LRPOT__COMM_H

#include <lrpot/workspace.h>

/* Sum over the processes. Without a callback it does nothing. */
lrpot_status lrpot__comm_sum(const lrpot_comm *comm, double *buffer, int64_t n);

#endif
