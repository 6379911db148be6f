/* Static charges, which follow from the local scalars in one step, with or without redistribution
 * (arXiv 2603.06396, eqs 6-8). */
#include "charges/charges.h"

#include "charges/charge_start.h"
#include "core/comm.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

/* If the sum of the shares is smaller than this times the sum of their magnitudes, they cancel, and
 * q would be rounding error. */
#define SHARES_CANCEL 1e-12

static lrpot_status keep(lrpot__charge_call *call)
{
    if (call->atoms->n_owned > 0)
        memcpy(call->q, call->scalars, (size_t)call->atoms->n_owned * sizeof *call->q);
    return LRPOT_OK;
}

static lrpot_status keep_adjoint(const lrpot__charge_call *call, const double *dE_dq,
                                 double *weights, lrpot_outputs *out)
{
    (void)out;
    if (call->atoms->n_owned > 0)
        memcpy(weights, dE_dq, (size_t)call->atoms->n_owned * sizeof *weights);
    return LRPOT_OK;
}

/* sum_i s_i over the system, and sum_i factor_i (weight_i or 1), in one reduction. */
static lrpot_status share_sums(const lrpot__charge_call *call, const double *values, int weighted,
                               double *total_share, double *total)
{
    double sums[3] = { 0, 0, 0 };
    for (int64_t i = 0; i < call->atoms->n_owned; i++) {
        double s = call->charges->own[call->atoms->species[i]];
        sums[0] += s;
        sums[1] += fabs(s);
        sums[2] += weighted ? s * values[i] : values[i];
    }
    LRPOT__TRY(lrpot__comm_sum(call->comm, sums, 3));
    if (!(fabs(sums[0]) > SHARES_CANCEL * sums[1]))
        return lrpot__fail(LRPOT_E_SINGULAR,
                           "the shares of the redistribution add up to %.3g over the atoms, so the "
                           "total charge cannot be set",
                           sums[0]);
    *total_share = sums[0];
    *total = sums[2];
    return LRPOT_OK;
}

/* q_i = c_i + s_i (Q - sum c) / sum s */
static lrpot_status redistribute(lrpot__charge_call *call)
{
    double total_share = 0, total = 0;
    LRPOT__TRY(share_sums(call, call->scalars, 0, &total_share, &total));
    double excess = (call->atoms->total_charge - total) / total_share;
    for (int64_t i = 0; i < call->atoms->n_owned; i++)
        call->q[i] = call->scalars[i] + call->charges->own[call->atoms->species[i]] * excess;
    return LRPOT_OK;
}

/* dE/dc_i = dE/dq_i - (sum_j s_j dE/dq_j) / sum s: the charge that one atom gains is taken from
 * all. */
static lrpot_status redistribute_adjoint(const lrpot__charge_call *call, const double *dE_dq,
                                         double *weights, lrpot_outputs *out)
{
    double total_share = 0, total = 0;
    (void)out;
    LRPOT__TRY(share_sums(call, dE_dq, 1, &total_share, &total));
    double mean = total / total_share;
    for (int64_t i = 0; i < call->atoms->n_owned; i++) weights[i] = dE_dq[i] - mean;
    return LRPOT_OK;
}

static int32_t yes(const lrpot_charges *charges)
{
    (void)charges;
    return 1;
}

const lrpot__charge_rules lrpot__charges_fixed = {
    .name = "fixed",
    .summary = "one charge for each species",
    .heads = 1,
    .traits = LRPOT_CHARGES_SPECIES_CHARGE,
    .own = "charges.share",
    .forward = keep,
    .adjoint = keep_adjoint,
    .chain = LRPOT__CHAIN_LINEAR,
    .stage = "fixed",
    .sign_given = 1,
    .start = lrpot__charges_start,
};

const lrpot__charge_rules lrpot__charges_qrd = {
    .name = "qrd",
    .summary = "one charge for each species, redistributed to the total charge",
    .heads = 1,
    .traits = LRPOT_CHARGES_SPECIES_CHARGE,
    .own = "charges.share",
    .own_free = 1,
    .own_gauge = 1,
    .keeps_total = yes,
    .forward = redistribute,
    .adjoint = redistribute_adjoint,
    .chain = LRPOT__CHAIN_LINEAR,
    .stage = "QRd",
    .start = lrpot__charges_start,
};

const lrpot__charge_rules lrpot__charges_edq = {
    .name = "edq",
    .summary = "charges by the environment, total charge free",
    .heads = 1,
    .traits = LRPOT_CHARGES_TAKES_BASIS | LRPOT_CHARGES_NEEDS_BASIS | LRPOT_CHARGES_SPECIES_CHARGE,
    .own = "charges.share",
    .forward = keep,
    .adjoint = keep_adjoint,
    .chain = LRPOT__CHAIN_LINEAR,
    .stage = "EDQ",
    .start = lrpot__charges_start,
};

/* The first stage leaves the total charge free: without the global coupling the charges reach their
 * magnitude faster (two stages as in 2603.06396). */
const lrpot__charge_rules lrpot__charges_edqrd = {
    .name = "edqrd",
    .summary = "charges by the environment, redistributed to the total charge",
    .heads = 1,
    .traits = LRPOT_CHARGES_TAKES_BASIS | LRPOT_CHARGES_NEEDS_BASIS | LRPOT_CHARGES_SPECIES_CHARGE
              | LRPOT_CHARGES_USUAL,
    .own = "charges.share",
    .own_free = 1,
    .own_gauge = 1,
    .keeps_total = yes,
    .forward = redistribute,
    .adjoint = redistribute_adjoint,
    .chain = LRPOT__CHAIN_LINEAR,
    .stage = "EDQRd",
    .free_stage = "EDQ",
    .start = lrpot__charges_start,
};
