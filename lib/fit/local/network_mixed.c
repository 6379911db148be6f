/* Second derivatives of the networks beside the linear heads, by their weights.
 *
 *   d(dN/dr)/dW_hk = n'_h dB_k/dr + x_k sum_g n''_hg dt_g/dr,
 *   d(dN/dr)/dw    = sum_h d(n'_h)/dw dt_h/dr,
 *
 * with t = W x, the derivatives n' and n'' of N by t, and weights w after W. */
#include "fit/local/network_mixed.h"

#include "fit/local/mixed_derivatives.h"
#include "fit/local/scatter.h"

#include <string.h>

/* dt/dr, a row for each column of the basic moments' jacobian. */
static void slopes_of_sums(lrpot__local *local)
{
    int64_t rows = 3 * local->count + LRPOT__LOCAL_SUMS, features = local->network->n_features,
            stride = local->features_stride;
    int64_t inputs = local->network->n_inputs, nodes = local->network->widths[0];
    for (int64_t r = 0; r < rows; r++)
        for (int64_t h = 0; h < nodes; h++) {
            double sum = 0.0;
            for (int64_t s = 0; s < features; s++)
                sum += local->weights[h * inputs + s] * local->feature_slopes[r * stride + s];
            local->sum_slopes[r * nodes + h] = sum;
        }
}

static void add(double *to, const double *x, int64_t n, double factor)
{
    for (int64_t i = 0; i < n; i++) to[i] += factor * x[i];
}

static void fill_node(lrpot__local *local, int64_t h)
{
    const lrpot__network *network = local->network;
    int64_t rows = 3 * local->count + LRPOT__LOCAL_SUMS, nodes = network->widths[0],
            inputs = network->n_inputs;
    for (int64_t r = 0; r < rows; r++) {
        double along = 0.0, *row = local->rows + r * inputs, slope = local->expansion->slope[h];
        const double *feature = local->feature_slopes + r * local->features_stride;
        for (int64_t g = 0; g < nodes; g++)
            along += local->expansion->curvature[h * nodes + g] * local->sum_slopes[r * nodes + g];
        for (int64_t k = 0; k < inputs; k++) row[k] = along * local->inputs[k];
        add(row, feature, network->n_features, slope);
    }
}

void lrpot__local_mixed_network(lrpot__local *local, const lrpot__scatter *scatter)
{
    const lrpot__network *network = local->network;
    if (network == NULL || local->count == 0) return;
    int64_t rows = 3 * local->count + LRPOT__LOCAL_SUMS, nodes = network->widths[0],
            inputs = network->n_inputs, behind = lrpot__network_weights_behind(network);
    lrpot__local_feature_slopes(local);
    slopes_of_sums(local);
    for (int64_t h = 0; h < nodes; h++) {
        fill_node(local, h);
        lrpot__local_scatter(
            local, scatter,
            (lrpot__local_rows){ local->rows, inputs, inputs, scatter->hidden + h * inputs });
    }
    memset(local->rows, 0, (size_t)(rows * behind) * sizeof(double));
    for (int64_t r = 0; r < rows; r++)
        for (int64_t h = 0; h < nodes; h++)
            add(local->rows + r * behind, local->curvatures + h * behind, behind,
                local->sum_slopes[r * nodes + h]);
    lrpot__local_scatter(
        local, scatter,
        (lrpot__local_rows){ local->rows, behind, behind, scatter->hidden + nodes * inputs });
}
