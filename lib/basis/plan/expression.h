/* Sums of products of moments, each stored once: sums that are equal up to a common factor share
 * one node. */
#ifndef LRPOT__EXPRESSION_H
#define LRPOT__EXPRESSION_H

#include <lrpot/status.h>

/* factor * M[left] * M[right]; moments below n_basic are basic, the others nodes. */
typedef struct lrpot__term {
    int32_t left, right;
    int64_t factor;
} lrpot__term;

/* factor * M[moment]; factor 0 means zero. */
typedef struct lrpot__component {
    int32_t moment;
    int64_t factor;
} lrpot__component;

/* Moment n_basic + index: sum of terms first .. first + count - 1, whose factors have no common
 * divisor. */
typedef struct lrpot__node {
    int64_t first;
    /* during the choice of trees: number of chosen products and needed nodes that refer to it */
    int64_t uses;
    int32_t count;
} lrpot__node;

typedef struct lrpot__expressions {
    int32_t n_basic;
    int64_t n_nodes, nodes_capacity;
    lrpot__node *nodes;
    int64_t n_terms, terms_capacity;
    lrpot__term *terms;
    int64_t table_size; /* power of two */
    int32_t *table;     /* moment, 0 when empty (moment 0 is basic) */
    int64_t n_scratch, scratch_capacity;
    lrpot__term *scratch; /* the sum under construction */
} lrpot__expressions;

void lrpot__expressions_free(lrpot__expressions *set);

/* Building a sum: push terms (components are multiplied in), then merge them or store them as a
 * node. */
lrpot_status lrpot__expression_push(lrpot__expressions *set, lrpot__component left,
                                    lrpot__component right, int64_t factor);
/* Sorts the pushed terms and adds up equal ones. */
void lrpot__expression_merge(lrpot__expressions *set);
/* Moves the scratch to a node, an existing or a new one. */
lrpot_status lrpot__expression_store(lrpot__expressions *set, lrpot__component *out);

#endif
