/* Networks beside the linear heads in a fit. For the rest of an atom they are coefficients
 * zeta + dN/dB that depend on its features. */
#include "fit/local/network_jacobian.h"

#include "basis/network.h"

#include <string.h>

void lrpot__local_network_expand(lrpot__local *local, lrpot__local_head head, int32_t species)
{
    const lrpot__network *network = local->network;
    const lrpot__plan *plan = local->basis->plan;
    int64_t inputs = network->n_inputs, nodes = network->widths[0],
            behind = lrpot__network_weights_behind(network);
    const double *W = network->weights + lrpot__network_index(network, head.output, species),
                 *slope = local->expansion->slope;
    local->weights = W;
    for (int32_t s = 0; s < plan->n_scalars; s++)
        local->inputs[s] = local->moments[plan->scalars[s]];
    if (network->with_charge) local->inputs[plan->n_scalars] = head.total_charge;
    local->inputs[inputs - 1] = 1.0;
    lrpot__network_expand(network, head.output, species, local->inputs, local->expansion,
                          local->network_gradient + nodes * inputs, local->curvatures, behind);
    local->value += local->expansion->value;
    memcpy(local->effective, head.coefficients, (size_t)plan->n_scalars * sizeof(double));
    for (int64_t h = 0; h < nodes; h++)
        for (int64_t k = 0; k < inputs; k++) {
            if (k < plan->n_scalars) local->effective[k] += slope[h] * W[h * inputs + k];
            local->network_gradient[h * inputs + k] = slope[h] * local->inputs[k];
        }
}

/* sum_k W_hk dB_k/dp of each node, times the curvature, gives dn'/dp; from it follow the
 * coefficients. */
void lrpot__local_network_curvature(const lrpot__local *local, const double *tangents,
                                    double *lanes)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t inputs = local->network->n_inputs, nodes = local->network->widths[0];
    double sums[LRPOT__NETWORK_WIDTH][LRPOT__FIT_LANES] = { { 0.0 } };
    for (int64_t g = 0; g < nodes; g++)
        for (int32_t s = 0; s < plan->n_scalars; s++) {
            const double *tangent = tangents + (int64_t)plan->scalars[s] * LRPOT__FIT_LANES;
            for (int lane = 0; lane < LRPOT__FIT_LANES; lane++)
                sums[g][lane] += local->weights[g * inputs + s] * tangent[lane];
        }
    for (int64_t h = 0; h < nodes; h++) {
        double change[LRPOT__FIT_LANES] = { 0.0 };
        for (int64_t g = 0; g < nodes; g++)
            for (int lane = 0; lane < LRPOT__FIT_LANES; lane++)
                change[lane] += local->expansion->curvature[h * nodes + g] * sums[g][lane];
        for (int32_t s = 0; s < plan->n_scalars; s++)
            for (int lane = 0; lane < LRPOT__FIT_LANES; lane++)
                lanes[(int64_t)plan->scalars[s] * LRPOT__FIT_LANES + lane] +=
                    local->weights[h * inputs + s] * change[lane];
    }
}
