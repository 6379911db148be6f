/* Charges that are a feature of the descriptor itself. */
#ifndef LRPOT__FEATURE_CHARGES_H
#define LRPOT__FEATURE_CHARGES_H

#include "charges/charges.h"

/* Charges that a descriptor has among its features, with the total charge kept by all atoms alike.
 * sigma: A, of smeared charges that keep their self energy; 0: points. The basis is copied. */
lrpot_status lrpot__charges_of_feature(lrpot_charges **out, const lrpot_basis *basis,
                                       int64_t feature, double sigma);
/* The same as another kind that needs a basis, with its options. */
lrpot_status lrpot__charges_of_feature_as(lrpot_charges **out, const lrpot_basis *basis,
                                          int64_t feature, int32_t kind, double sigma,
                                          int32_t flags);

#endif
