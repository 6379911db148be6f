/* Dipole sum_i q_i r_i of an isolated frame, with those of the atoms. */
#include "fit/jacobian/assembly.h"

#include "fit/targets/target.h"

#include <cblas.h>

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    return lrpot__target_copy(structure, LRPOT_QUANTITY_DIPOLE, frame->n, block);
}

static lrpot_status predict(lrpot__assembly *assembly, const lrpot__frame *frame, double *rows)
{
    for (int64_t i = 0; i < frame->n; i++)
        for (int a = 0; a < 3; a++)
            rows[a] += assembly->q[i] * frame->positions[3 * i + a]
                       + (assembly->dipoles != NULL ? assembly->dipoles[3 * i + a] : 0.0);
    return LRPOT_OK;
}

static void differentiate(lrpot__assembly *assembly, const lrpot__frame *frame)
{
    int64_t first = lrpot__frame_row(frame, LRPOT__TARGET_DIPOLE);
    for (int64_t i = 0; i < frame->n; i++)
        for (int a = 0; a < 3; a++)
            cblas_daxpy((int)assembly->charge_stride, frame->positions[3 * i + a],
                        assembly->dq + i * assembly->charge_stride, 1,
                        lrpot__assembly_charge_row(assembly, first + a), 1);
    for (int a = 0; assembly->dipole_slopes != NULL && a < 3; a++)
        cblas_daxpy((int)assembly->charge_stride, 1.0,
                    assembly->dipole_slopes + a * assembly->charge_stride, 1,
                    lrpot__assembly_charge_row(assembly, first + a), 1);
}

static void pull(const lrpot__assembly *assembly, const lrpot__frame *frame, const double *u,
                 double *by_charge)
{
    (void)assembly;
    for (int64_t i = 0; i < frame->n; i++)
        for (int a = 0; a < 3; a++) by_charge[i] += u[a] * frame->positions[3 * i + a];
}

const lrpot__target lrpot__target_dipole = {
    .name = "dipole",
    .label = "dipole",
    .unit = "e A",
    .quantity = LRPOT_QUANTITY_DIPOLE,
    .weight_key = "config_dipole_weight",
    .error = 0.02,
    .boundary = LRPOT_FIT_BOUNDARY_ISOLATED,
    .tells_sign = 1,
    .read = read,
    .predict = predict,
    .differentiate = differentiate,
    .pull = pull,
};
