/* Potential at points, for fits. */
#ifndef LRPOT__POINTS_H
#define LRPOT__POINTS_H

#include "potential/potential.h"

/* matrix [n_owned][n] V/e: potential at each point of a unit charge with the extent that the model
 * gives its atoms. No ghosts. */
lrpot_status lrpot__points_matrix(const lrpot_potential *potential, lrpot_workspace *work,
                                  const lrpot_atoms *atoms, int64_t n, const double *points,
                                  double *matrix);

#endif
