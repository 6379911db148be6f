/* Start values of networks: sums of the order of 1 at the present features of the atoms, and output
 * weights close to zero, so that the fit continues from the linear heads. */
#include "fit/driver/fit_start_networks.h"

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "basis/network.h"
#include "core/error.h"
#include "core/memory.h"
#include "fit/data/frame_parts.h"
#include "fit/driver/fit_processes.h"
#include "fit/driver/fit_start.h"
#include "fit/driver/fit_state.h"

#include <math.h>
#include <string.h>

/* Task for the networks of the energy or of the charges. */
typedef struct {
    const lrpot_basis *basis;
    const lrpot__network *network;
    int64_t offset; /* index of their weights among the parameters */
    /* [S][inputs][2]: sums of each input and of its square; the last input counts the atoms */
    double *sums;
    double *unused; /* [n_weights] */
} task;

static void add_inputs(const task *t, const lrpot__frame *frame, const double *features)
{
    int64_t k = t->network->n_features, inputs = t->network->n_inputs;
    for (int64_t i = 0; i < frame->n; i++) {
        double *sums = t->sums + 2 * inputs * frame->species[i];
        for (int64_t p = 0; p < inputs; p++) {
            double x = p < k ? features[i * k + p] : p < inputs - 1 ? frame->total_charge : 1.0;
            sums[2 * p] += x;
            sums[2 * p + 1] += x * x;
        }
    }
}

static lrpot_status sum_inputs(const lrpot_fit *fit, const task *t)
{
    int64_t capacity = 0, size = 2 * t->network->n_species * t->network->n_inputs;
    void *features = NULL;
    lrpot_status status = LRPOT_OK;
    memset(t->sums, 0, (size_t)size * sizeof *t->sums);
    for (int64_t f = 0; f < fit->data.n_frames && status == LRPOT_OK; f++) {
        lrpot__frame *frame = fit->data.frames[f];
        if (frame->set != LRPOT_FIT_TRAIN) continue;
        status =
            lrpot__grow(&features, &capacity, frame->n * t->network->n_features, sizeof(double));
        if (status == LRPOT_OK) status = lrpot__frame_take_neighbours(frame);
        lrpot__request request = { .features = features };
        if (status == LRPOT_OK)
            status = lrpot__basis_run(t->basis, fit->work, &frame->atoms, frame->neighbours.list,
                                      &request);
        if (status == LRPOT_OK) add_inputs(t, frame, features);
        lrpot__frame_leave(frame);
    }
    lrpot__free(features);
    LRPOT__TRY(status);
    return lrpot__fit_sum(fit, t->sums, size);
}

/* Turns the sums into means and deviations. A constant input has deviation zero. */
static void finish_sums(const task *t)
{
    int64_t inputs = t->network->n_inputs;
    for (int64_t z = 0; z < t->network->n_species; z++) {
        double *sums = t->sums + 2 * inputs * z, atoms = fmax(sums[2 * (inputs - 1)], 1.0);
        for (int64_t p = 0; p < inputs; p++) {
            double mean = sums[2 * p] / atoms, square = sums[2 * p + 1] / atoms,
                   variance = square - mean * mean;
            sums[2 * p] = mean;
            sums[2 * p + 1] = variance > 1e-12 * square ? sqrt(variance) : 0.0;
        }
    }
}

/* Start of a node of the first layer: random slopes along the features, such that their sum has a
 * deviation of about 1, and along the total charge; a random offset. */
static void start_node(const task *t, const double *statistics, uint64_t *state, double *weights,
                       double *natural)
{
    int64_t k = t->network->n_features, inputs = t->network->n_inputs;
    double place = lrpot__random_uniform(state);
    for (int64_t p = 0; p < inputs - 1; p++) {
        double deviation = statistics[2 * p + 1], draw = lrpot__random_uniform(state),
               share = p < k ? sqrt(3.0 / (double)k) : 1.0;
        weights[p] = deviation > 0.0 ? draw * share / deviation : 0.0;
        natural[p] = deviation > 0.0 ? 1.0 / deviation : 1.0;
        place -= weights[p] * statistics[2 * p];
    }
    weights[inputs - 1] = place;
}

static void start_network(const task *t, const double *statistics, uint64_t *state, double *weights,
                          double *natural)
{
    static const double LITTLE = 0.01;
    const lrpot__network *network = t->network;
    int64_t first = network->widths[0], at = first * network->n_inputs;
    for (int64_t w = 0; w < network->n_weights; w++) natural[w] = 1.0;
    for (int64_t h = 0; h < first; h++)
        start_node(t, statistics, state, weights + h * network->n_inputs,
                   natural + h * network->n_inputs);
    for (; at < network->n_weights - lrpot__network_output_weights(network); at++)
        weights[at] = lrpot__random_uniform(state) * sqrt(3.0 / (double)(first + 1));
    for (; at < network->n_weights; at++) weights[at] = LITTLE * lrpot__random_uniform(state);
}

static int all_zero(const double *values, int64_t n)
{
    for (int64_t p = 0; p < n; p++)
        if (values[p] != 0.0) return 0;
    return 1;
}

/* Start of all weights. Those of a resumed fit are kept; only their natural sizes are found. */
static void start_all(lrpot_fit *fit, const task *t, uint64_t *state)
{
    const lrpot__network *network = t->network;
    int64_t n = network->n_weights, count = lrpot__network_count(network);
    double *weights = fit->descent.params + t->offset;
    int fresh = all_zero(weights, count);
    for (int64_t at = 0; at < count; at += n) {
        const double *statistics = t->sums + 2 * network->n_inputs * (at / n % network->n_species);
        start_network(t, statistics, state, fresh ? weights + at : t->unused,
                      fit->prior.natural + t->offset + at);
    }
    if (fresh) memcpy(fit->prior.centre + t->offset, weights, (size_t)count * sizeof *weights);
}

static lrpot_status start_networks(lrpot_fit *fit, const lrpot_basis *basis,
                                   const lrpot__network *network, int64_t offset, uint64_t *state)
{
    if (network == NULL || (fit->held != NULL && fit->held[offset])) return LRPOT_OK;
    int64_t statistics = 2 * network->n_species * network->n_inputs;
    task t = { basis, network, offset,
               lrpot__calloc(statistics + network->n_weights, sizeof(double)), NULL };
    if (t.sums == NULL) return LRPOT_E_MEMORY;
    t.unused = t.sums + statistics;
    lrpot_status status = sum_inputs(fit, &t);
    if (status == LRPOT_OK) {
        finish_sums(&t);
        start_all(fit, &t, state);
    }
    lrpot__free(t.sums);
    return status;
}

lrpot_status lrpot__fit_start_networks(lrpot_fit *fit)
{
    const lrpot_potential *potential = fit->potential;
    const lrpot_charges *charges = potential->charges;
    uint64_t state = (uint64_t)fit->options.seed * 0xA0761D6478BD642Fu + 7u;
    LRPOT__TRY(lrpot__fit_set(fit, fit->descent.params));
    LRPOT__TRY(start_networks(fit, potential->basis, potential->network, fit->layout.energy_network,
                              &state));
    if (charges != NULL)
        LRPOT__TRY(start_networks(fit, charges->basis, charges->network, fit->layout.charge_network,
                                  &state));
    fit->networks_started = 1;
    lrpot__fit_set_prior_strength(fit, fit->options.regularization);
    return lrpot__fit_set(fit, fit->descent.params);
}
