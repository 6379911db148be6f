/* Gap barrier of a model, set and asked for. */
#include "potential/gap_barrier.h"

#include "basis/basis.h"
#include "core/error.h"

lrpot_status lrpot_potential_set_gap_barrier(lrpot_potential *potential, const double *begin,
                                             const double *end, const double *height)
{
    lrpot__gap_barrier *barrier = NULL;
    LRPOT__REQUIRE_NOT_NULL(potential);
    if (begin != NULL) {
        LRPOT__REQUIRE_NOT_NULL(end);
        LRPOT__REQUIRE_NOT_NULL(height);
        LRPOT__TRY(lrpot__basis_trained(potential->basis, "a gap barrier"));
        LRPOT__TRY(lrpot__gap_barrier_create(&barrier, potential, lrpot_potential_cutoff(potential),
                                             begin, end, height));
    }
    lrpot__gap_barrier_free(potential->barrier);
    potential->barrier = barrier;
    return LRPOT_OK;
}

lrpot_status lrpot_potential_get_gap_barrier(const lrpot_potential *potential, double *begin,
                                             double *end, double *height)
{
    LRPOT__REQUIRE_NOT_NULL(potential);
    const lrpot__gap_barrier *barrier = potential->barrier;
    int64_t pairs = (int64_t)potential->n_species * potential->n_species;
    for (int64_t k = 0; k < pairs; k++) {
        if (begin != NULL) begin[k] = barrier != NULL ? barrier->begin[k] : 0.0;
        if (end != NULL) end[k] = barrier != NULL ? barrier->end[k] : 0.0;
        if (height != NULL) height[k] = barrier != NULL ? barrier->height[k] : 0.0;
    }
    return LRPOT_OK;
}
