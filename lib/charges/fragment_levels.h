/* Fragments that are held at potentials, and the levels of all. */
#ifndef LRPOT__FRAGMENT_LEVELS_H
#define LRPOT__FRAGMENT_LEVELS_H

#include "charges/charges.h"

/* Groups of the call. Potentials at which fragments are held enter its shift; charges that cannot
 * be held at any are refused. */
lrpot_status lrpot__charges_hold(lrpot__charge_call *call);

#endif
