/* Prediction and Jacobian of the parts that depend on equilibrated charges. */
#ifndef LRPOT__EQUILIBRATED_JACOBIAN_H
#define LRPOT__EQUILIBRATED_JACOBIAN_H

#include "fit/jacobian/fit_equilibrated.h"

/* q of a frame. Adds the part of the energy beside the Coulomb energy to the prediction. */
lrpot_status lrpot__equilibrated_charges(lrpot__assembly *assembly, const lrpot__frame *frame);
/* Adds the forces of the heads, and their virial, to the prediction. */
lrpot_status lrpot__equilibrated_pull(lrpot__assembly *assembly, const lrpot__frame *frame,
                                      double virial[9]);
lrpot_status lrpot__equilibrated_differentiate(lrpot__assembly *assembly,
                                               const lrpot__frame *frame);

#endif
