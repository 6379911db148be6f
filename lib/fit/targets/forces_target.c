/* Forces on the atoms. The three components of an atom are one outlier together. */
#include "fit/data/frame.h"

#include "fit/targets/target.h"

#include <cblas.h>
#include <math.h>

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    LRPOT__TRY(lrpot__target_copy(structure, LRPOT_QUANTITY_FORCES, frame->n, block));
    if (block->reference != NULL)
        frame->force_size = cblas_dnrm2((int)block->count, block->reference, 1)
                            / sqrt((double)block->count);
    return LRPOT_OK;
}

static double factor(const lrpot__frame *frame, const lrpot__target_weights *weights, int64_t row)
{
    (void)row;
    double relative = weights->inverse_error[LRPOT__TARGET_FORCES] * weights->relative
                      * frame->force_size;
    return 1.0 / sqrt(1.0 + relative * relative);
}

const lrpot__target lrpot__target_forces = {
    .name = "forces",
    .label = "forces",
    .unit = "eV/A",
    .quantity = LRPOT_QUANTITY_FORCES,
    .weight_key = "config_forces_weight",
    .error = 3e-3,
    .usual = 1,
    .group = 3,
    .always = 1,
    .read = read,
    .factor = factor,
};
