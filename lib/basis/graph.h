/* Scalar contractions as multigraphs: a vertex is a moment tensor, an edge a pair of contracted indices. */
#ifndef LRPOT__GRAPH_H
#define LRPOT__GRAPH_H

#include <lrpot/status.h>

enum { LRPOT__GRAPH_VERTICES = 4, LRPOT__MAX_MU = 5, LRPOT__MAX_RANK = 10 };

typedef struct lrpot__graph {
    int8_t vertices;
    int8_t level;
    int8_t mu[LRPOT__GRAPH_VERTICES];                             /* ascending */
    int8_t edges[LRPOT__GRAPH_VERTICES][LRPOT__GRAPH_VERTICES];   /* symmetric, zero diagonal */
} lrpot__graph;

/* One graph of each isomorphism class up to the level, ordered by level, vertices, mu and edges. */
lrpot_status lrpot__graphs_create(lrpot__graph **out, int64_t *count, int32_t level);

int lrpot__graph_rank(const lrpot__graph *graph, int vertex);
/* Bit mask of the vertices connected with `vertex`. */
int lrpot__graph_component(const lrpot__graph *graph, int vertex);
/* The graph on the vertices of a mask, in the form that lrpot__graphs_create gives. */
lrpot__graph lrpot__graph_part(const lrpot__graph *graph, int mask);
/* Order of the list; 0 for the same class when both are in its form. */
int lrpot__graph_compare(const void *left, const void *right);

#endif
