/* Born charges of effective charges gamma_i q_i, and their derivatives by the coefficients of
 * gamma:
 *
 *   Z_j[a][b] = (gamma_j q_j - mean) delta_ab + sum_i gamma_i arm_ia dq_i/dr_jb
 *               + sum_i q_i arm_ia dgamma_i/dr_jb,
 *
 * which is linear in gamma. The derivative by a coefficient is the same with dgamma/dc instead of
 * gamma. arm: lever arm of the charge. */
#include "fit/jacobian/born_factor.h"

#include "core/error.h"
#include "core/memory.h"
#include "fit/local/local.h"
#include "fit/local/mixed_derivatives.h"

#include <cblas.h>
#include <string.h>

void lrpot__born_factor_free(lrpot__born_factor *factor)
{
    if (factor == NULL) return;
    lrpot__local_free(factor->local);
    void *blocks[] = { factor->gamma, factor->unit_born, factor->values, factor->mean,
                       factor->moments };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) lrpot__free(blocks[i]);
    lrpot__free(factor);
}

lrpot_status lrpot__born_factor_create(lrpot__born_factor **out, const lrpot_basis *basis,
                                       int32_t n_species, const double *coefficients)
{
    lrpot__born_factor *factor = lrpot__calloc(1, sizeof *factor);
    if (factor == NULL) return LRPOT_E_MEMORY;
    factor->functions = lrpot_basis_count(basis);
    factor->count = n_species * (factor->functions + 1);
    factor->coefficients = coefficients;
    factor->values = lrpot__calloc(factor->functions + 1, sizeof(double));
    factor->mean = lrpot__calloc(factor->count, sizeof(double));
    factor->moments = lrpot__calloc(3 * factor->count, sizeof(double));
    lrpot_status status = lrpot__local_create(&factor->local, basis, NULL);
    if (status == LRPOT_OK
        && (factor->values == NULL || factor->mean == NULL || factor->moments == NULL))
        status = LRPOT_E_MEMORY;
    if (status != LRPOT_OK) {
        lrpot__born_factor_free(factor);
        return status;
    }
    *out = factor;
    return LRPOT_OK;
}

static lrpot_status reserve(lrpot__born_factor *factor, int64_t n)
{
    if (n <= factor->capacity) return LRPOT_OK;
    factor->capacity = 0;
    lrpot__free(factor->gamma);
    lrpot__free(factor->unit_born);
    factor->gamma = lrpot__calloc(n, sizeof(double));
    factor->unit_born = lrpot__calloc(9 * n * n, sizeof(double));
    if (factor->gamma == NULL || factor->unit_born == NULL) return LRPOT_E_MEMORY;
    factor->capacity = n;
    return LRPOT_OK;
}

static const double *coefficients_of(const lrpot__born_factor *factor, int64_t z)
{
    return factor->coefficients + z * (factor->functions + 1);
}

/* Lever arm of neighbour k of atom i, or of the atom itself (k < 0), which is zero in a periodic
 * frame. */
static void arm_of(const lrpot__frame *frame, const lrpot__local *local, int64_t i, int64_t k,
                   double out[3])
{
    for (int a = 0; a < 3; a++)
        out[a] = !frame->periodic ? frame->positions[3 * i + a] - frame->born.centre[a]
                 : k < 0          ? 0.0
                                  : -local->vectors[3 * k + a];
}

/* Column of unit_born of one atom: its own factor on the diagonal, and the derivatives of the
 * factor by its neighbours. */
static void add_effect(lrpot__born_factor *factor, const lrpot__frame *frame, int64_t i)
{
    const lrpot__local *local = factor->local;
    int64_t n = frame->n;
    double *unit_born = factor->unit_born + i, arm[3];
    for (int64_t j = 0; j < n; j++)
        for (int a = 0; a < 3; a++) unit_born[(9 * j + 4 * a) * n] -= factor->gamma[i] / (double)n;
    for (int a = 0; a < 3; a++) unit_born[(9 * i + 4 * a) * n] += factor->gamma[i];
    for (int64_t k = 0; k < local->count; k++) {
        arm_of(frame, local, i, k, arm);
        for (int c = 0; c < 9; c++)
            unit_born[(9 * local->j[k] + c) * n] += arm[c / 3] * local->gradient[3 * k + c % 3];
    }
    arm_of(frame, local, i, -1, arm);
    for (int c = 0; c < 9; c++)
        unit_born[(9 * i + c) * n] -= arm[c / 3] * local->gradient[3 * local->count + c % 3];
}

lrpot_status lrpot__born_factor_evaluate(lrpot__born_factor *factor, const lrpot__frame *frame)
{
    LRPOT__TRY(reserve(factor, frame->n));
    memset(factor->unit_born, 0, (size_t)(9 * frame->n * frame->n) * sizeof(double));
    for (int64_t i = 0; i < frame->n; i++) {
        const double *c = coefficients_of(factor, frame->species[i]);
        LRPOT__TRY(lrpot__local_atom(factor->local, (lrpot__local_head){ c, 0, 0.0 },
                                     frame->species, i, lrpot__frame_neighbours(frame, i)));
        factor->gamma[i] = factor->local->value + c[factor->functions];
        add_effect(factor, frame, i);
    }
    return LRPOT_OK;
}

/* row of Z_j[a][b] += x times the functions of the present atom. */
static void add_row(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t column,
                    int64_t row, double x)
{
    const lrpot__born_factor *factor = assembly->factor;
    cblas_daxpy((int)factor->functions + 1, x, factor->values, 1,
                assembly->jacobian
                    + (lrpot__frame_row(frame, LRPOT__TARGET_BORN) + row) * assembly->stride
                    + column,
                1);
}

/* The factor of atom i without its derivatives: gamma_i q_i on the diagonal, and the lever arms of
 * the derivatives of its charge. */
static lrpot_status still_factor(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                                 int64_t place)
{
    lrpot__born_factor *factor = assembly->factor;
    lrpot__local *local = assembly->charge;
    int64_t column = assembly->layout.factor + place;
    double arm[3],
        share = assembly->redistribute
                    ? assembly->potential->charges->own[frame->species[i]] / assembly->moved.shares
                    : 0.0;
    for (int a = 0; a < 3; a++) add_row(assembly, frame, column, 9 * i + 4 * a, assembly->q[i]);
    cblas_daxpy((int)factor->functions + 1, assembly->q[i] / (double)frame->n, factor->values, 1,
                factor->mean + place, 1);
    if (local == NULL) return LRPOT_OK;
    LRPOT__TRY(lrpot__local_atom(local, lrpot__assembly_head(assembly, frame, 0, i), frame->species,
                                 i, lrpot__frame_neighbours(frame, i)));
    for (int64_t k = 0; k < local->count; k++) {
        arm_of(frame, local, i, k, arm);
        for (int c = 0; c < 9; c++)
            add_row(assembly, frame, column, 9 * local->j[k] + c,
                    arm[c / 3] * local->gradient[3 * k + c % 3]);
    }
    arm_of(frame, local, i, -1, arm);
    for (int c = 0; c < 9 && !frame->periodic; c++)
        add_row(assembly, frame, column, 9 * i + c,
                -arm[c / 3] * local->gradient[3 * local->count + c % 3]);
    for (int a = 0; a < 3; a++)
        cblas_daxpy((int)factor->functions + 1, share * arm[a], factor->values, 1,
                    factor->moments + a * factor->count + place, 1);
    return LRPOT_OK;
}

/* Derivatives of the factor of atom i by its neighbours, times the charge. */
static void moving_factor(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                          int64_t place)
{
    double arm[3];
    lrpot__scatter scatter = { .jacobian = assembly->jacobian,
                               .stride = assembly->stride,
                               .linear = assembly->layout.factor + place,
                               .centre = i,
                               .forces = -1,
                               .strain = { -1, -1 },
                               .born = lrpot__frame_row(frame, LRPOT__TARGET_BORN),
                               .factor = assembly->q[i] };
    arm_of(frame, assembly->factor->local, i, -1, arm);
    for (int a = 0; a < 3; a++) arm[a] *= assembly->q[i];
    scatter.lever_arm = frame->periodic ? NULL : arm;
    lrpot__local_mixed_linear(assembly->factor->local, &scatter);
}

/* Terms common to all atoms: the mean of the effective charges, and the lever arms' part that
 * redistribution removes. */
static void common_parts(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot__born_factor *factor = assembly->factor;
    double *rows = assembly->jacobian
                   + lrpot__frame_row(frame, LRPOT__TARGET_BORN) * assembly->stride
                   + assembly->layout.factor;
    for (int64_t row = 0; row < 9 * frame->n; row++) {
        double *out = rows + row * assembly->stride;
        if (row % 9 % 4 == 0) cblas_daxpy((int)factor->count, -1.0, factor->mean, 1, out, 1);
        if (assembly->charge == NULL || frame->periodic || !assembly->redistribute) continue;
        cblas_daxpy((int)factor->count, -assembly->dc_sum[row / 9 * 3 + row % 3],
                    factor->moments + row % 9 / 3 * factor->count, 1, out, 1);
    }
}

lrpot_status lrpot__born_factor_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__born_factor *factor = assembly->factor;
    size_t width = (size_t)factor->functions;
    memset(factor->mean, 0, (size_t)factor->count * sizeof(double));
    memset(factor->moments, 0, (size_t)(3 * factor->count) * sizeof(double));
    for (int64_t i = 0; i < frame->n; i++) {
        int64_t z = frame->species[i], place = z * (factor->functions + 1);
        LRPOT__TRY(lrpot__local_atom(factor->local,
                                     (lrpot__local_head){ coefficients_of(factor, z), 0, 0.0 },
                                     frame->species, i, lrpot__frame_neighbours(frame, i)));
        memcpy(factor->values, factor->local->value_gradient + factor->local->n_radial,
               width * sizeof(double));
        factor->values[width] = 1.0;
        moving_factor(assembly, frame, i, place);
        LRPOT__TRY(still_factor(assembly, frame, i, place));
    }
    common_parts(assembly, frame);
    return LRPOT_OK;
}
