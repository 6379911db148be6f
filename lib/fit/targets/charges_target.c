/* Charges of the atoms. */
#include "fit/jacobian/assembly.h"

#include "fit/targets/target.h"

#include <cblas.h>

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    return lrpot__target_copy(structure, LRPOT_QUANTITY_CHARGES, frame->n, block);
}

static lrpot_status predict(lrpot__assembly *assembly, const lrpot__frame *frame, double *rows)
{
    for (int64_t i = 0; i < frame->n; i++) rows[i] = assembly->q[i];
    return LRPOT_OK;
}

static void differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t first = lrpot__frame_row(frame, LRPOT__TARGET_CHARGES);
    for (int64_t i = 0; i < frame->n; i++)
        cblas_daxpy((int)assembly->charge_stride, 1.0, assembly->dq + i * assembly->charge_stride,
                    1, lrpot__assembly_charge_row(assembly, first + i), 1);
}

static void pull(const lrpot__assembly *assembly, const lrpot__frame *frame, const double *u,
                 double *by_charge)
{
    (void)assembly;
    for (int64_t i = 0; i < frame->n; i++) by_charge[i] += u[i];
}

const lrpot__target lrpot__target_charges = {
    .name = "charges",
    .label = "charges",
    .unit = "e",
    .quantity = LRPOT_QUANTITY_CHARGES,
    .weight_key = "config_charges_weight",
    .error = 0.02,
    .group = 1,
    .tells_sign = 1,
    .is_moment = 1,
    .read = read,
    .predict = predict,
    .differentiate = differentiate,
    .pull = pull,
};
