/* Derivatives of the potentials of multipoles in a crystal by its strain, r_b += e_ab r_a with the
 * cell, at fixed moments: six strains in one sum. */
#ifndef LRPOT__MULTIPOLE_STRAINS_H
#define LRPOT__MULTIPOLE_STRAINS_H

#include "electrostatics/multipoles/multipoles.h"

/* Adds those of a source at distance x, whose field at the atom is `pair`. */
void lrpot__multipole_strains_pair(const lrpot__site_field *pair, const double x[3],
                                   lrpot__site_strain *to);
/* Adds those of the reciprocal part. The structure factors are known, and site_fields hold the
 * reciprocal part alone. */
lrpot_status lrpot__multipole_strains_kspace(lrpot__multipoles *p, lrpot_workspace *work,
                                             const lrpot__kspace *k);

#endif
