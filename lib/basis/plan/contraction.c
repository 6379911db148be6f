#include "basis/plan/contraction.h"

#include "basis/plan/expression.h"
#include "basis/plan/graph.h"
#include "basis/plan/tensor.h"
#include "core/error.h"
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

/* Largest number of scalars. Beyond it, options take gigabytes, which a few bytes of a file could
 * ask for. */
enum { MOST = 1 << 14 };

void lrpot__contraction_free(lrpot__contraction *contraction)
{
    lrpot__tensors_free(&contraction->tensors);
    lrpot__free(contraction->graphs);
    lrpot__free(contraction->terms);
    lrpot__free(contraction->options);
    lrpot__free(contraction->first_option);
    lrpot__free(contraction->chosen);
}

/* Keeps the scratch terms as the next option. */
static lrpot_status keep_option(lrpot__contraction *contraction)
{
    lrpot__expressions *set = &contraction->tensors.set;
    lrpot__expression_merge(set);
    void *terms = contraction->terms, *options = contraction->options;
    lrpot_status status = lrpot__grow(&terms, &contraction->terms_capacity,
                                      contraction->n_terms + set->n_scratch,
                                      sizeof *contraction->terms);
    contraction->terms = terms;
    if (status == LRPOT_OK)
        status = lrpot__grow(&options, &contraction->options_capacity, contraction->n_options + 1,
                             sizeof *contraction->options);
    contraction->options = options;
    if (status != LRPOT_OK) return status;
    contraction->options[contraction->n_options++] =
        (lrpot__option){ contraction->n_terms, (int32_t)set->n_scratch };
    memcpy(contraction->terms + contraction->n_terms, set->scratch,
           (size_t)set->n_scratch * sizeof *set->scratch);
    contraction->n_terms += set->n_scratch;
    set->n_scratch = 0;
    return LRPOT_OK;
}

/* Option of a disconnected graph: the product of two scalars of lower level. */
static lrpot_status option_of_parts(lrpot__contraction *contraction, const lrpot__graph *graph,
                                    int mask)
{
    lrpot__component factors[2];
    for (int i = 0; i < 2; i++) {
        lrpot__graph part = lrpot__graph_part(graph, i == 0 ? mask : ~mask, &contraction->rule);
        if (part.vertices == 1) {
            factors[i] = lrpot__basic_component(&contraction->tensors, part.mu[0], 0, 0, 0);
            continue;
        }
        const lrpot__graph *found = bsearch(&part, contraction->graphs,
                                            (size_t)contraction->n_graphs, sizeof part,
                                            lrpot__graph_compare);
        if (found == NULL)
            return lrpot__fail(LRPOT_E_BUG,
                               "a part of a contraction of level %d is not in the basis",
                               graph->level);
        factors[i] =
            (lrpot__component){ LRPOT__SCALAR_OPERAND + (int32_t)(found - contraction->graphs), 1 };
    }
    LRPOT__TRY(lrpot__expression_push(&contraction->tensors.set, factors[0], factors[1], 1));
    return keep_option(contraction);
}

/* Pair of vertices a and b whose open indices go to c (group 1) and d (group 2); d = -1: there is
 * none. */
static lrpot__moment_pair pair_of(const lrpot__graph *graph, int a, int b, int c, int d)
{
    lrpot__moment_pair pair = { { graph->mu[a], graph->mu[b] },
                                { { graph->edges[a][c], d < 0 ? 0 : graph->edges[a][d] },
                                  { graph->edges[b][c], d < 0 ? 0 : graph->edges[b][d] } },
                                graph->edges[a][b] };
    return pair;
}

/* Option: tensor (one group) contracted with the moment mu. */
static lrpot_status option_with_moment(lrpot__contraction *contraction, const lrpot__tensor *tensor,
                                       int32_t mu)
{
    for (int32_t i = 0; i < lrpot__component_count(tensor->rank[0]); i++) {
        const lrpot__exponents *e = &contraction->tensors.exponents[tensor->rank[0]][i];
        LRPOT__TRY(lrpot__expression_push(
            &contraction->tensors.set, tensor->components[i],
            lrpot__basic_component(&contraction->tensors, mu, e->x, e->y, e->z), 1));
    }
    return keep_option(contraction);
}

static lrpot_status options_of_two(lrpot__contraction *contraction, const lrpot__graph *graph)
{
    lrpot__tensors *tensors = &contraction->tensors;
    int rank = graph->edges[0][1];
    for (int32_t i = 0; i < lrpot__component_count(rank); i++) {
        const lrpot__exponents *e = &tensors->exponents[rank][i];
        LRPOT__TRY(lrpot__expression_push(
            &tensors->set, lrpot__basic_component(tensors, graph->mu[0], e->x, e->y, e->z),
            lrpot__basic_component(tensors, graph->mu[1], e->x, e->y, e->z), e->multiplicity));
    }
    return keep_option(contraction);
}

/* Options of three vertices; any of them may come last. */
static lrpot_status options_of_three(lrpot__contraction *contraction, const lrpot__graph *graph)
{
    for (int c = 0; c < 3; c++) {
        lrpot__tensor tensor;
        lrpot__moment_pair pair = pair_of(graph, (c + 1) % 3, (c + 2) % 3, c, -1);
        LRPOT__TRY(lrpot__tensor_of_pair(&contraction->tensors, &pair, &tensor));
        LRPOT__TRY(option_with_moment(contraction, &tensor, graph->mu[c]));
    }
    return LRPOT_OK;
}

/* Option (a b) (c d): the first pair carries the numbers of index tuples. */
static lrpot_status option_of_pairs(lrpot__contraction *contraction, const lrpot__graph *graph,
                                    int a, int b, int c, int d)
{
    lrpot__tensors *tensors = &contraction->tensors;
    lrpot__moment_pair first_pair = pair_of(graph, a, b, c, d);
    lrpot__moment_pair second_pair = { { graph->mu[c], graph->mu[d] },
                                       { { graph->edges[a][c] + graph->edges[b][c], 0 },
                                         { 0, graph->edges[a][d] + graph->edges[b][d] } },
                                       graph->edges[c][d] };
    lrpot__tensor first, second;
    LRPOT__TRY(lrpot__tensor_of_pair(tensors, &first_pair, &first));
    LRPOT__TRY(lrpot__tensor_of_pair(tensors, &second_pair, &second));
    int32_t height = lrpot__component_count(first.rank[0]),
            width = lrpot__component_count(first.rank[1]);
    for (int32_t i = 0; i < height; i++)
        for (int32_t j = 0; j < width; j++) {
            lrpot__component right = second.components[i * width + j];
            right.factor /= tensors->exponents[first.rank[0]][i].multiplicity
                            * tensors->exponents[first.rank[1]][j].multiplicity;
            LRPOT__TRY(
                lrpot__expression_push(&tensors->set, first.components[i * width + j], right, 1));
        }
    return keep_option(contraction);
}

/* Option ((a b) c) d. */
static lrpot_status option_of_chain(lrpot__contraction *contraction, const lrpot__graph *graph,
                                    int a, int b, int c, int d)
{
    lrpot__tensor tensor;
    lrpot__moment_pair pair = pair_of(graph, a, b, c, d);
    LRPOT__TRY(lrpot__tensor_of_chain(&contraction->tensors, &pair, graph->mu[c],
                                      graph->edges[c][d], &tensor));
    return option_with_moment(contraction, &tensor, graph->mu[d]);
}

static lrpot_status options_of_four(lrpot__contraction *contraction, const lrpot__graph *graph)
{
    for (int c = 0; c < 4; c++)
        for (int d = 0; d < 4; d++) {
            if (c == d) continue;
            int rest[4], n = 0;
            for (int v = 0; v < 4; v++)
                if (v != c && v != d) rest[n++] = v;
            if (c < d) LRPOT__TRY(option_of_pairs(contraction, graph, rest[0], rest[1], c, d));
            LRPOT__TRY(option_of_chain(contraction, graph, rest[0], rest[1], c, d));
        }
    return LRPOT_OK;
}

static lrpot_status find_options(lrpot__contraction *contraction, const lrpot__graph *graph)
{
    int all = (1 << graph->vertices) - 1, mask = lrpot__graph_component(graph, 0);
    if (graph->vertices == 1) return LRPOT_OK;
    if (mask != all) return option_of_parts(contraction, graph, mask);
    if (graph->vertices == 2) return options_of_two(contraction, graph);
    if (graph->vertices == 3) return options_of_three(contraction, graph);
    return options_of_four(contraction, graph);
}

lrpot_status lrpot__contraction_create(lrpot__contraction *contraction,
                                       const lrpot__graph_rule *rule)
{
    memset(contraction, 0, sizeof *contraction);
    contraction->rule = *rule;
    lrpot__tensors_init(&contraction->tensors);
    lrpot_status status = lrpot__graphs_create(&contraction->graphs, &contraction->n_graphs, rule);
    if (status != LRPOT_OK) goto failed;
    if (contraction->n_graphs > MOST) {
        status = lrpot__fail(LRPOT_E_ARGUMENT,
                             "level %d with radial_step %d has %lld functions, expected %d at most",
                             rule->levels[0], rule->step, (long long)contraction->n_graphs, MOST);
        goto failed;
    }
    const lrpot__graph *graphs = contraction->graphs;
    lrpot__tensors_number(&contraction->tensors, &graphs, &contraction->n_graphs, 1);
    status = LRPOT_E_MEMORY;
    contraction->first_option =
        lrpot__calloc(contraction->n_graphs + 1, sizeof *contraction->first_option);
    contraction->chosen = lrpot__calloc(contraction->n_graphs, sizeof *contraction->chosen);
    if (contraction->first_option == NULL || contraction->chosen == NULL) goto failed;
    for (int64_t g = 0; g < contraction->n_graphs; g++) {
        status = find_options(contraction, &contraction->graphs[g]);
        if (status != LRPOT_OK) goto failed;
        contraction->first_option[g + 1] = contraction->n_options;
    }
    return LRPOT_OK;
failed:
    lrpot__contraction_free(contraction);
    return status;
}

/* Counts the uses of the nodes in some terms, in steps of +1 or -1. Returns the number of products
 * that appear or vanish. */
static int64_t count_uses(lrpot__expressions *set, const lrpot__term *terms, int32_t n, int step)
{
    int64_t products = 0;
    for (int32_t t = 0; t < n; t++) {
        int32_t operands[2] = { terms[t].left, terms[t].right };
        for (int i = 0; i < 2; i++) {
            if (operands[i] < set->n_basic || operands[i] >= LRPOT__SCALAR_OPERAND) continue;
            lrpot__node *node = &set->nodes[operands[i] - set->n_basic];
            int64_t before = node->uses;
            node->uses += step;
            if (before == 0 || node->uses == 0)
                products += node->count
                            + count_uses(set, set->terms + node->first, node->count, step);
        }
    }
    return products;
}

static int64_t count_option(lrpot__contraction *contraction, int64_t option, int step)
{
    const lrpot__option *o = &contraction->options[option];
    return o->count
           + count_uses(&contraction->tensors.set, contraction->terms + o->first, o->count, step);
}

/* Takes the option of graph g that adds the fewest products to those in use; returns 1 when the
 * choice changes. */
static int choose_option(lrpot__contraction *contraction, int64_t g)
{
    int64_t best = -1, least = INT64_MAX;
    for (int64_t o = contraction->first_option[g]; o < contraction->first_option[g + 1]; o++) {
        int64_t cost = count_option(contraction, o, 1);
        (void)count_option(contraction, o, -1);
        if (cost < least) {
            least = cost;
            best = o;
        }
    }
    int changed = best != contraction->chosen[g];
    contraction->chosen[g] = best;
    if (best >= 0) (void)count_option(contraction, best, 1);
    return changed;
}

void lrpot__contraction_choose(lrpot__contraction *contraction)
{
    /* Largest number of rounds. Each choice depends on the products that the others share with it,
     * so choices are repeated until nothing changes. The number of products falls with every
     * change, and changes little after a few rounds. */
    enum { ROUNDS = 6 };
    int changed = 1;
    for (int64_t g = 0; g < contraction->n_graphs; g++) contraction->chosen[g] = -1;
    for (int round = 0; round < ROUNDS && changed; round++) {
        changed = 0;
        for (int64_t g = 0; g < contraction->n_graphs; g++) {
            if (contraction->chosen[g] >= 0) {
                if (contraction->first_option[g + 1] - contraction->first_option[g] < 2) continue;
                (void)count_option(contraction, contraction->chosen[g], -1);
            }
            changed |= choose_option(contraction, g);
        }
    }
}
