/* Jacobian of the predictions of a frame by all parameters. */
#include "fit/jacobian/differentiate.h"

#include "basis/network.h"
#include "core/error.h"
#include "core/matrix_product.h"
#include "fit/jacobian/assembly.h"
#include "fit/jacobian/born_factor.h"
#include "fit/jacobian/charge_slopes.h"
#include "fit/jacobian/fit_equilibrated.h"
#include "fit/jacobian/target_rows.h"
#include "fit/local/local.h"
#include "fit/local/mixed_derivatives.h"
#include "fit/local/network_mixed.h"

#include <cblas.h>
#include <string.h>

static double *row_of(const lrpot__assembly *assembly, int64_t row)
{
    return assembly->jacobian + row * assembly->stride;
}

/* First row of the stress; -1 for isolated frames, which have none. */
static int64_t stress_row(const lrpot__frame *frame)
{
    return frame->periodic ? lrpot__frame_row(frame, LRPOT__TARGET_STRESS) : -1;
}

/* Energies of the species, and those of the source of the frame. */
static void add_species(const lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                        double *energy)
{
    const lrpot__parameter_layout *layout = &assembly->layout;
    energy[layout->energy_species + frame->species[i]] += 1.0;
    if (frame->source > 0)
        energy[layout->offsets + (int64_t)(frame->source - 1) * assembly->potential->n_species
               + frame->species[i]] += 1.0;
}

lrpot_status lrpot__assembly_local_jacobian(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__local *local = assembly->energy;
    const lrpot__parameter_layout *layout = &assembly->layout;
    lrpot__scatter scatter = { .jacobian = assembly->jacobian,
                               .stride = assembly->stride,
                               .forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES),
                               .strain = { stress_row(frame), -1 },
                               .strain_factor = { frame->periodic ? 1.0 / frame->volume : 0.0,
                                                  0.0 },
                               .weight = 1.0,
                               .born = -1 };
    double *energy = row_of(assembly, lrpot__frame_row(frame, LRPOT__TARGET_ENERGY));
    for (int64_t i = 0; i < frame->n; i++) {
        add_species(assembly, frame, i, energy);
        if (local == NULL) continue;
        int64_t own = frame->species[i] * assembly->potential->species_stride;
        lrpot__local_head head = { assembly->potential->linear + own, 0, frame->total_charge };
        LRPOT__TRY(
            lrpot__local_atom(local, head, frame->species, i, lrpot__frame_neighbours(frame, i)));
        scatter.centre = i;
        scatter.linear = layout->energy_linear + own;
        scatter.radial = layout->energy_radial + frame->species[i] * local->n_radial;
        cblas_daxpy((int)local->n_radial, 1.0, local->value_gradient, 1, energy + scatter.radial,
                    1);
        cblas_daxpy((int)(local->n_lanes - local->n_radial), 1.0,
                    local->value_gradient + local->n_radial, 1, energy + scatter.linear, 1);
        if (local->network != NULL) {
            scatter.hidden = layout->energy_network
                             + lrpot__network_index(local->network, 0, frame->species[i]);
            cblas_daxpy((int)local->network->n_weights, 1.0, local->network_gradient, 1,
                        energy + scatter.hidden, 1);
        }
        if (!lrpot__frame_has_forces(frame)) continue;
        if (!assembly->frozen) lrpot__local_mixed_radial(local, &scatter);
        lrpot__local_mixed_linear(local, &scatter);
        if (!assembly->frozen) lrpot__local_mixed_network(local, &scatter);
    }
    return LRPOT_OK;
}

/* Derivatives of the bare charges by positions, strain and parameters. */
static lrpot_status bare_derivatives(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot__parameter_layout *layout = &assembly->layout;
    int64_t n = frame->n, pc = assembly->charge_stride,
            base = lrpot__assembly_first_charge_parameter(assembly);
    int64_t species = layout->charge_species - base
                      + assembly->channel * assembly->potential->n_species;
    lrpot__local *local = assembly->charge;
    memset(assembly->dc_dr, 0, (size_t)(3 * n * n) * sizeof(double));
    memset(assembly->c_strain, 0, (size_t)(6 * n) * sizeof(double));
    memset(assembly->dc, 0, (size_t)(n * pc) * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        int64_t z = frame->species[i];
        double *dc = assembly->dc + i * pc;
        dc[species + z] = 1.0;
        if (local == NULL) {
            lrpot__charge_slopes_differentiate(assembly, frame, i);
            continue;
        }
        int64_t features = local->n_lanes - local->n_radial;
        LRPOT__TRY(lrpot__local_atom(local,
                                     lrpot__assembly_head(assembly, frame, assembly->channel, i),
                                     frame->species, i, lrpot__frame_neighbours(frame, i)));
        double *row = assembly->dc_dr + 3 * n * i;
        const double *sums = local->gradient + 3 * local->count;
        for (int64_t k = 0; k < 3 * local->count; k++)
            row[3 * local->j[k / 3] + k % 3] += local->gradient[k];
        for (int a = 0; a < 3; a++) row[3 * i + a] -= sums[a];
        memcpy(assembly->c_strain + 6 * i, sums + 3, 6 * sizeof *sums);
        memcpy(dc + z * local->n_radial, local->value_gradient,
               (size_t)local->n_radial * sizeof(double));
        memcpy(dc + layout->charge_linear - base
                   + lrpot__assembly_linear_index(assembly, assembly->channel, frame->species[i]),
               local->value_gradient + local->n_radial, (size_t)features * sizeof(double));
        if (local->network != NULL)
            memcpy(dc + lrpot__assembly_network_index(assembly, frame, assembly->channel, i) - base,
                   local->network_gradient, (size_t)local->network->n_weights * sizeof(double));
        lrpot__charge_slopes_differentiate(assembly, frame, i);
    }
    return LRPOT_OK;
}

/* dq/dp from dc/dp, with the columns of the shares where these are parameters. */
static void charge_derivatives(const lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const double *share = assembly->potential->charges->own;
    const lrpot__redistribution *r = &assembly->moved;
    int64_t n = frame->n, pc = assembly->charge_stride,
            first = assembly->layout.charge_own - lrpot__assembly_first_charge_parameter(assembly);
    memcpy(assembly->dq, assembly->dc, (size_t)(n * pc) * sizeof(double));
    if (!assembly->redistribute) return;
    /* the sum over atoms of dc is kept in the first row of dphi for a moment */
    double *sum = assembly->dphi;
    memset(sum, 0, (size_t)pc * sizeof(double));
    for (int64_t i = 0; i < n; i++) cblas_daxpy((int)pc, 1.0, assembly->dc + i * pc, 1, sum, 1);
    for (int64_t i = 0; i < n; i++) {
        int64_t z = frame->species[i];
        cblas_daxpy((int)pc, -share[z] / r->shares, sum, 1, assembly->dq + i * pc, 1);
        if (assembly->layout.charge_own < 0) continue;
        assembly->dq[i * pc + first + z] += r->missing / r->shares;
        for (int64_t j = 0; j < n; j++)
            assembly->dq[i * pc + first + frame->species[j]] -= share[z] * r->missing
                                                                / (r->shares * r->shares);
    }
}

/* Turns dphi into dw: dphi = A dq, minus the mean weighted by the shares. */
static void adjoint_derivatives(const lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const double *share = assembly->potential->charges->own;
    const lrpot__redistribution *r = &assembly->moved;
    int64_t n = frame->n, pc = assembly->charge_stride,
            first = assembly->layout.charge_own - lrpot__assembly_first_charge_parameter(assembly);
    lrpot__matrix_product product = { .depth = n,
                                      .rows = n,
                                      .columns = pc,
                                      .a = frame->coulomb.matrix,
                                      .stride_a = n,
                                      .b = assembly->dq,
                                      .stride_b = pc,
                                      .c = assembly->dphi,
                                      .stride_c = pc };
    memset(assembly->dphi, 0, (size_t)(n * pc) * sizeof(double));
    lrpot__matrix_product_run(&product);
    if (!assembly->redistribute) return;
    double *mean = assembly->dc; /* its old values are no longer needed */
    memset(mean, 0, (size_t)pc * sizeof(double));
    for (int64_t i = 0; i < n; i++)
        cblas_daxpy((int)pc, share[frame->species[i]] / r->shares, assembly->dphi + i * pc, 1, mean,
                    1);
    for (int64_t i = 0; assembly->layout.charge_own >= 0 && i < n; i++)
        mean[first + frame->species[i]] += (assembly->phi[i] - r->mean) / r->shares;
    for (int64_t i = 0; i < n; i++) cblas_daxpy((int)pc, -1.0, mean, 1, assembly->dphi + i * pc, 1);
}

static void energy_jacobian(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t pc = assembly->charge_stride, row = lrpot__frame_row(frame, LRPOT__TARGET_ENERGY);
    lrpot__matrix_product product = { .depth = frame->n,
                                      .rows = 1,
                                      .columns = pc,
                                      .a = assembly->phi,
                                      .stride_a = 1,
                                      .b = assembly->dq,
                                      .stride_b = pc,
                                      .c = lrpot__assembly_charge_row(assembly, row),
                                      .stride_c = assembly->stride };
    lrpot__matrix_product_run(&product);
}

void lrpot__assembly_explicit_forces(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t n = frame->n, pc = assembly->charge_stride,
            forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES);
    lrpot__matrix_product product = {
        .depth = n, .columns = pc, .b = assembly->dq, .stride_b = pc, .stride_c = assembly->stride
    };
    if (!lrpot__frame_has_forces(frame)) return;
    for (int64_t i = 0; i < n; i++)
        for (int a = 0; a < 3; a++)
            cblas_daxpy((int)pc, assembly->field[3 * i + a], assembly->dq + i * pc, 1,
                        lrpot__assembly_charge_row(assembly, forces + 3 * i + a), 1);
    product.c = lrpot__assembly_charge_row(assembly, forces);
    product.rows = 3 * n;
    product.a = frame->coulomb.gradient;
    product.stride_a = 3 * n;
    product.scale = assembly->factors;
    for (int64_t row = 0; row < 3 * n; row++) assembly->factors[row] = assembly->q[row / 3];
    lrpot__matrix_product_run(&product);
    if (frame->coulomb.strain == NULL) return;
    product.c = lrpot__assembly_charge_row(assembly, stress_row(frame));
    product.rows = 6;
    product.a = assembly->strained;
    product.stride_a = 6;
    for (int c = 0; c < 6; c++) assembly->factors[c] = 1.0 / frame->volume;
    lrpot__matrix_product_run(&product);
}

void lrpot__assembly_adjoint_forces(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t n = frame->n, pc = assembly->charge_stride,
            forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES);
    lrpot__matrix_product product = { .depth = n,
                                      .rows = 3 * n,
                                      .columns = pc,
                                      .a = assembly->dc_dr,
                                      .stride_a = 3 * n,
                                      .b = assembly->dphi,
                                      .stride_b = pc,
                                      .c = lrpot__assembly_charge_row(assembly, forces),
                                      .stride_c = assembly->stride,
                                      .scale = assembly->factors };
    for (int64_t row = 0; row < 3 * n; row++) assembly->factors[row] = -1.0;
    lrpot__matrix_product_run(&product);
    if (frame->coulomb.strain == NULL) return;
    product.c = lrpot__assembly_charge_row(assembly, stress_row(frame));
    product.rows = 6;
    product.a = assembly->c_strain;
    product.stride_a = 6;
    for (int c = 0; c < 6; c++) assembly->factors[c] = 1.0 / frame->volume;
    lrpot__matrix_product_run(&product);
}

/* Forces, stress and (of the first channel) sum rules and Born charges by the second derivatives of
 * the charges. */
static lrpot_status mixed_jacobian(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__local *local = assembly->charge;
    const lrpot__parameter_layout *layout = &assembly->layout;
    int64_t stress = stress_row(frame);
    int first = assembly->channel == 0,
        at = first ? 1 : 0; /* index of the stress among the strain rows */
    lrpot__scatter scatter = { .jacobian = assembly->jacobian,
                               .stride = assembly->stride,
                               .forces = lrpot__frame_row(frame, LRPOT__TARGET_FORCES),
                               .strain = { stress, -1 },
                               .born = first ? lrpot__frame_row(frame, LRPOT__TARGET_BORN) : -1 };
    if (first) {
        /* the sum itself does not depend on the positions; its strain derivative does */
        scatter.strain[0] = lrpot__frame_row(frame, LRPOT__TARGET_SUM_RULES) + 1;
        scatter.strain[1] = stress;
    }
    double arm[3];
    for (int64_t i = 0; i < frame->n; i++) {
        double slope = lrpot__charge_slope(assembly, frame, i);
        LRPOT__TRY(lrpot__local_atom(local,
                                     lrpot__assembly_head(assembly, frame, assembly->channel, i),
                                     frame->species, i, lrpot__frame_neighbours(frame, i)));
        scatter.centre = i;
        scatter.radial = layout->charge_radial + frame->species[i] * local->n_radial;
        scatter.linear =
            layout->charge_linear
            + lrpot__assembly_linear_index(assembly, assembly->channel, frame->species[i]);
        scatter.hidden = lrpot__assembly_network_index(assembly, frame, assembly->channel, i);
        scatter.weight = slope * assembly->w[i];
        if (first) scatter.strain_factor[0] = slope / (double)frame->n;
        if (frame->periodic) scatter.strain_factor[at] = slope * assembly->w[i] / frame->volume;
        scatter.lever_arm = lrpot__assembly_lever_arm(assembly, frame, i, arm);
        for (int a = 0; a < 3 && scatter.lever_arm != NULL; a++) arm[a] *= slope;
        scatter.factor = slope * lrpot__assembly_factor(assembly, i);
        lrpot__local_mixed_radial(local, &scatter);
        lrpot__local_mixed_linear(local, &scatter);
        lrpot__local_mixed_network(local, &scatter);
    }
    return LRPOT_OK;
}

/* The shares change the centre, the origin of the lever arms of isolated frames: d(centre)/ds_z =
 * sum_(i of z) (r_i - centre) / sum s. */
static void born_by_shares(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t n = frame->n, born = lrpot__frame_row(frame, LRPOT__TARGET_BORN);
    if (born < 0 || frame->periodic || !assembly->redistribute || assembly->layout.charge_own < 0)
        return;
    double arm[3];
    for (int64_t i = 0; i < n; i++) {
        (void)lrpot__assembly_lever_arm(assembly, frame, i, arm);
        for (int64_t row = 0; row < 9 * n; row++) {
            double sum = assembly->dc_sum[row / 9 * 3 + row % 3];
            row_of(assembly, born + row)[assembly->layout.charge_own + frame->species[i]] -=
                arm[row % 9 / 3] * sum / assembly->moved.shares;
        }
    }
}

lrpot_status lrpot__assembly_coulomb_jacobian(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t pc = assembly->charge_stride;
    LRPOT__TRY(bare_derivatives(assembly, frame));
    double *sum_rule =
        lrpot__assembly_charge_row(assembly, lrpot__frame_row(frame, LRPOT__TARGET_SUM_RULES));
    for (int64_t i = 0; i < frame->n && !assembly->redistribute && assembly->channel == 0; i++)
        cblas_daxpy((int)pc, 1.0 / (double)frame->n, assembly->dc + i * pc, 1, sum_rule, 1);
    charge_derivatives(assembly, frame);
    adjoint_derivatives(assembly, frame);
    energy_jacobian(assembly, frame);
    lrpot__assembly_explicit_forces(assembly, frame);
    if (assembly->channel == 0) lrpot__target_rows_differentiate(assembly, frame);
    if (assembly->channel == 0 && assembly->factor != NULL
        && lrpot__frame_has(frame, LRPOT__TARGET_BORN))
        LRPOT__TRY(lrpot__born_factor_differentiate(assembly, frame));
    if (assembly->charge == NULL) return LRPOT_OK;
    if (assembly->channel == 0) born_by_shares(assembly, frame);
    lrpot__assembly_adjoint_forces(assembly, frame);
    return assembly->frozen ? LRPOT_OK : mixed_jacobian(assembly, frame);
}
