/* Import of contraction tables: all properties that the kernels rely on are checked here, once. */
#include "basis/plan/plan_import.h"

#include "core/error.h"
#include "core/memory.h"

static lrpot_status check_counts(const lrpot__plan *tables)
{
    if (tables->n_basic < 1 || tables->n_moments < tables->n_basic || tables->n_products < 0
        || tables->n_scalars < 1)
        return lrpot__fail(
            LRPOT_E_ARGUMENT,
            "contraction tables with %d basic moments, %d moments, %d products and %d scalars",
            tables->n_basic, tables->n_moments, tables->n_products, tables->n_scalars);
    /* Offsets of moments and products have 32 bits. A moment that no product computes is
     * refused. */
    if (tables->n_products > LRPOT__PLAN_MAX_PRODUCTS
        || tables->n_moments - tables->n_basic > tables->n_products
        || tables->n_basic > LRPOT__PLAN_MAX_PRODUCTS)
        return lrpot__fail(LRPOT_E_ARGUMENT,
                           "contraction tables with %d basic moments, %d products and %d moments, "
                           "expected at most %d products and no moment without one",
                           tables->n_basic, tables->n_products, tables->n_moments,
                           LRPOT__PLAN_MAX_PRODUCTS);
    return LRPOT_OK;
}

static lrpot_status check_basics(const lrpot__plan *tables, int32_t *n_radial, int32_t *max_rank)
{
    *n_radial = *max_rank = 0;
    for (int32_t k = 0; k < tables->n_basic; k++) {
        const lrpot__moment *m = &tables->basic[k];
        if (m->mu < 0 || m->mu > LRPOT__PLAN_MAX_MU || m->a < 0 || m->b < 0 || m->c < 0
            || m->a > LRPOT__PLAN_MAX_RANK || m->b > LRPOT__PLAN_MAX_RANK
            || m->c > LRPOT__PLAN_MAX_RANK || m->a + m->b + m->c > LRPOT__PLAN_MAX_RANK)
            return lrpot__fail(
                LRPOT_E_ARGUMENT,
                "basic moment %d is {%d, %d, %d, %d}, expected mu <= %d and rank <= %d", k, m->mu,
                m->a, m->b, m->c, LRPOT__PLAN_MAX_MU, LRPOT__PLAN_MAX_RANK);
        if (m->mu + 1 > *n_radial) *n_radial = m->mu + 1;
        if (m->a + m->b + m->c > *max_rank) *max_rank = m->a + m->b + m->c;
    }
    return LRPOT_OK;
}

static lrpot_status check_product(const lrpot__plan *tables, int32_t t, const int32_t *last_write)
{
    const lrpot__product *p = &tables->products[t];
    int32_t operands[2] = { p->left, p->right };
    for (int i = 0; i < 2; i++) {
        if (operands[i] < 0 || operands[i] >= tables->n_moments)
            return lrpot__fail(LRPOT_E_ARGUMENT, "product %d uses moment %d of %d", t, operands[i],
                               tables->n_moments);
        if (operands[i] >= tables->n_basic
            && (last_write[operands[i]] < 0 || last_write[operands[i]] >= t))
            return lrpot__fail(LRPOT_E_ARGUMENT, "product %d uses moment %d before it is complete",
                               t, operands[i]);
    }
    return LRPOT_OK;
}

static lrpot_status check_products(const lrpot__plan *tables, int32_t *last_write)
{
    for (int32_t k = 0; k < tables->n_moments; k++) last_write[k] = -1;
    for (int32_t t = 0; t < tables->n_products; t++) {
        int32_t target = tables->products[t].target;
        if (target < tables->n_basic || target >= tables->n_moments)
            return lrpot__fail(LRPOT_E_ARGUMENT, "product %d adds to moment %d, expected %d to %d",
                               t, target, tables->n_basic, tables->n_moments - 1);
        last_write[target] = t;
    }
    for (int32_t t = 0; t < tables->n_products; t++)
        LRPOT__TRY(check_product(tables, t, last_write));
    for (int32_t s = 0; s < tables->n_scalars; s++) {
        int32_t moment = tables->scalars[s];
        if (moment < 0 || moment >= tables->n_moments
            || (moment >= tables->n_basic && last_write[moment] < 0))
            return lrpot__fail(LRPOT_E_ARGUMENT, "scalar %d is moment %d, which is not computed", s,
                               moment);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__plan_import(lrpot__plan **out, const lrpot__plan *tables)
{
    LRPOT__TRY(check_counts(tables));
    lrpot__plan checked = *tables;
    LRPOT__TRY(check_basics(tables, &checked.n_radial, &checked.max_rank));
    if (tables->n_radial != 0 && tables->n_radial != checked.n_radial)
        return lrpot__fail(LRPOT_E_ARGUMENT, "%d radial functions, but the basic moments use %d",
                           tables->n_radial, checked.n_radial);
    int32_t *last_write = lrpot__calloc(tables->n_moments, sizeof *last_write);
    if (last_write == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = check_products(tables, last_write);
    lrpot__free(last_write);
    return status == LRPOT_OK ? lrpot__plan_clone(out, &checked) : status;
}
