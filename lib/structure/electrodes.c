/* Electrodes: fragments that are held at a potential instead of keeping their charge. */
#include "structure/electrodes.h"

#include "core/error.h"

#include <math.h>

int lrpot__is_electrode(const lrpot_atoms *atoms, int32_t fragment)
{
    return atoms->fragment_potentials != NULL && !isnan(atoms->fragment_potentials[fragment]);
}

int32_t lrpot__first_electrode(const lrpot_atoms *atoms)
{
    for (int32_t f = 0; atoms->fragment_potentials != NULL && f < atoms->n_fragments; f++)
        if (lrpot__is_electrode(atoms, f)) return f;
    return -1;
}

/* Potentials that count from the vacuum: there is one, and the charges follow from it. */
static lrpot_status check_vacuum(const lrpot_atoms *atoms, int32_t first)
{
    if (atoms->periodic_mask != 0)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "the potential %g V of fragment %d counts from the vacuum, which a "
                           "system with periodic_mask %d does not have when its charge changes; "
                           "fix the sum of the charges of the fragments that have potentials",
                           atoms->fragment_potentials[first], first, atoms->periodic_mask);
    for (int32_t f = first; atoms->fragment_charges != NULL && f < atoms->n_fragments; f++)
        if (lrpot__is_electrode(atoms, f) && atoms->fragment_charges[f] != 0.0)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "fragment %d has a charge of %g e and a potential of %g V above the "
                               "vacuum, which contradict each other",
                               f, atoms->fragment_charges[f], atoms->fragment_potentials[f]);
    return LRPOT_OK;
}

lrpot_status lrpot__electrodes_check(const lrpot_atoms *atoms)
{
    int32_t reference = atoms->potential_reference;
    if (reference != LRPOT_POTENTIALS_SHARED && reference != LRPOT_POTENTIALS_VACUUM)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "potential_reference = %d, expected LRPOT_POTENTIALS_SHARED or _VACUUM",
                           reference);
    if (atoms->fragment_potentials == NULL) return LRPOT_OK;
    if (atoms->fragments == NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "potentials of fragments, but the atoms have no fragments");
    for (int32_t f = 0; f < atoms->n_fragments; f++)
        if (isinf(atoms->fragment_potentials[f]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "potential of fragment %d is %g V", f,
                               atoms->fragment_potentials[f]);
    int32_t first = lrpot__first_electrode(atoms);
    return first >= 0 && reference == LRPOT_POTENTIALS_VACUUM ? check_vacuum(atoms, first)
                                                              : LRPOT_OK;
}

lrpot_status lrpot__refuse_electrodes(const lrpot_atoms *atoms, const char *what)
{
    int32_t first = lrpot__first_electrode(atoms);
    if (first < 0) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s: fragment %d is held at a potential of %g V; offered at fixed charges",
                       what, first, atoms->fragment_potentials[first]);
}
