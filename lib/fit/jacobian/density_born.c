/* Born charges of a self-consistent density: Z_ja = d2E/dr_j dl_a, where the potential l_a r_a acts
 * on charges and dipoles. Their derivative by a parameter is that of dE/dparameter along l_a and
 * r_j, in which
 *
 *   d2w/dr dl = y.u_rl + (dX/dr - dR/dr u - R_h u_r).u_l,   w = u.x0 - u.R u/2 by a scalar,
 *
 * with its own derivative y of the moments, the responses u_r and u_l of the potentials, and the
 * second response, by one more solution for each r and l,
 *
 *   (1 + A R) v_rl = -A (dR/dr) u_l + (dA/dr) x_l + dphi_l/dr,   x_l = -R u_l.
 *
 * What is bilinear in u and u_l is the difference of the quadratic forms of u + h u_l and u - h
 * u_l, exact for any h. */
#include "fit/jacobian/density_born.h"

#include "charges/charge_eval.h"
#include "charges/density_tangent.h"
#include "core/error.h"
#include "fit/jacobian/density_answer.h"
#include "fit/jacobian/head_jacobian.h"

#include <cblas.h>
#include <string.h>

lrpot_status lrpot__density_born(lrpot__assembly *assembly, const lrpot__frame *frame, double *z)
{
    lrpot__charge_call *call = &assembly->density->call;
    double *forces = assembly->field, *places = assembly->phi;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    for (int a = 0; a < 3; a++) {
        double direction[3] = { a == 0, a == 1, a == 2 };
        memset(forces, 0, (size_t)(3 * frame->n) * sizeof *forces);
        for (int64_t i = 0; i < frame->n; i++) places[i] = frame->born.unwrapped[3 * i + a];
        call->dE_ddipole = direction;
        lrpot_status status = lrpot__charges_pull(call, places, &out);
        call->dE_ddipole = NULL;
        LRPOT__TRY(status);
        for (int64_t k = 0; k < 3 * frame->n; k++)
            z[9 * (k / 3) + 3 * a + k % 3] += (k % 3 == a ? assembly->q[k / 3] : 0.0) - forces[k];
    }
    return LRPOT_OK;
}

/* Scratch, in the block of the density. */
typedef struct {
    const lrpot__density_task *t;
    double *u, *x, *shifted; /* [size]: u_l, x_l, u +- h u_l */
    double *sources;         /* [places][size], places = 3n + 9 */
    double *answers;         /* [3n][size] u_rl */
    double *weights;         /* [places][values] */
    double *by_value[2];     /* [values][size]: - R_h u_l, and scratch */
    double *slopes;          /* [3][values] dw/dl */
    double *second;          /* [n][3][3][values] d2w/dr dl, as Born charges */
    double *excess;          /* [3n][n] */
} field;

static field divide(const lrpot__density_task *t)
{
    int64_t n = t->n, places = lrpot__density_first_field(n);
    field f = { .t = t };
    f.u = t->d->born;
    f.x = f.u + t->size;
    f.shifted = f.x + t->size;
    f.sources = f.shifted + t->size;
    f.answers = f.sources + places * t->size;
    f.weights = f.answers + 3 * n * t->size;
    f.by_value[0] = f.weights + places * t->values;
    f.by_value[1] = f.by_value[0] + t->values * t->size;
    f.slopes = f.by_value[1] + t->values * t->size;
    f.second = f.slopes + 3 * t->values;
    f.excess = f.second + 9 * n * t->values;
    return f;
}

/* Response to the potential r_a of the charges and 1 of the dipoles along a: the sum of those to
 * the potentials of single atoms. rows [directions][count] -> out [count] */
static void gather(const lrpot__density_task *t, int a, const double *rows, int64_t count,
                   double *out)
{
    int64_t n = t->n;
    memcpy(out, rows + (lrpot__density_first_field(n) + a) * count, (size_t)count * sizeof *out);
    for (int64_t i = 0; i < n; i++)
        cblas_daxpy((int)count, t->frame->born.unwrapped[3 * i + a],
                    rows + (lrpot__density_first_moment(n) + i) * count, 1, out, 1);
}

/* Bilinear parts of what is quadratic in u: of dE/dvalue by places into weights, of the moments by
 * places into sources and by values into by_value[0]. */
static void mix(const field *f)
{
    const lrpot__density_task *t = f->t;
    const double *u = t->density->levelled;
    int64_t places = lrpot__density_first_field(t->n), sources = places * t->size,
            weights = places * t->values, values = t->values * t->size;
    double size = cblas_dnrm2((int)t->size, f->u, 1),
           h = size > 0.0 ? cblas_dnrm2((int)t->size, u, 1) / size : 1.0;
    if (!(h > 0.0)) h = 1.0;
    memset(f->sources, 0, (size_t)sources * sizeof *f->sources);
    memset(f->weights, 0, (size_t)weights * sizeof *f->weights);
    for (int side = 0; side < 2; side++) {
        for (int64_t k = 0; k < t->size; k++) f->shifted[k] = u[k] + (side == 0 ? -h : h) * f->u[k];
        lrpot__density_by_places(t->terms, f->shifted, f->sources, f->weights);
        lrpot__density_by_values(t->terms, f->shifted, f->by_value[1 - side]);
        double factor = side == 0 ? -1.0 : 0.5 / h;
        cblas_dscal((int)sources, factor, f->sources, 1);
        cblas_dscal((int)weights, factor, f->weights, 1);
    }
    for (int64_t k = 0; k < values; k++)
        f->by_value[0][k] = 0.5 / h * (f->by_value[0][k] - f->by_value[1][k])
                            * t->terms->slopes[k / t->size];
}

/* u_rl of all places. */
static void answer(const field *f, int a)
{
    const lrpot__density_task *t = f->t;
    int64_t n = t->n, size = t->size, values = t->values;
    lrpot__density_respond(t->terms, f->u, f->x);
    for (int64_t k = 0; k < size; k++) f->x[k] = -f->x[k];
    lrpot__density_settle(t->terms, 1, f->x);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(3 * n), (int)size, (int)values,
                1.0, t->d->moved, (int)values, f->by_value[0], (int)size, 1.0, f->sources,
                (int)size);
    memset(f->answers, 0, (size_t)(3 * n * size) * sizeof *f->answers);
    lrpot__density_add_places(t, f->x, f->answers);
    for (int64_t k = 0; k < t->d->widths * n; k++) /* the potential moves with the atom */
        f->answers[(3 * (k % n) + a) * size + k / n * t->terms->block + k % n] += 1.0;
    lrpot__density_answer(t, 3 * n, f->sources, f->excess, f->answers);
}

/* d2w/dr dl, of all scalars. */
static void combine(const field *f, int a)
{
    const lrpot__density_task *t = f->t;
    int64_t n = t->n, size = t->size, values = t->values;
    const double *slopes = f->slopes + a * values;
    for (int64_t k = 0; k < 3 * n * values; k++) {
        double slope = t->terms->slopes[k % values];
        f->weights[k] = slope * f->weights[k] + (1.0 - slope) * slopes[k % values] * t->d->moved[k];
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(3 * n), (int)values, (int)size, 1.0,
                f->answers, (int)size, t->d->by_value, (int)size, 1.0, f->weights, (int)values);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(3 * n), (int)values, (int)size, 1.0,
                t->d->changes, (int)size, f->by_value[0], (int)size, 1.0, f->weights, (int)values);
    for (int64_t j = 0; j < n; j++)
        memcpy(f->second + (9 * j + 3 * a) * values, f->weights + 3 * j * values,
               (size_t)(3 * values) * sizeof *f->second);
}

lrpot_status lrpot__density_born_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot__density_task t = lrpot__density_task_of(assembly, frame);
    const field f = divide(&t);
    int64_t pc = assembly->charge_stride, row = lrpot__frame_row(frame, LRPOT__TARGET_BORN);
    for (int a = 0; a < 3; a++) {
        gather(&t, a, t.d->changes, t.size, f.u);
        gather(&t, a, t.d->slopes, t.values, f.slopes + a * t.values);
        mix(&f);
        answer(&f, a);
        combine(&f, a);
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(9 * t.n), (int)pc, (int)t.values,
                1.0, f.second, (int)t.values, t.d->dc, (int)pc, 1.0,
                lrpot__assembly_charge_row(assembly, row), (int)assembly->stride);
    for (int a = 0; a < 3 && assembly->charge != NULL && !assembly->frozen; a++)
        LRPOT__TRY(lrpot__head_mixed_born(assembly, frame, (int32_t)t.d->heads, a,
                                          f.slopes + a * t.values, t.d->features));
    return LRPOT_OK;
}
