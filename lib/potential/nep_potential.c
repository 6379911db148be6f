#include "potential/nep_potential.h"

#include "basis/nep/nep_evaluator.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/memory.h"

#include <math.h>

#define ACCURACY 1e-5 /* eV/A */

static lrpot_status check_options(const lrpot__nep_options *options)
{
    if (options->coulomb != LRPOT__NEP_CONVERGED && options->coulomb != LRPOT__NEP_AS_FITTED)
        return lrpot__fail(LRPOT_E_ARGUMENT, "coulomb sum of a NEP is %d, expected 0 or 1",
                           options->coulomb);
    if (options->forces != LRPOT__NEP_GRADIENT && options->forces != LRPOT__NEP_PLAIN)
        return lrpot__fail(LRPOT_E_ARGUMENT, "convention of a NEP's forces is %d, expected 0 or 1",
                           options->forces);
    return LRPOT_OK;
}

/* Creates the solver. Mode LRPOT__NEP_RECIPROCAL keeps the self energy of its Gaussians of width
 * 1/(sqrt(2) alpha). */
static lrpot_status create_ewald(lrpot__nep_potential *potential, const lrpot__nep *nep)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    if (nep->charge_mode != LRPOT__NEP_EWALD && nep->charge_mode != LRPOT__NEP_RECIPROCAL)
        return LRPOT_OK;
    if (potential->options.coulomb == LRPOT__NEP_AS_FITTED) return LRPOT_OK;
    options.accuracy = potential->options.accuracy;
    if (nep->charge_mode == LRPOT__NEP_RECIPROCAL) {
        options.kernel = LRPOT_EWALD_LATENT;
        options.sigma = sqrt(0.5) * nep->cutoffs_radial[0] / LRPOT__PI;
        options.flags = LRPOT_EWALD_SELF;
    }
    return lrpot_ewald_create(&potential->ewald, &options);
}

static lrpot_status prepare(lrpot__nep_potential *potential, lrpot__nep *nep,
                            const lrpot__nep_options *options)
{
    if (options != NULL) potential->options = *options;
    LRPOT__TRY(check_options(&potential->options));
    if (potential->options.accuracy == 0.0) potential->options.accuracy = ACCURACY;
    LRPOT__TRY(create_ewald(potential, nep));
    return lrpot__nep_evaluator_create(&potential->evaluator, nep, potential->options.kernel);
}

lrpot_status lrpot__nep_potential_create(lrpot__nep_potential **out, lrpot__nep *nep,
                                         const lrpot__nep_options *options)
{
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__REQUIRE_NOT_NULL(nep);
    lrpot__nep_potential *potential = lrpot__calloc(1, sizeof *potential);
    if (potential == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = prepare(potential, nep, options);
    if (status != LRPOT_OK) {
        lrpot__nep_potential_free(potential);
        return status;
    }
    *out = potential;
    return LRPOT_OK;
}

void lrpot__nep_potential_free(lrpot__nep_potential *potential)
{
    if (potential == NULL) return;
    lrpot__nep_evaluator_free(potential->evaluator);
    lrpot_ewald_free(potential->ewald);
    lrpot__free(potential);
}
