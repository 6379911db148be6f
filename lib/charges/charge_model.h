/* Creation, copies and parameters of charge models. */
#ifndef LRPOT__CHARGE_MODEL_H
#define LRPOT__CHARGE_MODEL_H

#include "charges/charges.h"

/* As lrpot_charges_create, but takes over the basis (on success): for imported plans. */
lrpot_status lrpot__charges_create_with_basis(lrpot_charges **out, lrpot_basis *basis,
                                              const lrpot_charges_options *options);
lrpot_status lrpot__charges_clone(lrpot_charges **out, const lrpot_charges *charges);
/* Lengths of the parameter blocks, in the order of charges.h. */
void lrpot__charges_sizes(const lrpot_charges *charges, int64_t sizes[LRPOT__CHARGES_BLOCKS]);
/* Creates the Coulomb sum of the kind. widths: A, [S], of the potential; NULL: points. Kinds with
 * widths of their own do not use them. */
lrpot_status lrpot__charges_create_sum(const lrpot_charges *charges, double accuracy,
                                       const double *widths, lrpot_ewald **out);
/* Sets the accuracy of the charges' own Coulomb sum. */
lrpot_status lrpot__charges_set_accuracy(lrpot_charges *charges, double accuracy);

#endif
