/* Small dense networks of the features beside a linear head, one for each species:
 * V_i = zeta.B_i + N_z(i)(x_i) with
 *
 *   x = (B_1 .. B_K, Q where the total charge is an input, 1),  t = W x,  f = tanh,
 *   one hidden layer:   N = v.f(t),
 *   two hidden layers:  N = v.f(u),  u = U (f(t), 1).
 *
 * All other code uses it as a linear head, whose coefficients zeta + dN/dB are those at the
 * features of the atom. */
#ifndef LRPOT__NETWORK_H
#define LRPOT__NETWORK_H

#include <lrpot/status.h>

enum { LRPOT__NETWORK_LAYERS = 2, LRPOT__NETWORK_WIDTH = 64 };

typedef struct lrpot__network {
    int32_t n_outputs;                     /* m: heads, each with networks of its own */
    int32_t n_species;                     /* S */
    int32_t widths[LRPOT__NETWORK_LAYERS]; /* of the hidden layers; 0: there is no second one */
    int32_t with_charge;                   /* Q is an input */
    int64_t n_features;                    /* K */
    int64_t n_inputs;                      /* number of elements of x */
    /* number of weights of one network: W [width][inputs], then U [width][width + 1] if there is
     * one, then v [width] */
    int64_t n_weights;
    double *weights; /* [m][S][n_weights] */
} lrpot__network;

/* Creates networks with zero weights. *out is NULL if the width of the first layer is 0; that of
 * the second must then be 0, too. */
lrpot_status lrpot__network_create(lrpot__network **out, int64_t n_features, int32_t n_species,
                                   int32_t n_outputs, const int32_t widths[LRPOT__NETWORK_LAYERS],
                                   int32_t with_charge);
/* Copies the weights of another set of the same shape. Does nothing for NULL. */
void lrpot__network_copy(lrpot__network *to, const lrpot__network *from);
void lrpot__network_free(lrpot__network *network);

/* Number of weights of all networks; 0 for NULL. */
int64_t lrpot__network_count(const lrpot__network *network);
/* Index of the first weight of one of them. */
int64_t lrpot__network_index(const lrpot__network *network, int32_t output, int32_t species);

/* N of an atom with these features; coefficients[k] += weight dN/dB_k unless NULL. */
double lrpot__network_run(const lrpot__network *network, int32_t output, int32_t species,
                          const double *features, double total_charge, double weight,
                          double *coefficients);

/* N as a function n(t) of the first layer's sums, differentiated twice, once by the weights behind
 * W. */
typedef struct lrpot__network_expansion {
    double value;
    double slope[LRPOT__NETWORK_WIDTH]; /* dn/dt_h */
    /* d2n / dt_h dt_g at [width h + g] */
    double curvature[LRPOT__NETWORK_WIDTH * LRPOT__NETWORK_WIDTH];
} lrpot__network_expansion;

/* inputs: x [n_inputs]. by_weights: dn/dw [n_weights - width inputs]; slopes: d2n/dt_h dw
 * [width][stride]. */
void lrpot__network_expand(const lrpot__network *network, int32_t output, int32_t species,
                           const double *inputs, lrpot__network_expansion *out, double *by_weights,
                           double *slopes, int64_t stride);

/* Number of weights after W. */
static inline int64_t lrpot__network_weights_behind(const lrpot__network *network)
{
    return network->n_weights - network->widths[0] * network->n_inputs;
}

/* Number of weights v, the last ones: N is proportional to them. */
static inline int64_t lrpot__network_output_weights(const lrpot__network *network)
{
    return network->widths[1] > 0 ? network->widths[1] : network->widths[0];
}

#endif
