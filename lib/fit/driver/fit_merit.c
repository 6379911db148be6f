/* Merit: comparison of states of different stages and starts. A stage may fit a sample of the
 * frames, with plain squares, or without conservation of charge, so losses of different stages are
 * not comparable. The merit of a state of any stage is the loss that the last stage minimises: that
 * of validation, or that of training with the prior if there is no validation. */
#include "fit/driver/fit_merit.h"

#include "core/error.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_state.h"
#include "fit/least_squares/normal_equations.h"

#include <math.h>
#include <string.h>

/* Number of losses over all frames that merits may cost per step on a sample. */
enum { LOSSES_PER_STEP = 3 };

double lrpot__fit_outlier_limit(const lrpot_fit *fit)
{
    return fit->options.robustness > 0.0 ? fit->options.robustness : INFINITY;
}

static double prior_of(const lrpot_fit *fit, const double *params)
{
    double sum = 0.0;
    for (int64_t p = 0; p < fit->layout.count; p++) {
        double d = params[p] - fit->prior.centre[p];
        sum += fit->prior.strength[p] * d * d;
    }
    return sum;
}

/* Loss of all frames at params, under the weights of the last stage and without prior. */
static lrpot_status final_loss(lrpot_fit *fit, const double *params, double *loss)
{
    const int32_t validated = fit->data.n_valid_all > 0,
                  redistributed = fit->sums.assemblies[0]->redistribute;
    lrpot__target_weights weights = fit->weights;
    weights.kappa = lrpot__fit_outlier_limit(fit);
    LRPOT__TRY(lrpot__fit_set(fit, params));
    lrpot__fit_set_redistribution(fit, lrpot__potential_keeps_total_charge(fit->potential));
    lrpot_status status = lrpot__normal_equations_accumulate(
        fit->sums.normal, fit->sums.partial, fit->sums.assemblies, fit->options.threads,
        fit->data.frames, fit->data.n_frames, validated ? LRPOT_FIT_VALID : LRPOT_FIT_TRAIN,
        weights, 0, fit->comm);
    lrpot__fit_set_redistribution(fit, redistributed);
    if (validated) fit->progress.valid = fit->sums.normal->errors;
    *loss = status == LRPOT_OK && isfinite(fit->sums.normal->loss) ? fit->sums.normal->loss
                                                                   : INFINITY;
    return status;
}

/* Number of frames of the set per frame of the sample, over all processes. */
static lrpot_status stride_of(const lrpot_fit *fit, int32_t *stride)
{
    double sampled = (double)fit->sample.n_frames;
    LRPOT__TRY(lrpot__fit_sum(fit, &sampled, 1));
    double ratio = sampled > 0.0 ? (double)fit->data.n_train_all / sampled : 1.0;
    *stride = (int32_t)fmax(1.0, ratio / LOSSES_PER_STEP);
    return LRPOT_OK;
}

static int is_last_stage(const lrpot_fit *fit)
{
    return fit->sample.frames == NULL && fit->weights.kappa == lrpot__fit_outlier_limit(fit)
           && fit->sums.assemblies[0]->redistribute
                  == lrpot__potential_keeps_total_charge(fit->potential);
}

/* Merit of the present state; NAN if it would cost more than the step itself. */
static lrpot_status merit_of(lrpot_fit *fit, int32_t iteration, double loss, double *merit)
{
    int32_t stride = 1;
    *merit = NAN;
    if (fit->data.n_valid_all > 0) return final_loss(fit, fit->descent.params, merit);
    if (is_last_stage(fit)) {
        *merit = loss;
        return lrpot__fit_set(fit, fit->descent.params);
    }
    if (fit->sample.frames != NULL) LRPOT__TRY(stride_of(fit, &stride));
    if (iteration % stride != 0) return lrpot__fit_set(fit, fit->descent.params);
    LRPOT__TRY(final_loss(fit, fit->descent.params, merit));
    *merit += prior_of(fit, fit->descent.params);
    return LRPOT_OK;
}

lrpot_status lrpot__fit_keep_best(lrpot_fit *fit, int32_t iteration, double loss)
{
    if (fit->sums.assemblies[0]->direct) { /* its energies are still to be fitted */
        fit->states.merit = NAN;
        return lrpot__fit_set(fit, fit->descent.params);
    }
    lrpot_status status = merit_of(fit, iteration, loss, &fit->states.merit);
    /* a state that works on the sample may have no charges in another frame; several processes must
     * fail together */
    if (fit->comm == NULL && (status == LRPOT_E_SINGULAR || status == LRPOT_E_NOT_FINITE)) {
        fit->states.merit = INFINITY;
        status = lrpot__fit_set(fit, fit->descent.params);
    }
    LRPOT__TRY(status);
    if (!(fit->states.merit < fit->states.best_loss)) return LRPOT_OK;
    fit->states.best_loss = fit->states.merit;
    fit->states.best_prior = fit->data.n_valid_all > 0 ? 0.0 : prior_of(fit, fit->descent.params);
    memcpy(fit->states.best, fit->descent.params, (size_t)fit->layout.count * sizeof(double));
    return LRPOT_OK;
}

lrpot_status lrpot__fit_reevaluate_best(lrpot_fit *fit)
{
    double loss = INFINITY;
    if (!isfinite(fit->states.best_loss)) return LRPOT_OK;
    LRPOT__TRY(final_loss(fit, fit->states.best, &loss));
    fit->states.best_loss = loss + fit->states.best_prior;
    return lrpot__fit_set(fit, fit->descent.params);
}
