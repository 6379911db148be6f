#include "basis/plan/graph.h"

#include "core/error.h"
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

enum { V = LRPOT__GRAPH_VERTICES, PERMUTATIONS = 24, MOST = 1 << 17 };

static const int8_t permutations[PERMUTATIONS][V] = {
    { 0, 1, 2, 3 }, { 1, 0, 2, 3 }, { 0, 2, 1, 3 }, { 1, 2, 0, 3 }, { 2, 0, 1, 3 }, { 2, 1, 0, 3 },
    { 0, 1, 3, 2 }, { 1, 0, 3, 2 }, { 0, 2, 3, 1 }, { 1, 2, 3, 0 }, { 2, 0, 3, 1 }, { 2, 1, 3, 0 },
    { 0, 3, 1, 2 }, { 1, 3, 0, 2 }, { 0, 3, 2, 1 }, { 1, 3, 2, 0 }, { 2, 3, 0, 1 }, { 2, 3, 1, 0 },
    { 3, 0, 1, 2 }, { 3, 1, 0, 2 }, { 3, 0, 2, 1 }, { 3, 1, 2, 0 }, { 3, 2, 0, 1 }, { 3, 2, 1, 0 },
};

int lrpot__graph_rank(const lrpot__graph *graph, int vertex)
{
    int rank = (graph->legs[vertex] & 1) + (graph->legs[vertex] >> 1 & 1);
    for (int w = 0; w < V; w++) rank += graph->edges[vertex][w];
    return rank;
}

int lrpot__graph_component(const lrpot__graph *graph, int vertex)
{
    int mask = 1 << vertex, before = 0;
    while (mask != before) {
        before = mask;
        for (int v = 0; v < V; v++)
            for (int w = 0; w < V; w++)
                if ((mask >> v & 1) && graph->edges[v][w] > 0) mask |= 1 << w;
    }
    return mask;
}

int lrpot__graph_compare(const void *left, const void *right)
{
    const lrpot__graph *a = left, *b = right;
    if (a->level != b->level) return a->level - b->level;
    if (a->vertices != b->vertices) return a->vertices - b->vertices;
    for (int v = 0; v < V; v++)
        if (a->mu[v] != b->mu[v]) return a->mu[v] - b->mu[v];
    for (int v = 0; v < V; v++)
        for (int w = v + 1; w < V; w++)
            if (a->edges[v][w] != b->edges[v][w]) return b->edges[v][w] - a->edges[v][w];
    for (int v = 0; v < V; v++)
        if (a->legs[v] != b->legs[v]) return a->legs[v] - b->legs[v];
    return 0;
}

/* Vertex v of the result is vertex order[v] of the graph. */
static lrpot__graph permuted(const lrpot__graph *graph, const int8_t *order)
{
    lrpot__graph result = *graph;
    for (int v = 0; v < graph->vertices; v++) {
        result.mu[v] = graph->mu[order[v]];
        result.legs[v] = graph->legs[order[v]];
        for (int w = 0; w < graph->vertices; w++)
            result.edges[v][w] = graph->edges[order[v]][order[w]];
    }
    return result;
}

/* The graph with legs 0 and 1 exchanged. */
static lrpot__graph exchanged(const lrpot__graph *graph)
{
    lrpot__graph result = *graph;
    for (int v = 0; v < V; v++)
        result.legs[v] = (int8_t)((graph->legs[v] & 1) << 1 | (graph->legs[v] >> 1 & 1));
    return result;
}

/* Canonical form: the first of its class in the order of lrpot__graph_compare. */
static lrpot__graph canonical(const lrpot__graph *graph)
{
    lrpot__graph first = *graph;
    for (int p = 0; p < PERMUTATIONS; p++) {
        int keeps = 1;
        for (int v = graph->vertices; v < V; v++) keeps &= permutations[p][v] == v;
        if (!keeps) continue;
        lrpot__graph other = permuted(graph, permutations[p]);
        if (lrpot__graph_compare(&other, &first) < 0) first = other;
    }
    return first;
}

int lrpot__graph_is_symmetric(const lrpot__graph *graph)
{
    lrpot__graph other = exchanged(graph), first = canonical(graph);
    other = canonical(&other);
    return lrpot__graph_compare(&other, &first) == 0;
}

lrpot__graph_rule lrpot__graph_rule_of(int32_t level, int32_t step)
{
    int32_t max_mu = step == LRPOT__MTP_STEP ? LRPOT__MAX_MU : LRPOT__GRAPH_MAX_MU;
    return (lrpot__graph_rule){
        .levels = { level, level, level, level }, .channels = 1, .step = step, .max_mu = max_mu
    };
}

static int cost_of_mu(const lrpot__graph_rule *rule, int mu)
{
    return rule->step * (mu / rule->channels);
}

static int level_of(const lrpot__graph *graph, const lrpot__graph_rule *rule)
{
    int level = 2 * graph->vertices;
    for (int v = 0; v < graph->vertices; v++)
        level += cost_of_mu(rule, graph->mu[v]) + lrpot__graph_rank(graph, v);
    return level;
}

lrpot__graph lrpot__graph_part(const lrpot__graph *graph, int mask, const lrpot__graph_rule *rule)
{
    lrpot__graph part;
    int kept[V] = { 0 };
    memset(&part, 0, sizeof part);
    for (int v = 0; v < graph->vertices; v++)
        if (mask >> v & 1) kept[part.vertices++] = v;
    for (int v = 0; v < part.vertices; v++) {
        part.mu[v] = graph->mu[kept[v]];
        part.legs[v] = graph->legs[kept[v]];
        for (int w = 0; w < part.vertices; w++) part.edges[v][w] = graph->edges[kept[v]][kept[w]];
    }
    part.level = (int8_t)level_of(&part, rule);
    return canonical(&part);
}

typedef struct {
    const lrpot__graph_rule *rule;
    lrpot__graph *graphs;
    int64_t count, capacity;
    lrpot__graph graph; /* under construction */
} enumeration;

static lrpot_status keep(enumeration *e)
{
    lrpot__graph *graph = &e->graph;
    for (int v = 0; v < graph->vertices; v++)
        if (lrpot__graph_rank(graph, v) > LRPOT__MAX_RANK) return LRPOT_OK;
    graph->level = (int8_t)level_of(graph, e->rule);
    lrpot__graph first = canonical(graph), other = exchanged(graph);
    if (lrpot__graph_compare(&first, graph) != 0)
        return LRPOT_OK; /* another form of its class is or will be in the list */
    other = canonical(&other);
    if (lrpot__graph_compare(&other, graph) < 0) return LRPOT_OK;
    /* nearly every graph of a covariant plan gives one function, or two */
    int64_t most = e->rule->most > 0 && e->rule->most < MOST / 16 - 256 ? 16 * (e->rule->most + 256)
                                                                        : MOST;
    if (e->count >= most)
        return lrpot__fail(LRPOT_E_ARGUMENT, "levels with more than %lld functions",
                           (long long)most);
    void *graphs = e->graphs;
    lrpot_status status = lrpot__grow(&graphs, &e->capacity, e->count + 1, sizeof *graph);
    e->graphs = graphs;
    if (status == LRPOT_OK) e->graphs[e->count++] = *graph;
    return status;
}

static lrpot_status choose_legs(enumeration *e, int leg)
{
    if (leg == e->rule->legs) return keep(e);
    lrpot_status status = LRPOT_OK;
    for (int v = 0; v < V && v < e->graph.vertices && status == LRPOT_OK; v++) {
        e->graph.legs[v] = (int8_t)(e->graph.legs[v] | 1 << leg);
        status = choose_legs(e, leg + 1);
        e->graph.legs[v] = (int8_t)(e->graph.legs[v] & ~(1 << leg));
    }
    return status;
}

/* Chooses the multiplicities of the edges from (v, w) on; `budget` is the rest of the level. */
static lrpot_status choose_edges(enumeration *e, int v, int w, int budget)
{
    if (w >= e->graph.vertices) {
        v++;
        w = v + 1;
    }
    if (w >= e->graph.vertices) return choose_legs(e, 0);
    lrpot_status status = LRPOT_OK;
    for (int m = 0; 2 * m <= budget && status == LRPOT_OK; m++) {
        e->graph.edges[v][w] = e->graph.edges[w][v] = (int8_t)m;
        status = choose_edges(e, v, w + 1, budget - 2 * m);
    }
    e->graph.edges[v][w] = e->graph.edges[w][v] = 0;
    return status;
}

static lrpot_status choose_mu(enumeration *e, int v, int budget)
{
    if (v >= V || v == e->graph.vertices) return choose_edges(e, 0, 1, budget);
    lrpot_status status = LRPOT_OK;
    for (int mu = v > 0 ? e->graph.mu[v - 1] : 0;
         mu <= e->rule->max_mu && cost_of_mu(e->rule, mu) <= budget && status == LRPOT_OK; mu++) {
        e->graph.mu[v] = (int8_t)mu;
        status = choose_mu(e, v + 1, budget - cost_of_mu(e->rule, mu));
    }
    e->graph.mu[v] = 0;
    return status;
}

lrpot_status lrpot__graphs_create(lrpot__graph **out, int64_t *count, const lrpot__graph_rule *rule)
{
    enumeration e;
    memset(&e, 0, sizeof e);
    e.rule = rule;
    lrpot_status status = LRPOT_OK;
    for (int vertices = 1; vertices <= V && status == LRPOT_OK; vertices++) {
        int budget = rule->levels[vertices - 1] - 2 * vertices - rule->legs;
        e.graph.vertices = (int8_t)vertices;
        if (budget >= 0) status = choose_mu(&e, 0, budget);
    }
    if (status != LRPOT_OK) {
        lrpot__free(e.graphs);
        return status;
    }
    if (e.count > 1) qsort(e.graphs, (size_t)e.count, sizeof *e.graphs, lrpot__graph_compare);
    *out = e.graphs;
    *count = e.count;
    return LRPOT_OK;
}
