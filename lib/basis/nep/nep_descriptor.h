/* A NEP as a descriptor. Its features are what its networks yield: the site energy U, with ZBL, and
 * for charged models the scalar z, the charge before neutralisation. */
#ifndef LRPOT__NEP_DESCRIPTOR_H
#define LRPOT__NEP_DESCRIPTOR_H

#include "basis/descriptor.h"
#include "basis/nep/nep_evaluator.h"

extern const lrpot__descriptor lrpot__nep_descriptor;

/* Takes ownership of the model on success. kernel: LRPOT_KERNEL_*. */
lrpot_status lrpot__nep_basis_create(lrpot_basis **out, lrpot__nep *nep, int32_t kernel);
/* The evaluator of such a basis; NULL for another descriptor. */
const lrpot__nep_evaluator *lrpot__nep_basis_evaluator(const lrpot_basis *basis);
/* After it the NEP belongs to the caller again: freeing the last basis leaves it alone. */
void lrpot__nep_basis_disown(lrpot_basis *basis);

#endif
