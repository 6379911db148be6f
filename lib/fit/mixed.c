/* Derivatives of an atom's gradient by its parameters: two sweeps over the contraction plan and one matrix product per group of
 * parameters, scattered into the rows of the forces. */
#include "fit/local.h"

#include <string.h>

/* dM/dc of the basic moments for the radial coefficients first, first + 1, ... in the lanes. */
static void seed_tangents(lrpot__local *local, int64_t first)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size;
    memset(local->tangents, 0, (size_t)plan->n_moments * LRPOT__FIT_LANES * sizeof(double));
    for (int64_t lane = 0; lane < LRPOT__FIT_LANES && first + lane < local->n_radial; lane++) {
        int64_t b = (first + lane) % size, function = (first + lane) / size, z = function / plan->n_radial, mu = function % plan->n_radial;
        const double *sums = local->sums + (z * size + b) * local->n_angular;
        for (int32_t k = 0; k < plan->n_basic; k++)
            if (plan->basic[k].mu == mu) local->tangents[(int64_t)k * LRPOT__FIT_LANES + lane] = sums[local->angular[k]];
    }
}

/* Columns of the neighbours go to the forces on them, with the sign of a force; their sum to the centre; the rest to the strains.
 * Strain columns that go to two places come twice. Returns the number of columns used of the first kind. */
int64_t lrpot__local_aim(lrpot__local *local, const lrpot__scatter *scatter)
{
    int64_t n = 0;
    for (int64_t k = 0; k < local->count; k++)
        for (int a = 0; a < 3; a++, n++) {
            local->targets[n] = scatter->forces + 3 * local->j[k] + a;
            local->scales[n] = -scatter->weight;
        }
    for (int a = 0; a < 3; a++, n++) {
        local->targets[n] = scatter->forces + 3 * scatter->centre + a;
        local->scales[n] = scatter->weight;
    }
    for (int s = 0; s < 2; s++)
        for (int c = 0; c < 6; c++) {
            local->targets[n + 6 * s + c] = scatter->strain[s] + c;
            local->scales[n + 6 * s + c] = scatter->strain_factor[s];
        }
    return n;
}

double lrpot__local_arm(const lrpot__local *local, const lrpot__scatter *scatter, int64_t k, int a)
{
    return scatter->arm != NULL ? scatter->arm[a] : -scatter->factor * local->vectors[3 * k + a];
}

/* Rows of the Born charges: one direction of the dipole after the other. */
static void multiply_born(lrpot__local *local, const lrpot__scatter *scatter, lrpot__product_job product)
{
    product.target = local->born_targets;
    product.scale = local->born_scales;
    product.rows = 3 * local->count + (scatter->arm != NULL ? 3 : 0);
    for (int a = 0; a < 3; a++) {
        for (int64_t k = 0; k < 3 * local->count; k++) {
            local->born_targets[k] = scatter->born + 9 * local->j[k / 3] + 3 * a + k % 3;
            local->born_scales[k] = lrpot__local_arm(local, scatter, k / 3, a);
        }
        for (int64_t b = 0; b < 3 && scatter->arm != NULL; b++) {
            local->born_targets[3 * local->count + b] = scatter->born + 9 * scatter->centre + 3 * a + b;
            local->born_scales[3 * local->count + b] = -scatter->arm[a];
        }
        lrpot__product_run(&product);
    }
}

static void multiply(lrpot__local *local, const lrpot__scatter *scatter, int64_t forces, int64_t column)
{
    lrpot__product_job product = { .depth = local->basis->plan->n_basic, .rows = forces, .columns = LRPOT__FIT_LANES,
                                   .a = local->jacobian, .b = local->lanes, .c = scatter->jacobian + column,
                                   .stride_a = local->stride, .stride_b = LRPOT__FIT_LANES, .stride_c = scatter->stride,
                                   .target = local->targets, .scale = local->scales };
    if (scatter->strain[0] >= 0) product.rows += 6;
    if (scatter->forces >= 0) lrpot__product_run(&product);
    if (scatter->born >= 0) multiply_born(local, scatter, product);
    if (scatter->strain[1] < 0) return;
    product.rows = 6;
    product.a += forces;
    product.target += forces + 6;
    product.scale += forces + 6;
    lrpot__product_run(&product);
}

static void add(double *row, const double *x, int64_t n, double factor)
{
    for (int64_t i = 0; i < n; i++) row[i] += factor * x[i];
}

/* The radial coefficients of neighbour n in its own derivative: [3][F n]. */
static void direct_terms(lrpot__local *local, int64_t n)
{
    const lrpot__plan *plan = local->basis->plan;
    int64_t size = local->basis->options.radial_size, width = plan->n_radial * size;
    const double *y = local->monomials + n * local->n_angular, *slope = local->slopes + 3 * n * local->n_angular;
    const double *q = local->polynomials + n * size, *dq = local->derivatives + n * size, *r = local->vectors + 3 * n;
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
                local->direct[d * width + mu * size + b] = dq[b] * sum * r[d] / local->distances[n] + q[b] * vector[d];
    }
}

/* The part in which the derivative falls on the radial function of the neighbour itself. */
static void direct_radial(lrpot__local *local, const lrpot__scatter *scatter)
{
    static const int first[6] = { 0, 1, 2, 1, 0, 0 }, second[6] = { 0, 1, 2, 2, 2, 1 };
    int64_t width = (int64_t)local->basis->plan->n_radial * local->basis->options.radial_size;
    for (int64_t n = 0; n < local->count; n++) {
        double *block = scatter->jacobian + scatter->radial + local->species[n] * width;
        direct_terms(local, n);
        for (int d = 0; d < 3; d++) {
            add(block + (scatter->forces + 3 * local->j[n] + d) * scatter->stride, local->direct + d * width, width, -scatter->weight);
            add(block + (scatter->forces + 3 * scatter->centre + d) * scatter->stride, local->direct + d * width, width, scatter->weight);
        }
        for (int k = 0; k < 9 && scatter->born >= 0; k++) {
            double arm = lrpot__local_arm(local, scatter, n, k / 3);
            add(block + (scatter->born + 9 * local->j[n] + k) * scatter->stride, local->direct + k % 3 * width, width, arm);
            if (scatter->arm != NULL)
                add(block + (scatter->born + 9 * scatter->centre + k) * scatter->stride, local->direct + k % 3 * width, width, -arm);
        }
        for (int s = 0; s < 2; s++)
            for (int c = 0; c < 6 && scatter->strain[s] >= 0; c++)
                add(block + (scatter->strain[s] + c) * scatter->stride, local->direct + second[c] * width, width,
                    scatter->strain_factor[s] * local->vectors[3 * n + first[c]]);
    }
}

void lrpot__local_mixed_radial(lrpot__local *local, const lrpot__scatter *scatter)
{
    const lrpot__plan *plan = local->basis->plan;
    size_t bytes = (size_t)plan->n_moments * LRPOT__FIT_LANES * sizeof(double);
    int64_t forces = lrpot__local_aim(local, scatter);
    if (local->count == 0) return;
    for (int64_t p = 0; p < local->n_radial; p += LRPOT__FIT_LANES) {
        seed_tangents(local, p);
        memset(local->lanes, 0, bytes);
        local->kernel->forward(plan, local->moments, local->tangents);
        if (local->network != NULL) lrpot__local_bend(local, local->tangents, local->lanes);
        local->kernel->backward(plan, local->moments, local->adjoint, local->tangents, local->lanes);
        multiply(local, scatter, forces, scatter->radial + p);
    }
    direct_radial(local, scatter);
}

void lrpot__local_mixed_linear(lrpot__local *local, const lrpot__scatter *scatter)
{
    const lrpot__plan *plan = local->basis->plan;
    size_t bytes = (size_t)plan->n_moments * LRPOT__FIT_LANES * sizeof(double);
    int64_t forces = lrpot__local_aim(local, scatter);
    if (local->count == 0) return;
    for (int64_t s = 0; s < plan->n_scalars; s += LRPOT__FIT_LANES) {
        memset(local->lanes, 0, bytes);
        for (int64_t lane = 0; lane < LRPOT__FIT_LANES && s + lane < plan->n_scalars; lane++)
            local->lanes[(int64_t)plan->scalars[s + lane] * LRPOT__FIT_LANES + lane] += 1.0;
        local->kernel->backward(plan, local->moments, local->adjoint, NULL, local->lanes);
        multiply(local, scatter, forces, scatter->linear + s);
    }
}
