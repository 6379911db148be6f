#include "phonons/symmetry.h"

#include <stdlib.h>

#ifdef LRPOT_HAVE_SPGLIB
#include "phonons/zone_path.h"

#include <math.h>
#include <spglib.h>
#include <stdio.h>
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

const char *symmetry_library(void)
{
    static char text[40];
    snprintf(text, sizeof text, "spglib %d.%d.%d", spg_get_major_version(), spg_get_minor_version(),
             spg_get_micro_version());
    return text;
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
/* System and centring. Trigonal groups with R are rhombohedral lattices, the others hexagonal. */
static void name_lattice(int group, char centring, char name[3])
{
    static const struct {
        int last;
        char system;
    } systems[] = {
        { 2, 'a' }, { 15, 'm' }, { 74, 'o' }, { 142, 't' }, { 194, 'h' }, { 230, 'c' }
    };
    int k = 0;
    while (group > systems[k].last) k++;
    name[0] = systems[k].system;
    name[1] = centring;
    name[2] = '\0';
}

/* Standardised axes are the columns of L P^-1, where fractions become P times those of L. They stay
 * in the frame of the structure and are not idealised. */
static void keep_axes(const double *cell, double transformation[3][3], symmetry_lattice *lattice)
{
    double flat[9];
    for (int k = 0; k < 9; k++) flat[k] = transformation[k % 3][k / 3];
    /* zone_fractions solves rows: row vectors times the inverse of flat */
    for (int row = 0; row < 3; row++) {
        double unit[3] = { row == 0, row == 1, row == 2 }, part[3];
        zone_fractions(flat, unit, part);
        for (int a = 0; a < 3; a++)
            lattice->axes[3 * row + a] = part[0] * cell[a] + part[1] * cell[3 + a]
                                         + part[2] * cell[6 + a];
    }
    lattice->cells = fabs(zone_volume(flat));
}

/* Lattice points of a conventional cell. */
static int points_of(char centring)
{
    return centring == 'F' ? 4 : centring == 'R' ? 3 : centring == 'P' ? 1 : 2;
}

/* The dataset with atoms in the order of the structure; NULL if the symmetry is not known. */
static SpglibDataset *dataset_in_order(const lrpot_structure *structure, double tolerance)
{
    int64_t n = lrpot_structure_count(structure);
    if (n > 100000) return NULL;
    double(*places)[3] = malloc((size_t)n * sizeof *places);
    int *types = malloc((size_t)n * sizeof *types);
    int64_t *order = malloc((size_t)n * sizeof *order);
    SpglibDataset *dataset = NULL;
    for (int64_t k = 0; order != NULL && k < n; k++) order[k] = k;
    if (places != NULL && types != NULL && order != NULL)
        dataset = dataset_of(structure, order, tolerance, places, types);
    free(places);
    free(types);
    free(order);
    if (dataset != NULL && dataset->spacegroup_number <= 0) {
        spg_free_dataset(dataset);
        dataset = NULL;
    }
    return dataset;
}

int symmetry_find_lattice(const lrpot_structure *structure, double tolerance,
                          symmetry_lattice *lattice)
{
    SpglibDataset *dataset = dataset_in_order(structure, tolerance);
    if (dataset == NULL) return 0;
    char centring = dataset->international_symbol[0];
    lattice->group = dataset->spacegroup_number;
    snprintf(lattice->symbol, sizeof lattice->symbol, "%s", dataset->international_symbol);
    name_lattice(lattice->group, centring, lattice->name);
    keep_axes(lrpot_structure_cell(structure), dataset->transformation_matrix, lattice);
    lattice->cells *= points_of(centring);
    spg_free_dataset(dataset);
    return 1;
}

int symmetry_find_operations(const lrpot_structure *structure, double tolerance,
                             symmetry_raw *found)
{
    SpglibDataset *dataset = dataset_in_order(structure, tolerance);
    *found = (symmetry_raw){ 0 };
    if (dataset == NULL) return 0;
    found->count = dataset->n_operations;
    found->rotations = malloc((size_t)found->count * 9 * sizeof *found->rotations);
    found->translations = malloc((size_t)found->count * 3 * sizeof *found->translations);
    int whole = found->rotations != NULL && found->translations != NULL;
    for (int32_t k = 0; whole && k < found->count; k++) {
        for (int x = 0; x < 9; x++)
            found->rotations[9 * k + x] = dataset->rotations[k][x / 3][x % 3];
        for (int a = 0; a < 3; a++) found->translations[3 * k + a] = dataset->translations[k][a];
    }
    snprintf(found->symbol, sizeof found->symbol, "%s", dataset->international_symbol);
    spg_free_dataset(dataset);
    return whole;
}
#else
const char *symmetry_library(void)
{
    return "none";
}

int symmetry_representatives(const lrpot_structure *structure, const int64_t *order,
                             double tolerance, int64_t *representatives)
{
    (void)structure;
    (void)order;
    (void)tolerance;
    (void)representatives;
    return 0;
}

int symmetry_find_lattice(const lrpot_structure *structure, double tolerance,
                          symmetry_lattice *lattice)
{
    (void)structure;
    (void)tolerance;
    (void)lattice;
    return 0;
}

int symmetry_find_operations(const lrpot_structure *structure, double tolerance,
                             symmetry_raw *found)
{
    (void)structure;
    (void)tolerance;
    *found = (symmetry_raw){ 0 };
    return 0;
}
#endif

void symmetry_raw_free(symmetry_raw *found)
{
    free(found->rotations);
    free(found->translations);
    *found = (symmetry_raw){ 0 };
}
