/* Checks that an earlier splitting holds for the present system. */
#ifndef LRPOT__SPLIT_REUSE_H
#define LRPOT__SPLIT_REUSE_H

#include "electrostatics/splitting/splitting.h"

/* 1 if an earlier choice holds for the present inputs: everything that its error estimate assumed.
 * Updates the vectors of the lattice that are the rows of the mesh. */
int lrpot__splitting_fits(lrpot__splitting *kept, const lrpot_ewald *ewald,
                          const lrpot__splitting_inputs *wanted);
/* Lengths of the edges of a mesh's cell, and its lrpot__splitting.oblique. */
void lrpot__splitting_mesh_edges(const double *basis, double *length, double *oblique);

#endif
