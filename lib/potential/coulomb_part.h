/* Coulomb energy of a model at fixed charges. */
#ifndef LRPOT__COULOMB_PART_H
#define LRPOT__COULOMB_PART_H

#include "potential/potential.h"

/* Adds the Coulomb energies of the channels at fixed charges, and their derivatives, to out;
 * potentials [channels][n_owned] V (or NULL) are overwritten. `charges`, `dipole` and `potential`
 * of out are ignored. */
lrpot_status lrpot__potential_coulomb(const lrpot_potential *potential,
                                      const lrpot__charge_call *call, double *potentials,
                                      const lrpot_outputs *out);
/* The same with the first moments of the interaction, [channels][n_owned][3] V A
 * (lrpot__ewald_moments()). */
lrpot_status lrpot__potential_coulomb_moments(const lrpot_potential *potential,
                                              const lrpot__charge_call *call, double *potentials,
                                              double *moments, const lrpot_outputs *out);
/* Refuses a model whose Coulomb sum is not the solver's. */
lrpot_status lrpot__potential_solver(const lrpot_potential *potential, const char *what);

#endif
