#include "fit/local/local.h"

#include "basis/plan/sweeps.h"
#include "basis/radial.h"
#include "core/error.h"
#include "core/matrix_product.h"
#include "core/memory.h"
#include "core/strain.h"
#include "fit/local/fit_kernel.h"
#include "fit/local/network_jacobian.h"

#include <math.h>
#include <string.h>

void lrpot__local_free(lrpot__local *local)
{
    if (local == NULL) return;
    void *blocks[] = { local->angular,
                       local->exponents,
                       local->value_gradient,
                       local->j,
                       local->vectors,
                       local->gradient,
                       local->species,
                       local->monomials,
                       local->slopes,
                       local->polynomials,
                       local->derivatives,
                       local->distances,
                       local->jacobian,
                       local->targets,
                       local->scales,
                       local->moments,
                       local->adjoint,
                       local->sums,
                       local->tangents,
                       local->lanes,
                       local->block,
                       local->direct,
                       local->network_gradient,
                       local->expansion,
                       local->inputs,
                       local->effective,
                       local->curvatures,
                       local->feature_slopes,
                       local->radial_slopes,
                       local->sum_slopes,
                       local->rows };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) lrpot__free(blocks[i]);
    lrpot__free(local);
}

static int allocate_fixed(lrpot__local *local)
{
    const lrpot__plan *plan = local->basis->plan;
    const lrpot_basis_options *options = &local->basis->options;
    local->angular = lrpot__calloc(plan->n_basic, sizeof *local->angular);
    local->exponents = lrpot__calloc(3 * (int64_t)plan->n_basic, sizeof *local->exponents);
    if (local->angular == NULL || local->exponents == NULL) return 0;
    local->n_angular = lrpot__plan_monomials(plan, local->angular, local->exponents);
    local->value_gradient = lrpot__calloc(local->n_lanes, sizeof(double));
    local->moments = lrpot__calloc(plan->n_moments, sizeof(double));
    local->adjoint = lrpot__calloc(plan->n_moments, sizeof(double));
    local->sums_stride = lrpot__padded((int64_t)options->n_species * options->radial_size);
    local->sums = lrpot__calloc(local->n_angular * local->sums_stride, sizeof(double));
    local->block = lrpot__calloc(LRPOT__FIT_LANES * local->sums_stride, sizeof(double));
    local->tangents = lrpot__calloc((int64_t)plan->n_moments * LRPOT__FIT_LANES, sizeof(double));
    local->lanes = lrpot__calloc((int64_t)plan->n_moments * LRPOT__FIT_LANES, sizeof(double));
    local->direct =
        lrpot__calloc(3 * (int64_t)plan->n_radial * options->radial_size, sizeof(double));
    return local->value_gradient && local->moments && local->adjoint && local->sums && local->block
           && local->tangents && local->lanes && local->direct;
}

/* Allocates the arrays of networks whose sizes do not depend on the number of neighbours. */
static int allocate_network(lrpot__local *local)
{
    const lrpot__network *network = local->network;
    if (network == NULL) return 1;
    local->network_gradient = lrpot__calloc(network->n_weights, sizeof(double));
    local->expansion = lrpot__calloc(1, sizeof *local->expansion);
    local->inputs = lrpot__calloc(network->n_inputs, sizeof(double));
    local->effective = lrpot__calloc(network->n_features, sizeof(double));
    local->curvatures =
        lrpot__calloc(network->widths[0] * lrpot__network_weights_behind(network), sizeof(double));
    return local->network_gradient && local->expansion && local->inputs && local->effective
           && local->curvatures;
}

lrpot_status lrpot__local_create(lrpot__local **out, const lrpot_basis *basis,
                                 const lrpot__network *network)
{
    lrpot__local *local = lrpot__calloc(1, sizeof *local);
    if (local == NULL) return LRPOT_E_MEMORY;
    local->basis = basis;
    local->network = network;
    local->kernel = lrpot__fit_local_kernel_get();
    local->capacity = -1; /* an atom without neighbours also needs room, for the sums */
    local->n_radial = (int64_t)basis->options.n_species * basis->plan->n_radial
                      * basis->options.radial_size;
    local->n_lanes = local->n_radial + basis->plan->n_scalars;
    local->features_stride = lrpot__padded(basis->plan->n_scalars)
                             + 8; /* not a power of two, so that rows do not share cache sets */
    if (!allocate_fixed(local) || !allocate_network(local)) {
        lrpot__local_free(local);
        return LRPOT_E_MEMORY;
    }
    *out = local;
    return LRPOT_OK;
}

static lrpot_status reserve(lrpot__local *local, int64_t count)
{
    if (count <= local->capacity) return LRPOT_OK;
    int64_t n = count + count / 2 + 8;
    int64_t size = local->basis->options.radial_size,
            width = lrpot__padded(3 * n + LRPOT__LOCAL_SUMS);
    const lrpot__network *network = local->network;
    int64_t nodes = network != NULL ? network->widths[0] : 0,
            inputs = network != NULL ? network->n_inputs : 0;
    int64_t widest = network != NULL && lrpot__network_weights_behind(network) > inputs
                         ? lrpot__network_weights_behind(network)
                         : inputs;
    struct {
        void **block;
        int64_t count;
        size_t size;
    } blocks[] = {
        { (void **)&local->j, n, sizeof(int32_t) },
        { (void **)&local->species, n, sizeof(int32_t) },
        { (void **)&local->vectors, 3 * n, sizeof(double) },
        { (void **)&local->gradient, width, sizeof(double) },
        { (void **)&local->monomials, n * local->n_angular, sizeof(double) },
        { (void **)&local->slopes, 3 * n * local->n_angular, sizeof(double) },
        { (void **)&local->polynomials, n * size, sizeof(double) },
        { (void **)&local->derivatives, n * size, sizeof(double) },
        { (void **)&local->distances, n, sizeof(double) },
        { (void **)&local->jacobian, local->basis->plan->n_basic * width, sizeof(double) },
        { (void **)&local->targets, width + 6, sizeof(int64_t) },
        { (void **)&local->scales, width + 6, sizeof(double) },
        { (void **)&local->feature_slopes, width * local->features_stride, sizeof(double) },
        { (void **)&local->radial_slopes, width * local->n_radial, sizeof(double) },
        { (void **)&local->sum_slopes, width * nodes, sizeof(double) },
        { (void **)&local->rows, width * widest, sizeof(double) }
    };
    local->capacity = -1;
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        lrpot__free(*blocks[b].block);
        *blocks[b].block = lrpot__calloc(blocks[b].count, blocks[b].size);
        if (*blocks[b].block == NULL) return LRPOT_E_MEMORY;
    }
    local->stride = width;
    local->capacity = n;
    return LRPOT_OK;
}

/* Monomials of the unit vector and the derivative of each by the vector itself: (grad Y - nu Y u) /
 * r. */
static void fill_monomials(const lrpot__local *local, const double *u, double inverse_r, double *y,
                           double *slope)
{
    enum { MAX = 16 };
    double power[3][MAX];
    int32_t top = local->basis->plan->max_rank;
    for (int c = 0; c < 3; c++) {
        power[c][0] = 1.0;
        for (int32_t e = 1; e <= top; e++) power[c][e] = power[c][e - 1] * u[c];
    }
    for (int64_t k = 0; k < local->n_angular; k++) {
        const int32_t *e = local->exponents + 3 * k;
        double px = power[0][e[0]], py = power[1][e[1]], pz = power[2][e[2]], value = px * py * pz;
        double gx = e[0] ? e[0] * power[0][e[0] - 1] * py * pz : 0.0;
        double gy = e[1] ? e[1] * px * power[1][e[1] - 1] * pz : 0.0;
        double gz = e[2] ? e[2] * px * py * power[2][e[2] - 1] : 0.0;
        double rank = value * (e[0] + e[1] + e[2]);
        y[k] = value;
        slope[3 * k] = (gx - rank * u[0]) * inverse_r;
        slope[3 * k + 1] = (gy - rank * u[1]) * inverse_r;
        slope[3 * k + 2] = (gz - rank * u[2]) * inverse_r;
    }
}

static void collect(lrpot__local *local, const int32_t *species, lrpot__neighbours neighbours)
{
    double cutoff2 = local->basis->options.cutoff * local->basis->options.cutoff;
    int64_t size = local->basis->options.radial_size, n = 0;
    for (int64_t k = 0; k < neighbours.count; k++) {
        const double *d = neighbours.vectors + 3 * k;
        double r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        if (r2 >= cutoff2) continue;
        double r = sqrt(r2), u[3] = { d[0] / r, d[1] / r, d[2] / r };
        memcpy(local->vectors + 3 * n, d, 3 * sizeof *d);
        local->j[n] = neighbours.j[k];
        local->species[n] = species[neighbours.j[k]];
        local->distances[n] = r;
        lrpot__radial_polynomials(local->basis, r, local->polynomials + n * size,
                                  local->derivatives + n * size);
        fill_monomials(local, u, 1.0 / r, local->monomials + n * local->n_angular,
                       local->slopes + 3 * n * local->n_angular);
        n++;
    }
    local->count = n;
}

/* Fills the columns after the neighbours: their sum, and sum_j r_a d/dr_b. */
static void sum_columns(lrpot__local *local)
{
    for (int32_t k = 0; k < local->basis->plan->n_basic; k++) {
        const double *row = local->jacobian + k * local->stride;
        double *sums = local->jacobian + k * local->stride + 3 * local->count;
        memset(sums, 0, LRPOT__LOCAL_SUMS * sizeof *sums);
        for (int64_t n = 0; n < local->count; n++) {
            for (int a = 0; a < 3; a++) sums[a] += row[3 * n + a];
            for (int c = 0; c < 6; c++)
                sums[3 + c] += local->vectors[3 * n + lrpot__strain_row[c]]
                               * row[3 * n + lrpot__strain_column[c]];
        }
    }
}

/* Basic moments, their derivatives by positions, and the sums that the radial coefficients
 * multiply. */
static void basic_moments(lrpot__local *local, const double *radial)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size, width = local->stride;
    memset(local->moments, 0, (size_t)plan->n_moments * sizeof(double));
    memset(local->sums, 0, (size_t)(local->n_angular * local->sums_stride) * sizeof(double));
    for (int64_t n = 0; n < local->count; n++) {
        const double *q = local->polynomials + n * size, *dq = local->derivatives + n * size;
        const double *y = local->monomials + n * local->n_angular,
                     *slope = local->slopes + 3 * n * local->n_angular;
        const double *c = radial + (int64_t)local->species[n] * plan->n_radial * size;
        double *sums = local->sums + local->species[n] * size;
        for (int64_t k = 0; k < local->n_angular; k++)
            for (int64_t b = 0; b < size; b++) sums[k * local->sums_stride + b] += q[b] * y[k];
        double u[3] = { local->vectors[3 * n] / local->distances[n],
                        local->vectors[3 * n + 1] / local->distances[n],
                        local->vectors[3 * n + 2] / local->distances[n] };
        int32_t mu = -1;
        double f = 0.0, df = 0.0;
        for (int32_t k = 0; k < plan->n_basic; k++) {
            if (plan->basic[k].mu != mu) {
                mu = plan->basic[k].mu;
                f = df = 0.0;
                for (int64_t b = 0; b < size; b++) {
                    f += c[mu * size + b] * q[b];
                    df += c[mu * size + b] * dq[b];
                }
            }
            int32_t a = local->angular[k];
            local->moments[k] += f * y[a];
            if (local->values_only) continue;
            double *row = local->jacobian + k * width + 3 * n;
            for (int d = 0; d < 3; d++) row[d] = df * y[a] * u[d] + f * slope[3 * a + d];
        }
    }
    if (!local->values_only) sum_columns(local);
}

static void value_derivatives(lrpot__local *local)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size;
    double *out = local->value_gradient;
    memset(out, 0, (size_t)local->n_radial * sizeof *out);
    for (int32_t z = 0; z < local->basis->options.n_species; z++)
        for (int32_t k = 0; k < plan->n_basic; k++) {
            double *row = out + ((int64_t)z * plan->n_radial + plan->basic[k].mu) * size;
            const double *sums = local->sums + local->angular[k] * local->sums_stride + z * size;
            for (int64_t b = 0; b < size; b++) row[b] += local->adjoint[k] * sums[b];
        }
    for (int32_t s = 0; s < plan->n_scalars; s++)
        out[local->n_radial + s] = local->moments[plan->scalars[s]];
}

lrpot_status lrpot__local_atom(lrpot__local *local, lrpot__local_head head, const int32_t *species,
                               int64_t centre, lrpot__neighbours neighbours)
{
    const lrpot_basis *basis = local->basis;
    LRPOT__TRY(reserve(local, neighbours.count));
    local->slopes_made = 0;
    collect(local, species, neighbours);
    basic_moments(local, basis->radial + (int64_t)species[centre] * local->n_radial);
    lrpot__plan_forward(basis->plan, local->moments);
    local->value = 0.0;
    for (int32_t s = 0; s < basis->plan->n_scalars; s++)
        local->value += head.coefficients[s] * local->moments[basis->plan->scalars[s]];
    if (local->network != NULL) lrpot__local_network_expand(local, head, species[centre]);
    lrpot__plan_backward(basis->plan, local->network != NULL ? local->effective : head.coefficients,
                         local->moments, local->adjoint);
    value_derivatives(local);
    if (local->values_only) return LRPOT_OK;
    lrpot__matrix_product product = { .depth = basis->plan->n_basic,
                                      .rows = 1,
                                      .columns =
                                          lrpot__padded(3 * local->count + LRPOT__LOCAL_SUMS),
                                      .a = local->adjoint,
                                      .stride_a = 1,
                                      .b = local->jacobian,
                                      .stride_b = local->stride,
                                      .c = local->gradient };
    memset(local->gradient, 0, (size_t)product.columns * sizeof(double));
    lrpot__matrix_product_run(&product);
    return LRPOT_OK;
}
