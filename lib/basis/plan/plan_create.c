/* Contraction plan of a level, from the cheapest contraction trees of its graphs. */
#include "basis/plan/plan_create.h"

#include "basis/plan/contraction.h"
#include "basis/plan/graph.h"
#include "basis/plan/plan.h"
#include "basis/plan/plan_basics.h"
#include "basis/plan/tensor.h"
#include "core/error.h"
#include "core/memory.h"

/* Indices in the plan of the moments in expressions. */
typedef struct {
    const lrpot__contraction *contraction;
    int32_t *nodes; /* [n_nodes] */
    lrpot__plan *plan;
} numbering;

static int32_t number_of(const numbering *numbers, int32_t operand)
{
    if (operand >= LRPOT__SCALAR_OPERAND)
        return numbers->plan->scalars[operand - LRPOT__SCALAR_OPERAND];
    int32_t n_basic = numbers->contraction->tensors.set.n_basic;
    return operand < n_basic ? operand : numbers->nodes[operand - n_basic];
}

static lrpot_status write_products(const numbering *numbers, const lrpot__term *terms, int32_t n)
{
    lrpot__plan *plan = numbers->plan;
    for (int32_t t = 0; t < n; t++) {
        if (terms[t].factor > INT32_MAX)
            return lrpot__fail(LRPOT_E_BUG, "a product of the plan has too large a factor");
        plan->products[plan->n_products++] =
            (lrpot__product){ number_of(numbers, terms[t].left), number_of(numbers, terms[t].right),
                              (int32_t)terms[t].factor, plan->n_moments };
    }
    plan->n_moments++;
    return LRPOT_OK;
}

/* Writes intermediate moments in the order of their creation, which puts operands first, then the
 * scalars. */
static lrpot_status write_schedule(numbering *numbers)
{
    const lrpot__contraction *contraction = numbers->contraction;
    const lrpot__expressions *set = &contraction->tensors.set;
    lrpot__plan *plan = numbers->plan;
    for (int64_t i = 0; i < set->n_nodes; i++) {
        if (set->nodes[i].uses == 0) continue;
        numbers->nodes[i] = plan->n_moments;
        LRPOT__TRY(write_products(numbers, set->terms + set->nodes[i].first, set->nodes[i].count));
    }
    for (int64_t g = 0; g < contraction->n_graphs; g++) {
        if (contraction->chosen[g] < 0) {
            plan->scalars[g] =
                lrpot__basic_component(&contraction->tensors, contraction->graphs[g].mu[0], 0, 0, 0)
                    .moment;
            continue;
        }
        const lrpot__option *option = &contraction->options[contraction->chosen[g]];
        plan->scalars[g] = plan->n_moments;
        LRPOT__TRY(write_products(numbers, contraction->terms + option->first, option->count));
    }
    return LRPOT_OK;
}

static lrpot_status write_plan(lrpot__plan **out, const lrpot__contraction *contraction)
{
    const lrpot__expressions *set = &contraction->tensors.set;
    lrpot__plan sizes = { .n_basic = set->n_basic, .n_scalars = (int32_t)contraction->n_graphs };
    int64_t products = 0;
    for (int64_t i = 0; i < set->n_nodes; i++)
        products += set->nodes[i].uses > 0 ? set->nodes[i].count : 0;
    for (int64_t g = 0; g < contraction->n_graphs; g++)
        products += contraction->chosen[g] >= 0 ? contraction->options[contraction->chosen[g]].count
                                                : 0;
    if (products > LRPOT__PLAN_MAX_PRODUCTS)
        return lrpot__fail(LRPOT_E_ARGUMENT, "a basis of %lld products, expected %d at most",
                           (long long)products, LRPOT__PLAN_MAX_PRODUCTS);
    sizes.n_products = (int32_t)products;
    numbering numbers = { contraction, lrpot__calloc(set->n_nodes, sizeof(int32_t)), NULL };
    if (numbers.nodes == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot__plan_allocate(&numbers.plan, &sizes);
    if (status == LRPOT_OK) {
        numbers.plan->n_products = 0;
        numbers.plan->n_moments = set->n_basic;
        lrpot__plan_write_basics(numbers.plan, &contraction->tensors);
        status = write_schedule(&numbers);
        if (status == LRPOT_OK) *out = numbers.plan;
        else lrpot__plan_free(numbers.plan);
    }
    lrpot__free(numbers.nodes);
    return status;
}

lrpot_status lrpot__plan_create(lrpot__plan **out, int32_t level, int32_t step)
{
    enum { MAX_STEP = 8 };
    if (level < 2 || level > 28 || level % 2 != 0)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "level of the basis is %d, expected an even number from 2 to 28", level);
    if (step < 1 || step > MAX_STEP)
        return lrpot__fail(LRPOT_E_ARGUMENT, "radial_step is %d, expected 1 to %d, or 0", step,
                           MAX_STEP);
    lrpot__graph_rule rule = lrpot__graph_rule_of(level, step);
    lrpot__contraction contraction;
    LRPOT__TRY(lrpot__contraction_create(&contraction, &rule));
    lrpot__contraction_choose(&contraction);
    lrpot_status status = write_plan(out, &contraction);
    lrpot__contraction_free(&contraction);
    return status;
}
