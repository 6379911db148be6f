/* The mesh over the processes of a parallel host: planes of constant x and, after a transposition,
 * lines of constant y belong to one process each, which transforms them. A process holds charges
 * and potentials only where its own atoms are. */
#ifndef LRPOT__MESH_RANKS_H
#define LRPOT__MESH_RANKS_H

#include "electrostatics/mesh/mesh.h"

/* Points that the atoms of a process touch: along each axis `count` from `from` on, around the end.
 */
typedef struct lrpot__mesh_block {
    int32_t from[3], count[3];
} lrpot__mesh_block;

/* Kept with the mesh. */
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

/* Whether the host can exchange, and has someone to exchange with. */
int lrpot__mesh_is_shared(const lrpot_comm *comm);
/* Makes or finds the memory and plans for this number of processes, and learns where everyone's
 * atoms are, by job->home, which is then on the own block. job->modes becomes the own lines,
 * job->grid the block. Collective. */
lrpot_status lrpot__mesh_share(lrpot__mesh_job *job, const lrpot_comm *comm);
/* The charges spread by all processes, transformed along y and z, as own lines; and lines as
 * potentials where own atoms are. Collective. */
lrpot_status lrpot__mesh_ranks_to_modes(const lrpot__mesh_job *job, const lrpot_comm *comm);
lrpot_status lrpot__mesh_ranks_from_modes(const lrpot__mesh_job *job, const lrpot_comm *comm);
void lrpot__mesh_ranks_free(lrpot__mesh_ranks *ranks);

#endif
