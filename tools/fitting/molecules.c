#include "fitting/molecules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOND 1.25 /* longest bond, relative to the sum of radii */

enum { BATCH = 1024 };

typedef struct {
    const lrpot_structure *structure;
    lrpot_atoms atoms;
    lrpot_nlist *list;
    double *places;  /* [n][3] positions in unwrapped molecules */
    int64_t *stack;  /* [n] */
    int32_t *number; /* [n] index of the molecule, -1: not visited yet */
    int32_t j[BATCH];
    double vectors[3 * BATCH];
} bonds;

static double radius(const lrpot_structure *structure, int64_t i)
{
    return lrpot_element_radius(lrpot_structure_symbol(structure, i));
}

static double reach(const lrpot_structure *structure)
{
    double largest = 0.0;
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++)
        largest = fmax(largest, radius(structure, i));
    return 2.0 * BOND * largest;
}

/* Follows the bonds of an atom. Returns 0 if they lead to an image of an atom visited already. */
static int visit_bonds(bonds *b, int64_t i, int32_t number, int64_t *top)
{
    int64_t count = lrpot_nlist_row(b->list, &b->atoms, i, BATCH, b->j, b->vectors);
    for (int64_t k = 0; k < count && k < BATCH; k++) {
        const double *d = b->vectors + 3 * k;
        int64_t j = b->j[k];
        double bond = BOND * (radius(b->structure, i) + radius(b->structure, j)), off = 0.0;
        if (d[0] * d[0] + d[1] * d[1] + d[2] * d[2] > bond * bond) continue;
        for (int a = 0; a < 3; a++) {
            double place = b->places[3 * i + a] + d[a];
            if (b->number[j] < 0) b->places[3 * j + a] = place;
            else off = fmax(off, fabs(b->places[3 * j + a] - place));
        }
        if (off > 0.1) return 0;
        if (b->number[j] >= 0) continue;
        b->number[j] = number;
        b->stack[(*top)++] = j;
    }
    return 1;
}

/* Number of atoms of the molecule of atom i; 0 if it is infinite. */
static int64_t walk(bonds *b, int64_t i, int32_t number)
{
    int64_t top = 0, atoms = 0;
    b->number[i] = number;
    b->stack[top++] = i;
    for (; top > 0; atoms++)
        if (!visit_bonds(b, b->stack[--top], number, &top)) return 0;
    return atoms;
}

static void write_formula(const bonds *b, int32_t number, char *formula, size_t size)
{
    int64_t n = lrpot_structure_count(b->structure);
    size_t used = 0;
    formula[0] = '\0';
    for (int64_t i = 0; i < n; i++) {
        const char *symbol = lrpot_structure_symbol(b->structure, i);
        int64_t count = 0, earlier = 0;
        for (int64_t j = 0; j < n && b->number[i] == number; j++) {
            int same = b->number[j] == number
                       && strcmp(lrpot_structure_symbol(b->structure, j), symbol) == 0;
            count += same;
            earlier += same && j < i;
        }
        if (count == 0 || earlier > 0 || used + 24 > size) continue;
        used += (size_t)snprintf(formula + used, size - used, count > 1 ? "%s%lld" : "%s", symbol,
                                 (long long)count);
    }
}

static lrpot_status make_bonds(bonds *b, int32_t *species)
{
    int64_t n = lrpot_structure_count(b->structure);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    memset(species, 0, (size_t)n * sizeof *species);
    atoms.n_owned = atoms.n_all = n;
    atoms.positions = lrpot_structure_positions_const(b->structure);
    atoms.species = species;
    atoms.periodic_mask = lrpot_structure_periodic_mask(b->structure);
    atoms.cell = atoms.periodic_mask != 0 ? lrpot_structure_cell(b->structure) : NULL;
    b->atoms = atoms;
    return lrpot_nlist_build(&b->list, &b->atoms, reach(b->structure), 0.0);
}

lrpot_status molecules_count(const lrpot_structure *structure, int64_t *n, char *formula,
                             size_t size)
{
    int64_t atoms = lrpot_structure_count(structure);
    *n = 0;
    if (reach(structure) <= 0.0) return LRPOT_OK;
    bonds *b = calloc(1, sizeof *b);
    int32_t *numbers = malloc((size_t)(2 * atoms + 1) * sizeof *numbers);
    double *places = calloc((size_t)(3 * atoms + 1), sizeof *places);
    int64_t *stack = malloc((size_t)(atoms + 1) * sizeof *stack), found = 0;
    lrpot_status status =
        b != NULL && numbers != NULL && places != NULL && stack != NULL ? LRPOT_OK : LRPOT_E_MEMORY;
    if (status == LRPOT_OK) {
        *b = (bonds){ .structure = structure, .places = places, .stack = stack, .number = numbers };
        status = make_bonds(b, numbers + atoms);
    }
    for (int64_t i = 0; status == LRPOT_OK && i < atoms; i++) b->number[i] = -1;
    for (int64_t i = 0; status == LRPOT_OK && i < atoms && found >= 0; i++) {
        if (b->number[i] >= 0) continue;
        if (walk(b, i, (int32_t)found) < 2) found = -1;
        else if (found++ == 0) write_formula(b, 0, formula, size);
    }
    *n = found > 0 ? found : 0;
    if (b != NULL) lrpot_nlist_free(b->list);
    free(b);
    free(numbers);
    free(places);
    free(stack);
    return status;
}
