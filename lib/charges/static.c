/* The static family: charges follow from the local scalars in one step, with or without
 * redistribution (arXiv 2603.06396, eqs 6-8). */
#include "charges/charges.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

/* Shares whose sum is this much smaller than the sum of their magnitudes cancel: q would be
 * rounding noise. */
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
        double s = call->charges->share[call->atoms->species[i]];
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
        call->q[i] = call->scalars[i] + call->charges->share[call->atoms->species[i]] * excess;
    return LRPOT_OK;
}

/* dE/dc_i = dE/dq_i - (sum_j s_j dE/dq_j) / sum s: what one atom gains is taken from all. */
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

const lrpot__charge_rules lrpot__charges_fixed = { "fixed", LRPOT__NO_BASIS, 0,    NULL,
                                                   keep,    keep_adjoint,    NULL, NULL };
const lrpot__charge_rules lrpot__charges_qrd = { "qrd",        LRPOT__NO_BASIS,      1,    NULL,
                                                 redistribute, redistribute_adjoint, NULL, NULL };
const lrpot__charge_rules lrpot__charges_edq = { "edq", LRPOT__NEEDS_BASIS, 0,    NULL,
                                                 keep,  keep_adjoint,       NULL, NULL };
const lrpot__charge_rules lrpot__charges_edqrd = { "edqrd",      LRPOT__NEEDS_BASIS,   1,    NULL,
                                                   redistribute, redistribute_adjoint, NULL, NULL };
