/* The Coulomb sums of the programs that fit charged NEPs, as a model's own sum. */
#include "potential/nep_own_sum.h"

#include "basis/nep/nep_descriptor.h"
#include "core/error.h"
#include "core/workspace.h"
#include "potential/nep_fitted_sum.h"

#include <string.h>

static const lrpot__tag terms_tag = { "terms of the fitted sum" };

static void add_terms(const lrpot_atoms *atoms, const double *q, const lrpot__nep_terms *terms,
                      double *potentials, const lrpot_outputs *out)
{
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double energy = 0.5 * LRPOT__NEP_COULOMB_CONSTANT * q[i] * terms->potential[i];
        if (potentials != NULL) potentials[i] = LRPOT__NEP_COULOMB_CONSTANT * terms->potential[i];
        if (out->energy != NULL) *out->energy += energy;
        if (out->energy_atom != NULL) out->energy_atom[i] += energy;
        for (int c = 0; c < 3; c++) {
            double field = LRPOT__NEP_COULOMB_CONSTANT * terms->field[3 * i + c];
            if (out->field != NULL) out->field[3 * i + c] += field;
            if (out->forces != NULL) out->forces[3 * i + c] += q[i] * field;
        }
        for (int c = 0; c < 9; c++) {
            double w = LRPOT__NEP_COULOMB_CONSTANT * terms->virial[9 * i + c];
            if (out->virial != NULL) out->virial[c] += w;
            if (out->virial_atom != NULL) out->virial_atom[9 * i + c] += w;
        }
    }
}

static lrpot_status run(const lrpot_potential *potential, const lrpot__charge_call *call,
                        double *potentials, const lrpot_outputs *out)
{
    const lrpot__nep *nep = lrpot__nep_basis_evaluator(potential->basis)->nep;
    int64_t n = call->atoms->n_owned;
    int32_t threads = lrpot__workspace_threads(call->work);
    double *values = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &terms_tag, 13 * n, &values));
    if (n > 0) memset(values, 0, (size_t)(13 * n) * sizeof *values);
    lrpot__nep_terms terms = { values, values + n, values + 4 * n };
    if (nep->charge_mode != LRPOT__NEP_RECIPROCAL)
        LRPOT__TRY(lrpot__nep_pair_sum(nep, threads, call->atoms, call->list, call->q, &terms));
    if (nep->charge_mode != LRPOT__NEP_DAMPED)
        LRPOT__TRY(lrpot__nep_sphere_sum(nep, threads, call->atoms, call->q, &terms));
    if (nep->charge_mode == LRPOT__NEP_EWALD)
        lrpot__nep_self_sum(nep, call->atoms, call->q, &terms);
    add_terms(call->atoms, call->q, &terms, potentials, out);
    return LRPOT_OK;
}

const lrpot__own_sum lrpot__nep_sum_as_fitted = { "the Coulomb sum as fitted", run };
const lrpot__own_sum lrpot__nep_sum_damped = { "damped Coulomb pairs (charge mode 3)", run };
