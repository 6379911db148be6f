/* Contraction trees of each scalar, and the choice of a cheap one among them. */
#ifndef LRPOT__CONTRACTION_H
#define LRPOT__CONTRACTION_H

#include "basis/plan/tensor.h"

/* Operands of a scalar's terms from this number on are scalars themselves (by index in the list of
 * graphs). */
enum { LRPOT__SCALAR_OPERAND = 1 << 30 };

/* One way to write a scalar as a sum of products. */
typedef struct lrpot__option {
    int64_t first;
    int32_t count; /* terms first .. first + count - 1 */
} lrpot__option;

typedef struct lrpot__contraction {
    lrpot__tensors tensors;
    lrpot__graph_rule rule;
    lrpot__graph *graphs;
    int64_t n_graphs;
    int64_t n_terms, terms_capacity;
    lrpot__term *terms; /* terms of all options */
    int64_t n_options, options_capacity;
    lrpot__option *options;
    int64_t *first_option; /* [n_graphs + 1] */
    int64_t *chosen;       /* [n_graphs], index in options, -1 for a basic moment */
} lrpot__contraction;

/* Creates the graphs of a rule without legs and with equal levels, and their options. Their basic
 * moments are in tensors.basic. */
lrpot_status lrpot__contraction_create(lrpot__contraction *contraction,
                                       const lrpot__graph_rule *rule);
void lrpot__contraction_free(lrpot__contraction *contraction);

/* Chooses the options such that few products are needed in total. Counts the uses of every node. */
void lrpot__contraction_choose(lrpot__contraction *contraction);

#endif
