/* Self energy of the screening charges, and neutralising background. */
#ifndef LRPOT__SELF_ENERGY_H
#define LRPOT__SELF_ENERGY_H

#include "electrostatics/ewald/ewald.h"

/* Width of atom i; 0 for a point. */
double lrpot__atom_width(const lrpot_ewald *ewald, const lrpot_atoms *atoms, int64_t i);
/* gamma of lrpot__pair_eval for two atoms. */
double lrpot__pair_gamma(const lrpot_ewald *ewald, const lrpot_atoms *atoms, int64_t i, int64_t j);
void lrpot__self_energy_make(const lrpot__sum *sum, lrpot__self_energy *out);
/* V/e: potential at a unit charge of its own screening charge, and of its own Gaussian where the
 * self interaction is wanted. */
double lrpot__self_potential(const lrpot__sum *sum, const lrpot__self_energy *b, int64_t i);
/* V: potential at atom i of the uniform background for these totals. */
double lrpot__background_potential(const lrpot__sum *sum, const lrpot__self_energy *b, int64_t i,
                                   double charge, double spread);
/* Adds self energy and neutralising background. */
void lrpot__self_energy_add(const lrpot__sum *sum, lrpot__sum_results *out);

#endif
