/* Moments of a density at the potentials of the reference moments: the direct start of a fit. */
#ifndef LRPOT__DENSITY_DIRECT_H
#define LRPOT__DENSITY_DIRECT_H

#include "fit/jacobian/fit_density.h"

/* Predicts the moments of the atoms, and their derivatives by the parameters. The frame has
 * references of all moments. */
lrpot_status lrpot__density_direct(lrpot__assembly *assembly, const lrpot__frame *frame,
                                   int with_jacobian);

#endif
