/* Scratch of equilibrated charges in a fit. */
#include "fit/jacobian/fit_equilibrated.h"

#include "core/error.h"
#include "core/memory.h"

lrpot_status lrpot__equilibrated_create(lrpot__equilibrated **out)
{
    *out = lrpot__calloc(1, sizeof **out);
    return *out == NULL ? LRPOT_E_MEMORY : LRPOT_OK;
}

static void release(lrpot__equilibrated *e)
{
    double **blocks[] = { &e->scalars,    &e->weights,   &e->slope,       &e->hardness,
                          &e->inverse,    &e->projected, &e->columns,     &e->border,
                          &e->sums,       &e->heads,     &e->slopes,      &e->flow,
                          &e->flow_field, &e->pulled,    &e->flow_change, &e->curvature };
    for (size_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++) {
        lrpot__free(*blocks[k]);
        *blocks[k] = NULL;
    }
    lrpot__free(e->rows);
    e->rows = NULL;
    e->capacity = e->fragments = e->flow_capacity = 0;
}

void lrpot__equilibrated_free(lrpot__equilibrated *equilibrium)
{
    if (equilibrium == NULL) return;
    release(equilibrium);
    lrpot__free(equilibrium);
}

lrpot_status lrpot__equilibrated_reserve(lrpot__equilibrated *e, int64_t n, int64_t fragments,
                                         int64_t features)
{
    if (n <= e->capacity && fragments <= e->fragments) return LRPOT_OK;
    if (n < e->capacity) n = e->capacity;
    if (fragments < e->fragments) fragments = e->fragments;
    release(e);
    e->scalars = lrpot__calloc(LRPOT__EQUILIBRATED_HEADS * n, sizeof(double));
    e->weights = lrpot__calloc(LRPOT__EQUILIBRATED_HEADS * n, sizeof(double));
    e->slope = lrpot__calloc(n, sizeof(double));
    e->curvature = lrpot__calloc(n, sizeof(double));
    e->inverse = lrpot__calloc(n * lrpot__padded(n), sizeof(double));
    e->projected = lrpot__calloc(n * n, sizeof(double));
    e->hardness = lrpot__calloc(n, sizeof(double));
    e->columns = lrpot__calloc(fragments * n, sizeof(double));
    e->border = lrpot__calloc(fragments * lrpot__padded(fragments), sizeof(double));
    e->sums = lrpot__calloc(fragments, sizeof(double));
    e->heads = lrpot__calloc(features, sizeof(double));
    e->slopes = lrpot__calloc(LRPOT__EQUILIBRATED_HEADS * n, sizeof(double));
    if (!e->scalars || !e->weights || !e->slope || !e->curvature || !e->inverse || !e->projected
        || !e->hardness || !e->columns || !e->border || !e->sums || !e->heads || !e->slopes)
        return LRPOT_E_MEMORY;
    e->capacity = n;
    e->fragments = fragments;
    return LRPOT_OK;
}
