/* Second derivatives: an atom's gradient differentiated by its parameters. A lane is a direction in
 * which an atom moves, not a parameter. There are few directions. One sweep forward and one back
 * give the slopes of all features, and those of all moments' adjoints, which the radial
 * coefficients need, at a cost that does not depend on their numbers. */
#include "fit/local/mixed_derivatives.h"

#include "core/matrix_product.h"
#include "core/strain.h"
#include "fit/local/network_jacobian.h"
#include "fit/local/scatter.h"

#include <string.h>

enum { NO_SLOPES, FEATURES, ALL };

static int64_t rows_of(const lrpot__local *local)
{
    return 3 * local->count + LRPOT__LOCAL_SUMS;
}

/* Copies features from the lanes to columns of the rows first, first + 1, ... of their slopes. Few
 * rows at a time, so that these stay in the cache. */
static void keep_features(lrpot__local *local, int64_t first, int64_t lanes)
{
    enum { FEW = 8 };
    const lrpot__plan *plan = local->basis->plan;
    for (int64_t from = 0; from < lanes; from += FEW) {
        int64_t count = lanes - from < FEW ? lanes - from : FEW;
        double *rows = local->feature_slopes + (first + from) * local->features_stride;
        for (int32_t s = 0; s < plan->n_scalars; s++) {
            const double *slopes = local->tangents + (int64_t)plan->scalars[s] * LRPOT__FIT_LANES
                                   + from;
            for (int64_t lane = 0; lane < count; lane++)
                rows[lane * local->features_stride + s] = slopes[lane];
        }
    }
}

/* Adds the part of the moments of one radial function, k to last - 1: sum_k d(dV/dM_k)/dr
 * dM_k/dc. */
static void add_function(lrpot__local *local, int64_t first, int64_t lanes, int32_t k, int32_t last)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size, S = local->basis->options.n_species;
    lrpot__matrix_product product = { .depth = last - k,
                                      .rows = lanes,
                                      .columns = local->sums_stride,
                                      .a = local->lanes + (int64_t)k * LRPOT__FIT_LANES,
                                      .stride_a = LRPOT__FIT_LANES,
                                      .b = local->sums + local->angular[k] * local->sums_stride,
                                      .stride_b = local->sums_stride,
                                      .c = local->block,
                                      .stride_c = local->sums_stride };
    memset(local->block, 0, (size_t)(lanes * local->sums_stride) * sizeof(double));
    lrpot__matrix_product_run(&product);
    for (int64_t lane = 0; lane < lanes; lane++)
        for (int64_t z = 0; z < S; z++) {
            const double *from = local->block + lane * local->sums_stride + z * size;
            double *to = local->radial_slopes + (first + lane) * local->n_radial
                         + (z * plan->n_radial + plan->basic[k].mu) * size;
            for (int64_t b = 0; b < size; b++) to[b] += from[b];
        }
}

/* Adds the moments of one radial function. If their monomials are consecutive, as in the tables of
 * this library, it is one product. */
static void add_radial(lrpot__local *local, int64_t first, int64_t lanes)
{
    const lrpot__plan *plan = local->basis->plan;
    for (int32_t k = 0, last = 0; k < plan->n_basic; k = last) {
        for (last = k + 1; last < plan->n_basic && plan->basic[last].mu == plan->basic[k].mu
                           && local->angular[last] == local->angular[last - 1] + 1;)
            last++;
        add_function(local, first, lanes, k, last);
    }
}

static void sweep(lrpot__local *local, int64_t first, int64_t lanes, int what)
{
    const lrpot__plan *plan = local->basis->plan;
    size_t lane = LRPOT__FIT_LANES * sizeof(double);
    for (int64_t k = 0; k < plan->n_basic; k++)
        memcpy(local->tangents + k * LRPOT__FIT_LANES, local->jacobian + k * local->stride + first,
               lane);
    memset(local->tangents + (int64_t)plan->n_basic * LRPOT__FIT_LANES, 0,
           (size_t)(plan->n_moments - plan->n_basic) * lane);
    local->kernel->forward(plan, local->moments, local->tangents);
    keep_features(local, first, lanes);
    if (what != ALL) return;
    memset(local->lanes, 0, (size_t)plan->n_moments * lane);
    if (local->network != NULL)
        lrpot__local_network_curvature(local, local->tangents, local->lanes);
    local->kernel->backward(plan, local->moments, local->adjoint, local->tangents, local->lanes);
    add_radial(local, first, lanes);
}

static void add(double *row, const double *x, int64_t n, double factor)
{
    for (int64_t i = 0; i < n; i++) row[i] += factor * x[i];
}

/* Derivative of neighbour n by the radial coefficients of its own function: [3][F n]. */
static void direct_terms(lrpot__local *local, int64_t n)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size, width = plan->n_radial * size;
    const double *y = local->monomials + n * local->n_angular,
                 *slope = local->slopes + 3 * n * local->n_angular;
    const double *q = local->polynomials + n * size, *dq = local->derivatives + n * size,
                 *r = local->vectors + 3 * n;
    int32_t k = 0;
    for (int32_t mu = 0; mu < plan->n_radial; mu++) {
        double sum = 0.0, vector[3] = { 0.0, 0.0, 0.0 };
        for (; k < plan->n_basic && plan->basic[k].mu == mu; k++) {
            int32_t a = local->angular[k];
            sum += local->adjoint[k] * y[a];
            for (int d = 0; d < 3; d++) vector[d] += local->adjoint[k] * slope[3 * a + d];
        }
        for (int d = 0; d < 3; d++)
            for (int64_t b = 0; b < size; b++)
                local->direct[d * width + mu * size + b] = dq[b] * sum * r[d] / local->distances[n]
                                                           + q[b] * vector[d];
    }
}

/* Term with the derivative of the radial function of the neighbour itself. */
static void direct_radial(lrpot__local *local)
{
    int64_t width = (int64_t)local->basis->plan->n_radial * local->basis->options.radial_size;
    for (int64_t n = 0; n < local->count; n++) {
        double *block = local->radial_slopes + local->species[n] * width,
               *sums = block + 3 * local->count * local->n_radial;
        direct_terms(local, n);
        for (int d = 0; d < 3; d++) {
            add(block + (3 * n + d) * local->n_radial, local->direct + d * width, width, 1.0);
            add(sums + d * local->n_radial, local->direct + d * width, width, 1.0);
        }
        for (int c = 0; c < 6; c++)
            add(sums + (3 + c) * local->n_radial, local->direct + lrpot__strain_column[c] * width,
                width, local->vectors[3 * n + lrpot__strain_row[c]]);
    }
}

static void make_slopes(lrpot__local *local, int what)
{
    if (local->slopes_made >= what) return;
    int64_t rows = rows_of(local);
    if (what == ALL)
        memset(local->radial_slopes, 0, (size_t)(rows * local->n_radial) * sizeof(double));
    for (int64_t first = 0; first < rows; first += LRPOT__FIT_LANES)
        sweep(local, first, rows - first < LRPOT__FIT_LANES ? rows - first : LRPOT__FIT_LANES,
              what);
    if (what == ALL) direct_radial(local);
    local->slopes_made = what;
}

void lrpot__local_feature_slopes(lrpot__local *local)
{
    make_slopes(local, FEATURES);
}

void lrpot__local_mixed_radial(lrpot__local *local, const lrpot__scatter *scatter)
{
    if (local->count == 0) return;
    make_slopes(local, ALL);
    lrpot__local_scatter(local, scatter,
                         (lrpot__local_rows){ local->radial_slopes, local->n_radial,
                                              local->n_radial, scatter->radial });
}

void lrpot__local_mixed_linear(lrpot__local *local, const lrpot__scatter *scatter)
{
    int64_t width = local->basis->plan->n_scalars;
    if (local->count == 0) return;
    make_slopes(local, FEATURES);
    lrpot__local_scatter(local, scatter,
                         (lrpot__local_rows){ local->feature_slopes, local->features_stride, width,
                                              scatter->linear });
}
