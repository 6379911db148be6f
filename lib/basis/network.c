#include "basis/network.h"

#include "core/error.h"
#include "core/memory.h"

#include <math.h>
#include <string.h>

lrpot_status lrpot__network_create(lrpot__network **out, int64_t n_features, int32_t n_species,
                                   int32_t n_outputs, const int32_t widths[LRPOT__NETWORK_LAYERS],
                                   int32_t with_charge)
{
    *out = NULL;
    for (int l = 0; l < LRPOT__NETWORK_LAYERS; l++)
        if (widths[l] < 0 || widths[l] > LRPOT__NETWORK_WIDTH)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "hidden layer %d has width %d, expected 1 to %d, or 0 for none",
                               l + 1, widths[l], LRPOT__NETWORK_WIDTH);
    if (with_charge != 0 && with_charge != 1)
        return lrpot__fail(LRPOT_E_ARGUMENT, "charge_input = %d, expected 0 or 1", with_charge);
    if (widths[0] == 0 && (widths[1] != 0 || with_charge))
        return lrpot__fail(LRPOT_E_ARGUMENT, "%s without a first hidden layer",
                           widths[1] != 0 ? "a second hidden layer"
                                          : "the total charge as an input");
    if (widths[0] == 0) return LRPOT_OK;
    lrpot__network *network = lrpot__calloc(1, sizeof *network);
    if (network == NULL) return LRPOT_E_MEMORY;
    network->n_outputs = n_outputs;
    network->n_species = n_species;
    memcpy(network->widths, widths, sizeof network->widths);
    network->with_charge = with_charge;
    network->n_features = n_features;
    network->n_inputs = n_features + (with_charge ? 1 : 0) + 1;
    int64_t first = widths[0], second = widths[1];
    network->n_weights = first * network->n_inputs
                         + (second > 0 ? second * (first + 1) + second : first);
    network->weights = lrpot__calloc(lrpot__network_count(network), sizeof *network->weights);
    if (network->weights == NULL) {
        lrpot__network_free(network);
        return LRPOT_E_MEMORY;
    }
    *out = network;
    return LRPOT_OK;
}

void lrpot__network_copy(lrpot__network *to, const lrpot__network *from)
{
    if (from != NULL)
        memcpy(to->weights, from->weights,
               (size_t)lrpot__network_count(from) * sizeof *to->weights);
}

void lrpot__network_free(lrpot__network *network)
{
    if (network == NULL) return;
    lrpot__free(network->weights);
    lrpot__free(network);
}

int64_t lrpot__network_count(const lrpot__network *network)
{
    return network != NULL ? (int64_t)network->n_outputs * network->n_species * network->n_weights
                           : 0;
}

int64_t lrpot__network_index(const lrpot__network *network, int32_t output, int32_t species)
{
    return ((int64_t)output * network->n_species + species) * network->n_weights;
}

/* Values of the layers after a forward pass. */
typedef struct {
    const double *U, *v;
    /* values of the first and of the second layer */
    double f[LRPOT__NETWORK_WIDTH], g[LRPOT__NETWORK_WIDTH];
} layers;

static double dot(int64_t n, const double *x, const double *y)
{
    double sum = 0.0;
    for (int64_t k = 0; k < n; k++) sum += x[k] * y[k];
    return sum;
}

/* Computes N from the sums t, which f holds on entry. */
static double finish_layers(const lrpot__network *network, const double *behind, layers *l)
{
    int32_t first = network->widths[0], second = network->widths[1];
    l->U = behind;
    l->v = behind + (int64_t)second * (first + 1);
    for (int32_t h = 0; h < first; h++) l->f[h] = tanh(l->f[h]);
    if (second == 0) return dot(first, l->v, l->f);
    for (int32_t j = 0; j < second; j++) {
        const double *row = l->U + (int64_t)j * (first + 1);
        l->g[j] = tanh(dot(first, row, l->f) + row[first]);
    }
    return dot(second, l->v, l->g);
}

/* slope[h] = dn/dt_h */
static void pull_layers(const lrpot__network *network, const layers *l, double *slope)
{
    int32_t first = network->widths[0], second = network->widths[1];
    for (int32_t h = 0; h < first; h++) {
        double sum = second == 0 ? l->v[h] : 0.0;
        for (int32_t j = 0; j < second; j++)
            sum += l->v[j] * (1.0 - l->g[j] * l->g[j]) * l->U[(int64_t)j * (first + 1) + h];
        slope[h] = sum * (1.0 - l->f[h] * l->f[h]);
    }
}

double lrpot__network_run(const lrpot__network *network, int32_t output, int32_t species,
                          const double *features, double total_charge, double weight,
                          double *coefficients)
{
    const double *W = network->weights + lrpot__network_index(network, output, species);
    int64_t k = network->n_features, inputs = network->n_inputs;
    int32_t first = network->widths[0];
    double slope[LRPOT__NETWORK_WIDTH];
    layers l;
    for (int32_t h = 0; h < first; h++) {
        const double *row = W + h * inputs;
        l.f[h] = dot(k, row, features) + (network->with_charge ? row[k] * total_charge : 0.0)
                 + row[inputs - 1];
    }
    double value = finish_layers(network, W + first * inputs, &l);
    if (coefficients == NULL) return value;
    pull_layers(network, &l, slope);
    for (int32_t h = 0; h < first; h++) {
        double factor = weight * slope[h];
        for (int64_t i = 0; i < k; i++) coefficients[i] += factor * W[h * inputs + i];
    }
    return value;
}

/* f'' = -2 f f' for f = tanh. */
static void curve_layers(const lrpot__network *network, const layers *l, double *curvature)
{
    int32_t first = network->widths[0], second = network->widths[1];
    memset(curvature, 0, (size_t)first * (size_t)first * sizeof *curvature);
    for (int32_t h = 0; h < first; h++) {
        double df = 1.0 - l->f[h] * l->f[h], sum = second == 0 ? l->v[h] : 0.0;
        for (int32_t j = 0; j < second; j++) {
            const double *row = l->U + (int64_t)j * (first + 1);
            double dg = 1.0 - l->g[j] * l->g[j];
            sum += l->v[j] * dg * row[h];
            for (int32_t i = 0; i < first; i++)
                curvature[h * first + i] -= 2.0 * l->v[j] * l->g[j] * dg * row[h] * df * row[i]
                                            * (1.0 - l->f[i] * l->f[i]);
        }
        curvature[h * first + h] -= 2.0 * l->f[h] * df * sum;
    }
}

/* One layer: dn/dv = f, and dn/dt_h = v_h f'_h. */
static void weigh_one(const lrpot__network *network, const layers *l, double *by_weights,
                      double *slopes, int64_t stride)
{
    for (int32_t h = 0; h < network->widths[0]; h++) {
        by_weights[h] = l->f[h];
        slopes[h * stride + h] = 1.0 - l->f[h] * l->f[h];
    }
}

/* Two layers, one node j of the second: dn/dU_ji = v_j g'_j (f, 1)_i, dn/dv_j = g_j, and dn/dt_h =
 * sum_j v_j g'_j U_jh f'_h. */
static void weigh_two(const lrpot__network *network, const layers *l, int32_t j, double *by_weights,
                      double *slopes, int64_t stride)
{
    int64_t first = network->widths[0], second = network->widths[1], row = j * (first + 1),
            v = second * (first + 1) + j;
    double dg = 1.0 - l->g[j] * l->g[j], ddg = -2.0 * l->g[j] * dg;
    by_weights[v] = l->g[j];
    for (int64_t i = 0; i <= first; i++)
        by_weights[row + i] = l->v[j] * dg * (i < first ? l->f[i] : 1.0);
    for (int64_t h = 0; h < first; h++) {
        double df = 1.0 - l->f[h] * l->f[h], along = l->U[row + h] * df;
        slopes[h * stride + v] = dg * along;
        for (int64_t i = 0; i <= first; i++)
            slopes[h * stride + row + i] = l->v[j] * ddg * (i < first ? l->f[i] : 1.0) * along;
        slopes[h * stride + row + h] += l->v[j] * dg * df;
    }
}

void lrpot__network_expand(const lrpot__network *network, int32_t output, int32_t species,
                           const double *inputs, lrpot__network_expansion *out, double *by_weights,
                           double *slopes, int64_t stride)
{
    const double *W = network->weights + lrpot__network_index(network, output, species);
    int32_t first = network->widths[0], second = network->widths[1];
    layers l;
    for (int32_t h = 0; h < first; h++)
        l.f[h] = dot(network->n_inputs, W + h * network->n_inputs, inputs);
    out->value = finish_layers(network, W + first * network->n_inputs, &l);
    pull_layers(network, &l, out->slope);
    curve_layers(network, &l, out->curvature);
    memset(slopes, 0, (size_t)(first * stride) * sizeof *slopes);
    if (second == 0) weigh_one(network, &l, by_weights, slopes, stride);
    for (int32_t j = 0; j < second; j++) weigh_two(network, &l, j, by_weights, slopes, stride);
}
