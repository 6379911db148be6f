/* Processes that share a fit: one in `lrpot`, those of MPI in `lrpot-mpi`. The first of them leads:
 * it alone prints and writes files. */
#ifndef LRPOT_TOOL_SHARED_FIT_H
#define LRPOT_TOOL_SHARED_FIT_H

#include "fitting/dataset.h"

typedef struct shared_fit {
    int32_t rank, count;
    lrpot_comm comm;
    /* The first process that has a code other than GO_ON, and its code; rank -1 if none has. Called
     * by all processes together. */
    int32_t (*agree)(int *code);
} shared_fit;

/* Joins processes; called before the verb. */
void shared_fit_join(const shared_fit *processes);
int32_t shared_fit_count(void);
int shared_fit_leads(void);
/* The communication of several processes; NULL for one. */
const lrpot_comm *shared_fit_comm(void);
/* Ends a phase in which a process may fail alone: GO_ON where all have it, otherwise the code of
 * the first that fails, which shows its messages. */
int shared_fit_agree(int code);
/* 1 after processes agreed to end. */
int shared_fit_ended(void);
/* The frames of a set that this process fits: frames are dealt out by their number of atoms, the
 * largest first. The arrays are new, frames and origins are borrowed; shared_fit_drop() frees it.
 */
int shared_fit_deal(dataset *own, const dataset *all);
void shared_fit_drop(dataset *own);
/* GO_ON, or BAD_USAGE where mpirun started several processes of a program that does not share. */
int shared_fit_check(void);

/* Keeps what this process prints to itself. */
int shared_fit_hush(void);
/* Shows on standard error what was kept, with the number of the process in front. */
void shared_fit_show(void);

#endif
