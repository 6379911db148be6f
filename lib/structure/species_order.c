/* Order of atoms grouped by species: that of POSCAR and of the files that belong to it. */
#include <lrpot/structure.h>

#include "core/error.h"

#include <string.h>

lrpot_status lrpot_structure_species_order(const lrpot_structure *structure, int64_t *order)
{
    LRPOT__REQUIRE_NOT_NULL(structure);
    LRPOT__REQUIRE_NOT_NULL(order);
    int64_t n = lrpot_structure_count(structure), placed = 0;
    for (int64_t first = 0; first < n && placed < n; first++) {
        const char *symbol = lrpot_structure_symbol(structure, first);
        int known = 0;
        for (int64_t k = 0; k < placed && !known; k++) known = order[k] == first;
        for (int64_t i = first; i < n && !known; i++)
            if (strcmp(lrpot_structure_symbol(structure, i), symbol) == 0) order[placed++] = i;
    }
    return LRPOT_OK;
}
