/* The equations of the charges by conjugate gradients. All vectors stay in the space of constant sum, where the multiplier has no part:
 * the residual is known up to a constant, and the preconditioner P takes the one that makes its result sum to zero. */
#include "charges/equilibrium.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

enum { MAX_STEPS = 1000 };

typedef struct {
    const lrpot__equations *equations;
    int64_t n;
    double count;    /* atoms of all processes */
    double inverses; /* 1.P.1 over them */
    lrpot_ewald_operator *product; /* A */
    const lrpot__local_inverse *inverse; /* P */
    double *r, *p, *image; /* residual [n], search direction [n_all], (A + eta) p [n] */
    double *z, *ones;      /* P r and P 1 [n] */
    double reference, wanted; /* norm of r that counts as 1; that of a solution */
    double size, descent;     /* norm of r; r.P.r; the constant taken off in both */
    double constant; /* of the residual as P sees it */
} iteration;

/* The map A for the atoms of the call, and P. */
static lrpot_status set_up(iteration *it)
{
    const lrpot__charge_call *call = it->equations->call;
    lrpot__equations_tools *tools = NULL;
    LRPOT__TRY(lrpot__equations_keep(call, &tools));
    if (tools->product == NULL || tools->ewald != call->charges->ewald) {
        lrpot_ewald_operator_free(tools->product);
        tools->product = NULL;
        LRPOT__TRY(lrpot_ewald_operator_create(&tools->product, call->charges->ewald, lrpot__workspace_threads(call->work)));
        tools->ewald = call->charges->ewald;
    }
    it->product = tools->product;
    it->inverse = &tools->inverse;
    if (!call->prepared) {
        LRPOT__TRY(lrpot_ewald_operator_update(it->product, call->atoms, call->list, call->comm));
        LRPOT__TRY(lrpot__local_inverse_make(&tools->inverse, call, it->equations->hardness));
    }
    for (int64_t i = 0; i < it->n; i++) it->z[i] = 1.0;
    lrpot__local_inverse_apply(it->inverse, it->z, it->ones);
    it->inverses = 0.0;
    for (int64_t i = 0; i < it->n; i++) it->inverses += it->ones[i];
    return lrpot__comm_sum(call->comm, &it->inverses, 1);
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
    LRPOT__TRY(lrpot__equations_vector(call, LRPOT__VECTOR_RESIDUAL, &it->r));
    LRPOT__TRY(lrpot__equations_vector(call, LRPOT__VECTOR_SEARCH, &it->p));
    LRPOT__TRY(lrpot__equations_vector(call, LRPOT__VECTOR_CHANGE, &it->z));
    LRPOT__TRY(lrpot__equations_vector(call, LRPOT__VECTOR_ONES, &it->ones));
    return lrpot__equations_vector(call, LRPOT__VECTOR_IMAGE, &it->image);
}

/* Counts, and the size that a residual is measured by. */
static lrpot_status measure(iteration *it)
{
    const lrpot__equations *e = it->equations;
    double sums[2] = { (double)it->n, 0.0 }, squares[3] = { 0.0, 0.0, 0.0 };
    for (int64_t i = 0; i < it->n; i++) sums[1] += e->rhs[i];
    LRPOT__TRY(lrpot__comm_sum(e->call->comm, sums, 2));
    it->count = sums[0];
    double mean = sums[1] / fmax(it->count, 1.0), share = e->total / fmax(it->count, 1.0);
    for (int64_t i = 0; i < it->n; i++) {
        squares[0] += (e->rhs[i] - mean) * (e->rhs[i] - mean);
        squares[1] += e->hardness[i] * share * e->hardness[i] * share;
        squares[2] += e->rhs[i] * e->rhs[i];
    }
    LRPOT__TRY(lrpot__comm_sum(e->call->comm, squares, 3));
    it->reference = sqrt(squares[0] + squares[1]);
    /* equal electronegativities leave nothing but rounding */
    it->wanted = fmax(e->call->charges->options.tolerance * it->reference, 1e-15 * sqrt(squares[2]));
    return LRPOT_OK;
}

/* Change, constant, size and product of the residual. */
static lrpot_status look(iteration *it)
{
    double sums[4] = { 0.0, 0.0, 0.0, 0.0 };
    lrpot__local_inverse_apply(it->inverse, it->r, it->z);
    for (int64_t i = 0; i < it->n; i++) {
        sums[0] += it->z[i];
        sums[1] += it->r[i] * it->z[i];
        sums[2] += it->r[i];
        sums[3] += it->r[i] * it->r[i];
    }
    LRPOT__TRY(lrpot__comm_sum(it->equations->call->comm, sums, 4));
    it->constant = sums[0] / it->inverses;
    it->descent = sums[1] - it->constant * sums[0];
    double square = sums[3] - sums[2] * sums[2] / it->count;
    it->size = square < 0.0 ? 0.0 : sqrt(square);
    return LRPOT_OK;
}

/* Residual of x; twice, since the constant may be far larger than the rest. */
static lrpot_status start_from(iteration *it)
{
    const lrpot__equations *e = it->equations;
    LRPOT__TRY(apply(it, e->x, it->image));
    for (int64_t i = 0; i < it->n; i++) it->r[i] = e->rhs[i] - it->image[i];
    LRPOT__TRY(look(it));
    for (int64_t i = 0; i < it->n; i++) it->r[i] -= it->constant;
    return look(it);
}

static lrpot_status cold_start(iteration *it)
{
    const lrpot__equations *e = it->equations;
    for (int64_t i = 0; i < it->n; i++) e->x[i] = e->total / it->count;
    return start_from(it);
}

/* A guess is as good as the next, so it gets the right sum first; where it is worse than none it is dropped. */
static lrpot_status start(iteration *it)
{
    const lrpot__equations *e = it->equations;
    double sum = 0.0, usable = e->guess ? 0.0 : 1.0;
    for (int64_t i = 0; i < it->n && e->guess; i++) sum += e->x[i];
    double sums[2] = { sum, usable };
    LRPOT__TRY(lrpot__comm_sum(e->call->comm, sums, 2));
    if (sums[1] > 0.0 || !isfinite(sums[0])) return cold_start(it); /* a process without a guess */
    for (int64_t i = 0; i < it->n; i++) e->x[i] += (e->total - sums[0]) / it->count;
    LRPOT__TRY(start_from(it));
    return it->size <= it->reference ? LRPOT_OK : cold_start(it);
}

/* No least energy: charge gains by flowing along p. Names the atoms that it flows between most. */
static lrpot_status indefinite(const iteration *it, double curvature)
{
    int64_t from = 0, to = 0;
    for (int64_t i = 0; i < it->n; i++) {
        if (it->p[i] < it->p[from]) from = i;
        if (it->p[i] > it->p[to]) to = i;
    }
    const int32_t *species = it->equations->call->atoms->species;
    if (it->n == 0) return lrpot__fail(LRPOT_E_SINGULAR, "the energy of the charges has no least value");
    return lrpot__fail(LRPOT_E_SINGULAR, "the energy of the charges has no least value: its curvature along a flow of charge is %.4g V/e, which is "
                       "largest from atom %lld to atom %lld (species %d and %d)", curvature, (long long)from, (long long)to, species[from],
                       species[to]);
}

/* One step; beta is that of the last residual. */
static lrpot_status step(iteration *it, double beta)
{
    double square[2] = { 0.0, 0.0 };
    for (int64_t i = 0; i < it->n; i++) {
        it->r[i] -= it->constant;
        it->p[i] = it->z[i] - it->constant * it->ones[i] + (beta != 0.0 ? beta * it->p[i] : 0.0);
    }
    LRPOT__TRY(apply(it, it->p, it->image));
    for (int64_t i = 0; i < it->n; i++) {
        square[0] += it->p[i] * it->image[i];
        square[1] += it->p[i] * it->p[i];
    }
    LRPOT__TRY(lrpot__comm_sum(it->equations->call->comm, square, 2));
    if (!(square[0] > 1e-14 * square[1])) return indefinite(it, square[0] / square[1]);
    double length = it->descent / square[0];
    for (int64_t i = 0; i < it->n; i++) {
        it->equations->x[i] += length * it->p[i];
        it->r[i] -= length * it->image[i];
    }
    return look(it);
}

lrpot_status lrpot__equations_iterate(const lrpot__equations *equations)
{
    iteration it = { .equations = equations, .n = equations->call->atoms->n_owned };
    double last = 0.0;
    LRPOT__TRY(reserve(&it));
    LRPOT__TRY(measure(&it));
    if (it.count == 0.0) return LRPOT_OK;
    LRPOT__TRY(set_up(&it));
    LRPOT__TRY(start(&it));
    for (int n = 0; !(it.size <= it.wanted); n++) {
        if (n == MAX_STEPS)
            return lrpot__fail(LRPOT_E_NOT_CONVERGED, "after %d steps the residual of the charges is %.3g, asked for is %.3g", n,
                               it.size / it.reference, equations->call->charges->options.tolerance);
        double descent = it.descent;
        LRPOT__TRY(step(&it, last > 0.0 ? descent / last : 0.0));
        last = descent;
    }
    return LRPOT_OK;
}
