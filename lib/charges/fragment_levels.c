/* Fragments that are held at potentials, and the levels of all (docs/theory/charges.md). A held
 * potential is an external one, with the other sign, of charges whose sum over the group is kept:
 * then the energy of the charges is the grand potential. */
#include "charges/fragment_levels.h"

#include "charges/charge_eval.h"
#include "core/comm.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/struct_size.h"
#include "core/workspace.h"
#include "structure/atoms_check.h"
#include "structure/electrodes.h"

#include <math.h>
#include <string.h>

static const lrpot__tag shift_tag = { "potentials at which fragments are held" };
static const lrpot__tag counts_tag = { "atoms of fragments" };
static const lrpot__tag levels_tag = { "levels of the charges" };
static const lrpot__tag response_tag = { "response to a potential of a fragment" };

static int32_t fragments_of(const lrpot_atoms *atoms)
{
    return atoms->fragments != NULL ? atoms->n_fragments : 1;
}

/* Sums of v over the fragments of all processes; v NULL: numbers of atoms. */
static lrpot_status sum_fragments(const lrpot_atoms *atoms, const lrpot_comm *comm, const double *v,
                                  double *sums)
{
    memset(sums, 0, (size_t)fragments_of(atoms) * sizeof *sums);
    for (int64_t i = 0; i < atoms->n_owned; i++)
        sums[atoms->fragments != NULL ? atoms->fragments[i] : 0] += v != NULL ? v[i] : 1.0;
    return lrpot__comm_sum(comm, sums, fragments_of(atoms));
}

static lrpot_status count_atoms(const lrpot_atoms *atoms, lrpot_workspace *work,
                                const lrpot_comm *comm, double **counts)
{
    LRPOT__TRY(lrpot__workspace_doubles(work, &counts_tag, fragments_of(atoms), counts));
    return sum_fragments(atoms, comm, NULL, *counts);
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
    LRPOT__TRY(count_atoms(call->atoms, call->work, call->comm, &counts));
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

static lrpot_status evaluate(lrpot__charge_call *call, const lrpot_charges *charges,
                             lrpot_workspace *work, const lrpot_atoms *atoms,
                             const lrpot_nlist *list, const lrpot_comm *comm)
{
    LRPOT__TRY(lrpot__charges_check(charges, work, atoms, list, comm));
    LRPOT__TRY(lrpot__charges_require_single(charges, "charges of fragments"));
    return lrpot__charges_evaluate(call, charges, work, atoms, list, comm, NULL, NULL);
}

static lrpot_status fill_potentials(const lrpot__charge_call *call, double *potentials)
{
    const lrpot_atoms *atoms = call->atoms;
    double *levels = NULL, *counts = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &levels_tag, call->groups.count, &levels));
    LRPOT__TRY(call->charges->rules->levels(call, levels));
    LRPOT__TRY(count_atoms(atoms, call->work, call->comm, &counts));
    for (int32_t f = 0; f < fragments_of(atoms); f++) {
        potentials[f] = levels[lrpot__charge_group_of_fragment(&call->groups, f)];
        if (lrpot__is_electrode(atoms, f)) potentials[f] += atoms->fragment_potentials[f];
        if (counts[f] == 0.0) potentials[f] = NAN;
        else LRPOT__TRY(lrpot__finite_total("potential of a fragment", 1, potentials + f));
    }
    return LRPOT_OK;
}

lrpot_status lrpot_charges_fragments(const lrpot_charges *charges, lrpot_workspace *work,
                                     const lrpot_atoms *atoms, const lrpot_nlist *list,
                                     const lrpot_comm *comm, double *q, double *potentials)
{
    lrpot__charge_call call;
    LRPOT__TRY(evaluate(&call, charges, work, atoms, list, comm));
    if (potentials != NULL && charges->rules->levels == NULL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "charges of kind '%s' have no level",
                           charges->rules->name);
    LRPOT__TRY(lrpot__finite("charge", atoms->n_owned, 1, call.q));
    if (q != NULL) LRPOT__TRY(sum_fragments(atoms, comm, call.q, q));
    return potentials != NULL ? fill_potentials(&call, potentials) : LRPOT_OK;
}

lrpot_status lrpot_charges_capacitance(const lrpot_charges *charges, lrpot_workspace *work,
                                       const lrpot_atoms *atoms, const lrpot_nlist *list,
                                       const lrpot_comm *comm, double *capacitance)
{
    lrpot__charge_call call;
    double *rhs = NULL, dipole[3] = { 0.0, 0.0, 0.0 };
    LRPOT__REQUIRE_NOT_NULL(capacitance);
    LRPOT__TRY(evaluate(&call, charges, work, atoms, list, comm));
    if (call.groups.electrodes < 0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a capacitance is of fragments that are held at potentials: all keep "
                           "their charge");
    int32_t n = fragments_of(atoms);
    LRPOT__TRY(lrpot__workspace_doubles(work, &response_tag, 2 * atoms->n_all + n, &rhs));
    double *change = rhs + atoms->n_all, *column = change + atoms->n_all;
    memset(capacitance, 0, (size_t)n * (size_t)n * sizeof *capacitance);
    for (int32_t g = 0; g < n; g++) {
        if (!lrpot__is_electrode(atoms, g)) continue;
        for (int64_t i = 0; i < atoms->n_owned; i++) rhs[i] = atoms->fragments[i] == g;
        LRPOT__TRY(charges->rules->respond(&call, rhs, change, dipole));
        LRPOT__TRY(sum_fragments(atoms, comm, change, column));
        for (int32_t f = 0; f < n; f++)
            if (lrpot__is_electrode(atoms, f)) capacitance[(int64_t)f * n + g] = column[f];
    }
    return lrpot__finite_total("capacitance", (int64_t)n * n, capacitance);
}
