/* Active set that is stored in a model: of the frames of its fit. */
#ifndef LRPOT__POTENTIAL_ACTIVE_SET_H
#define LRPOT__POTENTIAL_ACTIVE_SET_H

#include "potential/active_set.h"

/* Rounds the rows to single precision, as model files hold them. */
lrpot_status lrpot__active_set_round(lrpot_active_set *set);

#endif
