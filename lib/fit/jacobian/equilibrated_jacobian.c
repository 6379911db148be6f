/* Prediction and Jacobian of the parts that depend on equilibrated charges. */
#include "fit/jacobian/equilibrated_jacobian.h"

#include "charges/heads.h"
#include "core/error.h"
#include "core/matrix_product.h"
#include "core/memory.h"
#include "fit/jacobian/assembly.h"
#include "fit/jacobian/differentiate.h"
#include "fit/jacobian/equilibrated_born.h"
#include "fit/jacobian/equilibrated_solve.h"
#include "fit/jacobian/head_jacobian.h"
#include "fit/jacobian/target_rows.h"
#include "fit/local/local.h"

#include <string.h>

enum {
    CHI = LRPOT__EQUILIBRATED_CHI,
    HARDNESS = LRPOT__EQUILIBRATED_HARDNESS,
    HEADS = LRPOT__EQUILIBRATED_HEADS
};

lrpot_status lrpot__equilibrated_charges(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__equilibrated *e = assembly->equilibrium;
    const lrpot_charges *charges = assembly->potential->charges;
    int64_t n = frame->n;
    LRPOT__TRY(lrpot__equilibrated_reserve(
        e, n, frame->fragment.n, charges->basis != NULL ? lrpot_basis_count(charges->basis) : 0));
    LRPOT__TRY(lrpot__heads_eval(charges, assembly->work, &frame->atoms, frame->neighbours.list,
                                 e->scalars));
    for (int64_t i = 0; i < n; i++) {
        double eta[3];
        charges->rules->hardness(e->scalars[HARDNESS * n + i], eta);
        e->hardness[i] = eta[0];
        e->slope[i] = eta[1];
        e->curvature[i] = eta[2];
        assembly->q[i] = -e->scalars[CHI * n + i];
    }
    LRPOT__TRY(lrpot__equilibrated_solve(e, frame, assembly->q));
    for (int64_t i = 0; i < n; i++) {
        double q = assembly->q[i];
        e->weights[CHI * n + i] = q;
        e->weights[HARDNESS * n + i] = 0.5 * q * q * e->slope[i];
        assembly->prediction[0] += e->scalars[CHI * n + i] * q + 0.5 * e->hardness[i] * q * q;
    }
    return LRPOT_OK;
}

lrpot_status lrpot__equilibrated_pull(lrpot__assembly *assembly, const lrpot__frame *frame,
                                      double virial[9])
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = assembly->prediction + 1;
    out.virial = virial;
    return lrpot__heads_pull(assembly->potential->charges, assembly->work, &frame->atoms,
                             frame->neighbours.list, assembly->equilibrium->weights, &out);
}

/* Energy by the heads at fixed charges, and D = dchi + q deta into dphi. */
static lrpot_status gather(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__equilibrated *e = assembly->equilibrium;
    int64_t n = frame->n, pc = assembly->charge_stride;
    double *energy = assembly->jacobian + lrpot__assembly_first_charge_parameter(assembly);
    memset(assembly->dphi, 0, (size_t)(n * pc) * sizeof(double));
    for (int head = 0; head < HEADS; head++) {
        LRPOT__TRY(lrpot__head_derivatives(assembly, frame, head));
        for (int64_t i = 0; i < n; i++) {
            double factor = head == CHI ? 1.0 : assembly->q[i] * e->slope[i],
                   weight = e->weights[head * n + i];
            for (int64_t p = 0; p < pc; p++) {
                assembly->dphi[i * pc + p] += factor * assembly->dc[i * pc + p];
                energy[p] += weight * assembly->dc[i * pc + p];
            }
        }
    }
    return LRPOT_OK;
}

/* D alone, for frames without energies as a target and heads without networks: both heads at once,
 * without derivatives by positions. */
static lrpot_status gather_flow(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot_charges *charges = assembly->potential->charges;
    const lrpot__parameter_layout *layout = &assembly->layout;
    lrpot__equilibrated *e = assembly->equilibrium;
    lrpot__local *local = assembly->charge;
    int64_t pc = assembly->charge_stride, base = lrpot__assembly_first_charge_parameter(assembly);
    memset(assembly->dphi, 0, (size_t)(frame->n * pc) * sizeof(double));
    for (int64_t i = 0; i < frame->n; i++) {
        int32_t z = frame->species[i];
        double *row = assembly->dphi + i * pc,
               factors[HEADS] = { 1.0, assembly->q[i] * e->slope[i] };
        for (int head = 0; head < HEADS; head++)
            row[layout->charge_species - base + head * charges->n_species + z] = factors[head];
        if (local == NULL) continue;
        int64_t features = local->n_lanes - local->n_radial,
                indices[HEADS] = { lrpot__assembly_linear_index(assembly, CHI, z),
                                   lrpot__assembly_linear_index(assembly, HARDNESS, z) };
        for (int64_t k = 0; k < features; k++)
            e->heads[k] = charges->linear[indices[CHI] + k]
                          + factors[HARDNESS] * charges->linear[indices[HARDNESS] + k];
        local->values_only = 1;
        lrpot_status status =
            lrpot__local_atom(local, (lrpot__local_head){ e->heads, 0, frame->total_charge },
                              frame->species, i, lrpot__frame_neighbours(frame, i));
        local->values_only = 0;
        LRPOT__TRY(status);
        memcpy(row + z * local->n_radial, local->value_gradient,
               (size_t)local->n_radial * sizeof(double));
        for (int head = 0; head < HEADS; head++)
            for (int64_t k = 0; k < features; k++)
                row[layout->charge_linear - base + indices[head] + k] =
                    factors[head] * local->value_gradient[local->n_radial + k];
    }
    return LRPOT_OK;
}

static void charge_derivatives(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t n = frame->n, pc = assembly->charge_stride;
    lrpot__equilibrated_projector(assembly->equilibrium, frame);
    lrpot__matrix_product product = { .depth = n,
                                      .rows = n,
                                      .columns = pc,
                                      .a = assembly->equilibrium->projected,
                                      .stride_a = n,
                                      .b = assembly->dphi,
                                      .stride_b = pc,
                                      .c = assembly->dq,
                                      .stride_c = pc,
                                      .scale = assembly->factors };
    memset(assembly->dq, 0, (size_t)(n * pc) * sizeof(double));
    for (int64_t i = 0; i < n; i++) assembly->factors[i] = -1.0;
    lrpot__matrix_product_run(&product);
}

/* d(dE/dc) of a head into dphi: dq, or q eta' dq + q^2/2 eta'' du. */
static void weight_derivatives(lrpot__assembly *assembly, const lrpot__frame *frame, int head)
{
    const lrpot__equilibrated *e = assembly->equilibrium;
    int64_t pc = assembly->charge_stride;
    for (int64_t i = 0; i < frame->n; i++) {
        double q = assembly->q[i], s = e->slope[i];
        double first = head == CHI ? 1.0 : q * s,
               second = head == CHI ? 0.0 : 0.5 * q * q * s * e->curvature[i];
        for (int64_t p = 0; p < pc; p++)
            assembly->dphi[i * pc + p] = first * assembly->dq[i * pc + p]
                                         + second * assembly->dc[i * pc + p];
    }
}

/* Differentiates one head after the other: the derivatives of each are computed once. */
static lrpot_status differentiate_head(lrpot__assembly *assembly, const lrpot__frame *frame,
                                       int head)
{
    LRPOT__TRY(lrpot__head_derivatives(assembly, frame, head));
    if (lrpot__frame_has(frame, LRPOT__TARGET_BORN) && head == HARDNESS)
        lrpot__equilibrated_born_hardness(assembly, frame);
    if (lrpot__frame_has(frame, LRPOT__TARGET_BORN) && head == CHI)
        lrpot__equilibrated_born_electronegativity(assembly, frame);
    if (!lrpot__frame_has_forces(frame)) return LRPOT_OK;
    weight_derivatives(assembly, frame, head);
    lrpot__assembly_adjoint_forces(assembly, frame);
    return LRPOT_OK;
}

lrpot_status lrpot__equilibrated_differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int together = !lrpot__frame_has_energies(frame)
                   && assembly->potential->charges->network == NULL;
    LRPOT__TRY(together ? gather_flow(assembly, frame) : gather(assembly, frame));
    charge_derivatives(assembly, frame);
    lrpot__assembly_explicit_forces(assembly, frame);
    lrpot__target_rows_differentiate(assembly, frame);
    if (!lrpot__frame_has_forces(frame) && !lrpot__frame_has(frame, LRPOT__TARGET_BORN))
        return LRPOT_OK;
    for (int head = HEADS; head-- > 0;) LRPOT__TRY(differentiate_head(assembly, frame, head));
    if (lrpot__frame_has(frame, LRPOT__TARGET_BORN))
        lrpot__equilibrated_born_explicit(assembly, frame);
    if (assembly->charge == NULL) return LRPOT_OK;
    if (assembly->frozen) return LRPOT_OK;
    if (lrpot__frame_has(frame, LRPOT__TARGET_BORN))
        LRPOT__TRY(lrpot__equilibrated_born_mixed(assembly, frame));
    return lrpot__frame_has_forces(frame) ? lrpot__head_mixed(
               assembly, frame, HEADS, assembly->equilibrium->weights, assembly->equilibrium->heads)
                                          : LRPOT_OK;
}
