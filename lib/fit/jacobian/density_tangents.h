/* Response of a self-consistent density to all directions of a fit. */
#ifndef LRPOT__DENSITY_TANGENTS_H
#define LRPOT__DENSITY_TANGENTS_H

#include "fit/jacobian/fit_density.h"

/* From dc/dp in `moved` and dE/dc in `weights`: d/dp dE/dc in `slopes`. */
lrpot_status lrpot__density_tangents(lrpot__assembly *assembly, const lrpot__frame *frame);

#endif
