/* Fragments of a structure: sets of atoms with a fixed charge. */
#include "structure/fragments.h"

#include "core/error.h"
#include "core/memory.h"

#include <math.h>

lrpot_status lrpot__structure_take_fragments(lrpot_structure *structure, const double *values)
{
    int32_t *fragments = NULL, count = 0;
    if (values != NULL) {
        fragments = lrpot__calloc(structure->n, sizeof *fragments);
        if (fragments == NULL) return LRPOT_E_MEMORY;
    }
    for (int64_t i = 0; fragments != NULL && i < structure->n; i++) {
        if (!(values[i] >= 0.0 && values[i] < INT32_MAX) || values[i] != floor(values[i])) {
            lrpot__free(fragments);
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "fragment of atom %lld is %g, expected a whole number from 0 on",
                               (long long)i, values[i]);
        }
        fragments[i] = (int32_t)values[i];
        if (fragments[i] >= count) count = fragments[i] + 1;
    }
    lrpot__free(structure->fragments);
    structure->fragments = fragments;
    structure->n_fragments = count;
    return LRPOT_OK;
}

lrpot_status lrpot_structure_set_fragment_charges(lrpot_structure *structure, int32_t n,
                                                  const double *charges)
{
    double *copy = NULL;
    LRPOT__REQUIRE_NOT_NULL(structure);
    if (n < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "%d charges of fragments", n);
    if (n > 0) LRPOT__REQUIRE_NOT_NULL(charges);
    for (int32_t f = 0; f < n; f++)
        if (!isfinite(charges[f]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "charge of fragment %d is %g", f, charges[f]);
    if (n > 0) {
        copy = lrpot__duplicate(charges, n, sizeof *charges);
        if (copy == NULL) return LRPOT_E_MEMORY;
    }
    lrpot__free(structure->fragment_charges);
    structure->fragment_charges = copy;
    structure->n_fragment_charges = n;
    return LRPOT_OK;
}

const double *lrpot_structure_fragment_charges(const lrpot_structure *structure, int32_t *n)
{
    if (n != NULL) *n = structure != NULL ? structure->n_fragment_charges : 0;
    return structure != NULL ? structure->fragment_charges : NULL;
}

lrpot_status lrpot__structure_view_fragments(const lrpot_structure *structure, lrpot_atoms *view)
{
    const double *total = structure->quantities[LRPOT_QUANTITY_TOTAL_CHARGE];
    if (structure->fragments == NULL) return LRPOT_OK;
    for (int64_t i = 0; structure->fragment_charges != NULL && i < structure->n; i++)
        if (structure->fragments[i] >= structure->n_fragment_charges)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "atom %lld is of fragment %d, but there are %d charges of fragments",
                               (long long)i, structure->fragments[i],
                               structure->n_fragment_charges);
    view->fragments = structure->fragments;
    view->fragment_charges = structure->fragment_charges;
    view->n_fragments = structure->fragment_charges != NULL ? structure->n_fragment_charges
                                                            : structure->n_fragments;
    for (int32_t f = 0; total == NULL && f < structure->n_fragment_charges; f++)
        view->total_charge += structure->fragment_charges[f];
    return LRPOT_OK;
}
