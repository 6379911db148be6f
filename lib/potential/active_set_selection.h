/* Selection of atoms for an active set by a model, and the grades of atoms. */
#ifndef LRPOT__ACTIVE_SET_SELECTION_H
#define LRPOT__ACTIVE_SET_SELECTION_H

#include "potential/active_set.h"

/* *fits is 1 if the set belongs to the present features of the model. */
lrpot_status lrpot__active_set_fits(const lrpot_active_set *set, const lrpot_potential *potential,
                                    int *fits);

#endif
