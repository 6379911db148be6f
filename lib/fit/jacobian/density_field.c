/* Response of a self-consistent density to uniform fields in a fit. */
#include "fit/jacobian/density_field.h"

#include "response/polarizability.h"

#include <cblas.h>
#include <string.h>

const double lrpot__density_axis[3][3] = { { 1.0, 0.0, 0.0 },
                                           { 0.0, 1.0, 0.0 },
                                           { 0.0, 0.0, 1.0 } };

/* The sum of the responses to the potentials at single atoms. */
static void gather(const lrpot__density_task *t, int a, double *u)
{
    int64_t n = t->n, size = t->size;
    const double *rows = t->d->changes;
    memcpy(u, rows + (lrpot__density_first_field(n) + a) * size, (size_t)size * sizeof *u);
    for (int64_t i = 0; i < n; i++)
        cblas_daxpy((int)size, t->frame->born.unwrapped[3 * i + a],
                    rows + (lrpot__density_first_moment(n) + i) * size, 1, u, 1);
}

/* Of all axes, for a potential that acts along bonds. sources [3][size], excess [3][n]. */
static void answer_along_bonds(const lrpot__density_task *t, double *u, double *sources,
                               double *excess)
{
    int64_t n = t->n, size = t->size;
    memset(u, 0, (size_t)(3 * size) * sizeof *u);
    memset(sources, 0, (size_t)(3 * size) * sizeof *sources);
    for (int a = 0; a < 3; a++) {
        lrpot__density_respond_linear(t->terms, lrpot__density_axis[a], sources + a * size);
        for (int64_t w = 0; w < t->d->widths; w++)
            for (int64_t i = 0; t->terms->order > 0 && i < n; i++)
                u[a * size + w * t->terms->block + n + 3 * i + a] = 1.0;
    }
    cblas_dscal((int)(3 * size), -1.0, sources, 1);
    lrpot__density_answer(t, 3, sources, excess, u);
}

lrpot__density_field lrpot__density_field_of(const lrpot__density_task *t)
{
    lrpot_outputs none = LRPOT_OUTPUTS_INIT;
    lrpot__density_field f = { .u = t->d->fields, .along_bonds = t->frame->born.unwrapped == NULL };
    f.slopes = f.u + 3 * t->size;
    double *sources = f.slopes + 3 * t->values;
    if (f.along_bonds) answer_along_bonds(t, f.u, sources, sources + 3 * t->size);
    for (int a = 0; a < 3; a++) {
        if (!f.along_bonds) gather(t, a, f.u + a * t->size);
        lrpot__density_differentiate_linear(
            t->terms, f.u + a * t->size, f.along_bonds ? lrpot__density_axis[a] : NULL,
            t->density->levelled, NULL, f.slopes + a * t->values, &none);
    }
    return f;
}

lrpot_status lrpot__density_polarizability(lrpot__assembly *assembly, const lrpot__frame *frame,
                                           double factor, double *rows)
{
    double alpha[9];
    LRPOT__TRY(lrpot__polarizability(&assembly->density->call, frame->born.unwrapped, alpha));
    cblas_daxpy(9, factor, alpha, 1, rows, 1);
    return LRPOT_OK;
}

/* u_a.(R by each scalar).u_b: what is linear in u_a alone cancels. out, scratch [values] */
static void mixed_response(const lrpot__density_task *t, const lrpot__density_field *f, int a,
                           int b, double *minus, double *scratch, double *out)
{
    lrpot_outputs none = LRPOT_OUTPUTS_INIT;
    const double *u_a = f->u + a * t->size, *u_b = f->u + b * t->size,
                 *c_a = f->along_bonds ? lrpot__density_axis[a] : NULL,
                 *c_b = f->along_bonds ? lrpot__density_axis[b] : NULL;
    double turned[3] = { -(b == 0), -(b == 1), -(b == 2) };
    for (int64_t k = 0; k < t->size; k++) minus[k] = -u_b[k];
    lrpot__density_differentiate_linear(t->terms, u_a, c_a, u_b, c_b, scratch, &none);
    lrpot__density_differentiate_linear(t->terms, u_a, c_a, minus, c_b != NULL ? turned : NULL, out,
                                        &none);
    for (int64_t k = 0; k < t->values; k++) out[k] = 0.5 * (out[k] - scratch[k]);
}

/* alpha_ab = -d2E/dl_a dl_b. The potential is linear in l, so that there is no second response: its
 * derivative by a parameter is that of R between the two first ones. */
void lrpot__density_polarizability_rows(lrpot__assembly *assembly, const lrpot__frame *frame,
                                        double factor, int64_t row)
{
    const lrpot__density_task t = lrpot__density_task_of(assembly, frame);
    const lrpot__density_field f = lrpot__density_field_of(&t);
    double *minus = f.slopes + 3 * t.values, *weights = f.slopes, *scratch = weights + t.values;
    int64_t pc = assembly->charge_stride;
    for (int k = 0; k < 9; k++) {
        mixed_response(&t, &f, k / 3, k % 3, minus, scratch, weights);
        cblas_dgemv(CblasRowMajor, CblasTrans, (int)t.values, (int)pc, factor, t.d->dc, (int)pc,
                    weights, 1, 1.0, lrpot__assembly_charge_row(assembly, row + k), 1);
    }
}
