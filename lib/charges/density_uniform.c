/* Self-consistent densities in a uniform field, in systems that repeat (docs/theory/
 * selfconsistent.md). Its potential grows without end along the directions that repeat. Charge that
 * flows along bonds sees no more of it than the difference between the ends of each. */
#include "charges/density_uniform.h"

#include "charges/density_solve.h"
#include "core/error.h"

#include <string.h>

static const lrpot__tag uniform_tag = { "density in a uniform field" };

int32_t lrpot__density_dielectric(const lrpot_charges *charges)
{
    return charges->options.response != LRPOT_RESPONSE_ATOMS;
}

/* The part of the potential that has values at atoms: [size]. */
static void fill_external(const lrpot__density_terms *t, const lrpot__uniform *field,
                          double *external)
{
    memset(external, 0, (size_t)t->size * sizeof *external);
    for (int32_t w = 0; w < t->index.n_widths; w++, external += t->block) {
        for (int64_t k = 0; k < 3 * t->n; k++)
            external[k / 3] += field->potential[k % 3] * field->across[k];
        for (int64_t k = 0; t->order > 0 && k < 3 * t->n; k++)
            external[t->n + k] = field->potential[k % 3];
    }
}

static void add_dipole(const lrpot__density_terms *t, const lrpot__uniform *field,
                       const double *moments, const double *du, const double linear[3],
                       double dipole[3])
{
    double flow[3] = { 0.0, 0.0, 0.0 };
    lrpot__density_flow(t, du, linear, flow);
    for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 3; b++) dipole[a] += field->along[3 * a + b] * flow[b];
        for (int64_t k = 0; k < t->index.n_widths * t->n; k++) {
            int64_t i = k % t->n;
            const double *x = moments + k / t->n * t->block;
            dipole[a] += x[i] * field->across[3 * i + a];
            if (t->order > 0) dipole[a] += x[t->n + 3 * i + a];
        }
    }
}

lrpot_status lrpot__density_respond_uniform(const lrpot__charge_call *call,
                                            const lrpot__uniform *field, double dipole[3],
                                            double *weights, lrpot_outputs *out)
{
    const lrpot__density *d = call->density;
    const lrpot__density_terms *t = &d->terms;
    double *base = NULL, linear[3] = { 0.0, 0.0, 0.0 };
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &uniform_tag, 5 * t->size, &base));
    double *external = base + t->size, *dx = external + t->size, *guess = dx + t->size,
           *du = guess + t->size;
    for (int a = 0; a < 9; a++) linear[a / 3] += field->along[a] * field->potential[a % 3];
    memset(base, 0, (size_t)t->size * sizeof *base);
    memset(guess, 0, (size_t)t->size * sizeof *guess);
    fill_external(t, field, external);
    lrpot__density_respond_linear(t, linear, base);
    for (int64_t k = 0; k < t->size; k++) base[k] = -base[k];
    LRPOT__TRY(lrpot__density_solve(call, t, 1, base, external, dx, guess, du, NULL));
    lrpot__density_level(t, NULL, du);
    if (dipole != NULL) add_dipole(t, field, dx, du, linear, dipole);
    if (weights == NULL) return LRPOT_OK;
    lrpot__density_differentiate_linear(t, du, linear, d->levelled, NULL, weights, out);
    return lrpot__density_sum_mixed(call, d->moments, dx, out);
}
