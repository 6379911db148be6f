/* Unwrapped positions of a frame, from which the dipole of charges that flow is formed. */
#ifndef LRPOT__TARGET_PLACES_H
#define LRPOT__TARGET_PLACES_H

#include "fit/targets/target.h"

/* Keeps unwrapped positions of the frame where charges flow: of isolated atoms and of fragments. In
 * crystals charges that flow along bonds need none. Refuses others, naming `what`. */
lrpot_status lrpot__target_unwrap(lrpot__frame *frame, const lrpot_potential *potential,
                                  lrpot_workspace *work, const char *what);
/* The same for targets of densities that respond to a field alone. */
lrpot_status lrpot__target_require_response(lrpot__frame *frame, const lrpot_potential *potential,
                                            lrpot_workspace *work, const char *what);

#endif
