/* Thermal properties from the modes on the mesh: CSV. */
#ifndef LRPOT_TOOL_THERMAL_OUTPUT_H
#define LRPOT_TOOL_THERMAL_OUTPUT_H

#include "phonons/band_work.h"

/* Free energy, energy, entropy and heat capacity; the mean Grueneisen parameter where the mesh has
 * those of the modes. GO_ON or an exit code after a message. */
int thermal_out(const band_work *w);

#endif
