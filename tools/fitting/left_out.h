/* Targets that frames have and a fit cannot use there. */
#ifndef LRPOT_TOOL_LEFT_OUT_H
#define LRPOT_TOOL_LEFT_OUT_H

#include "fitting/dataset.h"

/* Warns of the frames whose boundary conditions keep a target from being fitted: stresses and
 * dielectric tensors are of crystals, dipoles of molecules. targets: those named by the user,
 * LRPOT_FIT_TARGET_*; of the usual ones it is known that they differ between frames. */
void left_out_report(const dataset *train, int32_t targets);

#endif
