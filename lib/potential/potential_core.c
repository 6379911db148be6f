/* Core of a model, set and asked for. */
#include "potential/core_repulsion.h"

#include "basis/basis.h"
#include "core/error.h"

lrpot_status lrpot_potential_set_core(lrpot_potential *potential, const double *outer,
                                      const double *strength)
{
    lrpot__core *core = NULL;
    LRPOT__REQUIRE_NOT_NULL(potential);
    if (outer != NULL) {
        LRPOT__REQUIRE_NOT_NULL(strength);
        LRPOT__TRY(lrpot__basis_trained(potential->basis, "a core"));
        LRPOT__TRY(lrpot__core_create(&core, potential, lrpot_potential_cutoff(potential), outer,
                                      strength));
    }
    lrpot__core_free(potential->core);
    potential->core = core;
    return LRPOT_OK;
}

lrpot_status lrpot_potential_get_core(const lrpot_potential *potential, double *outer,
                                      double *strength)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    int64_t pairs = (int64_t)potential->n_species * potential->n_species;
    for (int64_t k = 0; k < pairs; k++) {
        if (outer != NULL) outer[k] = potential->core != NULL ? potential->core->outer[k] : 0.0;
        if (strength != NULL)
            strength[k] = potential->core != NULL ? potential->core->strength[k] : 0.0;
    }
    return LRPOT_OK;
}
