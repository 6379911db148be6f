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
 * u_l, exact for any h.
 *
 * In crystals without fragments the potential l_a r_a has no values at the charges, but acts along
 * bonds. A bond whose end moves sees as much more of it as if the potential at the end had grown.
 * What the charges a contribute beside this is linear in them, with neighbours as lever arms. */
#include "fit/jacobian/density_born.h"

#include "charges/charge_eval.h"
#include "charges/density_tangent.h"
#include "core/error.h"
#include "fit/jacobian/density_answer.h"
#include "fit/jacobian/density_field.h"
#include "fit/jacobian/head_jacobian.h"
#include "response/born.h"

#include <cblas.h>
#include <string.h>

/* Isolated atoms and fragments. */
static lrpot_status unwrapped_born(lrpot__assembly *assembly, const lrpot__frame *frame, double *z)
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
        for (int64_t k = 0; k < 3 * frame->n; k++) z[9 * (k / 3) + 3 * a + k % 3] -= forces[k];
    }
    return LRPOT_OK;
}

lrpot_status lrpot__density_born(lrpot__assembly *assembly, const lrpot__frame *frame, double *z)
{
    for (int64_t k = 0; k < 9 * frame->n; k++) z[k] += k % 9 % 4 == 0 ? assembly->q[k / 9] : 0.0;
    return frame->born.unwrapped != NULL
               ? unwrapped_born(assembly, frame, z)
               : lrpot__born_dielectric(&assembly->density->call, frame->n, z);
}

/* Scratch, in the block of the density. */
typedef struct {
    const lrpot__density_task *t;
    lrpot__density_field l;
    double *x, *shifted; /* [size]: x_l, u +- h u_l */
    double *sources;     /* [places][size], places = 3n + 9 */
    double *answers;     /* [3n][size] u_rl */
    double *weights;     /* [places][values] */
    double *by_value[2]; /* [values][size]: - R_h u_l, and scratch */
    double *second;      /* [n][3][3][values] d2w/dr dl, as Born charges */
    double *excess;      /* [3n][n] */
} field;

static field divide(const lrpot__density_task *t)
{
    int64_t n = t->n, places = lrpot__density_first_field(n);
    field f = { .t = t, .l = lrpot__density_field_of(t) };
    f.x = t->d->born;
    f.shifted = f.x + t->size;
    f.sources = f.shifted + t->size;
    f.answers = f.sources + places * t->size;
    f.weights = f.answers + 3 * n * t->size;
    f.by_value[0] = f.weights + places * t->values;
    f.by_value[1] = f.by_value[0] + t->values * t->size;
    f.second = f.by_value[1] + t->values * t->size;
    f.excess = f.second + 9 * n * t->values;
    return f;
}

/* Bilinear parts of what is quadratic in u: of dE/dvalue by places into weights, of the moments by
 * places into sources and by values into by_value[0]. */
static void mix(const field *f, int a)
{
    const lrpot__density_task *t = f->t;
    const double *u = t->density->levelled, *u_l = f->l.u + a * t->size;
    int64_t places = lrpot__density_first_field(t->n), sources = places * t->size,
            weights = places * t->values, values = t->values * t->size;
    double size = cblas_dnrm2((int)t->size, u_l, 1),
           h = size > 0.0 ? cblas_dnrm2((int)t->size, u, 1) / size : 1.0;
    if (!(h > 0.0)) h = 1.0;
    memset(f->sources, 0, (size_t)sources * sizeof *f->sources);
    memset(f->weights, 0, (size_t)weights * sizeof *f->weights);
    for (int side = 0; side < 2; side++) {
        double step = side == 0 ? -h : h,
               c[3] = { a == 0 ? step : 0.0, a == 1 ? step : 0.0, a == 2 ? step : 0.0 };
        const double *linear = f->l.along_bonds ? c : NULL;
        for (int64_t k = 0; k < t->size; k++) f->shifted[k] = u[k] + step * u_l[k];
        lrpot__density_by_places(t->terms, f->shifted, linear, f->sources, f->weights);
        lrpot__density_by_values(t->terms, f->shifted, linear, f->by_value[1 - side]);
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
    lrpot__density_respond(t->terms, f->l.u + a * size, f->x);
    if (f->l.along_bonds) lrpot__density_respond_linear(t->terms, lrpot__density_axis[a], f->x);
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
    const double *slopes = f->l.slopes + a * values;
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
        mix(&f, a);
        answer(&f, a);
        combine(&f, a);
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(9 * t.n), (int)pc, (int)t.values,
                1.0, f.second, (int)t.values, t.d->dc, (int)pc, 1.0,
                lrpot__assembly_charge_row(assembly, row), (int)assembly->stride);
    if (assembly->charge == NULL || assembly->frozen) return LRPOT_OK;
    for (int a = 0; a < 3; a++)
        LRPOT__TRY(lrpot__head_mixed_born(assembly, frame, (int32_t)t.d->heads, a,
                                          f.l.slopes + a * t.values, t.d->features));
    return f.l.along_bonds ? lrpot__head_mixed_unfolded(assembly, frame, t.d->features) : LRPOT_OK;
}
