/* Dipoles of the atoms: derivatives of the energy by the gradient of an external potential. */
#include "fit/jacobian/density_rows.h"
#include "fit/targets/target.h"

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    return lrpot__target_copy(structure, LRPOT_QUANTITY_ATOMIC_DIPOLES, frame->n, block);
}

static lrpot_status predict(lrpot__assembly *assembly, const lrpot__frame *frame, double *rows)
{
    for (int64_t k = 0; k < 3 * frame->n; k++) rows[k] += assembly->dipoles[k];
    return LRPOT_OK;
}

static void differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__density_moment_rows(assembly, frame, frame->n, 3 * frame->n,
                               lrpot__frame_row(frame, LRPOT__TARGET_ATOMIC_DIPOLES));
}

const lrpot__target lrpot__target_atomic_dipoles = {
    .name = "atomic_dipoles",
    .label = "dipoles of the atoms",
    .unit = "e A",
    .quantity = LRPOT_QUANTITY_ATOMIC_DIPOLES,
    .weight_key = "config_atomic_dipoles_weight",
    .error = 0.02,
    .group = 3,
    .tells_sign = 1,
    .order = 1,
    .is_moment = 1,
    .read = read,
    .predict = predict,
    .differentiate = differentiate,
};
