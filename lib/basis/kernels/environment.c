/* Data of one atom in the kernels that take one atom at a time. */
#include "basis/kernels/environment.h"

#include "basis/network.h"
#include "structure/nlist.h"

#include <math.h>
#include <string.h>

int64_t lrpot__environment_bytes(const lrpot__job *job)
{
    const lrpot__plan *plan = job->basis->plan;
    return job->rows.max_count * (int64_t)sizeof(lrpot__site_neighbour)
           + 2 * (int64_t)(plan->n_moments + plan->n_scalars) * (int64_t)sizeof(double);
}

lrpot__environment lrpot__environment_divide(const lrpot__job *job, void *scratch, double **rest)
{
    const lrpot__plan *plan = job->basis->plan;
    lrpot__environment e = { .neighbours = scratch };
    e.moments = (double *)(e.neighbours + job->rows.max_count);
    e.adjoint = e.moments + plan->n_moments;
    e.features = e.adjoint + plan->n_moments;
    e.row = e.features + plan->n_scalars;
    *rest = e.row + plan->n_scalars;
    return e;
}

void lrpot__environment_collect(const lrpot__job *job, int64_t i, lrpot__environment *e,
                                lrpot__sums *sums)
{
    const double *centre = job->atoms->positions + i * job->stride;
    double cutoff = job->basis->options.cutoff;
    lrpot__row row = lrpot__nlist_get_row(&job->rows, i);
    e->n = 0;
    for (int64_t k = 0; k < row.count; k++) {
        double d[3];
        lrpot__site_neighbour *n = &e->neighbours[e->n];
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

static const double *coefficients_of(const lrpot__job *job, int64_t i)
{
    const lrpot__request *request = job->request;
    if (request->atom_coefficients != NULL)
        return request->atom_coefficients + i * job->basis->plan->n_scalars;
    return request->coefficients != NULL
               ? request->coefficients + job->atoms->species[i] * request->species_stride
               : NULL;
}

const double *lrpot__environment_head(const lrpot__job *job, int64_t i, const lrpot__environment *e,
                                      double *value)
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
