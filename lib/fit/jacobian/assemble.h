/* Prediction of one frame and its Jacobian. */
#ifndef LRPOT__ASSEMBLE_H
#define LRPOT__ASSEMBLE_H

#include "fit/jacobian/assembly.h"

/* Fills prediction, and jacobian when asked for. */
lrpot_status lrpot__assembly_frame(lrpot__assembly *assembly, const lrpot__frame *frame,
                                   int with_jacobian);
/* Charges q of a channel alone. */
lrpot_status lrpot__assembly_charges(lrpot__assembly *assembly, const lrpot__frame *frame,
                                     int32_t channel);

#endif
