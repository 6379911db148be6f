/* Jacobian of the predictions of a frame by all parameters. */
#ifndef LRPOT__DIFFERENTIATE_H
#define LRPOT__DIFFERENTIATE_H

#include "fit/jacobian/assembly.h"

/* Part of the Jacobian from dq: explicit forces and stress. */
void lrpot__assembly_explicit_forces(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Forces and stress by the change dphi of the adjoint weights, which multiply dc_dr and
 * c_strain. */
void lrpot__assembly_adjoint_forces(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Adds to the Jacobian: the local energy; the Coulomb part of the present channel, whose prediction
 * was just made. */
lrpot_status lrpot__assembly_local_jacobian(lrpot__assembly *assembly, const lrpot__frame *frame);
lrpot_status lrpot__assembly_coulomb_jacobian(lrpot__assembly *assembly, const lrpot__frame *frame);

#endif
