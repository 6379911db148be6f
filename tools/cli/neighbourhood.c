#include "cli/neighbourhood.h"

#include <stdlib.h>

lrpot_status neighbourhood_open(neighbourhood *near, const lrpot_potential *model,
                                const lrpot_structure *structure)
{
    *near = (neighbourhood){ .atoms = LRPOT_ATOMS_INIT };
    near->species = calloc((size_t)lrpot_structure_count(structure) + 1, sizeof *near->species);
    if (near->species == NULL) return LRPOT_E_MEMORY;
    lrpot_status status = lrpot_structure_view(structure, lrpot_potential_species_count(model),
                                               lrpot_potential_symbols(model), near->species,
                                               &near->atoms);
    return status != LRPOT_OK
               ? status
               : lrpot_nlist_build(&near->list, &near->atoms, lrpot_potential_cutoff(model), 0.0);
}

void neighbourhood_close(neighbourhood *near)
{
    lrpot_nlist_free(near->list);
    free(near->species);
}
