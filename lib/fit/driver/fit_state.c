/* Present state of a fit: weights, indices and values of the parameters, active parts of the
 * model. */
#include "fit/driver/fit_state.h"

#include <string.h>

void lrpot__fit_set_weights(lrpot_fit *fit)
{
    const lrpot_fit_options *o = &fit->options;
    for (int t = 0; t < LRPOT__TARGET_SUM_RULES; t++)
        fit->weights.inverse_error[t] = 1.0 / o->errors[t];
    fit->weights.inverse_error[LRPOT__TARGET_SUM_RULES] = 1.0 / o->sum_rule_error;
    fit->weights.relative = o->forces_relative;
}

void lrpot__fit_number_parameters(lrpot_fit *fit)
{
    lrpot__parameter_layout *layout = &fit->layout;
    layout->count = layout->offsets + (fit->data.n_sources - 1) * fit->potential->n_species;
    layout->factor = fit->factor.model != NULL ? layout->count : -1;
    layout->count += lrpot_tensor_model_param_count(fit->factor.model);
}

lrpot_status lrpot__fit_get(const lrpot_fit *fit, double *params)
{
    int64_t model = fit->layout.offsets;
    memcpy(params + model, fit->offsets, (size_t)(fit->layout.count - model) * sizeof *params);
    return lrpot_potential_get_params(fit->potential, model, params);
}

lrpot_status lrpot__fit_set(lrpot_fit *fit, const double *params)
{
    int64_t model = fit->layout.offsets;
    memcpy(fit->offsets, params + model, (size_t)(fit->layout.count - model) * sizeof *params);
    return lrpot_potential_set_params(fit->potential, model, params);
}

int32_t lrpot__potential_keeps_total_charge(const lrpot_potential *potential)
{
    return lrpot_charges_keep_total(potential->charges);
}

void lrpot__fit_set_redistribution(lrpot_fit *fit, int32_t on)
{
    for (int32_t t = 0; t < fit->options.threads; t++) fit->sums.assemblies[t]->redistribute = on;
}

void lrpot__fit_set_direct(lrpot_fit *fit, int32_t on)
{
    for (int32_t t = 0; t < fit->options.threads; t++) fit->sums.assemblies[t]->direct = on;
}

void lrpot__fit_freeze(lrpot_fit *fit, int32_t on)
{
    for (int32_t t = 0; t < fit->options.threads; t++) fit->sums.assemblies[t]->frozen = on;
}
