/* Selection state of MLIP-3 behind a potential (.almtp). */
#ifndef LRPOT__MTP_STATE_H
#define LRPOT__MTP_STATE_H

#include "io/mlip/mtp.h"

/* Gives a model the active set of the selection state, where its rows are those of single atoms,
 * and a note of its weights. A state that is incomplete is left out. */
lrpot_status lrpot__mtp_take_state(const lrpot__mtp *mtp, lrpot_potential *potential);

#endif
