/* A model from a NEP. */
#ifndef LRPOT__NEP_ASSEMBLE_H
#define LRPOT__NEP_ASSEMBLE_H

#include "basis/nep/nep_model.h"
#include "potential/potential.h"

/* Takes ownership of the NEP on success. kernel: LRPOT_KERNEL_*. accuracy: eV/A, of the converged
 * Coulomb sum; 0: the default of all models. */
lrpot_status lrpot__nep_assemble(lrpot_potential **out, lrpot__nep *nep, int32_t kernel,
                                 double accuracy);

/* The parts of it: charges of the NEP whose basis is given (NULL for one without), and what a model
 * with such a basis takes from it: the coefficient of the energy, the Coulomb constant and eps_inf
 * of its charges. */
lrpot_status lrpot__nep_create_charges(lrpot_charges **out, const lrpot_basis *basis);
void lrpot__nep_complete(lrpot_potential *potential);
/* The NEP that is the energy of a model; NULL for another model. */
const lrpot__nep *lrpot__nep_of(const lrpot_potential *potential);
/* 1 if the charges of the model are those of its NEP, 0 if it has none or others. */
int lrpot__nep_has_charges(const lrpot_potential *potential);

#endif
