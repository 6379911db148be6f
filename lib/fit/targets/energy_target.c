/* Energy of a frame, compared per atom. */
#include "fit/data/frame.h"

#include "fit/targets/target.h"

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    return lrpot__target_copy(structure, LRPOT_QUANTITY_ENERGY, frame->n, block);
}

static double factor(const lrpot__frame *frame, const lrpot__target_weights *weights, int64_t row)
{
    (void)weights;
    (void)row;
    return 1.0 / (double)frame->n;
}

const lrpot__target lrpot__target_energy = {
    .name = "energy",
    .label = "energy",
    .unit = "eV/atom",
    .quantity = LRPOT_QUANTITY_ENERGY,
    .weight_key = "config_energy_weight",
    .error = 5e-4,
    .usual = 1,
    .per_atom = 1,
    .group = 1,
    .always = 1,
    .read = read,
    .factor = factor,
};
