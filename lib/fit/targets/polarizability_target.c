/* Polarizability volume of a frame, k d(dipole)/dE. */
#include "fit/jacobian/density_field.h"
#include "fit/targets/target_places.h"

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    return lrpot__target_copy(structure, LRPOT_QUANTITY_POLARIZABILITY, frame->n, block);
}

static lrpot_status prepare(lrpot__frame *frame, const lrpot_potential *potential,
                            lrpot_workspace *work, const lrpot_structure *structure)
{
    (void)structure;
    return lrpot__target_require_response(frame, potential, work, "the polarizability as a target");
}

static lrpot_status predict(lrpot__assembly *assembly, const lrpot__frame *frame, double *rows)
{
    if (assembly->direct) return LRPOT_OK; /* not compared */
    return lrpot__density_polarizability(assembly, frame, LRPOT_COULOMB_CONSTANT, rows);
}

static void differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    if (!assembly->direct)
        lrpot__density_polarizability_rows(assembly, frame, LRPOT_COULOMB_CONSTANT,
                                           lrpot__frame_row(frame, LRPOT__TARGET_POLARIZABILITY));
}

const lrpot__target lrpot__target_polarizability = {
    .name = "polarizability",
    .label = "polarizability",
    .unit = "A^3",
    .quantity = LRPOT_QUANTITY_POLARIZABILITY,
    .weight_key = "config_polarizability_weight",
    .error = 0.05,
    .read = read,
    .prepare = prepare,
    .predict = predict,
    .differentiate = differentiate,
};
