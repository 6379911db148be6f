/* The reciprocal part of the sum by the mesh. */
#ifndef LRPOT__MESH_SUM_H
#define LRPOT__MESH_SUM_H

#include "electrostatics/mesh/mesh.h"

/* Turns the spread charges into their potential. Adds this process' share of the virial, of weights
 * that follow the strain. Collective. */
lrpot_status lrpot__mesh_convolve(const lrpot__mesh_job *job, const lrpot_comm *comm,
                                  double *virial);
/* Adds the reciprocal part of the charges that job->sum has now. moments: those of crystals, [n][3]
 * as in pair_moments.h, added to; or NULL. */
lrpot_status lrpot__mesh_sum(const lrpot__mesh_job *job, const lrpot_comm *comm, double *moments,
                             lrpot__sum_results *out);

#endif
