/* Prediction and Jacobian of the parts that depend on a self-consistent density. */
#ifndef LRPOT__DENSITY_JACOBIAN_H
#define LRPOT__DENSITY_JACOBIAN_H

#include "fit/jacobian/fit_density.h"

/* Moments of a frame: q, and dipoles. */
lrpot_status lrpot__density_charges(lrpot__assembly *assembly, const lrpot__frame *frame);
/* The same at given potentials [moments]; NULL: their own. */
lrpot_status lrpot__density_moments_at(lrpot__assembly *assembly, const lrpot__frame *frame,
                                       const double *given);
/* dc/dparameter and dc/dp of all heads. */
lrpot_status lrpot__density_gather_heads(lrpot__assembly *assembly, const lrpot__frame *frame);
/* From d/dp dE/dc along the directions: dq of the atoms, and the derivatives of the sum of the
 * dipoles. */
void lrpot__density_charge_rows(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Adds energy, forces and stress of the density to the prediction, and fills the other targets. */
lrpot_status lrpot__density_predict(lrpot__assembly *assembly, const lrpot__frame *frame);
/* After lrpot__density_predict(). */
lrpot_status lrpot__density_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame);

#endif
