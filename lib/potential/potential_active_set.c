/* Active set that is stored in a model: of the frames of its fit. */
#include "potential/potential_active_set.h"

#include "core/error.h"
#include "potential/active_set_selection.h"
#include "potential/maxvol.h"
#include "potential/potential.h"

lrpot_status lrpot__active_set_round(lrpot_active_set *set)
{
    for (int32_t z = 0; z < set->n_species; z++) {
        lrpot__maxvol *m = set->species + z;
        for (int64_t k = 0; k < m->n * m->n; k++) m->rows[k] = (float)m->rows[k];
        if (m->started) LRPOT__TRY(lrpot__maxvol_invert(m));
    }
    return LRPOT_OK;
}

lrpot_status lrpot_potential_set_active_set(lrpot_potential *potential, const lrpot_active_set *set)
{
    lrpot_active_set *copy = NULL;
    LRPOT__REQUIRE_NOT_NULL(potential);
    if (set != NULL) {
        int fits = 0;
        LRPOT__TRY(lrpot__active_set_fits(set, potential, &fits));
        if (!fits)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "the active set was made for a model with other features");
        LRPOT__TRY(lrpot_active_set_clone(&copy, set));
        lrpot_status status = lrpot__active_set_round(copy);
        if (status != LRPOT_OK) {
            lrpot_active_set_free(copy);
            return status;
        }
    }
    lrpot_active_set_free(potential->active_set);
    potential->active_set = copy;
    return LRPOT_OK;
}

const lrpot_active_set *lrpot_potential_active_set(const lrpot_potential *potential)
{
    int fits = 0;
    if (potential == NULL || potential->active_set == NULL) return NULL;
    return lrpot__active_set_fits(potential->active_set, potential, &fits) == LRPOT_OK && fits
               ? potential->active_set
               : NULL;
}
