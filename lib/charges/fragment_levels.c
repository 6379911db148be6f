/* Charges, potentials and capacitances of fragments (docs/theory/charges.md). */
#include <lrpot/charges.h>

#include "charges/charge_eval.h"
#include "charges/held_fragments.h"
#include "core/error.h"
#include "core/finite.h"
#include "core/workspace.h"
#include "structure/electrodes.h"

#include <math.h>
#include <string.h>

static const lrpot__tag levels_tag = { "levels of the charges" };
static const lrpot__tag response_tag = { "response to a potential of a fragment" };

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
    LRPOT__TRY(lrpot__fragments_count(atoms, call->work, call->comm, &counts));
    for (int32_t f = 0; f < lrpot__fragments_of(atoms); f++) {
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
    if (q != NULL) LRPOT__TRY(lrpot__fragments_sum(atoms, comm, call.q, q));
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
    int32_t n = lrpot__fragments_of(atoms);
    LRPOT__TRY(lrpot__workspace_doubles(work, &response_tag, 2 * atoms->n_all + n, &rhs));
    double *change = rhs + atoms->n_all, *column = change + atoms->n_all;
    memset(capacitance, 0, (size_t)n * (size_t)n * sizeof *capacitance);
    for (int32_t g = 0; g < n; g++) {
        if (!lrpot__is_electrode(atoms, g)) continue;
        for (int64_t i = 0; i < atoms->n_owned; i++) rhs[i] = atoms->fragments[i] == g;
        LRPOT__TRY(charges->rules->respond(&call, rhs, change, dipole));
        LRPOT__TRY(lrpot__fragments_sum(atoms, comm, change, column));
        for (int32_t f = 0; f < n; f++)
            if (lrpot__is_electrode(atoms, f)) capacitance[(int64_t)f * n + g] = column[f];
    }
    return lrpot__finite_total("capacitance", (int64_t)n * n, capacitance);
}
