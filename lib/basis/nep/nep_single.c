#include "basis/nep/nep_single.h"

#include "basis/nep/nep_model.h"
#include "core/error.h"
#include "core/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

static int32_t whole_vectors(int32_t n)
{
    return (n + LRPOT__NEP_SINGLE_ROW - 1) / LRPOT__NEP_SINGLE_ROW * LRPOT__NEP_SINGLE_ROW;
}

/* Matrices of doubles one after another, which become larger: [count][rows][width]. */
typedef struct {
    float **out;
    const double *from;
    int64_t count, rows, width, new_rows, new_width;
} conversion;

static lrpot_status convert(const conversion *c)
{
    float *out = *c->out = lrpot__calloc(c->count * c->new_rows * c->new_width, sizeof *out);
    if (out == NULL) return LRPOT_E_MEMORY;
    for (int64_t k = 0; k < c->count * c->rows * c->width; k++) {
        int64_t row = k / c->width, matrix = row / c->rows;
        if (fabs(c->from[k]) > (double)FLT_MAX)
            return lrpot__fail(LRPOT_E_UNSUPPORTED,
                               "a coefficient of the NEP is %g, beyond the range of single "
                               "precision: evaluate it in double precision",
                               c->from[k]);
        out[(matrix * c->new_rows + row % c->rows) * c->new_width + k % c->width] =
            (float)c->from[k];
    }
    return LRPOT_OK;
}

static lrpot_status convert_all(lrpot__nep_single *s, const lrpot__nep *nep,
                                const lrpot__nep_tables *t)
{
    int64_t pairs = (int64_t)nep->n_species * nep->n_species, n = nep->n_networks;
    const conversion all[] = {
        { &s->radial_forward, t->radial_forward, pairs, nep->k_radial, t->radial, nep->k_radial,
          s->radial },
        { &s->radial_backward, t->radial_backward, pairs, nep->n_radial, t->polynomials,
          nep->n_radial, s->polynomials },
        { &s->angular_forward, t->angular_forward, pairs, nep->k_angular, t->angular,
          nep->k_angular, s->angular },
        { &s->network_forward, t->network_forward, n, t->features, t->neurons, s->features,
          s->neurons },
        { &s->network_backward, t->network_backward, n, t->neurons, t->features, s->neurons,
          s->features },
        { &s->network_bias, t->network_bias, n, 1, t->neurons, 1, s->neurons },
        { &s->network_energy, t->network_energy, n, 1, t->neurons, 1, s->neurons },
        { &s->network_charge, t->network_charge, n, 1, t->neurons, 1, s->neurons },
    };
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) LRPOT__TRY(convert(&all[k]));
    s->shift = lrpot__calloc(nep->n_species, sizeof *s->shift);
    if (s->shift == NULL) return LRPOT_E_MEMORY;
    memcpy(s->shift, t->shift, (size_t)nep->n_species * sizeof *s->shift);
    return LRPOT_OK;
}

lrpot_status lrpot__nep_single_create(lrpot__nep_single **out, const lrpot__nep *nep,
                                      const lrpot__nep_tables *tables)
{
    lrpot__nep_single *s = lrpot__calloc(1, sizeof *s);
    if (s == NULL) return LRPOT_E_MEMORY;
    s->radial = tables->radial;
    s->angular = tables->angular;
    s->polynomials = tables->polynomials;
    s->features = whole_vectors(tables->features);
    s->neurons = whole_vectors(tables->neurons);
    lrpot_status status = convert_all(s, nep, tables);
    if (status != LRPOT_OK) {
        lrpot__nep_single_free(s);
        return status;
    }
    *out = s;
    return LRPOT_OK;
}

void lrpot__nep_single_free(lrpot__nep_single *single)
{
    if (single == NULL) return;
    lrpot__free(single->radial_forward);
    lrpot__free(single->radial_backward);
    lrpot__free(single->angular_forward);
    lrpot__free(single->network_forward);
    lrpot__free(single->network_backward);
    lrpot__free(single->network_bias);
    lrpot__free(single->network_energy);
    lrpot__free(single->network_charge);
    lrpot__free(single->shift);
    lrpot__free(single);
}
