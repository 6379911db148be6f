/* Groups of atoms that share one level. */
#include "charges/charge_groups.h"

#include "structure/electrodes.h"

lrpot__charge_groups lrpot__charge_groups_of(const lrpot_atoms *atoms)
{
    int32_t count = atoms->fragments != NULL ? atoms->n_fragments : 1;
    lrpot__charge_groups groups = { atoms, count, lrpot__first_electrode(atoms), -1, 0, 0.0 };
    if (groups.electrodes < 0) return groups;
    if (atoms->potential_reference == LRPOT_POTENTIALS_VACUUM) groups.free = groups.electrodes;
    for (int32_t f = 0; atoms->fragment_charges != NULL && f < count; f++)
        if (lrpot__is_electrode(atoms, f)) groups.electrodes_total += atoms->fragment_charges[f];
    return groups;
}

int32_t lrpot__charge_group_of_fragment(const lrpot__charge_groups *groups, int32_t fragment)
{
    return lrpot__is_electrode(groups->atoms, fragment) ? groups->electrodes : fragment;
}

int32_t lrpot__charge_group(const lrpot__charge_groups *groups, int64_t i)
{
    const int32_t *fragments = groups->atoms->fragments;
    return fragments != NULL ? lrpot__charge_group_of_fragment(groups, fragments[i]) : 0;
}

double lrpot__charge_group_total(const lrpot__charge_groups *groups, int32_t group)
{
    const lrpot_atoms *atoms = groups->atoms;
    if (atoms->fragments == NULL) return atoms->total_charge;
    if (group == groups->electrodes) return groups->electrodes_total;
    /* an electrode that shares the group of another leaves its own empty */
    if (atoms->fragment_charges == NULL || lrpot__is_electrode(atoms, group)) return 0.0;
    return atoms->fragment_charges[group];
}
