/* A model from the host's own network. */
#include "basis/host/host_descriptor.h"
#include "basis/site_outputs.h"
#include "charges/feature_charges.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "potential/model.h"

#include <math.h>

/* Options of the kind of charges. */
static lrpot_status check_charges(const lrpot_host_options *o)
{
    int32_t traits = lrpot_charges_kind_traits(o->charges);
    if (lrpot_charges_kind_name(o->charges) == NULL
        || (o->charges != LRPOT_CHARGES_NONE && !(traits & LRPOT_CHARGES_NEEDS_BASIS)))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "charges = %d, of a host's model expected none, edq, edqrd or latent",
                           o->charges);
    if (((traits & LRPOT_CHARGES_TAKES_SIGMA) != 0) != (o->sigma > 0.0) || o->sigma < 0.0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "sigma = %g A, expected > 0 with latent charges and 0 with others",
                           o->sigma);
    int32_t flags = o->flags & ~LRPOT_HOST_MESSAGES;
    if (flags != 0 && !((traits & LRPOT_CHARGES_TAKES_SELF) && flags == LRPOT_CHARGES_SELF))
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "flags = %d, expected 0, LRPOT_HOST_MESSAGES or, with latent charges, "
                           "LRPOT_CHARGES_SELF",
                           o->flags);
    if ((o->flags & LRPOT_HOST_MESSAGES) && o->pull == NULL)
        return lrpot__fail(LRPOT_E_NULL, "LRPOT_HOST_MESSAGES needs options.pull, which is NULL");
    return LRPOT_OK;
}

static lrpot_status check_options(const lrpot_host_options *o)
{
    LRPOT__REQUIRE_NOT_NULL(o->symbols);
    if (o->evaluate == NULL) return lrpot__fail(LRPOT_E_NULL, "options.evaluate is NULL");
    const double values[] = { o->cutoff, o->sigma, o->accuracy, o->eps_inf };
    LRPOT__TRY(lrpot__all_finite("options of a host's model", 4, values));
    if (o->n_species < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "n_species = %d, expected > 0", o->n_species);
    if (!(o->cutoff > 0.0))
        return lrpot__fail(LRPOT_E_ARGUMENT, "cutoff = %g A, expected > 0", o->cutoff);
    LRPOT__TRY(check_charges(o));
    if (o->accuracy < 0.0 || o->eps_inf < 0.0)
        return lrpot__fail(LRPOT_E_ARGUMENT, "accuracy = %g, eps_inf = %g, expected >= 0",
                           o->accuracy, o->eps_inf);
    return LRPOT_OK;
}

static lrpot_status assemble(lrpot_potential **out, const lrpot_host_options *o, lrpot_basis *basis)
{
    lrpot_charges *charges = NULL;
    if (o->charges != LRPOT_CHARGES_NONE)
        LRPOT__TRY(lrpot__charges_of_feature_as(&charges, basis, LRPOT__SITE_CHARGE, o->charges,
                                                o->sigma, o->flags & ~LRPOT_HOST_MESSAGES));
    lrpot_status status =
        lrpot__potential_assemble(out, o->symbols, basis, charges, o->accuracy, NULL, 0);
    if (status != LRPOT_OK) {
        lrpot_charges_free(charges);
        return status;
    }
    (*out)->linear[LRPOT__SITE_ENERGY] = 1.0;
    (*out)->epsilon = o->eps_inf;
    return LRPOT_OK;
}

lrpot_status lrpot_potential_create_host(lrpot_potential **out, const lrpot_host_options *options)
{
    lrpot_host_options known;
    lrpot_basis *basis = NULL;
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(options);
    LRPOT__REQUIRE_INPUT(lrpot_host_options, options);
    LRPOT__COPY_INPUT(&known, options);
    LRPOT__TRY(check_options(&known));
    const lrpot__host host = { .evaluate = known.evaluate,
                               .pull = known.pull,
                               .ctx = known.ctx,
                               .charged = known.charges != LRPOT_CHARGES_NONE,
                               .messages = (known.flags & LRPOT_HOST_MESSAGES) != 0,
                               .cutoff = known.cutoff };
    LRPOT__TRY(lrpot__host_basis_create(&basis, &host, known.n_species));
    lrpot_status status = assemble(out, &known, basis);
    if (status != LRPOT_OK) lrpot_basis_free(basis);
    return status;
}
