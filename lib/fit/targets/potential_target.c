/* Electrostatic potential at points in space. */
#include "fit/jacobian/assembly.h"

#include "charges/charge_eval.h"
#include "core/memory.h"
#include "core/matrix_product.h"
#include "potential/potential_at_points.h"

#include <cblas.h>

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    const double *values = NULL;
    (void)frame;
    if (lrpot_structure_points(structure, &block->count, &values) == NULL) return LRPOT_OK;
    block->reference = lrpot__duplicate(values, block->count, sizeof *values);
    return block->reference != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
}

static lrpot_status prepare(lrpot__frame *frame, const lrpot_potential *potential,
                            lrpot_workspace *work, const lrpot_structure *structure)
{
    int64_t n = frame->blocks[LRPOT__TARGET_POTENTIAL].count;
    LRPOT__TRY(lrpot__charges_require_order(lrpot_potential_charges(potential), 0,
                                            "potentials at points as a target"));
    const double *points = lrpot_structure_points(structure, NULL, NULL);
    frame->coulomb.points = lrpot__calloc(frame->n * n, sizeof *frame->coulomb.points);
    if (frame->coulomb.points == NULL) return LRPOT_E_MEMORY;
    return lrpot__points_matrix(potential, work, &frame->atoms, n, points, frame->coulomb.points);
}

static lrpot_status predict(lrpot__assembly *assembly, const lrpot__frame *frame, double *rows)
{
    int points = (int)frame->blocks[LRPOT__TARGET_POTENTIAL].count;
    cblas_dgemv(CblasRowMajor, CblasTrans, (int)frame->n, points, 1.0, frame->coulomb.points,
                points, assembly->q, 1, 1.0, rows, 1);
    return LRPOT_OK;
}

static void differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    const lrpot__block *block = &frame->blocks[LRPOT__TARGET_POTENTIAL];
    lrpot__matrix_product product = { .depth = frame->n,
                                      .rows = block->count,
                                      .columns = assembly->charge_stride,
                                      .a = frame->coulomb.points,
                                      .stride_a = block->count,
                                      .b = assembly->dq,
                                      .stride_b = assembly->charge_stride,
                                      .c = lrpot__assembly_charge_row(assembly, block->first),
                                      .stride_c = assembly->stride };
    lrpot__matrix_product_run(&product);
}

static void pull(const lrpot__assembly *assembly, const lrpot__frame *frame, const double *u,
                 double *by_charge)
{
    int points = (int)frame->blocks[LRPOT__TARGET_POTENTIAL].count;
    (void)assembly;
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)frame->n, points, 1.0, frame->coulomb.points,
                points, u, 1, 1.0, by_charge, 1);
}

const lrpot__target lrpot__target_potential = {
    .name = "potential",
    .label = "potential at points",
    .unit = "V",
    .weight_key = "config_potential_weight",
    .quantity = -1,
    .error = 0.05,
    .group = 1,
    .tells_sign = 1,
    .keeps_matrix = 1,
    .read = read,
    .prepare = prepare,
    .predict = predict,
    .differentiate = differentiate,
    .pull = pull,
};
