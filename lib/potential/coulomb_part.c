/* Coulomb energy of a model at fixed charges: the solver's sum, or one that the model brings. */
#include "potential/coulomb_part.h"

#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "electrostatics/ewald/coulomb_sum.h"

#include <string.h>

static const lrpot__tag fields_tag = { "fields of the channels" };
static const lrpot__tag scaled_tag = { "scaled charges" };

lrpot_status lrpot__potential_solver(const lrpot_potential *potential, const char *what)
{
    if (potential->charges == NULL || potential->own_sum == NULL) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s of a model with %s: offered with the converged sum alone", what,
                       potential->own_sum->name);
}

/* Charges in the unit of the solver. */
static lrpot_status scaled_charges(const lrpot_potential *potential, const lrpot__charge_call *call,
                                   const double **out)
{
    int64_t count = call->charges->n_channels * call->atoms->n_all;
    double *scaled = NULL;
    *out = call->q;
    if (potential->charge_unit == 1.0) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &scaled_tag, count, &scaled));
    for (int64_t k = 0; k < count; k++) scaled[k] = potential->charge_unit * call->q[k];
    *out = scaled;
    return LRPOT_OK;
}

static void multiply(double *values, int64_t n, double factor)
{
    for (int64_t k = 0; factor != 1.0 && values != NULL && k < n; k++) values[k] *= factor;
}

lrpot_status lrpot__potential_coulomb_moments(const lrpot_potential *potential,
                                              const lrpot__charge_call *call, double *potentials,
                                              double *moments, const lrpot_outputs *out)
{
    int32_t channels = call->charges->n_channels;
    int64_t count = channels * call->atoms->n_owned;
    const double *q = NULL;
    lrpot_outputs coulomb;
    LRPOT__COPY_INPUT(&coulomb, out);
    coulomb.flags |= LRPOT_ADD;
    coulomb.potential = potentials;
    if (count > 0) memset(potentials, 0, (size_t)count * sizeof *potentials);
    LRPOT__TRY(lrpot__potential_solver(potential, "the heat flux"));
    LRPOT__TRY(scaled_charges(potential, call, &q));
    LRPOT__TRY(lrpot__ewald_moments(potential->ewald, call->work, call->atoms, call->list,
                                    call->comm, channels, q, moments, &coulomb));
    multiply(potentials, count, potential->charge_unit);
    multiply(moments, 3 * count, potential->charge_unit);
    return LRPOT_OK;
}

lrpot_status lrpot__potential_coulomb(const lrpot_potential *potential,
                                      const lrpot__charge_call *call, double *potentials,
                                      const lrpot_outputs *out)
{
    int64_t n = call->atoms->n_owned;
    int32_t channels = call->charges->n_channels;
    const double *q = NULL, unit = potential->charge_unit;
    lrpot_outputs coulomb;
    LRPOT__COPY_INPUT(&coulomb, out);
    coulomb.flags |= LRPOT_ADD;
    coulomb.charges = coulomb.dipole = NULL;
    coulomb.potential = potentials;
    if (potentials != NULL && n > 0)
        memset(potentials, 0, (size_t)(channels * n) * sizeof *potentials);
    if (lrpot__charges_order(call->charges) > 0)
        return call->charges->rules->sum(call, potentials, &coulomb);
    if (potential->own_sum != NULL)
        return potential->own_sum->run(potential, call, potentials, &coulomb);
    LRPOT__TRY(scaled_charges(potential, call, &q));
    if (out->field != NULL && (channels > 1 || unit != 1.0)) {
        LRPOT__TRY(
            lrpot__workspace_doubles(call->work, &fields_tag, 3 * channels * n, &coulomb.field));
        if (n > 0) memset(coulomb.field, 0, (size_t)(3 * channels * n) * sizeof(double));
    }
    LRPOT__TRY(lrpot_ewald_eval_channels(potential->ewald, call->work, call->atoms, call->list,
                                         call->comm, channels, q, &coulomb));
    multiply(potentials, channels * n, unit);
    for (int64_t k = 0; coulomb.field != out->field && k < 3 * n; k++)
        out->field[k] += unit * coulomb.field[k]; /* field of the first channel */
    return LRPOT_OK;
}
