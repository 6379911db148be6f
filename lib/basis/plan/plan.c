/* Memory of contraction plans. */
#include "basis/plan/plan.h"

#include "core/error.h"
#include "core/memory.h"

#include <string.h>

void lrpot__plan_free(lrpot__plan *plan)
{
    if (plan == NULL) return;
    lrpot__free(plan->basic);
    lrpot__free(plan->products);
    lrpot__free(plan->scalars);
    lrpot__free(plan);
}

lrpot_status lrpot__plan_allocate(lrpot__plan **out, const lrpot__plan *sizes)
{
    lrpot__plan *plan = lrpot__duplicate(sizes, 1, sizeof *sizes);
    if (plan == NULL) return LRPOT_E_MEMORY;
    plan->basic = lrpot__calloc(sizes->n_basic, sizeof *plan->basic);
    plan->products = lrpot__calloc(sizes->n_products, sizeof *plan->products);
    plan->scalars = lrpot__calloc(sizes->n_scalars, sizeof *plan->scalars);
    if (plan->basic == NULL || plan->products == NULL || plan->scalars == NULL) {
        lrpot__plan_free(plan);
        return LRPOT_E_MEMORY;
    }
    *out = plan;
    return LRPOT_OK;
}

lrpot_status lrpot__plan_clone(lrpot__plan **out, const lrpot__plan *plan)
{
    lrpot__plan *copy = NULL;
    LRPOT__TRY(lrpot__plan_allocate(&copy, plan));
    memcpy(copy->basic, plan->basic, (size_t)plan->n_basic * sizeof *plan->basic);
    memcpy(copy->products, plan->products, (size_t)plan->n_products * sizeof *plan->products);
    memcpy(copy->scalars, plan->scalars, (size_t)plan->n_scalars * sizeof *plan->scalars);
    *out = copy;
    return LRPOT_OK;
}
