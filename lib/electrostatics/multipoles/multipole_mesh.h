/* Multipoles on the mesh. */
#ifndef LRPOT__MULTIPOLE_MESH_H
#define LRPOT__MULTIPOLE_MESH_H

#include "electrostatics/multipoles/multipoles.h"

/* Adds the reciprocal part by the mesh to the fields at the atoms. */
lrpot_status lrpot__multipoles_mesh(lrpot__multipoles *p, lrpot_workspace *work);

#endif
