/* Mesh shared by the processes of a parallel host. Each process owns and transforms planes of
 * constant x and, after a transposition, lines of constant y. It holds charges and potentials only
 * around its own atoms. */
#ifndef LRPOT__MESH_RANKS_H
#define LRPOT__MESH_RANKS_H

#include "electrostatics/mesh/mesh.h"

/* Points that the atoms of a process touch: `count` along each axis, starting at `from`, with
 * wrap-around. */
typedef struct lrpot__mesh_block {
    int32_t from[3], count[3];
} lrpot__mesh_block;

/* Data of the exchange, kept with the mesh. */
typedef struct lrpot__mesh_ranks {
    int32_t rank, size;
    lrpot__mesh_grid own; /* of the own block */
    double *own_values;
    int64_t own_capacity;
    unsigned char *used;                   /* [longest side]: scratch */
    int32_t *planes, *lines;               /* [size + 1]: first x, first y of each process */
    lrpot__mesh_block *blocks;             /* [size] */
    double *announced;                     /* [size][6]: the blocks on their way */
    int64_t *send_counts, *receive_counts; /* [size] */
    double *slab; /* [own planes][size 1][row]: values, or modes in their place */
    double *send, *receive;
    int64_t send_capacity, receive_capacity;
    /* modes [size 0][own lines][row_modes]; tables of the whole mesh; plans of the planes in place
     */
    lrpot__mesh columns;
} lrpot__mesh_ranks;

/* 1 if the host can exchange data and there is more than one process. */
int lrpot__mesh_is_distributed(const lrpot_comm *comm);
/* Finds or makes memory and plans for this number of processes. Exchanges the blocks that the atoms
 * of each process touch. Afterwards job->home refers to the own block, job->modes is the own lines,
 * job->grid the block. Collective. */
lrpot_status lrpot__mesh_distribute(lrpot__mesh_job *job, const lrpot_comm *comm);
/* Transforms the charges spread by all processes along y and z, into own lines; and lines back to
 * potentials around own atoms. Collective. */
lrpot_status lrpot__mesh_ranks_to_modes(const lrpot__mesh_job *job, const lrpot_comm *comm);
lrpot_status lrpot__mesh_ranks_from_modes(const lrpot__mesh_job *job, const lrpot_comm *comm);
void lrpot__mesh_ranks_free(lrpot__mesh_ranks *ranks);

#endif
