/* Symmetric tensors by components, and the intermediate tensors of contractions. */
#ifndef LRPOT__TENSOR_H
#define LRPOT__TENSOR_H

#include "basis/plan/expression.h"
#include "basis/plan/graph.h"

enum { LRPOT__MAX_COMPONENTS = (LRPOT__MAX_RANK + 1) * (LRPOT__MAX_RANK + 2) / 2 };

/* Exponents of x, y, z of a component, and its number of index tuples: n!/(x!y!z!). */
typedef struct lrpot__exponents {
    int32_t x, y, z;
    int64_t multiplicity;
} lrpot__exponents;

static inline int32_t lrpot__component_count(int32_t rank)
{
    return (rank + 1) * (rank + 2) / 2;
}

/* Index of x^a y^b z^c among the components of its rank: a descending, then b descending. */
static inline int32_t lrpot__component_index(int32_t b, int32_t c)
{
    return (b + c) * (b + c + 1) / 2 + c;
}

/* Two moments contracted over k pairs of indices; the open indices of each go to two groups, 1
 * and 2. */
typedef struct lrpot__moment_pair {
    int32_t mu[2], open[2][2], k; /* open[moment][group] */
} lrpot__moment_pair;

/* Open tensor, symmetric within each of its two groups: components[first][second], times the number
 * of index tuples. */
typedef struct lrpot__tensor {
    uint64_t key;
    int32_t rank[2];
    lrpot__component *components;
} lrpot__tensor;

typedef struct lrpot__tensors {
    lrpot__expressions set;
    int32_t basic[LRPOT__GRAPH_MAX_MU + 1]
                 [LRPOT__MAX_RANK + 1]; /* first component, -1 when absent */
    lrpot__exponents exponents[LRPOT__MAX_RANK + 1][LRPOT__MAX_COMPONENTS];
    int64_t n_cached, cached_capacity, table_size;
    lrpot__tensor *cached;
    int32_t *table; /* index in cached + 1 */
} lrpot__tensors;

void lrpot__tensors_init(lrpot__tensors *tensors);
/* Numbers the components of all moments that occur in some lists of graphs: mu, then rank, then
 * exponents. Once, before anything else. */
void lrpot__tensors_number(lrpot__tensors *tensors, const lrpot__graph *const *graphs,
                           const int64_t *n_graphs, int32_t n_lists);
void lrpot__tensors_free(lrpot__tensors *tensors);

/* Tensor of a pair, made at its first use. Valid until the next call. */
lrpot_status lrpot__tensor_of_pair(lrpot__tensors *tensors, const lrpot__moment_pair *pair,
                                   lrpot__tensor *out);
/* Contracts group 1 of the pair with a moment mu that keeps `open` indices: of one group, these and
 * the pair's group 2. */
lrpot_status lrpot__tensor_of_chain(lrpot__tensors *tensors, const lrpot__moment_pair *pair,
                                    int32_t mu, int32_t open, lrpot__tensor *out);

lrpot__component lrpot__basic_component(const lrpot__tensors *tensors, int32_t mu, int32_t x,
                                        int32_t y, int32_t z);

#endif
