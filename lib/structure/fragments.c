/* Fragments of a structure: sets of atoms with a fixed charge or potential. */
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

lrpot_status lrpot_structure_set_fragment_potentials(lrpot_structure *structure, int32_t n,
                                                     const double *potentials, int32_t reference)
{
    double *copy = NULL;
    LRPOT__REQUIRE_NOT_NULL(structure);
    if (n < 0) return lrpot__fail(LRPOT_E_ARGUMENT, "%d potentials of fragments", n);
    if (n > 0) LRPOT__REQUIRE_NOT_NULL(potentials);
    if (reference != LRPOT_POTENTIALS_SHARED && reference != LRPOT_POTENTIALS_VACUUM)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "reference = %d, expected LRPOT_POTENTIALS_SHARED or _VACUUM",
                           reference);
    for (int32_t f = 0; f < n; f++)
        if (isinf(potentials[f]))
            return lrpot__fail(LRPOT_E_NOT_FINITE, "potential of fragment %d is %g", f,
                               potentials[f]);
    if (n > 0) {
        copy = lrpot__duplicate(potentials, n, sizeof *potentials);
        if (copy == NULL) return LRPOT_E_MEMORY;
    }
    lrpot__free(structure->fragment_potentials);
    structure->fragment_potentials = copy;
    structure->n_fragment_potentials = n;
    structure->potential_reference = n > 0 ? reference : LRPOT_POTENTIALS_SHARED;
    return LRPOT_OK;
}

const double *lrpot_structure_fragment_potentials(const lrpot_structure *structure, int32_t *n,
                                                  int32_t *reference)
{
    if (n != NULL) *n = structure != NULL ? structure->n_fragment_potentials : 0;
    if (reference != NULL)
        *reference = structure != NULL ? structure->potential_reference : LRPOT_POTENTIALS_SHARED;
    return structure != NULL ? structure->fragment_potentials : NULL;
}

int32_t lrpot__structure_fragments(const lrpot_structure *structure)
{
    if (structure->fragment_charges != NULL) return structure->n_fragment_charges;
    return structure->fragment_potentials != NULL ? structure->n_fragment_potentials
                                                  : structure->n_fragments;
}

/* Charges and potentials are of all fragments, if of any. */
static lrpot_status check_numbers(const lrpot_structure *structure)
{
    int charges = structure->fragment_charges != NULL,
        potentials = structure->fragment_potentials != NULL;
    int32_t count = lrpot__structure_fragments(structure);
    if (charges && potentials && structure->n_fragment_potentials != count)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "there are %d charges of fragments and %d potentials (nan for those that "
            "keep their charge)",
            count, structure->n_fragment_potentials);
    for (int64_t i = 0; (charges || potentials) && i < structure->n; i++)
        if (structure->fragments[i] >= count)
            return lrpot__fail(
                LRPOT_E_ARGUMENT, "atom %lld is of fragment %d, but there are %d %s of fragments",
                (long long)i, structure->fragments[i], count, charges ? "charges" : "potentials");
    return LRPOT_OK;
}

lrpot_status lrpot__structure_view_fragments(const lrpot_structure *structure, lrpot_atoms *view)
{
    const double *total = structure->quantities[LRPOT_QUANTITY_TOTAL_CHARGE];
    if (structure->fragments == NULL && structure->fragment_potentials != NULL)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "there are %d potentials of fragments, but the atoms have no fragments",
                           structure->n_fragment_potentials);
    if (structure->fragments == NULL) return LRPOT_OK;
    LRPOT__TRY(check_numbers(structure));
    view->fragments = structure->fragments;
    view->fragment_charges = structure->fragment_charges;
    view->fragment_potentials = structure->fragment_potentials;
    view->potential_reference = structure->potential_reference;
    view->n_fragments = lrpot__structure_fragments(structure);
    for (int32_t f = 0; total == NULL && f < structure->n_fragment_charges; f++)
        view->total_charge += structure->fragment_charges[f];
    return LRPOT_OK;
}
