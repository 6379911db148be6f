/* Reference kernel: one atom at a time, directly by the definition. It checks the fast kernels. */
#include "basis/kernels/basis_kernel.h"

#include "basis/kernels/environment.h"
#include "basis/plan/sweeps.h"
#include "basis/radial.h"
#include "core/algebra.h"

#include <string.h>

/* All data of one atom. */
typedef struct {
    lrpot__environment site;
    double *f, *df; /* [n][F] radial functions and derivatives */
} environment;

static lrpot_status prepare(lrpot__job *job, lrpot_workspace *work)
{
    (void)job;
    (void)work;
    return LRPOT_OK;
}

static int64_t units(const lrpot__job *job)
{
    return job->atoms->n_owned;
}

static int64_t scratch_bytes(const lrpot__job *job)
{
    int64_t functions = 2 * job->rows.max_count * job->basis->plan->n_radial;
    return lrpot__environment_bytes(job) + functions * (int64_t)sizeof(double);
}

static environment divide_scratch(const lrpot__job *job, void *scratch)
{
    environment e;
    e.site = lrpot__environment_divide(job, scratch, &e.f);
    e.df = e.f + job->rows.max_count * job->basis->plan->n_radial;
    return e;
}

static void evaluate_radial(const lrpot__job *job, int64_t i, environment *e, lrpot__sums *sums)
{
    const lrpot_basis *basis = job->basis;
    int32_t size = basis->options.radial_size, n_radial = basis->plan->n_radial;
    double q[LRPOT__MAX_RADIAL_SIZE], dq[LRPOT__MAX_RADIAL_SIZE];
    for (int64_t k = 0; k < e->site.n; k++) {
        int64_t pair = (int64_t)job->atoms->species[i] * basis->options.n_species
                       + job->atoms->species[e->site.neighbours[k].j];
        double pace, r = lrpot__radial_rest(basis, pair, e->site.neighbours[k].r, &pace);
        if (pace < 1.0) sums->resting = 1;
        lrpot__radial_polynomials(basis, r, q, dq);
        for (int32_t mu = 0; mu < n_radial; mu++) {
            const double *c = basis->radial + (pair * n_radial + mu) * size;
            double f = 0.0, df = 0.0;
            for (int32_t b = 0; b < size; b++) {
                f += c[b] * q[b];
                df += c[b] * dq[b];
            }
            e->f[k * n_radial + mu] = f;
            e->df[k * n_radial + mu] = pace * df;
        }
    }
}

static void evaluate_moments(const lrpot__plan *plan, environment *e)
{
    double powers[3][LRPOT__POWERS];
    memset(e->site.moments, 0, (size_t)plan->n_moments * sizeof *e->site.moments);
    for (int64_t k = 0; k < e->site.n; k++) {
        const double *f = e->f + k * plan->n_radial;
        lrpot__fill_powers(e->site.neighbours[k].u, powers);
        for (int32_t m = 0; m < plan->n_basic; m++) {
            const lrpot__moment *b = &plan->basic[m];
            e->site.moments[m] += f[b->mu] * powers[0][b->a] * powers[1][b->b] * powers[2][b->c];
        }
    }
    lrpot__plan_forward(plan, e->site.moments);
}

/* dV/dr of one neighbour: radial part along u, and the gradient on the unit sphere divided by r. */
static void neighbour_gradient(const lrpot__plan *plan, const environment *e, int64_t k,
                               double *gradient)
{
    const lrpot__site_neighbour *n = &e->site.neighbours[k];
    const double *f = e->f + k * plan->n_radial, *df = e->df + k * plan->n_radial;
    double powers[3][LRPOT__POWERS], radial = 0.0, angular[3] = { 0.0, 0.0, 0.0 };
    lrpot__fill_powers(n->u, powers);
    for (int32_t m = 0; m < plan->n_basic; m++) {
        const lrpot__moment *b = &plan->basic[m];
        double x = powers[0][b->a], y = powers[1][b->b], z = powers[2][b->c],
               w = e->site.adjoint[m] * f[b->mu];
        radial += e->site.adjoint[m] * df[b->mu] * x * y * z;
        if (b->a > 0) angular[0] += w * b->a * powers[0][b->a - 1] * y * z;
        if (b->b > 0) angular[1] += w * b->b * x * powers[1][b->b - 1] * z;
        if (b->c > 0) angular[2] += w * b->c * x * y * powers[2][b->c - 1];
    }
    double along = n->u[0] * angular[0] + n->u[1] * angular[1] + n->u[2] * angular[2];
    for (int c = 0; c < 3; c++)
        gradient[c] = radial * n->u[c] + (angular[c] - n->u[c] * along) / n->r;
}

static void add_gradient(int64_t i, const lrpot__site_neighbour *n, double weight,
                         const double *slope, const double *arm, lrpot__sums *sums)
{
    const double gradient[3] = { weight * slope[0], weight * slope[1], weight * slope[2] };
    double reach = arm != NULL ? n->r * (arm[0] * n->u[0] + arm[1] * n->u[1] + arm[2] * n->u[2])
                               : 1.0;
    if (sums->forces != NULL)
        for (int c = 0; c < 3; c++) {
            if (arm == NULL) sums->forces[4 * i + c] += gradient[c];
            sums->forces[4 * (int64_t)n->j + c] -= reach * gradient[c];
        }
    double turned = arm != NULL ? lrpot__dot3(arm, gradient) : 0.0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            double w = -n->r * n->u[a] * gradient[b];
            if (arm != NULL)
                w = 0.5
                    * (reach * w - n->r * n->u[b] * reach * gradient[a]
                       + n->r * n->r * n->u[a] * n->u[b] * turned);
            sums->virial[3 * a + b] += w;
            if (sums->virial_atom != NULL) sums->virial_atom[9 * (int64_t)n->j + 3 * a + b] += w;
        }
}

static void write_heads(const lrpot__job *job, int64_t i, const double *moments)
{
    const lrpot__request *request = job->request;
    for (int64_t h = 0; h < request->n_heads; h++) {
        const lrpot__head *head = &request->heads[h];
        const double *coefficients = head->coefficients + job->atoms->species[i] * head->count;
        double sum = 0.0;
        for (int64_t k = 0; k < head->count; k++)
            sum += coefficients[k]
                   * moments[job->basis->plan->scalars[head->first + k * head->stride]];
        request->head_values[i * request->n_heads + h] = sum;
    }
}

static void run(const lrpot__job *job, int64_t begin, int64_t end, void *scratch, lrpot__sums *sums)
{
    const lrpot__plan *plan = job->basis->plan;
    const lrpot__request *request = job->request;
    environment e = divide_scratch(job, scratch);
    for (int64_t i = begin; i < end; i++) {
        lrpot__environment_collect(job, i, &e.site, sums);
        if (sums->status != LRPOT_OK) return;
        evaluate_radial(job, i, &e, sums);
        evaluate_moments(plan, &e);
        for (int32_t s = 0; s < plan->n_scalars && request->features != NULL; s++)
            request->features[i * plan->n_scalars + s] = e.site.moments[plan->scalars[s]];
        if (request->heads != NULL) write_heads(job, i, e.site.moments);
        double value = 0.0, weight = request->weights != NULL ? request->weights[i] : 1.0;
        const double *coefficients = lrpot__environment_head(job, i, &e.site, &value);
        if (request->values != NULL) request->values[i] = value;
        if (!job->backward) continue;
        lrpot__plan_backward(plan, coefficients, e.site.moments, e.site.adjoint);
        for (int64_t k = 0; k < e.site.n; k++) {
            double gradient[3];
            neighbour_gradient(plan, &e, k, gradient);
            if (request->offsets != NULL)
                add_gradient(i, &e.site.neighbours[k], request->offsets[i], gradient, NULL, sums);
            add_gradient(i, &e.site.neighbours[k], weight, gradient, request->lever_arm, sums);
        }
    }
}

const lrpot__basis_kernel lrpot__basis_kernel_reference = { prepare, scratch_bytes, units, run };
