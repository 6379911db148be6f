/* Quadrupoles of the atoms without trace: derivatives of the energy by the second gradient of an
 * external potential. The nine components count, those off the diagonal twice. */
#include "fit/jacobian/density_rows.h"
#include "fit/targets/target.h"

/* The symmetric part without trace: plain second moments have a trace, which no density of point
 * and Gaussian quadrupoles needs. */
static void reduce(double *m)
{
    double third = (m[0] + m[4] + m[8]) / 3.0;
    for (int a = 0; a < 3; a++) {
        m[4 * a] -= third;
        for (int b = 0; b < a; b++)
            m[3 * a + b] = m[3 * b + a] = 0.5 * (m[3 * a + b] + m[3 * b + a]);
    }
}

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    LRPOT__TRY(lrpot__target_copy(structure, LRPOT_QUANTITY_ATOMIC_QUADRUPOLES, frame->n, block));
    for (int64_t i = 0; block->reference != NULL && i < frame->n; i++)
        reduce(block->reference + 9 * i);
    return LRPOT_OK;
}

static lrpot_status predict(lrpot__assembly *assembly, const lrpot__frame *frame, double *rows)
{
    for (int64_t k = 0; k < 9 * frame->n; k++) rows[k] += assembly->quadrupoles[k];
    return LRPOT_OK;
}

static void differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    lrpot__density_moment_rows(assembly, frame, 4 * frame->n, 9 * frame->n,
                               lrpot__frame_row(frame, LRPOT__TARGET_ATOMIC_QUADRUPOLES));
}

const lrpot__target lrpot__target_atomic_quadrupoles = {
    .name = "atomic_quadrupoles",
    .label = "quadrupoles of the atoms",
    .unit = "e A^2",
    .quantity = LRPOT_QUANTITY_ATOMIC_QUADRUPOLES,
    .weight_key = "config_atomic_quadrupoles_weight",
    .error = 0.02,
    .group = 9,
    .tells_sign = 1,
    .order = 2,
    .is_moment = 1,
    .read = read,
    .predict = predict,
    .differentiate = differentiate,
};
