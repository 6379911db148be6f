/* Charges that are a feature of the descriptor itself, as kinds that learn them otherwise. */
#include "charges/feature_charges.h"

#include "core/error.h"

lrpot_status lrpot__charges_of_feature_as(lrpot_charges **out, const lrpot_basis *basis,
                                          int64_t feature, int32_t kind, double sigma,
                                          int32_t flags)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.n_species = basis->options.n_species;
    options.kind = kind;
    options.sigma = sigma;
    options.flags = flags;
    LRPOT__TRY(lrpot_charges_create(out, basis, &options));
    (*out)->linear[feature] = 1.0;
    return LRPOT_OK;
}

lrpot_status lrpot__charges_of_feature(lrpot_charges **out, const lrpot_basis *basis,
                                       int64_t feature, double sigma)
{
    return sigma > 0.0
               ? lrpot__charges_of_feature_as(out, basis, feature, LRPOT_CHARGES_LATENT, sigma,
                                              LRPOT_CHARGES_SELF)
               : lrpot__charges_of_feature_as(out, basis, feature, LRPOT_CHARGES_EDQRD, 0.0, 0);
}
