/* The static family: charges follow from the local scalars in one step, with or without redistribution (arXiv 2603.06396, eqs 6-8). */
#include "charges/charges.h"

#include "core/error.h"

#include <math.h>

/* Shares whose sum is this much smaller than the sum of their magnitudes cancel: q would be rounding noise. */
#define SHARES_CANCEL 1e-12

lrpot_status lrpot__comm_sum(const lrpot_comm *comm, double *buffer, int64_t n)
{
    return comm != NULL && comm->sum != NULL ? comm->sum(comm->ctx, buffer, n) : LRPOT_OK;
}

static lrpot_status keep(const lrpot_charges *charges, const lrpot_atoms *atoms, const lrpot_comm *comm, double *values)
{
    (void)charges, (void)atoms, (void)comm, (void)values;
    return LRPOT_OK;
}

/* sum_i s_i over the system, and sum_i factor_i (weight_i or 1), in one reduction. */
static lrpot_status share_sums(const lrpot_charges *charges, const lrpot_atoms *atoms, const lrpot_comm *comm, const double *values,
                               int weighted, double *total_share, double *total)
{
    double sums[3] = { 0, 0, 0 };
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        double s = charges->share[atoms->species[i]];
        sums[0] += s;
        sums[1] += fabs(s);
        sums[2] += weighted ? s * values[i] : values[i];
    }
    LRPOT__TRY(lrpot__comm_sum(comm, sums, 3));
    if (!(fabs(sums[0]) > SHARES_CANCEL * sums[1]))
        return lrpot__fail(LRPOT_E_SINGULAR, "the shares of the redistribution add up to %.3g over the atoms, so the total charge cannot be set",
                           sums[0]);
    *total_share = sums[0];
    *total = sums[2];
    return LRPOT_OK;
}

/* q_i = c_i + s_i (Q - sum c) / sum s */
static lrpot_status redistribute(const lrpot_charges *charges, const lrpot_atoms *atoms, const lrpot_comm *comm, double *values)
{
    double total_share = 0, total = 0;
    LRPOT__TRY(share_sums(charges, atoms, comm, values, 0, &total_share, &total));
    double excess = (atoms->total_charge - total) / total_share;
    for (int64_t i = 0; i < atoms->n_owned; i++) values[i] += charges->share[atoms->species[i]] * excess;
    return LRPOT_OK;
}

/* dE/dc_i = dE/dq_i - (sum_j s_j dE/dq_j) / sum s: what one atom gains is taken from all. */
static lrpot_status redistribute_adjoint(const lrpot_charges *charges, const lrpot_atoms *atoms, const lrpot_comm *comm, double *weights)
{
    double total_share = 0, total = 0;
    LRPOT__TRY(share_sums(charges, atoms, comm, weights, 1, &total_share, &total));
    double mean = total / total_share;
    for (int64_t i = 0; i < atoms->n_owned; i++) weights[i] -= mean;
    return LRPOT_OK;
}

const lrpot__charge_rules *lrpot__charge_rules_of(int32_t kind)
{
    static const lrpot__charge_rules rules[] = {
        [LRPOT_CHARGES_NONE] = { "none", 0, 0, NULL, NULL },
        [LRPOT_CHARGES_FIXED] = { "fixed", 0, 0, keep, keep },
        [LRPOT_CHARGES_QRD] = { "qrd", 0, 1, redistribute, redistribute_adjoint },
        [LRPOT_CHARGES_EDQ] = { "edq", 1, 0, keep, keep },
        [LRPOT_CHARGES_EDQRD] = { "edqrd", 1, 1, redistribute, redistribute_adjoint },
    };
    return kind > LRPOT_CHARGES_NONE && kind <= LRPOT_CHARGES_EDQRD ? &rules[kind] : NULL;
}
