/* Evaluation of charges from the local environments, and the chain rule back to the atoms. */
#include "charges/charge_eval.h"

#include "charges/density_solve.h"
#include "charges/heads.h"
#include "charges/held_fragments.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "structure/atoms_check.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const lrpot__tag scalars_tag = { "scalars of the charges" };
static const lrpot__tag charges_tag = { "charges" };
static const lrpot__tag weights_tag = { "derivatives by the scalars" };
static const lrpot__tag channels_tag = { "derivatives by the charges of all channels" };
static const lrpot__tag slopes_tag = { "slopes of the charges" };

lrpot_status lrpot__charges_check(const lrpot_charges *charges, const lrpot_workspace *work,
                                  const lrpot_atoms *atoms, const lrpot_nlist *list,
                                  const lrpot_comm *comm)
{
    LRPOT__REQUIRE_NOT_NULL(charges);
    LRPOT__REQUIRE_NOT_NULL(work);
    LRPOT__REQUIRE_NOT_NULL(atoms);
    if (charges->basis != NULL || (charges->rules->traits & LRPOT_CHARGES_TAKES_MOMENTS))
        LRPOT__REQUIRE_NOT_NULL(list);
    LRPOT__REQUIRE_INPUT(lrpot_comm, comm);
    return lrpot__atoms_check(atoms, charges->n_species);
}

lrpot_status lrpot__charges_require_single(const lrpot_charges *charges, const char *what)
{
    if (charges->n_channels == 1) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s of a model with %d charge channels: the charge of an atom is not "
                       "defined; use a model with one channel",
                       what, charges->n_channels);
}

lrpot_status lrpot__charges_require_order(const lrpot_charges *charges, int32_t most,
                                          const char *what)
{
    if (lrpot__charges_order(charges) <= most) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s of a density with %s (order %d): offered up to order %d", what,
                       lrpot__charges_order(charges) > 1 ? "quadrupoles" : "dipoles",
                       lrpot__charges_order(charges), most);
}

int32_t lrpot__charges_order(const lrpot_charges *charges)
{
    return charges != NULL && charges->rules->order != NULL ? charges->rules->order(charges) : 0;
}

const double *lrpot__charges_dipoles(const lrpot__charge_call *call)
{
    return lrpot__charges_order(call->charges) > 0 ? call->density->total + call->atoms->n_owned
                                                   : NULL;
}

const double *lrpot__charges_quadrupoles(const lrpot__charge_call *call)
{
    return lrpot__charges_order(call->charges) > 1 ? call->density->total + 4 * call->atoms->n_owned
                                                   : NULL;
}

lrpot_status lrpot__charges_require_local(const lrpot_charges *charges, const char *what)
{
    if (!lrpot__charges_have_energy(charges)) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s of a periodic system with charge model '%s': its charges respond over "
                       "the whole system, so that there is no long-wave limit",
                       what, charges->rules->name);
}

int lrpot__charges_have_energy(const lrpot_charges *charges)
{
    return charges != NULL && charges->rules->own_energy != NULL;
}

int lrpot__charges_dielectric(const lrpot_charges *charges, const lrpot_atoms *atoms)
{
    return charges != NULL && charges->rules->dielectric != NULL && atoms->periodic_mask != 0
           && atoms->fragments == NULL && charges->rules->dielectric(charges);
}

int lrpot__charges_screen_themselves(const lrpot_charges *charges)
{
    return charges != NULL && charges->rules->dielectric != NULL
           && charges->options.response != LRPOT_RESPONSE_NONE;
}

lrpot_status lrpot__charges_require_derivatives(const lrpot_charges *charges, const char *what)
{
    if (charges == NULL || charges->rules->chain != LRPOT__CHAIN_UNKNOWN) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s of charge model '%s', whose derivatives are not known", what,
                       charges->rules->name);
}

lrpot_status lrpot__charges_require_chain(const lrpot_charges *charges, int32_t first,
                                          int32_t second, const char *what)
{
    LRPOT__TRY(lrpot__charges_require_derivatives(charges, what));
    if (charges == NULL || charges->rules->chain == first || charges->rules->chain == second)
        return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED, "%s: not offered by charge model '%s'", what,
                       charges->rules->name);
}

double lrpot__charges_slope(const lrpot_charges *charges, int32_t species, double *by_own)
{
    double unused = 0.0, *derivative = by_own != NULL ? by_own : &unused;
    *derivative = 0.0;
    return charges != NULL && charges->rules->slope != NULL
               ? charges->rules->slope(charges, species, derivative)
               : 1.0;
}

lrpot_status lrpot__charges_slopes(const lrpot_charges *charges, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const double **slopes)
{
    double *block = NULL;
    *slopes = NULL;
    if (charges->rules->slope == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(work, &slopes_tag, atoms->n_owned, &block));
    for (int64_t i = 0; i < atoms->n_owned; i++)
        block[i] = lrpot__charges_slope(charges, atoms->species[i], NULL);
    *slopes = block;
    return LRPOT_OK;
}

int lrpot__charges_depend_on_positions(const lrpot_charges *charges)
{
    return charges->basis != NULL || lrpot__charges_have_energy(charges);
}

lrpot_status lrpot__charges_to_ghosts(const lrpot_atoms *atoms, const lrpot_comm *comm,
                                      double *values)
{
    if (comm != NULL && comm->forward != NULL) return comm->forward(comm->ctx, values, 1);
    if (atoms->n_all == atoms->n_owned) return LRPOT_OK;
    if (atoms->ghost_owner == NULL)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "%lld ghost atoms need their charges: from comm->forward or by atoms->ghost_owner",
            (long long)(atoms->n_all - atoms->n_owned));
    for (int64_t g = atoms->n_owned; g < atoms->n_all; g++)
        values[g] = values[atoms->ghost_owner[g]];
    return LRPOT_OK;
}

lrpot_status lrpot__charges_evaluate(lrpot__charge_call *call, const lrpot_charges *charges,
                                     lrpot_workspace *work, const lrpot_atoms *atoms,
                                     const lrpot_nlist *list, const lrpot_comm *comm,
                                     const double *shift, const double *field)
{
    assert(charges != NULL && work != NULL && atoms != NULL);
    assert(charges->basis == NULL || list != NULL);
    *call = (lrpot__charge_call){ .charges = charges,
                                  .work = work,
                                  .atoms = atoms,
                                  .list = list,
                                  .comm = comm,
                                  .shift = shift,
                                  .field = field };
    return lrpot__charges_run(call);
}

lrpot_status lrpot__charges_run(lrpot__charge_call *call)
{
    const lrpot_charges *charges = call->charges;
    const lrpot_atoms *atoms = call->atoms;
    LRPOT__TRY(lrpot__charges_hold(call));
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &scalars_tag, charges->n_heads * atoms->n_owned,
                                        &call->scalars));
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &charges_tag,
                                        charges->n_channels * atoms->n_all, &call->q));
    LRPOT__TRY(lrpot__heads_eval(charges, call->work, atoms, call->list, call->scalars));
    return charges->rules->forward(call);
}

lrpot_status lrpot__charges_pull(const lrpot__charge_call *call, const double *dE_dq,
                                 lrpot_outputs *out)
{
    double *weights = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &weights_tag,
                                        call->charges->n_heads * call->atoms->n_owned, &weights));
    LRPOT__TRY(call->charges->rules->adjoint(call, dE_dq, weights, out));
    if (call->lever_arm == NULL)
        return lrpot__heads_pull(call->charges, call->work, call->atoms, call->list, weights, out);
    const double *slopes = NULL;
    LRPOT__TRY(lrpot__charges_slopes(call->charges, call->work, call->atoms, &slopes));
    return lrpot__heads_pull_in_field(call, weights, slopes, out->forces);
}

lrpot_status lrpot__charges_add_forces(const lrpot__charge_call *call, const double *potentials,
                                       lrpot_outputs *out)
{
    double *weights = NULL;
    int wanted = out->forces != NULL || out->virial != NULL || out->virial_atom != NULL;
    if (!lrpot__charges_have_energy(call->charges))
        return wanted && call->charges->basis != NULL ? lrpot__charges_pull(call, potentials, out)
                                                      : LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &weights_tag,
                                        call->charges->n_heads * call->atoms->n_owned, &weights));
    LRPOT__TRY(call->charges->rules->own_energy(call, weights, out));
    return wanted
               ? lrpot__heads_pull(call->charges, call->work, call->atoms, call->list, weights, out)
               : LRPOT_OK;
}

lrpot_status lrpot_charges_eval(const lrpot_charges *charges, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, double *q)
{
    lrpot__charge_call call;
    LRPOT__REQUIRE_NOT_NULL(q);
    LRPOT__TRY(lrpot__charges_check(charges, work, atoms, list, comm));
    LRPOT__TRY(lrpot__charges_evaluate(&call, charges, work, atoms, list, comm, NULL, NULL));
    LRPOT__TRY(lrpot__finite("charge", atoms->n_owned, 1, call.q));
    if (atoms->n_owned > 0) memcpy(q, call.q, (size_t)atoms->n_owned * sizeof *q);
    return LRPOT_OK;
}

lrpot_status lrpot_charges_moments(const lrpot_charges *charges, lrpot_workspace *work,
                                   const lrpot_atoms *atoms, const lrpot_nlist *list, double *q,
                                   double *dipoles, double *quadrupoles)
{
    lrpot__charge_call call;
    LRPOT__TRY(lrpot__charges_check(charges, work, atoms, list, NULL));
    int32_t order = lrpot__charges_order(charges);
    if ((dipoles != NULL && order < 1) || (quadrupoles != NULL && order < 2))
        return lrpot__fail(LRPOT_E_ARGUMENT, "%s of charge model '%s' of order %d",
                           quadrupoles != NULL ? "quadrupoles" : "dipoles", charges->rules->name,
                           order);
    LRPOT__TRY(lrpot__charges_evaluate(&call, charges, work, atoms, list, NULL, NULL, NULL));
    int64_t n = atoms->n_owned;
    LRPOT__TRY(lrpot__finite("charge", n, 1, call.q));
    if (order > 0) LRPOT__TRY(lrpot__finite("dipole", n, 3, lrpot__charges_dipoles(&call)));
    if (order > 1) LRPOT__TRY(lrpot__finite("quadrupole", n, 9, lrpot__charges_quadrupoles(&call)));
    if (n == 0) return LRPOT_OK;
    if (q != NULL) memcpy(q, call.q, (size_t)n * sizeof *q);
    if (dipoles != NULL) memcpy(dipoles, lrpot__charges_dipoles(&call), (size_t)n * 3 * sizeof *q);
    if (quadrupoles != NULL)
        memcpy(quadrupoles, lrpot__charges_quadrupoles(&call), (size_t)n * 9 * sizeof *q);
    return LRPOT_OK;
}

/* dE/dq of all channels from that of the first. */
static lrpot_status spread_channels(const lrpot__charge_call *call, const double *dE_dq,
                                    double **out)
{
    int64_t n = call->atoms->n_owned;
    LRPOT__TRY(
        lrpot__workspace_doubles(call->work, &channels_tag, call->charges->n_channels * n, out));
    if (n > 0) memset(*out, 0, (size_t)(call->charges->n_channels * n) * sizeof **out);
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(dE_dq[i]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "dE/dq of atom %lld is %g", (long long)i,
                               dE_dq[i]);
        (*out)[i] = dE_dq[i];
    }
    return LRPOT_OK;
}

lrpot_status lrpot_charges_pull(const lrpot_charges *charges, lrpot_workspace *work,
                                const lrpot_atoms *atoms, const lrpot_nlist *list,
                                const lrpot_comm *comm, const double *dE_dq, lrpot_outputs *out)
{
    return lrpot__charges_pull_dipole(charges, work, atoms, list, comm, dE_dq, NULL, out);
}

lrpot_status lrpot__charges_pull_dipole(const lrpot_charges *charges, lrpot_workspace *work,
                                        const lrpot_atoms *atoms, const lrpot_nlist *list,
                                        const lrpot_comm *comm, const double *dE_dq,
                                        const double *dE_ddipole, lrpot_outputs *out)
{
    lrpot__charge_call call = {
        .charges = charges, .work = work, .atoms = atoms, .list = list, .comm = comm
    };
    double *all = NULL;
    LRPOT__REQUIRE_NOT_NULL(dE_dq);
    LRPOT__REQUIRE_NOT_NULL(out);
    LRPOT__TRY(lrpot__charges_check(charges, work, atoms, list, comm));
    LRPOT__REQUIRE_INPUT(lrpot_outputs, out);
    int wanted = out->forces != NULL || out->virial != NULL || out->virial_atom != NULL;
    if (!lrpot__charges_depend_on_positions(charges) || !wanted) return LRPOT_OK;
    if (lrpot__charges_have_energy(charges))
        LRPOT__TRY(lrpot__charges_evaluate(&call, charges, work, atoms, list, comm, NULL, NULL));
    call.dE_ddipole = dE_ddipole;
    LRPOT__TRY(spread_channels(&call, dE_dq, &all));
    LRPOT__TRY(lrpot__charges_pull(&call, all, out));
    return lrpot__finite_outputs(atoms, 0, out);
}
