/* Atoms on the mesh: mesh coordinates, spreading of charges, gathering of potentials, and
 * transforms of whole planes. */
#ifndef LRPOT__MESH_ATOMS_H
#define LRPOT__MESH_ATOMS_H

#include "electrostatics/mesh/mesh.h"

/* Finds the mesh of the splitting, and the mesh coordinates of every owned atom. Collective. */
lrpot_status lrpot__mesh_job_prepare(const lrpot__sum *sum, lrpot_workspace *work,
                                     const lrpot_comm *comm, lrpot__mesh_job *out);
/* Spreads charges q [n] onto the mesh, with the ends of lines folded back. */
void lrpot__mesh_spread(const lrpot__mesh_job *job, const double *q);
void lrpot__mesh_spread_with(const lrpot__mesh_job *job, lrpot__mesh_spreader add, const void *ctx);
/* Transforms between the spread values and job->modes: all planes of constant x. The transform
 * along x is left to the function that multiplies the modes. For one process, several that each
 * hold the whole mesh, or several that share it. Collective. */
lrpot_status lrpot__mesh_to_modes(const lrpot__mesh_job *job, const lrpot_comm *comm);
lrpot_status lrpot__mesh_from_modes(const lrpot__mesh_job *job, const lrpot_comm *comm);
/* values of every atom, in the sorted order. */
void lrpot__mesh_gather(const lrpot__mesh_job *job);
/* values [n]: the potential alone. */
void lrpot__mesh_gather_potential(const lrpot__mesh_job *job);

#endif
