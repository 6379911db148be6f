/* Solution of the equations of the charges by factorisation of the bordered matrix [A + eta, C;
 * C^T, 0], where C holds the membership of atoms in groups. */
#include "charges/dense.h"

#include "core/error.h"
#include "core/struct_size.h"
#include "core/workspace.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

static const lrpot__tag matrix_tag = { "matrix of the equations of the charges" };

enum { BLOCK_SIZE = 64 }; /* number of columns that the factorisation processes at a time */

typedef struct {
    double *matrix;     /* [m][m], then its factors */
    double *column;     /* [m] */
    double *work;       /* [BLOCK_SIZE][m] */
    lapack_int *pivots; /* [m] */
    int64_t n, m;       /* atoms; and groups */
} dense;

static lrpot_status reserve(const lrpot__charge_equations *e, dense *d)
{
    const lrpot__charge_call *call = e->call;
    d->n = call->atoms->n_owned;
    d->m = d->n + call->groups.count;
    int64_t integers = (d->m * (int64_t)sizeof(lapack_int) + 7) / 8;
    LRPOT__TRY(lrpot__workspace_doubles(call->work, &matrix_tag,
                                        (d->m + 1 + BLOCK_SIZE) * d->m + integers, &d->matrix));
    d->column = d->matrix + d->m * d->m;
    d->work = d->column + d->m;
    d->pivots = (lapack_int *)(d->work + BLOCK_SIZE * d->m);
    return LRPOT_OK;
}

/* A + eta as [n][n]. Images of the atoms come from the cell, so ghosts are not used. */
static lrpot_status plain_matrix(const lrpot__charge_equations *e, double *matrix)
{
    lrpot__charge_equations_solver *tools = NULL;
    lrpot_atoms owned;
    LRPOT__COPY_INPUT(&owned, e->call->atoms);
    owned.n_all = owned.n_owned;
    owned.ghost_owner = NULL;
    LRPOT__TRY(lrpot__charge_equations_keep_solver(e->call, &tools));
    if (tools->work == NULL)
        LRPOT__TRY(lrpot_workspace_create(&tools->work, lrpot__workspace_threads(e->call->work)));
    LRPOT__TRY(
        lrpot_ewald_matrix(e->call->charges->ewald, tools->work, &owned, matrix, NULL, NULL));
    for (int64_t i = 0; i < owned.n_owned; i++) matrix[i * (owned.n_owned + 1)] += e->hardness[i];
    return LRPOT_OK;
}

/* Adds the border. A group without atoms gets an equation of its own, 0 = 0, as the free one
 * does. */
static void add_border(const lrpot__charge_equations *e, const dense *d)
{
    int64_t n = d->n;
    for (int64_t i = n - 1; i >= 0; i--)
        memmove(d->matrix + i * d->m, d->matrix + i * n, (size_t)n * sizeof(double));
    for (int64_t i = 0; i < n; i++)
        memset(d->matrix + i * d->m + n, 0, (size_t)(d->m - n) * sizeof(double));
    memset(d->matrix + n * d->m, 0, (size_t)((d->m - n) * d->m) * sizeof(double));
    for (int64_t f = n; f < d->m; f++) d->matrix[f * d->m + f] = -1.0;
    for (int64_t i = 0; i < n; i++) {
        int32_t group = lrpot__charge_group(&e->call->groups, i);
        int64_t f = n + group;
        if (group == e->call->groups.free) continue;
        d->matrix[i * d->m + f] = d->matrix[f * d->m + i] = 1.0;
        d->matrix[f * d->m + f] = 0.0;
    }
}

/* Error that names the pair of atoms between which a flow of charge lowers the energy most, if it
 * does so without limit; otherwise the system. */
static lrpot_status indefinite(const lrpot__charge_equations *e, const dense *d)
{
    const lrpot__charge_groups *groups = &e->call->groups;
    int64_t n = d->n, first = 0, second = 0;
    double least = INFINITY;
    LRPOT__TRY(plain_matrix(e, d->matrix));
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) {
            double curvature = d->matrix[i * n + i] + d->matrix[j * n + j]
                               - 2.0 * d->matrix[i * n + j];
            if (lrpot__charge_group(groups, i) == lrpot__charge_group(groups, j)
                && curvature < least)
                least = curvature, first = j, second = i;
        }
    return lrpot__fail(
        LRPOT_E_SINGULAR,
        "the energy of the charges has no minimum; the smallest curvature along a charge transfer, "
        "%.4g V/e, is between atoms %lld and %lld (species %d and %d)",
        least, (long long)first, (long long)second, e->call->atoms->species[first],
        e->call->atoms->species[second]);
}

/* Number of negative eigenvalues. The energy has a minimum under the constraints if it equals the
 * number of constraints. Blocks of two columns (negative pivots) have one eigenvalue of each
 * sign. */
static int64_t negative_eigenvalues(const dense *d)
{
    int64_t negative = 0;
    for (int64_t k = 0; k < d->m; k++) {
        if (d->pivots[k] < 0) {
            negative++;
            k++;
        } else if (!(d->matrix[k * d->m + k] > 0.0)) {
            negative++;
        }
    }
    return negative;
}

static lrpot_status factorise(const lrpot__charge_equations *e, const dense *d)
{
    LRPOT__TRY(plain_matrix(e, d->matrix));
    add_border(e, d);
    lapack_int m = (lapack_int)d->m;
    lapack_int info = LAPACKE_dsytrf_work(LAPACK_COL_MAJOR, 'L', m, d->matrix, m, d->pivots,
                                          d->work, BLOCK_SIZE * m);
    return info == 0 && negative_eigenvalues(d) == d->m - d->n ? LRPOT_OK : indefinite(e, d);
}

static lrpot_status check_groups(const lrpot__charge_equations *e)
{
    const lrpot__charge_groups *groups = &e->call->groups;
    for (int32_t f = 0; f < groups->count; f++) {
        int64_t i = 0;
        double total = lrpot__charge_equations_total(e, f);
        if (total == 0.0) continue;
        while (i < e->call->atoms->n_owned && lrpot__charge_group(groups, i) != f) i++;
        if (i == e->call->atoms->n_owned)
            return lrpot__fail(LRPOT_E_ARGUMENT, "fragment %d has a charge of %g e but no atoms", f,
                               total);
    }
    return LRPOT_OK;
}

lrpot_status lrpot__charge_equations_dense(const lrpot__charge_equations *e)
{
    dense d;
    int64_t n = e->call->atoms->n_owned;
    if (n == 0) return LRPOT_OK;
    LRPOT__TRY(check_groups(e));
    LRPOT__TRY(reserve(e, &d));
    if (!e->call->prepared) LRPOT__TRY(factorise(e, &d));
    memcpy(d.column, e->rhs, (size_t)n * sizeof *d.column);
    for (int64_t f = n; f < d.m; f++)
        d.column[f] = lrpot__charge_equations_total(e, (int32_t)(f - n));
    lapack_int m = (lapack_int)d.m;
    LAPACKE_dsytrs_work(LAPACK_COL_MAJOR, 'L', m, 1, d.matrix, m, d.pivots, d.column,
                        m); /* the only possible errors are wrong arguments */
    memcpy(e->x, d.column, (size_t)n * sizeof *d.column);
    return LRPOT_OK;
}
