/* Stress of a frame periodic in three directions: components xx yy zz yz xz xy. */
#include "fit/data/frame.h"

#include "core/memory.h"
#include "core/strain.h"

#include <math.h>

static lrpot_status read(lrpot__frame *frame, const lrpot_structure *structure, lrpot__block *block)
{
    (void)frame;
    const double *stress = lrpot_structure_get(structure, LRPOT_QUANTITY_STRESS);
    block->count = LRPOT__STRAINS;
    if (stress == NULL) return LRPOT_OK;
    block->reference = lrpot__calloc(LRPOT__STRAINS, sizeof *block->reference);
    if (block->reference == NULL) return LRPOT_E_MEMORY;
    for (int c = 0; c < LRPOT__STRAINS; c++)
        block->reference[c] = 0.5
                              * (stress[3 * lrpot__strain_row[c] + lrpot__strain_column[c]]
                                 + stress[3 * lrpot__strain_column[c] + lrpot__strain_row[c]]);
    return LRPOT_OK;
}

/* Factor of a component: an off-diagonal one counts for two of the nine. */
static double factor(const lrpot__frame *frame, const lrpot__target_weights *weights, int64_t row)
{
    (void)frame;
    (void)weights;
    return row >= 3 ? sqrt(2.0) : 1.0;
}

const lrpot__target lrpot__target_stress = {
    .name = "stress",
    .label = "stress",
    .unit = "eV/A^3",
    .quantity = LRPOT_QUANTITY_STRESS,
    .weight_key = "config_stress_weight",
    .error = 1e-3,
    .usual = 1,
    .boundary = LRPOT_FIT_BOUNDARY_PERIODIC,
    .always = 1,
    .by_strain = 1,
    .read = read,
    .factor = factor,
};
