/* Choice of the sign of charges, which energies and forces do not determine. */
#include "fit/driver/charge_sign.h"

#include "basis/network.h"
#include "charges/charge_eval.h"
#include "core/error.h"
#include "fit/data/frame_parts.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_state.h"
#include "fit/jacobian/assemble.h"

static int sign_is_determined(const lrpot_fit *fit)
{
    if (fit->held != NULL && fit->held[fit->layout.charge_species]) return 1;
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        const lrpot__frame *frame = fit->data.frames[f];
        if (frame->total_charge != 0.0) return 1;
        for (int64_t k = 0;
             k < frame->fragment.n && lrpot__charges_have_energy(fit->potential->charges); k++)
            if (frame->fragment.charges[k] != 0.0) return 1;
        for (int t = 0; t < LRPOT__TARGETS && frame->set == LRPOT_FIT_TRAIN; t++)
            if (lrpot__targets[t]->tells_sign && lrpot__frame_has(frame, t)) return 1;
    }
    return 0;
}

/* Value that the charge of an atom should correlate with: reference charge, trace of the reference
 * Born charge, or minus the electronegativity. */
static double expected_trend(const lrpot_fit *fit, const lrpot__frame *frame, int64_t i,
                             int by_reference)
{
    if (by_reference) return frame->sign[i];
    return -lrpot_element_electronegativity(fit->potential->symbols[frame->species[i]]);
}

/* Sum over atoms of the charge times its expected value, minus the mean of that over the frame. */
static lrpot_status correlate(lrpot_fit *fit, int32_t channel, int by_reference,
                              double *correlation)
{
    *correlation = 0.0;
    for (int64_t f = 0; f < fit->data.n_frames; f++) {
        lrpot__frame *frame = fit->data.frames[f];
        double mean = 0.0, n = (double)frame->n;
        if (by_reference && frame->sign == NULL) continue;
        LRPOT__TRY(lrpot__frame_take(frame, fit->potential, fit->work));
        lrpot_status status = lrpot__assembly_charges(fit->sums.assemblies[0], frame, channel);
        lrpot__frame_leave(frame);
        LRPOT__TRY(status);
        for (int64_t i = 0; i < frame->n; i++)
            mean += expected_trend(fit, frame, i, by_reference) / n;
        for (int64_t i = 0; i < frame->n; i++)
            *correlation += fit->sums.assemblies[0]->q[i]
                            * (expected_trend(fit, frame, i, by_reference) - mean);
    }
    return lrpot__fit_sum(fit, correlation, 1);
}

/* Inverts the sign. For equilibrated charges the first head is the electronegativity. The second,
 * the hardness, has no sign. */
static void invert_charges(lrpot_fit *fit, int32_t head)
{
    const lrpot__parameter_layout *layout = &fit->layout;
    int64_t species = fit->potential->n_species,
            count = fit->potential->charges->head_stride; /* 0 without a basis */
    for (int64_t z = 0; z < species; z++)
        fit->descent.params[layout->charge_species + head * species + z] *= -1.0;
    for (int64_t k = 0; k < count; k++)
        fit->descent.params[layout->charge_linear + head * count + k] *= -1.0;
    const lrpot__network *network = fit->potential->charges->network;
    for (int32_t z = 0; z < species && network != NULL; z++)
        for (int64_t w = network->n_weights - lrpot__network_output_weights(network);
             w < network->n_weights; w++)
            fit->descent
                .params[layout->charge_network + lrpot__network_index(network, head, z) + w] *=
                -1.0;
}

lrpot_status lrpot__fit_choose_charge_sign(lrpot_fit *fit)
{
    if (fit->potential->charges == NULL || fit->potential->charges->rules->sign_given)
        return LRPOT_OK;
    enum { KNOWN, REFERENCE };
    double has[2] = { sign_is_determined(fit), 0.0 };
    for (int64_t f = 0; f < fit->data.n_frames; f++)
        has[REFERENCE] += fit->data.frames[f]->sign != NULL;
    LRPOT__TRY(lrpot__fit_sum(fit, has, 2));
    LRPOT__TRY(lrpot__fit_get(fit, fit->descent.params));
    for (int32_t c = has[KNOWN] > 0.0 ? 1 : 0;
         c < (lrpot__charges_have_energy(fit->potential->charges)
                  ? 1
                  : fit->potential->charges->n_channels);
         c++) {
        double correlation = 0.0;
        LRPOT__TRY(correlate(fit, c, has[REFERENCE] > 0.0 && c == 0, &correlation));
        if (correlation < 0.0) invert_charges(fit, c);
    }
    return lrpot__fit_set(fit, fit->descent.params);
}
