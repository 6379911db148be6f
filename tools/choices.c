#include "choices.h"

/* Parameters of a model of these levels; 0 when it cannot be made. */
static int64_t parameters(int32_t n_species, int64_t radial_size, int64_t level, int64_t charge_level)
{
    int64_t total = 2 * (int64_t)n_species;
    for (int k = 0; k < 2; k++) {
        lrpot_basis *basis = NULL;
        lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
        options.level = (int32_t)(k == 0 ? level : charge_level);
        options.n_species = n_species;
        options.radial_size = (int32_t)radial_size;
        options.min_distance = 1.0;
        options.cutoff = 5.0;
        if (options.level == 0) continue;
        if (lrpot_basis_create(&basis, &options) != LRPOT_OK) return 0;
        int64_t size = radial_size > 0 ? radial_size : 8;
        total += (int64_t)n_species * n_species * lrpot_basis_radial_functions(basis) * size + lrpot_basis_count(basis);
        lrpot_basis_free(basis);
    }
    return total;
}

int64_t choice_equations(const dataset *set)
{
    int64_t sum = set->found[LRPOT_QUANTITY_ENERGY];
    for (int64_t f = 0; f < set->n; f++)
        if (lrpot_structure_get(set->frames[f], LRPOT_QUANTITY_FORCES) != NULL) sum += 3 * lrpot_structure_count(set->frames[f]);
    return sum;
}

int64_t choice_level(int64_t equations, int32_t n_species, int64_t radial_size, int64_t charge_level)
{
    enum { LOWEST = 6, HIGHEST = 18, PER_PARAMETER = 25 };
    int64_t level = LOWEST;
    while (level < HIGHEST) {
        int64_t count = parameters(n_species, radial_size, level + 2, charge_level);
        if (count == 0 || equations < PER_PARAMETER * count) break;
        level += 2;
    }
    return level;
}
