/* Coulomb sum of the moments of a density as a matrix. */
#ifndef LRPOT__FRAME_DENSITY_H
#define LRPOT__FRAME_DENSITY_H

#include "fit/data/frame.h"

/* Fills frame->coulomb.moments. */
lrpot_status lrpot__frame_density_prepare(lrpot__frame *frame, const lrpot_potential *potential,
                                          lrpot_workspace *work);

/* Numbers of frame->coulomb.moments for n atoms; 0 for models without a density. */
int64_t lrpot__frame_density_doubles(const lrpot_potential *potential, int64_t n);

/* Row of frame->coulomb.moments of a width's row: its moments, [block], then potentials of one
 * order more, of [more] rows. */
int64_t lrpot__frame_density_row(int64_t width, int64_t row, int64_t block, int64_t more,
                                 int64_t widths);

#endif
