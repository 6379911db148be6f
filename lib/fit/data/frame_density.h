/* Coulomb sum of the moments of a density as a matrix. */
#ifndef LRPOT__FRAME_DENSITY_H
#define LRPOT__FRAME_DENSITY_H

#include "fit/data/frame.h"

/* Fills frame->coulomb.moments. */
lrpot_status lrpot__frame_density_prepare(lrpot__frame *frame, const lrpot_potential *potential,
                                          lrpot_workspace *work);

/* Numbers of frame->coulomb.moments for n atoms; 0 for models without a density. */
int64_t lrpot__frame_density_doubles(const lrpot_potential *potential, int64_t n);

#endif
