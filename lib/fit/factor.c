/* Born charges of effective charges: the factor of a tensor model in the frames of a fit (docs/theory/polar_tensors.md). */
#include "fit/fit.h"

#include "charges/charges.h"
#include "core/error.h"
#include "core/memory.h"
#include "potential/potential.h"
#include "tensors/tensors.h"

#include <cblas.h>
#include <string.h>

static lrpot_status check_models(const lrpot_fit *fit, const lrpot_tensor_model *tensors)
{
    if (tensors->options.kind != LRPOT_TENSORS_LOCAL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "tensors of kind %d have no factor that follows the neighbourhood", tensors->options.kind);
    if (fit->potential->charges == NULL || fit->potential->charges->rules->settle != NULL || fit->potential->charges->n_channels != 1)
        return lrpot__fail(LRPOT_E_UNSUPPORTED, "a factor goes with one charge per atom that follows the neighbourhood, not with equilibrated ones");
    int same = fit->potential->n_species == tensors->options.n_species;
    for (int32_t z = 0; same && z < tensors->options.n_species; z++) same = strcmp(fit->potential->symbols[z], tensors->symbols[z]) == 0;
    return same ? LRPOT_OK : lrpot__fail(LRPOT_E_ARGUMENT, "the species of the tensor model are not those of the model under fit, in the same order");
}

static lrpot_status allocate(lrpot__frame *frame)
{
    if (frame->gamma != NULL) return LRPOT_OK;
    frame->effect = lrpot__calloc(9 * frame->n * frame->n, sizeof *frame->effect);
    frame->gamma = lrpot__calloc(frame->n, sizeof *frame->gamma);
    if (frame->effect == NULL || frame->gamma == NULL) return LRPOT_E_MEMORY;
    cblas_dscal((int)(9 * frame->n), frame->screening, frame->born, 1); /* the factor takes its place */
    /* Q/N stays on the diagonal whatever the charges are */
    for (int64_t k = 0; k < 9 * frame->n; k++)
        if (k % 9 % 4 == 0) frame->born[k] -= frame->total_charge / (double)frame->n;
    for (int64_t k = 0; k < 3 * frame->n; k++) frame->centre[k % 3] += frame->positions[k] / (double)frame->n;
    return LRPOT_OK;
}

lrpot_status lrpot_fit_factor(lrpot_fit *fit, const lrpot_tensor_model *tensors)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(tensors);
    LRPOT__TRY(check_models(fit, tensors));
    lrpot_status status = LRPOT_OK;
    for (int64_t f = 0; f < fit->n_frames && status == LRPOT_OK; f++) {
        lrpot__frame *frame = fit->frames[f];
        lrpot_nlist *list = NULL;
        if (frame->born == NULL) continue;
        status = lrpot_nlist_build(&list, &frame->atoms, tensors->options.cutoff, 0.0);
        if (status == LRPOT_OK) status = allocate(frame);
        if (status == LRPOT_OK) status = lrpot__tensor_factor(tensors, fit->work, &frame->atoms, list, frame->gamma, frame->effect);
        lrpot_nlist_free(list);
    }
    return status;
}
