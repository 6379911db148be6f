/* Conjugate gradients for the equations of the charges. All vectors stay in the space where the
 * sums over the groups are zero and the multipliers drop out: means over groups are subtracted from
 * residuals, and from residuals times the preconditioner P. Nothing is subtracted in the free
 * group, which counts as infinitely large. */
#include "charges/conjugate_gradient.h"

#include "charges/charge_eval.h"
#include "charges/preconditioner.h"
#include "core/comm.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/workspace.h"
#include "structure/atoms_check.h"

#include <math.h>
#include <string.h>

enum { MAX_STEPS = 1000 };

typedef struct {
    const lrpot__charge_equations *equations;
    int64_t n;
    const lrpot__charge_groups *groups;
    double count;                         /* atoms of all processes */
    double *sums, *counts;                /* [groups + 2], atoms of each group [groups] */
    lrpot_ewald_operator *product;        /* A */
    const lrpot__preconditioner *inverse; /* P */
    /* residual [n], search direction [n_all], (A + eta) p [n], P r [n] */
    double *r, *p, *image, *z;
    double reference, wanted; /* norm of r that counts as 1; norm of a solution */
    double size, descent;     /* norm of r; r.P.r */
} iteration;

static int32_t group_of(const iteration *it, int64_t i)
{
    return lrpot__charge_group(it->groups, i);
}

/* Sums of v over the groups of all processes. Two more numbers are summed in the same call. */
static lrpot_status sum_groups(const iteration *it, const double *v, double extra[2])
{
    memset(it->sums, 0, (size_t)it->groups->count * sizeof *it->sums);
    for (int64_t i = 0; i < it->n; i++) it->sums[group_of(it, i)] += v[i];
    memcpy(it->sums + it->groups->count, extra, 2 * sizeof *extra);
    LRPOT__TRY(lrpot__comm_sum(it->equations->call->comm, it->sums, it->groups->count + 2));
    memcpy(extra, it->sums + it->groups->count, 2 * sizeof *extra);
    return LRPOT_OK;
}

/* Subtracts the means over groups from v. */
static lrpot_status project(const iteration *it, double *v, double extra[2])
{
    LRPOT__TRY(sum_groups(it, v, extra));
    for (int64_t i = 0; i < it->n; i++)
        v[i] -= it->sums[group_of(it, i)] / it->counts[group_of(it, i)];
    return LRPOT_OK;
}

/* Sets up the operator A for the atoms of the call, and P. */
static lrpot_status set_up(iteration *it)
{
    const lrpot__charge_call *call = it->equations->call;
    lrpot__charge_equations_solver *tools = NULL;
    LRPOT__TRY(lrpot__charge_equations_keep_solver(call, &tools));
    if (tools->product == NULL || tools->ewald != call->charges->ewald) {
        lrpot_ewald_operator_free(tools->product);
        tools->product = NULL;
        LRPOT__TRY(lrpot_ewald_operator_create(&tools->product, call->charges->ewald,
                                               lrpot__workspace_threads(call->work)));
        tools->ewald = call->charges->ewald;
    }
    it->product = tools->product;
    it->inverse = &tools->inverse;
    if (!call->prepared) {
        LRPOT__TRY(lrpot_ewald_operator_update(it->product, call->atoms, call->list, call->comm));
        LRPOT__TRY(lrpot__preconditioner_make(&tools->inverse, call, it->equations->hardness));
    }
    return LRPOT_OK;
}

/* image = (A + eta) x */
static lrpot_status apply(const iteration *it, double *x, double *image)
{
    const lrpot__charge_call *call = it->equations->call;
    LRPOT__TRY(lrpot__charges_to_ghosts(call->atoms, call->comm, x));
    LRPOT__TRY(lrpot_ewald_operator_apply(it->product, call->comm, x, image, NULL));
    for (int64_t i = 0; i < it->n; i++) image[i] += it->equations->hardness[i] * x[i];
    return LRPOT_OK;
}

static lrpot_status reserve(iteration *it)
{
    const lrpot__charge_call *call = it->equations->call;
    lrpot__charge_equations_solver *tools = NULL;
    LRPOT__TRY(lrpot__charge_equations_keep_solver(call, &tools));
    LRPOT__TRY(lrpot__grow((void **)&tools->sums, &tools->sums_capacity, 2 * it->groups->count + 2,
                           sizeof *tools->sums));
    it->sums = tools->sums;
    it->counts = tools->sums + it->groups->count + 2;
    LRPOT__TRY(lrpot__charge_equations_vector(call, LRPOT__VECTOR_RESIDUAL, &it->r));
    LRPOT__TRY(lrpot__charge_equations_vector(call, LRPOT__VECTOR_SEARCH, &it->p));
    LRPOT__TRY(lrpot__charge_equations_vector(call, LRPOT__VECTOR_CHANGE, &it->z));
    return lrpot__charge_equations_vector(call, LRPOT__VECTOR_IMAGE, &it->image);
}

static lrpot_status count_atoms(iteration *it)
{
    double unused[2] = { 0.0, 0.0 };
    for (int64_t i = 0; i < it->n; i++) it->z[i] = 1.0;
    LRPOT__TRY(sum_groups(it, it->z, unused));
    it->count = 0.0;
    for (int32_t f = 0; f < it->groups->count; f++) {
        double total = lrpot__charge_equations_total(it->equations, f);
        it->counts[f] = f == it->groups->free ? INFINITY : it->sums[f];
        it->count += it->sums[f];
        if (it->counts[f] == 0.0 && total != 0.0 && it->groups->atoms->fragments != NULL)
            return lrpot__fail(LRPOT_E_ARGUMENT, "fragment %d has a charge of %g e but no atoms", f,
                               total);
    }
    return LRPOT_OK;
}

/* Finds the reference norm for residuals. */
static lrpot_status measure_reference(iteration *it)
{
    const lrpot__charge_equations *e = it->equations;
    double squares[2] = { 0.0, 0.0 }, rest[2] = { 0.0, 0.0 };
    for (int64_t i = 0; i < it->n; i++) {
        int32_t f = group_of(it, i);
        double share = e->hardness[i] * lrpot__charge_equations_total(e, f) / it->counts[f];
        it->z[i] = e->rhs[i];
        squares[0] += share * share;
        squares[1] += e->rhs[i] * e->rhs[i];
    }
    LRPOT__TRY(project(it, it->z, squares));
    for (int64_t i = 0; i < it->n; i++) rest[0] += it->z[i] * it->z[i];
    LRPOT__TRY(lrpot__comm_sum(e->call->comm, rest, 2));
    it->reference = sqrt(rest[0] + squares[0]);
    /* for equal electronegativities the residual is only rounding error */
    it->wanted =
        fmax(e->call->charges->options.tolerance * it->reference, 1e-15 * sqrt(squares[1]));
    return LRPOT_OK;
}

/* Preconditioned residual, norm and scalar product of the residual. */
static lrpot_status update_residual(iteration *it)
{
    double sums[2] = { 0.0, 0.0 };
    lrpot__preconditioner_apply(it->inverse, it->r, it->z);
    for (int64_t i = 0; i < it->n; i++) {
        sums[0] += it->r[i] * it->z[i];
        sums[1] += it->r[i] * it->r[i];
    }
    LRPOT__TRY(project(it, it->z, sums));
    it->descent = sums[0];
    it->size = sqrt(sums[1]);
    return LRPOT_OK;
}

/* Residual of x. Its means are subtracted twice, since they may be far larger than the rest. */
static lrpot_status start_from(iteration *it)
{
    const lrpot__charge_equations *e = it->equations;
    double unused[2] = { 0.0, 0.0 };
    LRPOT__TRY(apply(it, e->x, it->image));
    for (int64_t i = 0; i < it->n; i++) it->r[i] = e->rhs[i] - it->image[i];
    LRPOT__TRY(project(it, it->r, unused));
    LRPOT__TRY(project(it, it->r, unused));
    return update_residual(it);
}

static lrpot_status cold_start(iteration *it)
{
    const lrpot__charge_equations *e = it->equations;
    for (int64_t i = 0; i < it->n; i++) {
        int32_t f = group_of(it, i);
        e->x[i] = lrpot__charge_equations_total(e, f) / it->counts[f];
    }
    return start_from(it);
}

/* Starts the iteration. A guess is first given the right sums. It is dropped if its residual is
 * larger than the reference norm. */
static lrpot_status start(iteration *it)
{
    const lrpot__charge_equations *e = it->equations;
    double missing[2] = { e->guess ? 0.0 : 1.0, 0.0 };
    if (!e->guess && it->n > 0) memset(e->x, 0, (size_t)it->n * sizeof *e->x);
    LRPOT__TRY(sum_groups(it, e->x, missing));
    if (missing[0] > 0.0) return cold_start(it); /* one process has no guess */
    for (int64_t i = 0; i < it->n; i++) {
        int32_t f = group_of(it, i);
        e->x[i] += (lrpot__charge_equations_total(e, f) - it->sums[f]) / it->counts[f];
        if (!isfinite(e->x[i])) missing[1] = 1.0;
    }
    LRPOT__TRY(lrpot__comm_sum(e->call->comm, missing + 1, 1));
    if (missing[1] > 0.0) return cold_start(it);
    LRPOT__TRY(start_from(it));
    return it->size <= it->reference ? LRPOT_OK : cold_start(it);
}

/* Error for an energy without a minimum: flow of charge along p lowers it. Names the atoms with the
 * largest flow. */
static lrpot_status indefinite(const iteration *it, double curvature)
{
    int64_t from = 0, to = 0;
    for (int64_t i = 0; i < it->n; i++) {
        if (it->p[i] < it->p[from]) from = i;
        if (it->p[i] > it->p[to]) to = i;
    }
    const int32_t *species = it->equations->call->atoms->species;
    if (it->n == 0)
        return lrpot__fail(LRPOT_E_SINGULAR, "the energy of the charges has no minimum");
    return lrpot__fail(
        LRPOT_E_SINGULAR,
        "the energy of the charges has no minimum: its curvature along a charge transfer is %.4g "
        "V/e; the transfer is largest from atom %lld to atom %lld (species %d and %d)",
        curvature, (long long)from, (long long)to, species[from], species[to]);
}

/* One step; beta belongs to the last residual. */
static lrpot_status step(iteration *it, double beta)
{
    double sums[2] = { 0.0, 0.0 };
    for (int64_t i = 0; i < it->n; i++) it->p[i] = it->z[i] + (beta != 0.0 ? beta * it->p[i] : 0.0);
    LRPOT__TRY(apply(it, it->p, it->image));
    for (int64_t i = 0; i < it->n; i++) {
        sums[0] += it->p[i] * it->image[i];
        sums[1] += it->p[i] * it->p[i];
    }
    LRPOT__TRY(project(it, it->image, sums));
    if (!(sums[0] > 1e-14 * sums[1])) return indefinite(it, sums[0] / sums[1]);
    double length = it->descent / sums[0];
    for (int64_t i = 0; i < it->n; i++) {
        it->equations->x[i] += length * it->p[i];
        it->r[i] -= length * it->image[i];
    }
    return update_residual(it);
}

lrpot_status lrpot__charge_equations_conjugate_gradient(const lrpot__charge_equations *equations)
{
    const lrpot_atoms *atoms = equations->call->atoms;
    iteration it = { .equations = equations,
                     .n = atoms->n_owned,
                     .groups = &equations->call->groups };
    double last = 0.0;
    LRPOT__TRY(reserve(&it));
    LRPOT__TRY(count_atoms(&it));
    if (it.count == 0.0) return LRPOT_OK;
    LRPOT__TRY(measure_reference(&it));
    LRPOT__TRY(set_up(&it));
    LRPOT__TRY(start(&it));
    for (int n = 0; !(it.size <= it.wanted); n++) {
        if (n == MAX_STEPS)
            return lrpot__fail(
                LRPOT_E_NOT_CONVERGED,
                "after %d steps the residual of the charges is %.3g, expected at most %.3g", n,
                it.size / it.reference, equations->call->charges->options.tolerance);
        double descent = it.descent;
        LRPOT__TRY(step(&it, last > 0.0 ? descent / last : 0.0));
        last = descent;
    }
    return LRPOT_OK;
}
