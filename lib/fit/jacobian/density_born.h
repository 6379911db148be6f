/* Born charges of a self-consistent density as a target. */
#ifndef LRPOT__DENSITY_BORN_H
#define LRPOT__DENSITY_BORN_H

#include "fit/jacobian/fit_density.h"

/* After lrpot__density_charges(): adds Z_j[a][b] = d(dipole_a)/dr_jb to z. */
lrpot_status lrpot__density_born(lrpot__assembly *assembly, const lrpot__frame *frame, double *z);
/* After lrpot__density_tangents(): adds the derivatives of the Born charges by the parameters. */
lrpot_status lrpot__density_born_differentiate(lrpot__assembly *assembly,
                                               const lrpot__frame *frame);

#endif
