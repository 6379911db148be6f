#include "basis/plan/covariant.h"

#include "basis/plan/expression.h"
#include "basis/plan/graph.h"
#include "basis/plan/plan.h"
#include "basis/plan/plan_basics.h"
#include "basis/plan/tensor.h"
#include "core/error.h"
#include "core/memory.h"

#include <string.h>

const int32_t lrpot__part_components[LRPOT__PARTS] = { 1, 3, 3, 6 };
static const int32_t part_legs[LRPOT__PARTS] = { 0, 1, 2, 2 };

enum { V = LRPOT__GRAPH_VERTICES, GROUPS = V + LRPOT__MAX_LEGS };

/* Partial product: the moments of some vertices, contracted among themselves. Open indices are in
 * groups, one for each vertex still to come, symmetric within the group, and one for each leg.
 * Components include the number of index tuples as a factor. */
typedef struct {
    int32_t rank[GROUPS];
    int64_t count, capacity;
    lrpot__component *components; /* [][group 0]...[group 5] */
} partial;

/* One component of the plan's results: terms of products, or a basic moment if there are none. */
typedef struct {
    int64_t first;
    int32_t count, basic;
} result;

typedef struct {
    lrpot__tensors tensors;
    const lrpot__graph *graph;
    partial parts[2]; /* present partial product, and that with the next vertex */
    int64_t n_terms, terms_capacity;
    lrpot__term *terms;
    int64_t n_results, results_capacity;
    result *results;
} builder;

/* Vertex that is being contracted. */
typedef struct {
    int32_t vertex, contracted; /* number of indices that it shares with the vertices before */
    int32_t open[GROUPS];       /* its own indices by group */
    const lrpot__exponents *target[GROUPS];
    int64_t sign;
} absorption;

static int64_t place_of(const partial *p, const int32_t index[GROUPS])
{
    int64_t place = 0;
    for (int g = 0; g < GROUPS; g++) place = place * lrpot__component_count(p->rank[g]) + index[g];
    return place;
}

static lrpot_status shape(partial *p)
{
    p->count = 1;
    for (int g = 0; g < GROUPS; g++) p->count *= lrpot__component_count(p->rank[g]);
    void *components = p->components;
    lrpot_status status = lrpot__grow(&components, &p->capacity, p->count, sizeof *p->components);
    p->components = components;
    return status;
}

/* Open indices of a vertex by group, without those it shares with vertices of `done`. */
static void open_groups(const lrpot__graph *graph, int v, int done, int32_t open[GROUPS])
{
    for (int w = 0; w < V; w++) open[w] = done >> w & 1 ? 0 : graph->edges[v][w];
    for (int l = 0; l < LRPOT__MAX_LEGS; l++) open[V + l] = graph->legs[v] >> l & 1;
}

/* Steps through the components of all groups; 0 at the end. */
static int next_index(const int32_t rank[GROUPS], int32_t index[GROUPS])
{
    for (int g = GROUPS - 1; g >= 0; g--) {
        if (++index[g] < lrpot__component_count(rank[g])) return 1;
        index[g] = 0;
    }
    return 0;
}

static lrpot_status start(builder *b, int v)
{
    partial *p = &b->parts[0];
    int32_t index[GROUPS] = { 0 };
    open_groups(b->graph, v, 0, p->rank);
    LRPOT__TRY(shape(p));
    int64_t place = 0;
    do {
        int32_t e[3] = { 0, 0, 0 };
        int64_t tuples = 1;
        for (int g = 0; g < GROUPS; g++) {
            const lrpot__exponents *x = &b->tensors.exponents[p->rank[g]][index[g]];
            e[0] += x->x;
            e[1] += x->y;
            e[2] += x->z;
            tuples *= x->multiplicity;
        }
        p->components[place] =
            lrpot__basic_component(&b->tensors, b->graph->mu[v], e[0], e[1], e[2]);
        p->components[place++].factor = tuples;
    } while (next_index(p->rank, index));
    return LRPOT_OK;
}

/* Pushes the terms of one component: its indices come from the new vertex (exponents in `taken`)
 * and from those before (`index`), in all possible ways from group g on. */
static lrpot_status push_ways(builder *b, const absorption *a, int g, const int32_t taken[3],
                              int32_t index[GROUPS], int64_t tuples)
{
    lrpot__tensors *tensors = &b->tensors;
    const partial *before = &b->parts[0];
    if (g == GROUPS) {
        for (int32_t i = 0; i < lrpot__component_count(a->contracted); i++) {
            const lrpot__exponents *gamma = &tensors->exponents[a->contracted][i];
            index[a->vertex] = i;
            lrpot__component moment =
                lrpot__basic_component(tensors, b->graph->mu[a->vertex], taken[0] + gamma->x,
                                       taken[1] + gamma->y, taken[2] + gamma->z);
            LRPOT__TRY(lrpot__expression_push(&tensors->set,
                                              before->components[place_of(before, index)], moment,
                                              a->sign * tuples));
        }
        return LRPOT_OK;
    }
    if (g == a->vertex) return push_ways(b, a, g + 1, taken, index, tuples);
    for (int32_t i = 0; i < lrpot__component_count(a->open[g]); i++) {
        const lrpot__exponents *own = &tensors->exponents[a->open[g]][i], *whole = a->target[g];
        if (own->x > whole->x || own->y > whole->y || own->z > whole->z) continue;
        int32_t more[3] = { taken[0] + own->x, taken[1] + own->y, taken[2] + own->z };
        index[g] = lrpot__component_index(whole->y - own->y, whole->z - own->z);
        LRPOT__TRY(push_ways(b, a, g + 1, more, index, tuples * own->multiplicity));
    }
    return LRPOT_OK;
}

static lrpot_status push_component(builder *b, absorption *a, const int32_t rank[GROUPS],
                                   const int32_t target[GROUPS], int64_t sign)
{
    static const int32_t none[3] = { 0, 0, 0 };
    int32_t index[GROUPS] = { 0 };
    for (int g = 0; g < GROUPS; g++) a->target[g] = &b->tensors.exponents[rank[g]][target[g]];
    a->sign = sign;
    return push_ways(b, a, 0, none, index, 1);
}

static absorption absorption_of(const builder *b, int v, int done)
{
    absorption a = { .vertex = v, .contracted = b->parts[0].rank[v] };
    open_groups(b->graph, v, done, a.open);
    return a;
}

static lrpot_status absorb_vertex(builder *b, int v, int done)
{
    absorption a = absorption_of(b, v, done);
    partial *next = &b->parts[1];
    int32_t index[GROUPS] = { 0 };
    for (int g = 0; g < GROUPS; g++) next->rank[g] = g == v ? 0 : b->parts[0].rank[g] + a.open[g];
    LRPOT__TRY(shape(next));
    int64_t place = 0;
    do {
        LRPOT__TRY(push_component(b, &a, next->rank, index, 1));
        LRPOT__TRY(lrpot__expression_store(&b->tensors.set, &next->components[place++]));
    } while (next_index(next->rank, index));
    partial swap = b->parts[0];
    b->parts[0] = b->parts[1];
    b->parts[1] = swap;
    return LRPOT_OK;
}

/* Keeps the pushed terms as a result. *empty is cleared if any term is left. */
static lrpot_status keep_result(builder *b, int *empty)
{
    lrpot__expressions *set = &b->tensors.set;
    void *terms = b->terms, *results = b->results;
    lrpot__expression_merge(set);
    lrpot_status status =
        lrpot__grow(&terms, &b->terms_capacity, b->n_terms + set->n_scratch, sizeof *b->terms);
    b->terms = terms;
    if (status == LRPOT_OK)
        status = lrpot__grow(&results, &b->results_capacity, b->n_results + 1, sizeof *b->results);
    b->results = results;
    LRPOT__TRY(status);
    result *r = &b->results[b->n_results++];
    *r = (result){ .first = b->n_terms, .basic = -1 };
    for (int64_t t = 0; t < set->n_scratch; t++)
        if (set->scratch[t].factor != 0) b->terms[b->n_terms++] = set->scratch[t];
    r->count = (int32_t)(b->n_terms - r->first);
    set->n_scratch = 0;
    if (r->count > 0) *empty = 0;
    return LRPOT_OK;
}

/* Ranks and components of the legs of the results of a part; the second pair is added with the
 * sign. */
static void leg_components(int part, int c, int symmetric, int32_t first[2], int32_t second[2],
                           int64_t *sign)
{
    static const int32_t rows[6] = { 0, 1, 2, 1, 0, 0 }, columns[6] = { 0, 1, 2, 2, 2, 1 };
    static const int32_t left[3] = { 1, 2, 0 }, right[3] = { 2, 0, 1 };
    int antisymmetric = part == LRPOT__PART_ANTISYMMETRIC;
    first[0] = part == LRPOT__PART_VECTOR   ? c
               : part == LRPOT__PART_SCALAR ? 0
               : antisymmetric              ? left[c]
                                            : rows[c];
    first[1] = part < LRPOT__PART_ANTISYMMETRIC ? 0 : antisymmetric ? right[c] : columns[c];
    second[0] = first[1];
    second[1] = first[0];
    *sign = part < LRPOT__PART_ANTISYMMETRIC ? 0 : antisymmetric ? -1 : !symmetric;
}

static lrpot_status single_moment(builder *b, int part)
{
    for (int c = 0; c < lrpot__part_components[part]; c++) {
        int32_t e[3] = { 0, 0, 0 }, first[2], second[2];
        int64_t sign;
        int empty = 1;
        leg_components(part, c, 1, first, second, &sign);
        for (int l = 0; l < part_legs[part]; l++) e[first[l]]++;
        LRPOT__TRY(keep_result(b, &empty));
        b->results[b->n_results - 1].basic =
            lrpot__basic_component(&b->tensors, b->graph->mu[0], e[0], e[1], e[2]).moment;
    }
    return LRPOT_OK;
}

/* Contracts the last vertex, after which only legs are open. */
static lrpot_status results_of(builder *b, int part, int v, int done, int symmetric, int *empty)
{
    absorption a = absorption_of(b, v, done);
    int32_t rank[GROUPS] = { 0 };
    for (int l = 0; l < part_legs[part]; l++) rank[V + l] = 1;
    for (int c = 0; c < lrpot__part_components[part]; c++) {
        int32_t legs[2][2], target[GROUPS] = { 0 };
        int64_t sign;
        leg_components(part, c, symmetric, legs[0], legs[1], &sign);
        for (int way = 0; way < (sign != 0 ? 2 : 1); way++) {
            for (int l = 0; l < part_legs[part]; l++) target[V + l] = legs[way][l];
            LRPOT__TRY(push_component(b, &a, rank, target, way == 0 ? 1 : sign));
        }
        LRPOT__TRY(keep_result(b, empty));
    }
    return LRPOT_OK;
}

/* Cost: sizes of the intermediates for this order of the vertices. */
static double cost_of(const lrpot__graph *graph, const int *order)
{
    double cost = 0.0;
    int done = 0;
    for (int k = 0; k + 1 < graph->vertices; k++) {
        double size = 1.0;
        done |= 1 << order[k];
        for (int w = 0; w < graph->vertices; w++) {
            int rank = 0;
            for (int v = 0; v < graph->vertices && !(done >> w & 1); v++)
                rank += done >> v & 1 ? graph->edges[v][w] : 0;
            size *= lrpot__component_count(rank);
            if (done >> w & 1) size *= graph->legs[w] == 3 ? 9 : graph->legs[w] != 0 ? 3 : 1;
        }
        cost += size;
    }
    return cost;
}

/* Finds the order of the vertices with the smallest intermediates. */
static void choose_order(const lrpot__graph *graph, int *order, int k, int *best, double *least)
{
    if (k == V || k == graph->vertices) {
        double cost = cost_of(graph, order);
        if (cost < *least) {
            *least = cost;
            memcpy(best, order, V * sizeof *best);
        }
        return;
    }
    for (int i = k; i < V && i < graph->vertices; i++) {
        int swap = order[k];
        order[k] = order[i];
        order[i] = swap;
        choose_order(graph, order, k + 1, best, least);
        order[i] = order[k];
        order[k] = swap;
    }
}

/* Adds the results of a graph. *count rises by one unless all of them vanish. */
static lrpot_status add_graph(builder *b, const lrpot__graph *graph, int part, int64_t *count)
{
    int symmetric = part_legs[part] == 2 && lrpot__graph_is_symmetric(graph);
    if (part == LRPOT__PART_ANTISYMMETRIC && symmetric) return LRPOT_OK;
    b->graph = graph;
    int64_t first = b->n_results;
    int empty = graph->vertices > 1;
    if (graph->vertices == 1) LRPOT__TRY(single_moment(b, part));
    else {
        int order[V] = { 0, 1, 2, 3 }, best[V] = { 0, 1, 2, 3 }, done;
        double least = 1e300;
        choose_order(graph, order, 0, best, &least);
        LRPOT__TRY(start(b, best[0]));
        done = 1 << best[0];
        for (int k = 1; k + 1 < graph->vertices; k++) {
            LRPOT__TRY(absorb_vertex(b, best[k], done));
            done |= 1 << best[k];
        }
        LRPOT__TRY(results_of(b, part, best[graph->vertices - 1], done, symmetric, &empty));
    }
    if (empty) b->n_results = first;
    else (*count)++;
    return LRPOT_OK;
}

/* ---- The plan ---- */

static int32_t count_terms(const builder *b, const lrpot__term *terms, int32_t n)
{
    for (int32_t t = 0; t < n; t++) {
        int32_t operands[2] = { terms[t].left, terms[t].right };
        for (int i = 0; i < 2; i++)
            if (operands[i] >= b->tensors.set.n_basic)
                b->tensors.set.nodes[operands[i] - b->tensors.set.n_basic].uses = 1;
    }
    return n;
}

/* NULL without terms: a plan of single vectors has none at all. */
static const lrpot__term *terms_of(const builder *b, int64_t r)
{
    return b->results[r].count > 0 ? b->terms + b->results[r].first : NULL;
}

/* Marks the nodes that the results need. Returns the total number of products. */
static int64_t count_products(builder *b)
{
    lrpot__expressions *set = &b->tensors.set;
    int64_t products = 0;
    for (int64_t i = 0; i < set->n_nodes; i++) set->nodes[i].uses = 0;
    for (int64_t r = 0; r < b->n_results; r++)
        products += count_terms(b, terms_of(b, r), b->results[r].count);
    for (int64_t i = set->n_nodes - 1; i >= 0; i--) /* operands come before their products */
        if (set->nodes[i].uses > 0)
            products += count_terms(b, set->terms + set->nodes[i].first, set->nodes[i].count);
    return products;
}

static lrpot_status write_terms(const builder *b, lrpot__plan *plan, const lrpot__term *terms,
                                int32_t n)
{
    const lrpot__expressions *set = &b->tensors.set;
    for (int32_t t = 0; t < n; t++) {
        int32_t operands[2] = { terms[t].left, terms[t].right };
        for (int i = 0; i < 2; i++)
            if (operands[i] >= set->n_basic)
                operands[i] = (int32_t)set->nodes[operands[i] - set->n_basic].uses;
        if (terms[t].factor > INT32_MAX || terms[t].factor < -INT32_MAX)
            return lrpot__fail(LRPOT_E_BUG, "a product of the plan has too large a factor");
        plan->products[plan->n_products++] =
            (lrpot__product){ operands[0], operands[1], (int32_t)terms[t].factor, plan->n_moments };
    }
    plan->n_moments++;
    return LRPOT_OK;
}

/* Writes the tables, nodes first. The index of each node replaces its number of uses. */
static lrpot_status write_tables(const builder *b, lrpot__plan *plan)
{
    const lrpot__expressions *set = &b->tensors.set;
    plan->n_products = 0;
    plan->n_moments = set->n_basic;
    lrpot__plan_write_basics(plan, &b->tensors);
    for (int64_t i = 0; i < set->n_nodes; i++) {
        if (set->nodes[i].uses == 0) continue;
        set->nodes[i].uses = plan->n_moments;
        LRPOT__TRY(write_terms(b, plan, set->terms + set->nodes[i].first, set->nodes[i].count));
    }
    for (int64_t r = 0; r < b->n_results; r++) {
        plan->scalars[r] = b->results[r].basic >= 0 ? b->results[r].basic : plan->n_moments;
        if (b->results[r].basic < 0)
            LRPOT__TRY(write_terms(b, plan, terms_of(b, r), b->results[r].count));
    }
    return LRPOT_OK;
}

static lrpot_status write_plan(lrpot__plan **out, builder *b)
{
    int64_t products = count_products(b);
    if (products > LRPOT__PLAN_MAX_PRODUCTS || b->n_results < 1)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "a covariant basis with %lld components of %lld products, expected 1 "
                           "component at least and %d products at most",
                           (long long)b->n_results, (long long)products, LRPOT__PLAN_MAX_PRODUCTS);
    lrpot__plan sizes = { .n_basic = b->tensors.set.n_basic,
                          .n_scalars = (int32_t)b->n_results,
                          .n_products = (int32_t)products };
    lrpot__plan *plan = NULL;
    LRPOT__TRY(lrpot__plan_allocate(&plan, &sizes));
    lrpot_status status = write_tables(b, plan);
    if (status == LRPOT_OK) *out = plan;
    else lrpot__plan_free(plan);
    return status;
}

static void free_builder(builder *b)
{
    lrpot__tensors_free(&b->tensors);
    for (int i = 0; i < 2; i++) lrpot__free(b->parts[i].components);
    lrpot__free(b->terms);
    lrpot__free(b->results);
}

/* *left: number of functions still allowed. */
static lrpot_status add_part(builder *b, int part, const lrpot__graph *graphs, int64_t n,
                             int64_t *count, int64_t *left)
{
    for (int64_t g = 0; g < n; g++) {
        int64_t before = *count;
        LRPOT__TRY(add_graph(b, &graphs[g], part, count));
        *left -= *count - before;
        if (*left < 0)
            return lrpot__fail(LRPOT_E_ARGUMENT,
                               "the levels make more functions than there are coefficients for");
    }
    return LRPOT_OK;
}

lrpot_status lrpot__plan_create_covariant(lrpot__plan **out, int64_t counts[LRPOT__PARTS],
                                          const lrpot__graph_rule *rule, int32_t parts)
{
    lrpot__graph *graphs[LRPOT__MAX_LEGS + 1] = { NULL };
    int64_t n[LRPOT__MAX_LEGS + 1] = { 0 };
    builder b;
    int64_t left = rule->most > 0 ? rule->most : INT64_MAX;
    memset(&b, 0, sizeof b);
    lrpot__tensors_init(&b.tensors);
    lrpot_status status = LRPOT_OK;
    for (int legs = 0; legs <= LRPOT__MAX_LEGS && status == LRPOT_OK; legs++) {
        lrpot__graph_rule own = *rule;
        own.legs = legs;
        int wanted = legs < 2 ? parts >> legs & 1 : parts >> LRPOT__PART_ANTISYMMETRIC;
        if (wanted) status = lrpot__graphs_create(&graphs[legs], &n[legs], &own);
    }
    if (status == LRPOT_OK)
        lrpot__tensors_number(&b.tensors, (const lrpot__graph *const *)graphs, n,
                              LRPOT__MAX_LEGS + 1);
    for (int part = 0; part < LRPOT__PARTS; part++) {
        counts[part] = 0;
        if (status == LRPOT_OK && parts >> part & 1)
            status = add_part(&b, part, graphs[part_legs[part]], n[part_legs[part]], &counts[part],
                              &left);
    }
    if (status == LRPOT_OK) status = write_plan(out, &b);
    free_builder(&b);
    for (int legs = 0; legs <= LRPOT__MAX_LEGS; legs++) lrpot__free(graphs[legs]);
    return status;
}
