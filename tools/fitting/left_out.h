/* Targets that frames have and a fit cannot use there. */
#ifndef LRPOT_TOOL_LEFT_OUT_H
#define LRPOT_TOOL_LEFT_OUT_H

#include "fitting/dataset.h"

/* Warns of the frames whose boundary conditions keep a target from being fitted: stresses and
 * dielectric tensors are of crystals, dipoles of molecules. targets: LRPOT_FIT_TARGET_* that the
 * user named; 0, the usual ones, is silent. */
void left_out_report(const dataset *train, int32_t targets);

#endif
