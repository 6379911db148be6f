/* Descriptors whose features are what a site yields, the energy and the charge before
 * neutralisation: weights of their adjoint, and features and values of a request. */
#ifndef LRPOT__SITE_OUTPUTS_H
#define LRPOT__SITE_OUTPUTS_H

#include "basis/evaluate.h"

enum { LRPOT__SITE_ENERGY, LRPOT__SITE_CHARGE, LRPOT__SITE_OUTPUTS };

typedef struct lrpot__site_outputs {
    double *energies, *charges;              /* [n_owned], filled by the descriptor */
    double *energy_weights, *charge_weights; /* [n_owned] of the adjoint */
} lrpot__site_outputs;

/* Refuses what such features do not offer, and reserves and fills the weights. width: 1 or 2
 * features. */
lrpot_status lrpot__site_outputs_start(const lrpot_basis *basis, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot__request *request,
                                       lrpot__site_outputs *out);
/* Features and values of the request from the outputs. */
void lrpot__site_outputs_give(const lrpot_basis *basis, const lrpot_atoms *atoms,
                              const lrpot__request *request, const lrpot__site_outputs *outputs);

#endif
