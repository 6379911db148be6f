/* Reference kernel: one atom at a time, directly by the definition. It checks the fast kernels. */
#include "basis/kernels/basis_kernel.h"

#include "core/algebra.h"
#include "basis/network.h"
#include "basis/radial.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>

enum { POWERS = LRPOT__PLAN_MAX_RANK + 1, MAX_RADIAL_SIZE = 32 };

typedef struct {
    int32_t j;
    double u[3], r;
} neighbour;

/* All data of one atom. */
typedef struct {
    int64_t n;
    neighbour *neighbours;
    double *f, *df;         /* [n][F] radial functions and derivatives */
    double *moments;        /* [n_moments] */
    double *adjoint;        /* [n_moments] dV/dM */
    double *features, *row; /* [K] of heads with a network: B, and the coefficients at these */
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
    const lrpot__plan *plan = job->basis->plan;
    int64_t per_neighbour = (int64_t)sizeof(neighbour)
                            + 2 * plan->n_radial * (int64_t)sizeof(double);
    return job->rows.max_count * per_neighbour
           + 2 * (int64_t)(plan->n_moments + plan->n_scalars) * (int64_t)sizeof(double);
}

static environment divide_scratch(const lrpot__job *job, void *scratch)
{
    const lrpot__plan *plan = job->basis->plan;
    environment e = { .neighbours = scratch };
    e.f = (double *)(e.neighbours + job->rows.max_count);
    e.df = e.f + job->rows.max_count * plan->n_radial;
    e.moments = e.df + job->rows.max_count * plan->n_radial;
    e.adjoint = e.moments + plan->n_moments;
    e.features = e.adjoint + plan->n_moments;
    e.row = e.features + plan->n_scalars;
    return e;
}

static void collect_neighbours(const lrpot__job *job, int64_t i, environment *e, lrpot__sums *sums)
{
    const double *centre = job->atoms->positions + i * job->stride;
    double cutoff = job->basis->options.cutoff;
    lrpot__row row = lrpot__nlist_get_row(&job->rows, i);
    e->n = 0;
    for (int64_t k = 0; k < row.count; k++) {
        double d[3];
        neighbour *n = &e->neighbours[e->n];
        n->j = lrpot__neighbour(job, &row, centre, k, d);
        n->r = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        if (!(n->r < cutoff)) continue;
        if (n->r * n->r < LRPOT__COINCIDENT_SQUARED) {
            sums->status = LRPOT_E_COINCIDENT;
            sums->failed_i = i;
            sums->failed_j = n->j;
            return;
        }
        for (int c = 0; c < 3; c++) n->u[c] = d[c] / n->r;
        e->n++;
    }
}

static void evaluate_radial(const lrpot__job *job, int64_t i, environment *e, lrpot__sums *sums)
{
    const lrpot_basis *basis = job->basis;
    int32_t size = basis->options.radial_size, n_radial = basis->plan->n_radial;
    double q[MAX_RADIAL_SIZE], dq[MAX_RADIAL_SIZE];
    for (int64_t k = 0; k < e->n; k++) {
        int64_t pair = (int64_t)job->atoms->species[i] * basis->options.n_species
                       + job->atoms->species[e->neighbours[k].j];
        double pace, r = lrpot__radial_rest(basis, pair, e->neighbours[k].r, &pace);
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

static void fill_powers(const double *u, double powers[3][POWERS])
{
    for (int c = 0; c < 3; c++) {
        powers[c][0] = 1.0;
        for (int p = 1; p < POWERS; p++) powers[c][p] = powers[c][p - 1] * u[c];
    }
}

static void evaluate_moments(const lrpot__plan *plan, environment *e)
{
    double powers[3][POWERS];
    memset(e->moments, 0, (size_t)plan->n_moments * sizeof *e->moments);
    for (int64_t k = 0; k < e->n; k++) {
        const double *f = e->f + k * plan->n_radial;
        fill_powers(e->neighbours[k].u, powers);
        for (int32_t m = 0; m < plan->n_basic; m++) {
            const lrpot__moment *b = &plan->basic[m];
            e->moments[m] += f[b->mu] * powers[0][b->a] * powers[1][b->b] * powers[2][b->c];
        }
    }
    for (int32_t t = 0; t < plan->n_products; t++) {
        const lrpot__product *p = &plan->products[t];
        e->moments[p->target] += p->factor * e->moments[p->left] * e->moments[p->right];
    }
}

static void evaluate_adjoint(const lrpot__plan *plan, const double *coefficients, environment *e)
{
    memset(e->adjoint, 0, (size_t)plan->n_moments * sizeof *e->adjoint);
    for (int32_t s = 0; s < plan->n_scalars; s++) e->adjoint[plan->scalars[s]] += coefficients[s];
    for (int32_t t = plan->n_products - 1; t >= 0; t--) {
        const lrpot__product *p = &plan->products[t];
        double w = p->factor * e->adjoint[p->target];
        e->adjoint[p->left] += w * e->moments[p->right];
        e->adjoint[p->right] += w * e->moments[p->left];
    }
}

/* dV/dr of one neighbour: radial part along u, and the gradient on the unit sphere divided by r. */
static void neighbour_gradient(const lrpot__plan *plan, const environment *e, int64_t k,
                               double *gradient)
{
    const neighbour *n = &e->neighbours[k];
    const double *f = e->f + k * plan->n_radial, *df = e->df + k * plan->n_radial;
    double powers[3][POWERS], radial = 0.0, angular[3] = { 0.0, 0.0, 0.0 };
    fill_powers(n->u, powers);
    for (int32_t m = 0; m < plan->n_basic; m++) {
        const lrpot__moment *b = &plan->basic[m];
        double x = powers[0][b->a], y = powers[1][b->b], z = powers[2][b->c],
               w = e->adjoint[m] * f[b->mu];
        radial += e->adjoint[m] * df[b->mu] * x * y * z;
        if (b->a > 0) angular[0] += w * b->a * powers[0][b->a - 1] * y * z;
        if (b->b > 0) angular[1] += w * b->b * x * powers[1][b->b - 1] * z;
        if (b->c > 0) angular[2] += w * b->c * x * y * powers[2][b->c - 1];
    }
    double along = n->u[0] * angular[0] + n->u[1] * angular[1] + n->u[2] * angular[2];
    for (int c = 0; c < 3; c++)
        gradient[c] = radial * n->u[c] + (angular[c] - n->u[c] * along) / n->r;
}

static void add_gradient(int64_t i, const neighbour *n, const double *gradient, const double *arm,
                         lrpot__sums *sums)
{
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

static const double *coefficients_of(const lrpot__job *job, int64_t i)
{
    const lrpot__request *request = job->request;
    if (request->atom_coefficients != NULL)
        return request->atom_coefficients + i * job->basis->plan->n_scalars;
    return request->coefficients != NULL
               ? request->coefficients + job->atoms->species[i] * request->species_stride
               : NULL;
}

/* The value of a head, and its coefficients at the features of the atom. */
static const double *run_head(const lrpot__job *job, int64_t i, const environment *e, double *value)
{
    const lrpot__plan *plan = job->basis->plan;
    const lrpot__request *request = job->request;
    const double *coefficients = coefficients_of(job, i);
    *value = 0.0;
    for (int32_t s = 0; s < plan->n_scalars && coefficients != NULL; s++)
        *value += coefficients[s] * e->moments[plan->scalars[s]];
    if (request->network == NULL || request->atom_coefficients != NULL) return coefficients;
    memcpy(e->row, coefficients, (size_t)plan->n_scalars * sizeof *e->row);
    for (int32_t s = 0; s < plan->n_scalars; s++) e->features[s] = e->moments[plan->scalars[s]];
    *value += lrpot__network_run(request->network, request->output, job->atoms->species[i],
                                 e->features, job->atoms->total_charge, 1.0, e->row);
    return e->row;
}

static void run(const lrpot__job *job, int64_t begin, int64_t end, void *scratch, lrpot__sums *sums)
{
    const lrpot__plan *plan = job->basis->plan;
    const lrpot__request *request = job->request;
    environment e = divide_scratch(job, scratch);
    for (int64_t i = begin; i < end; i++) {
        collect_neighbours(job, i, &e, sums);
        if (sums->status != LRPOT_OK) return;
        evaluate_radial(job, i, &e, sums);
        evaluate_moments(plan, &e);
        for (int32_t s = 0; s < plan->n_scalars && request->features != NULL; s++)
            request->features[i * plan->n_scalars + s] = e.moments[plan->scalars[s]];
        if (request->heads != NULL) write_heads(job, i, e.moments);
        double value = 0.0;
        const double *coefficients = run_head(job, i, &e, &value);
        if (request->values != NULL) request->values[i] = value;
        if (!job->backward) continue;
        evaluate_adjoint(plan, coefficients, &e);
        for (int64_t k = 0; k < e.n; k++) {
            double gradient[3];
            neighbour_gradient(plan, &e, k, gradient);
            for (int c = 0; c < 3 && request->weights != NULL; c++)
                gradient[c] *= request->weights[i];
            add_gradient(i, &e.neighbours[k], gradient, request->lever_arm, sums);
        }
    }
}

const lrpot__basis_kernel lrpot__basis_kernel_reference = { prepare, scratch_bytes, units, run };
