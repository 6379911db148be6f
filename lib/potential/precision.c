#include "potential/precision.h"

#include "basis/basis.h"
#include "core/error.h"

/* The bases of a model: of the energy, and of the charges. */
static void bases_of(const lrpot_potential *potential, lrpot_basis *out[2])
{
    out[0] = potential->basis;
    out[1] = potential->charges != NULL ? potential->charges->basis : NULL;
    if (!lrpot__basis_same(out[0], out[1])) out[1] = NULL;
}

lrpot_status lrpot_potential_set_precision(lrpot_potential *potential, int32_t precision)
{
    lrpot_basis *bases[2];
    LRPOT__REQUIRE_NOT_NULL(potential);
    if (precision != LRPOT_PRECISION_DOUBLE && precision != LRPOT_PRECISION_MIXED)
        return lrpot__fail(LRPOT_E_ARGUMENT, "precision is %d, expected 0 (double) or 1 (mixed)",
                           precision);
    bases_of(potential, bases);
    for (int k = 0; k < 2 && bases[k] != NULL; k++)
        LRPOT__TRY(lrpot__basis_set_mixed(bases[k], precision == LRPOT_PRECISION_MIXED));
    return LRPOT_OK;
}

int32_t lrpot_potential_precision(const lrpot_potential *potential)
{
    return potential != NULL && potential->basis->mixed ? LRPOT_PRECISION_MIXED
                                                        : LRPOT_PRECISION_DOUBLE;
}

lrpot_status lrpot__potential_require_double(const lrpot_potential *potential, const char *what)
{
    if (!potential->basis->mixed) return LRPOT_OK;
    return lrpot__fail(LRPOT_E_UNSUPPORTED,
                       "%s: the model is evaluated in mixed precision, choose double", what);
}
