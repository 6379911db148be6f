/* Guesses of the potentials of a density from those of the last calls with a workspace. */
#ifndef LRPOT__DENSITY_GUESS_H
#define LRPOT__DENSITY_GUESS_H

#include "charges/density_terms.h"

/* v [size]: the combination of the last potentials that takes the last places nearest to the
 * present ones; 0 where an atom was elsewhere, as after a host has sorted or sent its atoms. The
 * potentials are forgotten until lrpot__density_keep(). Collective. */
lrpot_status lrpot__density_guess(const lrpot__charge_call *call, const lrpot__density_terms *terms,
                                  double *v);
/* Keeps potentials v [size] at the present places. */
lrpot_status lrpot__density_keep(const lrpot__charge_call *call, const lrpot__density_terms *terms,
                                 const double *v);

#endif
