/* Factor of the charges in the Born charges of a fit, fixed or fitted: effective charges
 * (docs/theory/polar_tensors.md). */
#include "fit/driver/fit_born_factor.h"

#include "charges/charge_eval.h"
#include "core/error.h"
#include "core/memory.h"
#include "fit/data/frame.h"
#include "fit/data/frame_parts.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_state.h"
#include "potential/potential.h"
#include "tensors/tensor_coupled.h"

#include <math.h>
#include <string.h>

static lrpot_status check_models(const lrpot_fit *fit, const lrpot_tensor_model *tensors)
{
    if (tensors->options.kind != LRPOT_TENSORS_LOCAL)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "tensors of kind %d have no factor that depends on the neighbours",
                           tensors->options.kind);
    if (fit->potential->charges == NULL || lrpot__charges_have_energy(fit->potential->charges)
        || fit->potential->charges->rules->slope != NULL
        || fit->potential->charges->n_channels != 1)
        return lrpot__fail(LRPOT_E_UNSUPPORTED,
                           "a factor needs one charge per atom that is a function of its "
                           "neighbours, which charge model '%s' does not have",
                           fit->potential->charges != NULL ? fit->potential->charges->rules->name
                                                           : "none");
    int same = fit->potential->n_species == tensors->options.n_species;
    for (int32_t z = 0; same && z < tensors->options.n_species; z++)
        same = strcmp(fit->potential->symbols[z], tensors->symbols[z]) == 0;
    return same ? LRPOT_OK
                : lrpot__fail(LRPOT_E_ARGUMENT, "the species of the tensor model are not those of "
                                                "the model under fit, in the same order");
}

static lrpot_status allocate(lrpot__frame *frame)
{
    if (frame->born.gamma != NULL) return LRPOT_OK;
    frame->born.unit_born = lrpot__calloc(9 * frame->n * frame->n, sizeof *frame->born.unit_born);
    frame->born.gamma = lrpot__calloc(frame->n, sizeof *frame->born.gamma);
    return frame->born.unit_born != NULL && frame->born.gamma != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

lrpot_status lrpot_fit_factor(lrpot_fit *fit, const lrpot_tensor_model *tensors)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(tensors);
    LRPOT__TRY(check_models(fit, tensors));
    if (fit->factor.model != NULL)
        return lrpot__fail(LRPOT_E_STATE,
                           "the fit has a factor of its own by lrpot_fit_factor_joint()");
    fit->data.n_sized = 0; /* the frames grow */
    fit->data.size = (lrpot__fit_size){ 0 };
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        lrpot__frame *frame = fit->data.frames[f];
        if (!lrpot__frame_has(frame, LRPOT__TARGET_BORN)) continue;
        LRPOT__TRY(allocate(frame));
        LRPOT__TRY(lrpot__frame_apply_born_factor(frame, tensors->options.cutoff));
        LRPOT__TRY(lrpot__frame_take_neighbours(frame));
        LRPOT__TRY(lrpot__tensor_factor(tensors, fit->work, &frame->atoms, frame->neighbours.list,
                                        frame->born.gamma, frame->born.unit_born));
        lrpot__frame_leave(frame);
    }
    return LRPOT_OK;
}

lrpot_status lrpot_fit_factor_joint(lrpot_fit *fit, lrpot_tensor_model *tensors)
{
    LRPOT__REQUIRE_NOT_NULL(fit);
    LRPOT__REQUIRE_NOT_NULL(tensors);
    LRPOT__TRY(check_models(fit, tensors));
    if (fit->sums.normal != NULL) return lrpot__fail(LRPOT_E_STATE, "the fit has begun");
    fit->data.n_sized = 0;
    fit->data.size = (lrpot__fit_size){ 0 };
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        LRPOT__TRY(lrpot__frame_apply_born_factor(fit->data.frames[f], tensors->options.cutoff));
        lrpot__frame_leave(fit->data.frames[f]);
    }
    fit->factor.model = tensors;
    lrpot__fit_number_parameters(fit);
    return LRPOT_OK;
}

/* Sums of squares of the functions over the training atoms of each species, and the number of these
 * at the constant. */
static lrpot_status sum_squares(lrpot_fit *fit, lrpot__frame *frame, double *features)
{
    const lrpot_basis *basis = fit->factor.model->basis;
    int64_t functions = lrpot_basis_count(basis);
    LRPOT__TRY(lrpot__frame_take_neighbours(frame));
    LRPOT__TRY(lrpot_basis_eval(basis, fit->work, &frame->atoms, frame->neighbours.list, features));
    lrpot__frame_leave(frame);
    for (int64_t i = 0; i < frame->n; i++) {
        double *sizes = fit->factor.sizes + frame->species[i] * (functions + 1);
        for (int64_t k = 0; k < functions; k++)
            sizes[k] += features[i * functions + k] * features[i * functions + k];
        sizes[functions] += 1.0;
    }
    return LRPOT_OK;
}

static lrpot_status find_sizes(lrpot_fit *fit)
{
    int64_t count = fit->layout.count - fit->layout.factor,
            width = lrpot_basis_count(fit->factor.model->basis) + 1, most = 0;
    for (int64_t f = 0; f < fit->data.n_frames; f++)
        if (fit->data.frames[f]->n > most) most = fit->data.frames[f]->n;
    double *features = lrpot__calloc(most * width, sizeof *features);
    lrpot_status status = features != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    for (int64_t f = 0; f < fit->data.n_frames && status == LRPOT_OK; f++)
        if (fit->data.frames[f]->set == LRPOT_FIT_TRAIN
            && lrpot__frame_has(fit->data.frames[f], LRPOT__TARGET_BORN))
            status = sum_squares(fit, fit->data.frames[f], features);
    lrpot__free(features);
    LRPOT__TRY(status);
    LRPOT__TRY(lrpot__fit_sum(fit, fit->factor.sizes, count));
    for (int64_t p = 0; p < count; p++) {
        double atoms = fit->factor.sizes[p / width * width + width - 1];
        if (p % width < width - 1) fit->factor.sizes[p] /= fmax(atoms, 1.0);
    }
    for (int64_t p = width - 1; p < count; p += width)
        fit->factor.sizes[p] = 0.0; /* constants are free */
    return LRPOT_OK;
}

void lrpot__fit_start_born_factor(const lrpot_fit *fit, double *coefficients)
{
    const lrpot_tensor_model *tensors = fit->factor.model;
    int64_t count = tensors->n_coefficients, width = lrpot_basis_count(tensors->basis) + 1;
    int empty = 1;
    memcpy(coefficients, tensors->coefficients, (size_t)count * sizeof *coefficients);
    for (int64_t p = 0; p < count; p++) empty = empty && coefficients[p] == 0.0;
    for (int64_t p = width - 1; p < count && empty; p += width) coefficients[p] = 1.0;
}

lrpot_status lrpot__fit_prepare_born_factor(lrpot_fit *fit)
{
    lrpot__fit_start_born_factor(fit, fit->offsets + fit->layout.factor - fit->layout.offsets);
    fit->factor.sizes = lrpot__calloc(fit->factor.model->n_coefficients, sizeof *fit->factor.sizes);
    if (fit->factor.sizes == NULL) return LRPOT_E_MEMORY;
    return find_sizes(fit);
}

lrpot_status lrpot__fit_return_born_factor(lrpot_fit *fit)
{
    lrpot_tensor_model *tensors = fit->factor.model;
    lrpot_potential *copy = NULL;
    LRPOT__TRY(lrpot_tensor_model_set_params(
        tensors, tensors->n_coefficients, fit->offsets + fit->layout.factor - fit->layout.offsets));
    LRPOT__TRY(lrpot_potential_clone(&copy, fit->potential));
    lrpot_potential_free(tensors->potential);
    tensors->potential = copy;
    tensors->options.potential = copy;
    return LRPOT_OK;
}
