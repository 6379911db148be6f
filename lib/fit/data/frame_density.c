/* Coulomb sum of the moments of a density as a matrix: one sum for a unit of each moment. */
#include "fit/data/frame_density.h"

#include "charges/charge_eval.h"
#include "charges/density_terms.h"
#include "core/memory.h"
#include "potential/potential.h"

#include <lrpot/multipoles.h>

static lrpot_status fill(lrpot__frame *frame, const lrpot_ewald *ewald, lrpot_workspace *work,
                         int32_t order, double *scratch)
{
    int64_t n = frame->n, size = lrpot__density_components(order) * n,
            more = lrpot__density_components(order + 1) * n;
    double *x = scratch, *v = scratch + size;
    for (int64_t k = 0; k < size; k++) {
        x[k] = 1.0;
        LRPOT__TRY(lrpot_multipoles_eval(ewald, work, &frame->atoms, NULL, NULL, x,
                                         order > 0 ? x + n : NULL, NULL, NULL, NULL, NULL, v, v + n,
                                         order > 0 ? v + 4 * n : NULL));
        x[k] = 0.0;
        for (int64_t l = 0; l < more; l++) frame->coulomb.moments[l * size + k] = v[l];
    }
    return LRPOT_OK;
}

int64_t lrpot__frame_density_doubles(const lrpot_potential *potential, int64_t n)
{
    if (potential->charges == NULL || potential->charges->rules->chain != LRPOT__CHAIN_DENSITY)
        return 0;
    int32_t order = lrpot__charges_order(potential->charges);
    return lrpot__density_components(order) * lrpot__density_components(order + 1) * n * n;
}

lrpot_status lrpot__frame_density_prepare(lrpot__frame *frame, const lrpot_potential *potential,
                                          lrpot_workspace *work)
{
    int32_t order = lrpot__charges_order(potential->charges);
    LRPOT__TRY(lrpot__charges_require_order(potential->charges, 1, "a fit"));
    int64_t size = lrpot__density_components(order) * frame->n,
            more = lrpot__density_components(order + 1) * frame->n;
    double *scratch = lrpot__calloc(size + more, sizeof *scratch);
    frame->coulomb.moments = lrpot__calloc(more * size, sizeof(double));
    lrpot_status status = scratch != NULL && frame->coulomb.moments != NULL
                              ? fill(frame, lrpot_potential_ewald(potential), work, order, scratch)
                              : LRPOT_E_MEMORY;
    lrpot__free(scratch);
    return status;
}
