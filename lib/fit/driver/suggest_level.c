#include "fit/driver/suggest_level.h"

/* Number of parameters of a model of this level; 0 if no basis has it. */
static lrpot_status parameters(const lrpot__model_size *model, int32_t level, int64_t *count)
{
    enum { RADIAL_SIZE = 8 };
    int64_t S = model->n_species, total = 2 * S,
            size = model->radial_size > 0 ? model->radial_size : RADIAL_SIZE;
    for (int k = 0; k < 2; k++) {
        lrpot_basis *basis = NULL;
        lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
        options.level = k == 0 ? level : model->charge_level;
        options.n_species = model->n_species;
        options.radial_size = model->radial_size;
        options.radial_step = k == 0 ? model->radial_step : model->charge_radial_step;
        options.min_distance = 1.0;
        options.cutoff = 5.0;
        if (options.level == 0) continue;
        lrpot_status status = lrpot_basis_create(&basis, &options);
        *count = 0;
        if (status != LRPOT_OK) return status == LRPOT_E_MEMORY ? status : LRPOT_OK;
        int own = k == 0 ? model->own_energy : model->own_charges;
        total += S * S * lrpot_basis_radial_functions(basis) * size
                 + (own ? S : 1) * lrpot_basis_count(basis);
        lrpot_basis_free(basis);
    }
    *count = total;
    return LRPOT_OK;
}

lrpot_status lrpot__suggest_level(int64_t equations, const lrpot__model_size *model, int32_t *out)
{
    enum { LOWEST = 6, HIGHEST = 18, PER_PARAMETER = 25 };
    int32_t level = LOWEST;
    int64_t per_parameter = model->per_parameter > 0 ? model->per_parameter : PER_PARAMETER;
    while (level < HIGHEST) {
        int64_t count = 0;
        lrpot_status status = parameters(model, level + 2, &count);
        if (status != LRPOT_OK) return status;
        if (count == 0 || equations < per_parameter * count) break;
        level += 2;
    }
    *out = level;
    return LRPOT_OK;
}
