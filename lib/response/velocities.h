/* Velocities of the atoms that a process knows. */
#ifndef LRPOT__VELOCITIES_H
#define LRPOT__VELOCITIES_H

#include <lrpot/structure.h>
#include <lrpot/workspace.h>

/* Copies the velocities of the owned atoms to [n_all][3], a block of the workspace, and fills those
 * of the ghosts by comm->forward or atoms->ghost_owner. Collective. */
lrpot_status lrpot__velocities_spread(lrpot_workspace *work, const lrpot_atoms *atoms,
                                      const lrpot_comm *comm, const double *velocities,
                                      double **out);

#endif
