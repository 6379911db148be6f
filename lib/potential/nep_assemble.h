/* A model from a NEP. */
#ifndef LRPOT__NEP_ASSEMBLE_H
#define LRPOT__NEP_ASSEMBLE_H

#include "basis/nep/nep_model.h"
#include "potential/potential.h"

/* Takes ownership of the NEP on success. kernel: LRPOT_KERNEL_*. accuracy: eV/A, of the converged
 * Coulomb sum; 0: the default of all models. */
lrpot_status lrpot__nep_assemble(lrpot_potential **out, lrpot__nep *nep, int32_t kernel,
                                 double accuracy);

#endif
