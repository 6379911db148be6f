/* Self-consistent densities: Coulomb sums of their moments, and the fixed point. */
#include "charges/density_solve.h"

#include "charges/blurred_sums.h"
#include "charges/density_matrix.h"
#include "charges/density_ranks.h"
#include "charges/residuals.h"
#include "core/comm.h"
#include "core/error.h"
#include "core/struct_size.h"
#include "electrostatics/multipoles/multipole_split.h"
#include "structure/atoms_check.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

static const lrpot__tag own_work_tag = { "workspace of the sums of a density" };
static const lrpot__tag solve_tag = { "fixed point of a density" };
static const lrpot__tag mixed_tag = { "mixed sums of a density" };

#define ROOT_PI 1.7724538509055160273
#define MOST_STEPS 500
/* The residual of that many steps has drifted by rounding: it is computed anew, at most so often.
 */
#define LONG 20
#define ROUNDS 5
#define NOISE 1e-6 /* of a product, relative to its factors */

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
        int size = (int)lrpot__density_size(call->charges, n);
        cblas_dgemv(CblasRowMajor, CblasNoTrans, size, size, 1.0, call->matrix, size, x, 1, 0.0, v,
                    1);
        if (energy != NULL) *energy = 0.5 * cblas_ddot(size, x, 1, v, 1);
        return LRPOT_OK;
    }
    if (call->matrix != NULL && forces != NULL && virial == NULL)
        return lrpot__density_matrix_forces(call, x, v, energy, forces);
    const lrpot_atoms *atoms = call->atoms;
    const lrpot_nlist *list = call->list;
    const lrpot_comm *comm = call->comm;
    if (comm == NULL || comm->sum == NULL) { /* images come from the cell */
        LRPOT__COPY_INPUT(&owned, call->atoms);
        owned.n_all = n;
        owned.ghost_owner = NULL;
        atoms = &owned, list = NULL, comm = NULL;
    }
    LRPOT__TRY(own_work(call->work, &own));
    LRPOT__TRY(lrpot__density_with_ghosts(call, x, &x));
    if (call->charges->blurred != NULL)
        return lrpot__blurred_sums_of_pieces(call->charges->blurred, own, atoms, list, comm, order,
                                             order, x, v, energy, forces, virial);
    if (order > 0) {
        const lrpot__multipole_results results = { energy,
                                                   forces,
                                                   virial,
                                                   v,
                                                   v != NULL ? v + n : NULL,
                                                   v != NULL && order > 1 ? v + 4 * n : NULL,
                                                   NULL,
                                                   1,
                                                   NULL };
        return lrpot__multipoles_evaluate(call->charges->ewald, own, atoms, list, comm, x,
                                          x + atoms->n_all, order > 1 ? x + 4 * atoms->n_all : NULL,
                                          &results);
    }
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy, out.forces = forces, out.virial = virial, out.potential = v;
    return lrpot_ewald_eval(call->charges->ewald, own, atoms, list, comm, x, &out);
}

/* (x + s y).A.(x + s y)/2 - (x - s y).A.(x - s y)/2 = 2 s x.A y, with s y half as large as x. */
lrpot_status lrpot__density_sum_mixed(const lrpot__charge_call *call, const double *x,
                                      const double *y, lrpot_outputs *out)
{
    int64_t n = call->atoms->n_owned, size = lrpot__density_size(call->charges, n);
    double sizes[2], *z = NULL, virial[9];
    LRPOT__TRY(lrpot__density_dot(call->comm, size, x, x, &sizes[0]));
    LRPOT__TRY(lrpot__density_dot(call->comm, size, y, y, &sizes[1]));
    if (sizes[0] == 0.0 || sizes[1] == 0.0 || (out->forces == NULL && out->virial == NULL))
        return LRPOT_OK;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &mixed_tag, size + 3 * call->atoms->n_all, &z));
    double s = 0.5 * sqrt(sizes[0] / sizes[1]), *forces = z + size;
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

/* Sum of the capacities of a width for charge. */
static double flow_of(const lrpot__density_terms *t, int32_t w)
{
    const double *kappa = t->values + (t->index.flow + w) * t->n_ends;
    double flow = 0.0;
    for (int64_t k = 0; t->response == LRPOT_RESPONSE_BONDS && k < t->n_bonds; k++)
        if (t->bonds[k].flows && t->bonds[k].i != t->bonds[k].j)
            flow += 0.5 * t->bonds[k].f * (kappa[t->bonds[k].i] + kappa[t->bonds[k].j]);
    for (int64_t i = 0; t->response == LRPOT_RESPONSE_ATOMS && i < t->n; i++) flow += kappa[i];
    return flow;
}

enum { FLOW, ALPHA, OWN_CHARGE, OWN_DIPOLE, MEANS };

/* Of a width and this process' atoms: sums of the capacities, and of the interactions of unit
 * charges and dipoles with themselves. */
static void add_up(const lrpot__charge_call *call, const lrpot__density_terms *t, int32_t w,
                   double sums[MEANS])
{
    double blur = w * call->charges->options.spread;
    sums[FLOW] = flow_of(t, w);
    for (int64_t i = 0; i < t->n; i++) {
        double s = hypot(call->charges->widths[t->atoms->species[i]], blur),
               charge = LRPOT_COULOMB_CONSTANT / (ROOT_PI * s);
        if (t->index.polarizability >= 0)
            sums[ALPHA] += t->values[(t->index.polarizability + w) * t->n_ends + i];
        sums[OWN_CHARGE] += charge;
        sums[OWN_DIPOLE] += charge / (6.0 * s * s);
    }
}

/* 1 + A R of the charges and of the dipoles, each by itself: mean self-interaction times mean
 * response. One number for all moments of a kind keeps R symmetric beside it. */
static lrpot_status fill_preconditioner(const lrpot__charge_call *call,
                                        const lrpot__density_terms *t, double scale[3])
{
    double sums[LRPOT__DENSITY_WIDTHS_MAX * MEANS + 1] = { (double)t->n };
    scale[0] = scale[1] = scale[2] = 1.0;
    if (t->response == LRPOT_RESPONSE_NONE
        || (call->charges->options.flags & LRPOT_CHARGES_WITHOUT_SELF))
        return LRPOT_OK;
    for (int32_t w = 0; w < t->index.n_widths; w++) add_up(call, t, w, sums + 1 + w * MEANS);
    LRPOT__TRY(lrpot__comm_sum(t->comm, sums, 1 + t->index.n_widths * MEANS));
    for (int32_t w = 0; sums[0] > 0.0 && w < t->index.n_widths; w++) {
        const double *of = sums + 1 + w * MEANS, mean = 1.0 / sums[0];
        scale[0] += of[OWN_CHARGE] * mean * of[FLOW] * mean;
        scale[1] += of[OWN_DIPOLE] * mean * of[ALPHA] * mean;
    }
    return LRPOT_OK;
}

/* out = R v, without a change of the fragments' charges. */
static lrpot_status respond(const lrpot__density_terms *t, const double *v, double *out)
{
    LRPOT__TRY(lrpot__density_respond_all(t, v, out));
    return lrpot__density_settle_all(t, 1, out);
}

/* x = base - R v, with the charges of the fragments. */
static lrpot_status answer(const lrpot__density_terms *t, int of_response, const double *base,
                           const double *v, double *x)
{
    LRPOT__TRY(lrpot__density_respond_all(t, v, x));
    for (int64_t k = 0; k < t->size; k++) x[k] = base[k] - x[k];
    return lrpot__density_settle_all(t, of_response, x);
}

/* Largest of values, or NAN. Of several processes the root of the sum of squares of theirs, which
 * is no smaller than the largest and the same everywhere. */
static lrpot_status largest_of(const lrpot__density_terms *t, const double *values, double *out)
{
    double largest = 0.0;
    for (int64_t k = 0; k < t->size; k++)
        if (!(fabs(values[k]) <= largest) && !isnan(largest)) largest = fabs(values[k]);
    *out = largest;
    if (t->comm == NULL || t->comm->sum == NULL) return LRPOT_OK;
    *out *= largest;
    LRPOT__TRY(lrpot__comm_sum(t->comm, out, 1));
    *out = sqrt(*out);
    return LRPOT_OK;
}

/* 0 of a charge, 1 of a component of a dipole, 2 of a quadrupole. */
static int kind_of(const lrpot__density_terms *t, int64_t k)
{
    int64_t in_block = k % t->block;
    return in_block < t->n ? 0 : in_block < 4 * t->n ? 1 : 2;
}

/* Size of moments as the accuracy of a sum of them counts them: vectors of one size are summed with
 * one splitting, whose list and radial functions are then those of all sums at the same places. Of
 * several widths, which have a splitting for each pair, it is the root of the sum of squares. */
static lrpot_status measure(const lrpot__charge_call *call, const lrpot__density_terms *t,
                            const double *x, double *out)
{
    double weights[3] = { 1.0, 1.0, 1.0 };
    lrpot_workspace *own = NULL;
    LRPOT__TRY(own_work(call->work, &own));
    if (t->order > 0 && t->index.n_widths == 1 && call->matrix == NULL)
        lrpot__multipoles_weights(own, weights);
    *out = 0.0;
    for (int64_t k = 0; k < t->size; k++) *out += weights[kind_of(t, k)] * x[k] * x[k];
    LRPOT__TRY(lrpot__comm_sum(t->comm, out, 1));
    *out = sqrt(*out);
    return LRPOT_OK;
}

/* q = (1 + A R) p, from Rp, levelled: R does not see a level, which would drown the rest in
 * rounding errors. The sum is of moments as large as those of the solution, for which its
 * accuracy was chosen. scratch: [size] */
static lrpot_status multiply(const lrpot__charge_call *call, const lrpot__density_terms *t,
                             double size, const double *p, const double *Rp, double *scratch,
                             double *q)
{
    double length, scale;
    LRPOT__TRY(measure(call, t, Rp, &length));
    scale = length > 0.0 ? size / length : 1.0;
    for (int64_t k = 0; k < t->size; k++) scratch[k] = scale * Rp[k];
    LRPOT__TRY(lrpot__density_sum(call, scratch, q, NULL, NULL, NULL));
    for (int64_t k = 0; k < t->size; k++) q[k] = p[k] + q[k] / scale;
    return lrpot__density_level_all(t, NULL, q);
}

static int64_t atom_of(const lrpot__density_terms *t, int64_t k)
{
    static const int64_t starts[3] = { 0, 1, 4 }, lengths[3] = { 1, 3, 9 };
    int kind = kind_of(t, k);
    return (k % t->block - starts[kind] * t->n) / lengths[kind];
}

/* The moments Rp lower the energy the more the larger they are; they are largest at one atom. Only
 * without self-interaction is this possible. */
static lrpot_status runs_away(const lrpot__density_terms *t, const double *Rp)
{
    int64_t largest = 0;
    for (int64_t k = 1; k < t->size; k++)
        if (fabs(Rp[k]) > fabs(Rp[largest])) largest = k;
    return lrpot__fail(LRPOT_E_NOT_CONVERGED,
                       "the density has no fixed point: the response of the %s of atom %lld and of "
                       "those around it is stronger than what holds it; the model responds too "
                       "strongly without self-interaction",
                       kind_of(t, largest) == 0   ? "charge"
                       : kind_of(t, largest) == 1 ? "dipole"
                                                  : "quadrupole",
                       (long long)atom_of(t, largest));
}

/* Removes what R does not see of a residual: it would grow, as nothing there is contracted. */
static void keep_seen(const lrpot__density_terms *t, double *r)
{
    for (int32_t w = 0; w < t->index.n_widths; w++, r += t->block) {
        if (t->order > 0 && t->index.polarizability < 0)
            memset(r + t->n, 0, (size_t)(3 * t->n) * sizeof *r);
        if (t->order > 1 && t->index.quadrupolarizability < 0)
            memset(r + 4 * t->n, 0, (size_t)(9 * t->n) * sizeof *r);
        for (int64_t i = 0; t->index.quadrupolarizability >= 0 && i < t->n; i++) {
            double *m = r + 4 * t->n + 9 * i, third = (m[0] + m[4] + m[8]) / 3.0;
            for (int a = 0; a < 9; a += 4) m[a] -= third;
        }
    }
}

/* Conjugate gradients for (1 + A R) v = A base + external in the inner product a.R b, in which the
 * matrix is symmetric and, with self-interaction, at least 1. Parts of v that R does not see are
 * left as they are. felt: the potential of the moments, kept up to date. */
static lrpot_status iterate(const lrpot__charge_call *call, const lrpot__density_terms *t,
                            lrpot__residuals *residuals, double *block, const double *x, double *v,
                            double *felt)
{
    int64_t n = t->size;
    double *r = block, *Rr = r + n, *p = Rr + n, *Rp = p + n, *q = Rp + n, scale[3], before = 0.0,
           size, rest;
    LRPOT__TRY(fill_preconditioner(call, t, scale));
    LRPOT__TRY(measure(call, t, x, &size));
    size = fmax(size, 1.0);
    for (;;) {
        LRPOT__TRY(respond(t, r, Rr));
        LRPOT__TRY(largest_of(t, Rr, &rest));
        lrpot__residuals_note(residuals, rest);
        if (!(rest > call->charges->options.tolerance) || isinf(rest)
            || residuals->steps >= MOST_STEPS)
            return LRPOT_OK;
        double product = 0.0, step, products[4] = { 0.0, 0.0, 0.0, 0.0 };
        for (int64_t k = 0; k < n; k++) product += r[k] * Rr[k] / scale[kind_of(t, k)];
        LRPOT__TRY(lrpot__comm_sum(t->comm, &product, 1));
        for (int64_t k = 0; k < n; k++) {
            double m = 1.0 / scale[kind_of(t, k)], beta = before > 0.0 ? product / before : 0.0;
            p[k] = m * r[k] + beta * p[k];
            Rp[k] = m * Rr[k] + beta * Rp[k];
        }
        before = product;
        LRPOT__TRY(multiply(call, t, size, p, Rp, Rr, q));
        for (int64_t k = 0; k < n; k++) {
            products[0] += Rp[k] * q[k];
            products[1] += Rp[k] * Rp[k];
            products[2] += q[k] * q[k];
        }
        LRPOT__TRY(lrpot__comm_sum(t->comm, products, 3));
        if (products[0] < -NOISE * sqrt(products[1] * products[2])) return runs_away(t, Rp);
        step = product / products[0];
        cblas_daxpy((int)n, step, p, 1, v, 1);
        for (int64_t k = 0; k < n; k++) felt[k] -= step * (q[k] - p[k]);
        cblas_daxpy((int)n, -step, q, 1, r, 1);
        keep_seen(t, r);
    }
}

lrpot_status lrpot__density_solve(const lrpot__charge_call *call, const lrpot__density_terms *t,
                                  int of_response, const double *base, const double *external,
                                  double *x, double *v, double *felt, int32_t *steps)
{
    lrpot__residuals residuals = { 0 };
    double *block = NULL;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &solve_tag, 5 * t->size, &block));
    for (int round = 0, first = 0; round == 0 || (round < ROUNDS && residuals.steps - first > LONG);
         round++) {
        first = residuals.steps;
        if (t->size > 0) memset(block, 0, (size_t)(5 * t->size) * sizeof *block);
        LRPOT__TRY(answer(t, of_response, base, v, x));
        LRPOT__TRY(lrpot__density_sum(call, x, felt, NULL, NULL, NULL));
        if (external != NULL) cblas_daxpy((int)t->size, 1.0, external, 1, felt, 1);
        for (int64_t k = 0; k < t->size; k++) block[k] = felt[k] - v[k];
        LRPOT__TRY(lrpot__density_level_all(t, NULL, block));
        keep_seen(t, block);
        LRPOT__TRY(iterate(call, t, &residuals, block, x, v, felt));
    }
    if (!(lrpot__residuals_last(&residuals) <= call->charges->options.tolerance))
        return lrpot__residuals_failed(&residuals,
                                       of_response ? "the response of the density" : "the density",
                                       "e", call->charges->options.tolerance);
    LRPOT__TRY(answer(t, of_response, base, v, x));
    if (steps != NULL) *steps = residuals.steps;
    return LRPOT_OK;
}
