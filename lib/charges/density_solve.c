/* Self-consistent densities: Coulomb sums of their moments, and the fixed point. */
#include "charges/density_solve.h"

#include "charges/residuals.h"
#include "core/error.h"
#include "core/struct_size.h"
#include "structure/atoms_check.h"

#include <cblas.h>
#include <lrpot/multipoles.h>
#include <math.h>
#include <string.h>

static const lrpot__tag own_work_tag = { "workspace of the sums of a density" };
static const lrpot__tag solve_tag = { "fixed point of a density" };
static const lrpot__tag mixed_tag = { "mixed sums of a density" };

#define ROOT_PI 1.7724538509055160273
#define MOST_STEPS 500

static void free_work(void *work)
{
    lrpot_workspace_free(work);
}

/* Workspace of its own: the sums of the potential keep another list. */
static lrpot_status own_work(lrpot_workspace *work, lrpot_workspace **own)
{
    *own = lrpot__workspace_kept(work, &own_work_tag);
    if (*own != NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot_workspace_create(own, lrpot__workspace_threads(work)));
    return lrpot__workspace_keep(work, &own_work_tag, *own, free_work);
}

lrpot_status lrpot__density_sum(const lrpot__charge_call *call, const double *x, double *v,
                                double *energy, double *forces, double *virial)
{
    int64_t n = call->atoms->n_owned;
    int32_t order = call->charges->options.order;
    lrpot_workspace *own = NULL;
    lrpot_atoms owned; /* images come from the cell */
    if (call->matrix != NULL && forces == NULL && virial == NULL && v != NULL) {
        int size = (int)(lrpot__density_components(order) * n);
        cblas_dgemv(CblasRowMajor, CblasNoTrans, size, size, 1.0, call->matrix, size, x, 1, 0.0, v,
                    1);
        if (energy != NULL) *energy = 0.5 * cblas_ddot(size, x, 1, v, 1);
        return LRPOT_OK;
    }
    LRPOT__COPY_INPUT(&owned, call->atoms);
    owned.n_all = n;
    owned.ghost_owner = NULL;
    LRPOT__TRY(own_work(call->work, &own));
    if (order > 0)
        return lrpot_multipoles_eval(call->charges->ewald, own, &owned, NULL, NULL, x, x + n,
                                     order > 1 ? x + 4 * n : NULL, energy, forces, virial, v,
                                     v != NULL ? v + n : NULL,
                                     v != NULL && order > 1 ? v + 4 * n : NULL);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy, out.forces = forces, out.virial = virial, out.potential = v;
    return lrpot_ewald_eval(call->charges->ewald, own, &owned, NULL, NULL, x, &out);
}

/* (x + s y).A.(x + s y)/2 - (x - s y).A.(x - s y)/2 = 2 s x.A y, with s y half as large as x. */
lrpot_status lrpot__density_sum_mixed(const lrpot__charge_call *call, const double *x,
                                      const double *y, lrpot_outputs *out)
{
    int64_t n = call->atoms->n_owned,
            size = lrpot__density_components(call->charges->options.order) * n;
    double sizes[2] = { cblas_dnrm2((int)size, x, 1), cblas_dnrm2((int)size, y, 1) }, *z = NULL,
           virial[9];
    if (sizes[0] == 0.0 || sizes[1] == 0.0 || (out->forces == NULL && out->virial == NULL))
        return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &mixed_tag, size + 3 * n, &z));
    double s = 0.5 * sizes[0] / sizes[1], *forces = z + size;
    for (int sign = -1; sign <= 1; sign += 2) {
        double factor = 0.5 * sign / s;
        for (int64_t k = 0; k < size; k++) z[k] = x[k] + sign * s * y[k];
        LRPOT__TRY(lrpot__density_sum(call, z, NULL, NULL, forces, virial));
        for (int64_t k = 0; out->forces != NULL && k < 3 * n; k++)
            out->forces[k] += factor * forces[k];
        for (int k = 0; out->virial != NULL && k < 9; k++) out->virial[k] += factor * virial[k];
    }
    return LRPOT_OK;
}

/* 1 + A R of the charges and of the dipoles, each by itself: mean self-interaction times mean
 * response. One number for all moments of a kind keeps R symmetric beside it. */
static void fill_preconditioner(const lrpot__charge_call *call, const lrpot__density_terms *t,
                                double scale[3])
{
    double flow = 0.0, alpha = 0.0;
    scale[0] = scale[1] = scale[2] = 1.0;
    if (t->response == LRPOT_RESPONSE_NONE || t->n == 0) return;
    const double *kappa = t->values + t->index.flow * t->n;
    for (int64_t k = 0; t->response == LRPOT_RESPONSE_BONDS && k < t->n_bonds; k++)
        if (t->bonds[k].flows && t->bonds[k].i != t->bonds[k].j)
            flow += 0.5 * t->bonds[k].f * (kappa[t->bonds[k].i] + kappa[t->bonds[k].j]);
    for (int64_t i = 0; i < t->n; i++) {
        if (t->response == LRPOT_RESPONSE_ATOMS) flow += kappa[i];
        if (t->order > 0) alpha += t->values[t->index.polarizability * t->n + i];
    }
    for (int64_t i = 0; i < t->n; i++) {
        double s = call->charges->widths[t->atoms->species[i]], mean = 1.0 / (double)t->n,
               charge = LRPOT_COULOMB_CONSTANT / (ROOT_PI * s) * mean * mean;
        scale[0] += charge * flow;
        scale[1] += charge / (6.0 * s * s) * alpha;
    }
}

/* out = R v, without a change of the fragments' charges. */
static void respond(const lrpot__density_terms *t, const double *v, double *out)
{
    lrpot__density_respond(t, v, out);
    lrpot__density_settle(t, 1, out);
}

/* x = base - R v, with the charges of the fragments. */
static void answer(const lrpot__density_terms *t, int of_response, const double *base,
                   const double *v, double *x)
{
    lrpot__density_respond(t, v, x);
    for (int64_t k = 0; k < t->size; k++) x[k] = base[k] - x[k];
    lrpot__density_settle(t, of_response, x);
}

static double largest_of(int64_t n, const double *values)
{
    double largest = 0.0;
    for (int64_t k = 0; k < n; k++)
        if (!(fabs(values[k]) <= largest) && !isnan(largest)) largest = fabs(values[k]);
    return largest;
}

/* q = (1 + A R) p, from Rp, levelled: R does not see a level, which would drown the rest in
 * rounding errors. The sum is of moments as large as those of the solution, for which its
 * accuracy was chosen. scratch: [size] */
static lrpot_status multiply(const lrpot__charge_call *call, const lrpot__density_terms *t,
                             double size, const double *p, const double *Rp, double *scratch,
                             double *q)
{
    double length = cblas_dnrm2((int)t->size, Rp, 1), scale = length > 0.0 ? size / length : 1.0;
    for (int64_t k = 0; k < t->size; k++) scratch[k] = scale * Rp[k];
    LRPOT__TRY(lrpot__density_sum(call, scratch, q, NULL, NULL, NULL));
    for (int64_t k = 0; k < t->size; k++) q[k] = p[k] + q[k] / scale;
    lrpot__density_level(t, NULL, q);
    return LRPOT_OK;
}

/* Conjugate gradients for (1 + A R) v = A base + external in the inner product a.R b, in which the
 * matrix is symmetric and at least 1. Parts of v that R does not see are left as they are. */
static lrpot_status iterate(const lrpot__charge_call *call, const lrpot__density_terms *t,
                            lrpot__residuals *residuals, double *block, const double *x, double *v)
{
    int64_t n = t->size;
    double *r = block, *Rr = r + n, *p = Rr + n, *Rp = p + n, *q = Rp + n, scale[3], before = 0.0,
           size = fmax(cblas_dnrm2((int)n, x, 1), 1.0), rest;
    fill_preconditioner(call, t, scale);
    for (;;) {
        respond(t, r, Rr);
        rest = largest_of(n, Rr);
        lrpot__residuals_note(residuals, rest);
        if (!(rest > call->charges->options.tolerance) || isinf(rest)
            || residuals->steps >= MOST_STEPS)
            return LRPOT_OK;
        double product = 0.0, step;
        for (int64_t k = 0; k < n; k++)
            product += r[k] * Rr[k] / scale[k < t->n ? 0 : k < 4 * t->n ? 1 : 2];
        for (int64_t k = 0; k < n; k++) {
            double m = 1.0
                       / scale[k < t->n       ? 0
                               : k < 4 * t->n ? 1
                                              : 2],
                   beta = before > 0.0 ? product / before : 0.0;
            p[k] = m * r[k] + beta * p[k];
            Rp[k] = m * Rr[k] + beta * Rp[k];
        }
        before = product;
        LRPOT__TRY(multiply(call, t, size, p, Rp, Rr, q));
        step = product / cblas_ddot((int)n, Rp, 1, q, 1);
        cblas_daxpy((int)n, step, p, 1, v, 1);
        cblas_daxpy((int)n, -step, q, 1, r, 1);
    }
}

lrpot_status lrpot__density_solve(const lrpot__charge_call *call, const lrpot__density_terms *t,
                                  int of_response, const double *base, const double *external,
                                  double *x, double *v, double *felt, int32_t *steps)
{
    lrpot__residuals residuals = { 0 };
    double *block = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &solve_tag, 5 * t->size, &block));
    memset(block, 0, (size_t)(5 * t->size) * sizeof *block);
    answer(t, of_response, base, v, x);
    LRPOT__TRY(lrpot__density_sum(call, x, block, NULL, NULL, NULL));
    for (int64_t k = 0; k < t->size; k++) block[k] += (external != NULL ? external[k] : 0.0) - v[k];
    lrpot__density_level(t, NULL, block);
    LRPOT__TRY(iterate(call, t, &residuals, block, x, v));
    if (!(lrpot__residuals_last(&residuals) <= call->charges->options.tolerance))
        return lrpot__residuals_failed(&residuals,
                                       of_response ? "the response of the density" : "the density",
                                       "e", call->charges->options.tolerance);
    answer(t, of_response, base, v, x);
    for (int64_t k = 0; k < t->size; k++) felt[k] = v[k] + block[k];
    if (steps != NULL) *steps = residuals.steps;
    return LRPOT_OK;
}
