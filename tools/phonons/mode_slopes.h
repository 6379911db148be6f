/* Group velocities and Grueneisen parameters of one member. */
#ifndef LRPOT_TOOL_MODE_SLOPES_H
#define LRPOT_TOOL_MODE_SLOPES_H

#include "phonons/band_work.h"

/* Fills what the tables have room for: velocities and parameters along the path, parameters on the
 * mesh. GO_ON or an exit code after a message. */
int mode_slopes_of_member(band_work *w, int32_t member, const lrpot_phonons *phonons);

#endif
