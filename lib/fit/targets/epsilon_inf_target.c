/* Electronic dielectric tensor of a crystal, eps_inf = 1 + 4 pi k alpha / V. */
#include "fit/jacobian/density_field.h"
#include "fit/targets/target_places.h"
#include "response/polarizability.h"

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    return lrpot__target_copy(structure, LRPOT_QUANTITY_EPSILON_INF, frame->n, block);
}

static lrpot_status prepare(lrpot__frame *frame, const lrpot_potential *potential,
                            lrpot_workspace *work, const lrpot_structure *structure)
{
    (void)structure;
    return lrpot__target_require_response(frame, potential, work,
                                          "the dielectric tensor as a target");
}

static lrpot_status predict(lrpot__assembly *assembly, const lrpot__frame *frame, double *rows)
{
    if (assembly->direct) return LRPOT_OK; /* not compared */
    for (int a = 0; a < 9; a += 4) rows[a] += 1.0;
    return lrpot__density_polarizability(assembly, frame, lrpot__dielectric_slope(frame->volume),
                                         rows);
}

static void differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    if (!assembly->direct)
        lrpot__density_polarizability_rows(assembly, frame, lrpot__dielectric_slope(frame->volume),
                                           lrpot__frame_row(frame, LRPOT__TARGET_EPSILON_INF));
}

const lrpot__target lrpot__target_epsilon_inf = {
    .name = "eps_inf",
    .label = "dielectric tensor",
    .unit = "1",
    .quantity = LRPOT_QUANTITY_EPSILON_INF,
    .weight_key = "config_eps_inf_weight",
    .error = 0.02,
    .boundary = LRPOT_FIT_BOUNDARY_PERIODIC,
    .read = read,
    .prepare = prepare,
    .predict = predict,
    .differentiate = differentiate,
};
