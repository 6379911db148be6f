/* Latent charges (arXiv 2408.15165, 2412.15455): each channel is a head. Exact neutrality subtracts
 * the mean excess, so that the charge one atom gains is taken from all, also in forces and
 * stress. */
#include "charges/charges.h"

#include "charges/charge_start.h"
#include "core/comm.h"
#include "core/error.h"

#include <math.h>

static lrpot_status configure(lrpot_charges *charges)
{
    lrpot_charges_options *o = &charges->options;
    if (o->channels == 0) o->channels = 1;
    if (o->sigma == 0.0) o->sigma = 1.0;
    if (o->channels < 1 || o->channels > LRPOT_CHARGES_MAX_CHANNELS)
        return lrpot__fail(LRPOT_E_ARGUMENT, "channels = %d, expected 1 to %d", o->channels,
                           LRPOT_CHARGES_MAX_CHANNELS);
    if (o->neutrality != LRPOT_NEUTRALITY_EXACT && o->neutrality != LRPOT_NEUTRALITY_OFF)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "neutrality = %d, expected LRPOT_NEUTRALITY_EXACT or _OFF",
                           o->neutrality);
    if (!(o->sigma > 0.0) || isinf(o->sigma))
        return lrpot__fail(LRPOT_E_ARGUMENT, "sigma = %g A, expected a positive length", o->sigma);
    charges->n_channels = o->channels;
    return LRPOT_OK;
}

/* Means of values [C][n_owned] over all atoms of all processes, minus `total` / N in the first
 * channel. */
static lrpot_status channel_means(const lrpot__charge_call *call, const double *values,
                                  double total, double means[LRPOT_CHARGES_MAX_CHANNELS])
{
    double sums[LRPOT_CHARGES_MAX_CHANNELS + 1] = { 0 };
    int64_t n = call->atoms->n_owned;
    int32_t channels = call->charges->n_channels;
    for (int32_t c = 0; c < channels; c++)
        for (int64_t i = 0; i < n; i++) sums[c] += values[c * n + i];
    sums[channels] = (double)n;
    LRPOT__TRY(lrpot__comm_sum(call->comm, sums, channels + 1));
    sums[0] -= total;
    for (int32_t c = 0; c < channels; c++) means[c] = sums[c] / fmax(sums[channels], 1.0);
    return LRPOT_OK;
}

static lrpot_status forward(lrpot__charge_call *call)
{
    double excess[LRPOT_CHARGES_MAX_CHANNELS] = { 0 };
    int64_t n = call->atoms->n_owned;
    if (call->charges->options.neutrality == LRPOT_NEUTRALITY_EXACT)
        LRPOT__TRY(channel_means(call, call->scalars, call->atoms->total_charge, excess));
    for (int32_t c = 0; c < call->charges->n_channels; c++)
        for (int64_t i = 0; i < n; i++)
            call->q[c * call->atoms->n_all + i] = call->scalars[c * n + i] - excess[c];
    return LRPOT_OK;
}

/* dE/dc_i = dE/dq_i - mean dE/dq */
static lrpot_status adjoint(const lrpot__charge_call *call, const double *dE_dq, double *weights,
                            lrpot_outputs *out)
{
    double mean[LRPOT_CHARGES_MAX_CHANNELS] = { 0 };
    int64_t n = call->atoms->n_owned;
    (void)out;
    if (call->charges->options.neutrality == LRPOT_NEUTRALITY_EXACT)
        LRPOT__TRY(channel_means(call, dE_dq, 0.0, mean));
    for (int32_t c = 0; c < call->charges->n_channels; c++)
        for (int64_t i = 0; i < n; i++) weights[c * n + i] = dE_dq[c * n + i] - mean[c];
    return LRPOT_OK;
}

static int32_t keeps_total(const lrpot_charges *charges)
{
    return charges->options.neutrality == LRPOT_NEUTRALITY_EXACT;
}

static void coulomb(const lrpot_charges *charges, lrpot_ewald_options *options)
{
    options->kernel = LRPOT_EWALD_LATENT;
    options->sigma = charges->options.sigma;
}

/* The kernel is that of Gaussians of width sigma/sqrt 2 (arXiv 2408.15165). */
static double width(const lrpot_charges *charges, int32_t species)
{
    (void)species;
    return charges->options.sigma / sqrt(2.0);
}

const lrpot__charge_rules lrpot__charges_latent = {
    .name = "latent",
    .summary = "smeared charges of one or several channels, learned from energies and forces",
    .traits = LRPOT_CHARGES_TAKES_BASIS | LRPOT_CHARGES_NEEDS_BASIS | LRPOT_CHARGES_TAKES_CHANNELS
              | LRPOT_CHARGES_TAKES_NEUTRALITY | LRPOT_CHARGES_TAKES_SELF
              | LRPOT_CHARGES_TAKES_SIGMA | LRPOT_CHARGES_SPECIES_CHARGE
              | LRPOT_CHARGES_SHORT_SIGHTED,
    .configure = configure,
    .keeps_total = keeps_total,
    .forward = forward,
    .adjoint = adjoint,
    .chain = LRPOT__CHAIN_LINEAR,
    .coulomb = coulomb,
    .width = width,
    .stage = "latent",
    .start = lrpot__charges_start,
};
