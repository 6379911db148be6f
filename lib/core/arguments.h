/* Checks of arguments at the public border. Inside the library stand assertions. */
#ifndef LRPOT__ARGUMENTS_H
#define LRPOT__ARGUMENTS_H

#include <lrpot/workspace.h>

/* Outputs of a call. */
lrpot_status lrpot__outputs_check(const lrpot_outputs *out);
/* Communication of a host. NULL is accepted: one process. */
lrpot_status lrpot__comm_check(const lrpot_comm *comm);
/* Number of elements of an array. */
lrpot_status lrpot__count_check(const char *what, int64_t n);

#endif
