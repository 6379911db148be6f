/* Charges that are a feature of the descriptor itself, as kinds that learn them otherwise. */
#include "charges/feature_charges.h"

#include "core/error.h"

lrpot_status lrpot__charges_of_feature(lrpot_charges **out, const lrpot_basis *basis,
                                       int64_t feature, double sigma)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.n_species = basis->options.n_species;
    options.kind = LRPOT_CHARGES_EDQRD;
    if (sigma > 0.0) {
        options.kind = LRPOT_CHARGES_LATENT;
        options.sigma = sigma;
        options.flags = LRPOT_CHARGES_SELF;
    }
    LRPOT__TRY(lrpot_charges_create(out, basis, &options));
    (*out)->linear[feature] = 1.0;
    return LRPOT_OK;
}
