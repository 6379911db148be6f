/* NEP with its Coulomb energy: energy, forces, stress, charges, Born charges. */
#ifndef LRPOT__NEP_POTENTIAL_H
#define LRPOT__NEP_POTENTIAL_H

#include "basis/nep/nep_evaluator.h"

#include <lrpot/ewald.h>

/* Reciprocal sum of a charged model: converged, or the sphere of vectors that it was fitted with.
 */
enum { LRPOT__NEP_CONVERGED, LRPOT__NEP_AS_FITTED };

/* Forces of a charged model: the gradient of the energy, or without the derivative of the
 * neutralisation, as models made before April 2026 were fitted. */
enum { LRPOT__NEP_GRADIENT, LRPOT__NEP_PLAIN };

/* Born charges: the expression that models are fitted with, or derivatives of the polarization. */
enum { LRPOT__NEP_BORN_FITTED, LRPOT__NEP_BORN_POLARIZATION };

typedef struct lrpot__nep_options {
    int32_t kernel;  /* LRPOT_KERNEL_* */
    int32_t coulomb; /* LRPOT__NEP_CONVERGED or LRPOT__NEP_AS_FITTED */
    int32_t forces;  /* LRPOT__NEP_GRADIENT or LRPOT__NEP_PLAIN */
    double accuracy; /* eV/A, of the converged sum; 0: 1e-5 */
} lrpot__nep_options;

typedef struct lrpot__nep_potential {
    lrpot__nep_evaluator *evaluator;
    lrpot__nep_options options;
    lrpot_ewald *ewald; /* NULL: without charges, or summed as fitted, or damped */
} lrpot__nep_potential;

/* Takes ownership of the model on success. options NULL: zeros. */
lrpot_status lrpot__nep_potential_create(lrpot__nep_potential **out, lrpot__nep *nep,
                                         const lrpot__nep_options *options);
void lrpot__nep_potential_free(lrpot__nep_potential *potential);

#endif
