/* Contractions as multigraphs: a vertex is a moment tensor, an edge a pair of contracted indices, a
 * leg an open index. */
#ifndef LRPOT__GRAPH_H
#define LRPOT__GRAPH_H

#include <lrpot/status.h>

enum { LRPOT__GRAPH_VERTICES = 4, LRPOT__MAX_MU = 5, LRPOT__MAX_RANK = 10, LRPOT__MAX_LEGS = 2 };
/* largest mu of any rule; LRPOT__MAX_MU is that of published MTPs */
enum { LRPOT__GRAPH_MAX_MU = 63 };
enum { LRPOT__MTP_STEP = 4 }; /* levels that a step mu -> mu + 1 costs in published MTPs */

typedef struct lrpot__graph {
    int8_t vertices;
    int8_t level;
    int8_t mu[LRPOT__GRAPH_VERTICES];                           /* ascending */
    int8_t edges[LRPOT__GRAPH_VERTICES][LRPOT__GRAPH_VERTICES]; /* symmetric, zero diagonal */
    /* bit l: leg l is an index of this vertex */
    int8_t legs[LRPOT__GRAPH_VERTICES];
} lrpot__graph;

/* Rule for the allowed graphs: those of n moments whose levels 2 + step (mu / channels) + nu add up
 * to no more than levels[n - 1]. */
typedef struct lrpot__graph_rule {
    int32_t levels[LRPOT__GRAPH_VERTICES], legs;
    int32_t channels; /* number of consecutive values of mu that cost the same */
    int32_t step;
    int32_t max_mu;
    /* largest number of functions of a covariant plan; 0: limited by the products only */
    int64_t most;
} lrpot__graph_rule;

/* Rule of the scalars of a level. With the step of published MTPs mu is limited as in them,
 * otherwise by the level alone. */
lrpot__graph_rule lrpot__graph_rule_of(int32_t level, int32_t step);
/* Creates one graph of each isomorphism class that the rule allows, ordered by level, vertices, mu
 * and edges. Of two graphs that differ only in the order of their two legs, the first is kept. */
lrpot_status lrpot__graphs_create(lrpot__graph **out, int64_t *count,
                                  const lrpot__graph_rule *rule);
/* 1 if the two legs may be exchanged: the contraction is a symmetric tensor. */
int lrpot__graph_is_symmetric(const lrpot__graph *graph);

int lrpot__graph_rank(const lrpot__graph *graph, int vertex);
/* Bit mask of the vertices connected with `vertex`. */
int lrpot__graph_component(const lrpot__graph *graph, int vertex);
/* The graph on the vertices of a mask, in the form of lrpot__graphs_create with the same rule. */
lrpot__graph lrpot__graph_part(const lrpot__graph *graph, int mask, const lrpot__graph_rule *rule);
/* Compares in the order of the list; 0 for the same class if both are in canonical form. */
int lrpot__graph_compare(const void *left, const void *right);

#endif
