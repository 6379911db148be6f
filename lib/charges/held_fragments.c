/* Fragments that are held at potentials. A held potential is an external one, with the other sign,
 * of charges whose sum over the group is kept: then the energy of the charges is the grand
 * potential (docs/theory/charges.md). */
#include "charges/held_fragments.h"

#include "core/comm.h"
#include "core/error.h"
#include "structure/electrodes.h"

#include <string.h>

static const lrpot__tag shift_tag = { "potentials at which fragments are held" };
static const lrpot__tag counts_tag = { "atoms of fragments" };

int32_t lrpot__fragments_of(const lrpot_atoms *atoms)
{
    return atoms->fragments != NULL ? atoms->n_fragments : 1;
}

lrpot_status lrpot__fragments_sum(const lrpot_atoms *atoms, const lrpot_comm *comm, const double *v,
                                  double *sums)
{
    memset(sums, 0, (size_t)lrpot__fragments_of(atoms) * sizeof *sums);
    for (int64_t i = 0; i < atoms->n_owned; i++)
        sums[atoms->fragments != NULL ? atoms->fragments[i] : 0] += v != NULL ? v[i] : 1.0;
    return lrpot__comm_sum(comm, sums, lrpot__fragments_of(atoms));
}

lrpot_status lrpot__fragments_count(const lrpot_atoms *atoms, lrpot_workspace *work,
                                    const lrpot_comm *comm, double **counts)
{
    LRPOT__TRY(lrpot__workspace_doubles(work, &counts_tag, lrpot__fragments_of(atoms), counts));
    return lrpot__fragments_sum(atoms, comm, NULL, *counts);
}

static lrpot_status check_kind(const lrpot_charges *charges, const lrpot__charge_groups *groups)
{
    int32_t first = groups->electrodes;
    double volts = groups->atoms->fragment_potentials[first];
    if (charges->rules->holds_level == NULL || !charges->rules->holds_level(charges))
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "fragment %d is held at a potential of %g V, but charges of kind '%s'%s "
                           "have no level: equilibrated charges have, and densities with the "
                           "response of atoms",
                           first, volts, charges->rules->name,
                           charges->rules->levels != NULL ? " with this response" : "");
    if (groups->free >= 0 && charges->network != NULL && charges->network->with_charge)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "fragment %d is held at %g V above the vacuum, so that the total charge "
                           "is free, but it is an input of the charge model",
                           first, volts);
    return LRPOT_OK;
}

static lrpot_status check_fragments(const lrpot__charge_call *call)
{
    double *counts = NULL;
    LRPOT__TRY(lrpot__fragments_count(call->atoms, call->work, call->comm, &counts));
    for (int32_t f = 0; f < call->atoms->n_fragments; f++)
        if (counts[f] == 0.0 && lrpot__is_electrode(call->atoms, f))
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "fragment %d is held at a potential of %g V but has no atoms", f,
                               call->atoms->fragment_potentials[f]);
    return LRPOT_OK;
}

lrpot_status lrpot__charges_hold(lrpot__charge_call *call)
{
    const lrpot_atoms *atoms = call->atoms;
    double *shift = NULL;
    call->groups = lrpot__charge_groups_of(atoms);
    if (call->groups.electrodes < 0) return LRPOT_OK;
    LRPOT__TRY(check_kind(call->charges, &call->groups));
    LRPOT__TRY(check_fragments(call));
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &shift_tag, atoms->n_owned, &shift));
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        int32_t f = atoms->fragments[i];
        shift[i] = (call->shift != NULL ? call->shift[i] : 0.0)
                   - (lrpot__is_electrode(atoms, f) ? atoms->fragment_potentials[f] : 0.0);
    }
    call->shift = shift;
    return LRPOT_OK;
}
