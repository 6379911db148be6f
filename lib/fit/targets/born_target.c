/* Born effective charges (docs/theory/born_charges.md). */
#include "charges/charge_eval.h"
#include "core/memory.h"
#include "fit/jacobian/assembly.h"
#include "fit/jacobian/charge_slopes.h"
#include "fit/jacobian/density_born.h"
#include "fit/jacobian/equilibrated_born.h"
#include "fit/local/local.h"
#include "fit/targets/target_places.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Reads the reference Born charges. The charges of a model of a screened medium are the physical
 * ones divided by the root of its electronic dielectric constant. If the structure states that
 * constant, Born charges are compared on that scale. */
static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    const double *epsilon = lrpot_structure_get(structure, LRPOT_QUANTITY_EPSILON_INF);
    LRPOT__TRY(lrpot__target_copy(structure, LRPOT_QUANTITY_BORN_CHARGES, frame->n, block));
    frame->born.screening = 1.0;
    if (block->reference == NULL || epsilon == NULL
        || !(epsilon[0] + epsilon[4] + epsilon[8] > 0.0))
        return LRPOT_OK;
    frame->born.screening = sqrt((epsilon[0] + epsilon[4] + epsilon[8]) / 3.0);
    cblas_dscal((int)block->count, 1.0 / frame->born.screening, block->reference, 1);
    return LRPOT_OK;
}

/* Charges that respond to the field are the physical ones. */
static void take_physical(lrpot__frame *frame)
{
    lrpot__block *block = &frame->blocks[LRPOT__TARGET_BORN];
    cblas_dscal((int)block->count, frame->born.screening, block->reference, 1);
    frame->born.screening = 1.0;
}

/* Keeps unwrapped positions: charge flows through whole fragments. */
static lrpot_status prepare(lrpot__frame *frame, const lrpot_potential *potential,
                            lrpot_workspace *work, const lrpot_structure *structure)
{
    const lrpot_charges *charges = lrpot_potential_charges(potential);
    (void)structure;
    if (charges->rules->chain != LRPOT__CHAIN_DENSITY)
        LRPOT__TRY(lrpot__charges_require_chain(charges, LRPOT__CHAIN_LINEAR, LRPOT__CHAIN_MINIMUM,
                                                "Born charges as a target of a fit"));
    else if (lrpot__charges_screen_themselves(charges)) take_physical(frame);
    return lrpot__target_unwrap(frame, potential, work, "Born charges as a target");
}

/* Adds the change of the charge of atom i with the motion of its neighbours, times the lever arm of
 * that charge. */
static void add_following(lrpot__assembly *assembly, const lrpot__frame *frame, int64_t i,
                          double *z)
{
    const lrpot__local *local = assembly->charge;
    double arm[3];
    const double *fixed = lrpot__assembly_lever_arm(assembly, frame, i, arm);
    double slope = lrpot__charge_slope(assembly, frame, i);
    for (int64_t k = 0; k < local->count; k++)
        for (int b = 0; b < 3; b++) {
            double g = slope * local->gradient[3 * k + b];
            assembly->dc_sum[3 * local->j[k] + b] += g;
            assembly->dc_sum[3 * i + b] -= g;
            for (int a = 0; a < 3; a++) {
                z[9 * local->j[k] + 3 * a + b] +=
                    (fixed != NULL
                         ? fixed[a]
                         : -lrpot__assembly_factor(assembly, i) * local->vectors[3 * k + a])
                    * g;
                if (fixed != NULL) z[9 * i + 3 * a + b] -= fixed[a] * g;
            }
        }
}

/* Z_j[a][b] = q_j delta_ab + sum_i arm_ia dc_i/dr_jb; with factors, unit_born q instead of q_j. */
static lrpot_status predict(lrpot__assembly *assembly, const lrpot__frame *frame, double *z)
{
    if (assembly->equilibrium != NULL) return lrpot__equilibrated_born(assembly, frame, z);
    if (assembly->direct) return LRPOT_OK; /* not compared */
    if (assembly->density != NULL) return lrpot__density_born(assembly, frame, z);
    for (int64_t i = 0; i < frame->n && assembly->gamma == NULL; i++)
        for (int a = 0; a < 3; a++) z[9 * i + 4 * a] = assembly->q[i];
    if (assembly->gamma != NULL)
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)(9 * frame->n), (int)frame->n, 1.0,
                    assembly->unit_born, (int)frame->n, assembly->q, 1, 0.0, z, 1);
    memset(assembly->dc_sum, 0, (size_t)(3 * frame->n) * sizeof(double));
    for (int64_t i = 0; i < frame->n && assembly->charge != NULL; i++) {
        LRPOT__TRY(lrpot__local_atom(assembly->charge, lrpot__assembly_head(assembly, frame, 0, i),
                                     frame->species, i, lrpot__frame_neighbours(frame, i)));
        add_following(assembly, frame, i, z);
    }
    return LRPOT_OK;
}

static void differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t n = frame->n, pc = assembly->charge_stride,
            first = lrpot__frame_row(frame, LRPOT__TARGET_BORN);
    if (assembly->density != NULL) return; /* density_born.c: all at once */
    for (int64_t i = 0; i < n && assembly->gamma == NULL; i++)
        for (int a = 0; a < 3; a++)
            cblas_daxpy((int)pc, 1.0, assembly->dq + i * pc, 1,
                        lrpot__assembly_charge_row(assembly, first + 9 * i + 4 * a), 1);
    if (assembly->gamma != NULL)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(9 * n), (int)pc, (int)n, 1.0,
                    assembly->unit_born, (int)n, assembly->dq, (int)pc, 1.0,
                    lrpot__assembly_charge_row(assembly, first), (int)assembly->stride);
}

const lrpot__target lrpot__target_born = {
    .name = "bec",
    .label = "Born charges",
    .unit = "e",
    .quantity = LRPOT_QUANTITY_BORN_CHARGES,
    .weight_key = "config_bec_weight",
    .error = 0.02,
    .group = 9,
    .tells_sign = 1,
    .read = read,
    .prepare = prepare,
    .predict = predict,
    .differentiate = differentiate,
};
