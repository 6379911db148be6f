#include "phonons/symmetry.h"

#ifdef LRPOT_HAVE_SPGLIB
#include "phonons/zone_path.h"

#include <spglib.h>
#include <stdlib.h>
#include <string.h>

/* Atomic species as numbers from 1 on. */
static int type_of(const lrpot_structure *structure, const int64_t *order, const int *types,
                   int64_t k, int *count)
{
    const char *symbol = lrpot_structure_symbol(structure, order[k]);
    for (int64_t before = 0; before < k; before++)
        if (strcmp(lrpot_structure_symbol(structure, order[before]), symbol) == 0)
            return types[before];
    return ++*count;
}

static SpglibDataset *dataset_of(const lrpot_structure *structure, const int64_t *order,
                                 double tolerance, double (*places)[3], int *types)
{
    const double *cell = lrpot_structure_cell(structure),
                 *r = lrpot_structure_positions_const(structure);
    int64_t n = lrpot_structure_count(structure);
    int count = 0;
    double columns[3][3]; /* spglib's vectors are columns */
    for (int k = 0; k < 9; k++) columns[k % 3][k / 3] = cell[k];
    for (int64_t k = 0; k < n; k++) {
        zone_fractions(cell, r + 3 * order[k], places[k]);
        types[k] = type_of(structure, order, types, k, &count);
    }
    return spg_get_dataset(columns, places, types, (int)n, tolerance);
}

int symmetry_representatives(const lrpot_structure *structure, const int64_t *order,
                             double tolerance, int64_t *representatives)
{
    int64_t n = lrpot_structure_count(structure);
    if (n > 100000) return 0;
    double(*places)[3] = malloc((size_t)n * sizeof *places);
    int *types = malloc((size_t)n * sizeof *types);
    SpglibDataset *dataset = places != NULL && types != NULL
                                 ? dataset_of(structure, order, tolerance, places, types)
                                 : NULL;
    for (int64_t k = 0; dataset != NULL && k < n; k++)
        representatives[k] = dataset->equivalent_atoms[k];
    int known = dataset != NULL;
    if (known) spg_free_dataset(dataset);
    free(places);
    free(types);
    return known;
}
#else
int symmetry_representatives(const lrpot_structure *structure, const int64_t *order,
                             double tolerance, int64_t *representatives)
{
    (void)structure;
    (void)order;
    (void)tolerance;
    (void)representatives;
    return 0;
}
#endif
