/* Creation and copies of models. */
#ifndef LRPOT__MODEL_H
#define LRPOT__MODEL_H

#include "potential/potential.h"

/* Creates a model from finished parts, with zero linear coefficients and shifts. Takes ownership of
 * basis and charges on success (charges may be NULL). symbols [basis.n_species] and widths
 * [n_species] (or NULL) are copied. own: coefficients xi for each species. */
lrpot_status lrpot__potential_assemble(lrpot_potential **out, const char *const *symbols,
                                       lrpot_basis *basis, lrpot_charges *charges, double accuracy,
                                       const double *widths, int own);
/* Creates the charges of complete options; NULL for LRPOT_CHARGES_NONE. */
lrpot_status lrpot__potential_create_charges(lrpot_charges **out,
                                             const lrpot_potential_options *options);
/* Copies coefficients, networks, notes and active set between models of the same energy basis. */
lrpot_status lrpot__potential_copy_state(lrpot_potential *copy, const lrpot_potential *potential);
/* Adds networks beside xi, zero at first; as lrpot__network_create(). */
lrpot_status lrpot__potential_add_network(lrpot_potential *potential,
                                          const int32_t hidden[LRPOT__NETWORK_LAYERS],
                                          int32_t charge_input);
/* Request to the basis for local energies or their derivatives. */
lrpot__request lrpot__potential_request(const lrpot_potential *potential);
/* Number of coefficients xi. */
int64_t lrpot__potential_linear_count(const lrpot_potential *potential);

#endif
