/* Refusal of mixed precision where differences of its results would be noise. */
#ifndef LRPOT__PRECISION_H
#define LRPOT__PRECISION_H

#include "potential/potential.h"

/* LRPOT_E_UNSUPPORTED for a model in mixed precision. what: begins the message. */
lrpot_status lrpot__potential_require_double(const lrpot_potential *potential, const char *what);

#endif
