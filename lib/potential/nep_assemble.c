/* A NEP as an ordinary model: its descriptor yields site energies and charges, its charges are a
 * kind that the library has. Modes 1 and 3 are redistributed charges of points; mode 2, which keeps
 * the self energy of its Gaussians, is latent charges. */
#include "potential/nep_assemble.h"

#include "basis/basis.h"
#include "basis/nep/nep_descriptor.h"
#include "basis/site_outputs.h"
#include "charges/feature_charges.h"
#include "core/constants.h"
#include "core/error.h"
#include "potential/model.h"
#include "potential/nep_own_sum.h"

#include <lrpot/nep.h>

#include <math.h>

const lrpot__nep *lrpot__nep_of(const lrpot_potential *potential)
{
    const lrpot__nep_evaluator *evaluator =
        potential != NULL ? lrpot__nep_basis_evaluator(potential->basis) : NULL;
    return evaluator != NULL ? evaluator->nep : NULL;
}

int lrpot__nep_has_charges(const lrpot_potential *potential)
{
    return lrpot__nep_of(potential) != NULL && potential->charges != NULL
           && lrpot__basis_same(potential->basis, potential->charges->basis);
}

/* Gaussians of mode 2 have the width 1/(sqrt(2) alpha). */
lrpot_status lrpot__nep_create_charges(lrpot_charges **out, const lrpot_basis *basis)
{
    const lrpot__nep *nep = lrpot__nep_basis_evaluator(basis)->nep;
    *out = NULL;
    if (nep->charge_mode == LRPOT__NEP_UNCHARGED) return LRPOT_OK;
    double sigma = nep->charge_mode == LRPOT__NEP_RECIPROCAL
                       ? sqrt(0.5) * nep->cutoffs_radial[0] / LRPOT__PI
                       : 0.0;
    return lrpot__charges_of_feature(out, basis, LRPOT__SITE_CHARGE, sigma);
}

void lrpot__nep_complete(lrpot_potential *potential)
{
    const lrpot__nep *nep = lrpot__nep_of(potential);
    potential->linear[LRPOT__SITE_ENERGY] = 1.0;
    if (!lrpot__nep_has_charges(potential)) return;
    potential->charge_unit = sqrt(LRPOT__NEP_COULOMB_CONSTANT / LRPOT_COULOMB_CONSTANT);
    potential->epsilon = nep->sqrt_epsilon * nep->sqrt_epsilon;
    if (nep->charge_mode == LRPOT__NEP_DAMPED) potential->own_sum = &lrpot__nep_sum_damped;
}

/* Assembles the parts; what is not in the model afterwards is freed here. */
static lrpot_status assemble(lrpot_potential **out, const lrpot__nep *nep, lrpot_basis *basis,
                             double accuracy)
{
    const char *symbols[118];
    lrpot_charges *charges = NULL;
    for (int32_t z = 0; z < nep->n_species; z++) symbols[z] = nep->symbols[z];
    LRPOT__TRY(lrpot__nep_create_charges(&charges, basis));
    lrpot_status status =
        lrpot__potential_assemble(out, symbols, basis, charges, accuracy, NULL, 0);
    if (status != LRPOT_OK) {
        lrpot_charges_free(charges);
        return status;
    }
    lrpot__nep_complete(*out);
    return LRPOT_OK;
}

lrpot_status lrpot__nep_assemble(lrpot_potential **out, lrpot__nep *nep, int32_t kernel,
                                 double accuracy)
{
    lrpot_basis *basis = NULL;
    LRPOT__TRY(lrpot__nep_basis_create(&basis, nep, kernel));
    lrpot_status status = assemble(out, nep, basis, accuracy);
    if (status != LRPOT_OK) {
        lrpot__nep_basis_disown(basis);
        lrpot_basis_free(basis);
    }
    return status;
}

int32_t lrpot_nep_version(const lrpot_potential *potential)
{
    const lrpot__nep *nep = lrpot__nep_of(potential);
    return nep != NULL ? nep->version : 0;
}

int32_t lrpot_nep_charge_mode(const lrpot_potential *potential)
{
    const lrpot__nep *nep = lrpot__nep_of(potential);
    return nep != NULL ? nep->charge_mode : 0;
}

int32_t lrpot_nep_sum(const lrpot_potential *potential)
{
    return lrpot__nep_has_charges(potential) && potential->own_sum == &lrpot__nep_sum_as_fitted
               ? LRPOT_NEP_SUM_AS_FITTED
               : LRPOT_NEP_SUM_CONVERGED;
}

int32_t lrpot_nep_forces(const lrpot_potential *potential)
{
    return potential != NULL && potential->plain_forces ? LRPOT_NEP_FORCES_PLAIN
                                                        : LRPOT_NEP_FORCES_GRADIENT;
}

/* The NEP of a charged model. */
static lrpot_status charged_nep(const lrpot_potential *potential, const lrpot__nep **out)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    *out = lrpot__nep_of(potential);
    if (!lrpot__nep_has_charges(potential))
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the model is no charged NEP, whose conventions could be chosen");
    return LRPOT_OK;
}

lrpot_status lrpot_nep_set_sum(lrpot_potential *potential, int32_t sum)
{
    const lrpot__nep *nep = NULL;
    LRPOT__TRY(charged_nep(potential, &nep));
    if (sum != LRPOT_NEP_SUM_CONVERGED && sum != LRPOT_NEP_SUM_AS_FITTED)
        return lrpot__fail(LRPOT_E_ARGUMENT, "Coulomb sum of a NEP is %d, expected 0 or 1", sum);
    if (nep->charge_mode == LRPOT__NEP_DAMPED) return LRPOT_OK;
    potential->own_sum = sum == LRPOT_NEP_SUM_AS_FITTED ? &lrpot__nep_sum_as_fitted : NULL;
    return LRPOT_OK;
}

lrpot_status lrpot_nep_set_forces(lrpot_potential *potential, int32_t forces)
{
    const lrpot__nep *nep = NULL;
    LRPOT__TRY(charged_nep(potential, &nep));
    if (forces != LRPOT_NEP_FORCES_GRADIENT && forces != LRPOT_NEP_FORCES_PLAIN)
        return lrpot__fail(LRPOT_E_ARGUMENT, "convention of a NEP's forces is %d, expected 0 or 1",
                           forces);
    potential->plain_forces = forces == LRPOT_NEP_FORCES_PLAIN;
    return LRPOT_OK;
}
