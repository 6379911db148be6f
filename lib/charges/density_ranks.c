/* Densities over the processes of a parallel host. */
#include "charges/density_ranks.h"

#include "charges/charge_eval.h"
#include "core/comm.h"
#include "core/error.h"

#include <cblas.h>
#include <string.h>

static const lrpot__tag weights_tag = { "derivatives by the heads of neighbours" };
static const lrpot__tag packed_tag = { "moments with those of ghosts" };

lrpot_status lrpot__density_settle_all(const lrpot__density_terms *t, int of_response, double *x)
{
    lrpot__density_excess(t, x);
    LRPOT__TRY(lrpot__comm_sum(t->comm, t->sums, t->n_groups));
    lrpot__density_take_excess(t, of_response, x);
    return LRPOT_OK;
}

lrpot_status lrpot__density_level_all(const lrpot__density_terms *t, const double *x0, double *v)
{
    lrpot__density_levels(t, x0, v);
    LRPOT__TRY(lrpot__comm_sum(t->comm, t->sums, t->n_groups));
    lrpot__density_take_levels(t, x0, v);
    return LRPOT_OK;
}

/* Potentials at the charges, to the ends of bonds. */
static lrpot_status bring(const lrpot__density_terms *t, int which, const double *v)
{
    for (int32_t w = 0; t->ends[which] != NULL && w < t->index.n_widths; w++) {
        double *to = t->ends[which] + w * t->n_ends;
        if (t->n > 0) memcpy(to, v + w * t->block, (size_t)t->n * sizeof *to);
        LRPOT__TRY(lrpot__charges_to_ghosts(t->atoms, t->comm, to));
    }
    return LRPOT_OK;
}

lrpot_status lrpot__density_respond_all(const lrpot__density_terms *t, const double *v, double *out)
{
    LRPOT__TRY(bring(t, 0, v));
    lrpot__density_respond(t, v, out);
    return LRPOT_OK;
}

lrpot_status lrpot__density_differentiate_all(const lrpot__density_terms *t, lrpot_workspace *work,
                                              const double *p, const double *u, double factor,
                                              double *weights, lrpot_outputs *out)
{
    double *all = weights;
    LRPOT__TRY(bring(t, 0, u));
    LRPOT__TRY(bring(t, 1, p));
    if (t->ends[0] != NULL)
        LRPOT__TRY(lrpot__workspace_doubles(work, &weights_tag, t->index.count * t->n_ends, &all));
    lrpot__density_differentiate_terms(t, p, u, factor, all, out);
    for (int32_t h = 0; all != weights && h < t->index.count; h++) {
        double *from = all + h * t->n_ends;
        if (lrpot__density_is_seen(&t->index, h))
            LRPOT__TRY(t->comm->reverse(t->comm->ctx, from, 1));
        if (t->n > 0) memcpy(weights + h * t->n, from, (size_t)t->n * sizeof *from);
    }
    return LRPOT_OK;
}

/* Values of owned atoms and behind them those of ghosts. */
static lrpot_status pack(const lrpot__charge_call *call, const double *values, int32_t width,
                         double *to)
{
    const lrpot_atoms *atoms = call->atoms;
    size_t bytes = (size_t)width * sizeof *to;
    if (atoms->n_owned > 0) memcpy(to, values, (size_t)atoms->n_owned * bytes);
    if (call->comm != NULL && call->comm->forward != NULL)
        return call->comm->forward(call->comm->ctx, to, width);
    for (int64_t g = atoms->n_owned; g < atoms->n_all; g++)
        memcpy(to + g * width, to + atoms->ghost_owner[g] * width, bytes);
    return LRPOT_OK;
}

lrpot_status lrpot__density_with_ghosts(const lrpot__charge_call *call, const double *x,
                                        const double **out)
{
    int64_t n = call->atoms->n_owned, m = call->atoms->n_all;
    int32_t order = call->charges->options.order,
            widths = lrpot__density_index_of(&call->charges->options).n_widths;
    double *packed = NULL;
    *out = x;
    if (call->comm == NULL || call->comm->sum == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &packed_tag,
                                        lrpot__density_size(call->charges, m), &packed));
    *out = packed;
    for (int32_t w = 0; w < widths; w++) {
        LRPOT__TRY(pack(call, x, 1, packed));
        if (order > 0) LRPOT__TRY(pack(call, x + n, 3, packed + m));
        if (order > 1) LRPOT__TRY(pack(call, x + 4 * n, 9, packed + 4 * m));
        x += lrpot__density_components(order) * n;
        packed += lrpot__density_components(order) * m;
    }
    return LRPOT_OK;
}

lrpot_status lrpot__density_dot(const lrpot_comm *comm, int64_t n, const double *a, const double *b,
                                double *out)
{
    *out = cblas_ddot((int)n, a, 1, b, 1);
    return lrpot__comm_sum(comm, out, 1);
}
