/* Random models of every kind, and structures that move: shared by the tests of charges, potentials
 * and responses. */
#ifndef LRPOT_TEST_MODELS_H
#define LRPOT_TEST_MODELS_H

#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_SPECIES 3
#define MODEL_DISTANCE 1.8 /* A: least distance of random structures */
#define MODEL_STEP 4e-4    /* A, or strain: step of the differences */

static const char *const model_symbols[MODEL_SPECIES] = { "Na", "Cl", "O" };

/* Coefficients of a size at which every feature matters: values about `size` however large the
 * features are. */
static inline void models_random_linear(support_random *random, const lrpot_basis *basis,
                                        double size, double *linear)
{
    lrpot_structure *sample = support_random_structure(random, CELL_CUBIC, 12, MODEL_SPECIES,
                                                       model_symbols, MODEL_DISTANCE);
    int64_t count = lrpot_basis_count(basis), n = lrpot_structure_count(sample);
    int32_t *species = calloc((size_t)n, sizeof *species);
    double *features = calloc((size_t)(n * count), sizeof *features);
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_basis_get_options(basis, &options));
    ck_ok(lrpot_structure_view(sample, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_nlist_build(&list, &atoms, options.cutoff, 0));
    ck_ok(lrpot_basis_eval(basis, work, &atoms, list, features));
    for (int64_t k = 0; k < count; k++) {
        double square = 0;
        for (int64_t i = 0; i < n; i++) square += features[i * count + k] * features[i * count + k];
        linear[k] = support_uniform(random, -1, 1) * size / (sqrt(square / (double)n) + 1e-12);
    }
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    free(features);
    free(species);
    lrpot_structure_free(sample);
}

static inline void models_randomise(support_random *random, lrpot_potential *potential)
{
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++) {
        if (strstr(name, ".radial") != NULL)
            for (int64_t k = 0; k < count; k++)
                params[offset + k] += support_uniform(random, -0.05, 0.05);
        const lrpot_basis *energy = lrpot_potential_basis(potential);
        for (int64_t k = 0; strcmp(name, "energy.linear") == 0 && k < count;
             k += lrpot_basis_count(energy))
            models_random_linear(random, energy, 0.3, params + offset + k);
        const lrpot_basis *basis = lrpot_charges_basis(lrpot_potential_charges(potential));
        for (int64_t k = 0; strcmp(name, "charges.linear") == 0 && k < count;
             k += lrpot_basis_count(basis))
            models_random_linear(random, basis, 0.1, params + offset + k);
        if (strstr(name, ".species") != NULL)
            for (int64_t k = 0; k < count; k++) params[offset + k] = support_uniform(random, -1, 1);
        /* what the kind has of its own for each species: shares, ... */
        if (strncmp(name, "charges.", 8) == 0
            && strstr("radial linear species hidden", name + 8) == NULL)
            for (int64_t k = 0; k < count; k++)
                params[offset + k] = support_uniform(random, 0.3, 1.5);
    }
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
}

/* Added to a kind of charges: energy and charges have networks, of one hidden layer or (odd kinds)
 * two, with the total charge as an input. */
#define MODELS_WITH_HIDDEN 16
static const int32_t models_hidden[2][2] = { { 4, 0 }, { 4, 3 } };

/* Networks of a block, in which every node is halfway between its bends. */
static inline void models_random_hidden(support_random *random, lrpot_potential *potential,
                                        const char *block, const lrpot_basis *basis,
                                        const int32_t *widths, double size)
{
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0,
            features = lrpot_basis_count(basis), at = 0;
    double *params = calloc((size_t)n, sizeof *params), *weights = NULL;
    const char *name = NULL;
    int32_t b = 0;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    while (lrpot_potential_param_block(potential, b++, &name, &offset, &count)
           && strcmp(name, block) != 0)
        continue;
    ck_assert_str_eq(name, block);
    for (weights = params + offset; at < count;) {
        int32_t behind = widths[1] > 0 ? widths[1] * (widths[0] + 2) : widths[0];
        for (int32_t h = 0; h < widths[0]; h++, at += features + 2) {
            models_random_linear(random, basis, 1.0 / sqrt((double)features), weights + at);
            weights[at + features] = support_uniform(random, -0.3, 0.3);
            weights[at + features + 1] = support_uniform(random, -0.5, 0.5);
        }
        for (int32_t w = 0; w < behind; w++)
            weights[at++] = support_uniform(random, -1, 1)
                            * (widths[1] > 0 && w < behind - widths[1] ? 1.0 : size);
    }
    ck_assert_int_eq(at, count);
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
}

/* Energy and charges have different cutoffs, the charges' being the larger one for EDQ and the
 * smaller for the others. charges: or NULL. own: coefficients xi of each species. */
static inline lrpot_potential *models_random_own(support_random *random, int32_t kind,
                                                 const lrpot_charges_options *charges, int32_t own)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.accuracy = 1e-11; /* sums split in different ways must agree to TOL_REF */
    lrpot_potential *potential = NULL;
    lrpot_charges_options networks = LRPOT_CHARGES_OPTIONS_INIT;
    int hidden = kind >= MODELS_WITH_HIDDEN;
    kind %= MODELS_WITH_HIDDEN;
    const int32_t *widths = models_hidden[kind % 2];
    if (charges != NULL) networks = *charges;
    options.symbols = model_symbols;
    options.n_species = MODEL_SPECIES;
    basis.level = 8;
    basis.min_distance = 1.2;
    basis.cutoff = 3.8;
    charge_basis.level = 6;
    charge_basis.min_distance = 1.1;
    charge_basis.cutoff = kind == LRPOT_CHARGES_EDQ ? 4.2 : 3.3;
    charge_basis.radial_size = 6;
    options.charges = kind;
    int following = kind >= LRPOT_CHARGES_EDQ;
    if (hidden) memcpy(options.hidden, widths, sizeof options.hidden), options.charge_input = 1;
    if (hidden && following)
        memcpy(networks.hidden, widths, sizeof networks.hidden), networks.charge_input = 1;
    options.charge_options = &networks;
    options.species_coefficients = own;
    ck_ok(lrpot_potential_create(&potential, &options));
    models_randomise(random, potential);
    if (hidden)
        models_random_hidden(random, potential, "energy.hidden", lrpot_potential_basis(potential),
                             widths, 0.3);
    if (hidden && following)
        models_random_hidden(random, potential, "charges.hidden",
                             lrpot_charges_basis(lrpot_potential_charges(potential)), widths, 0.1);
    return potential;
}

static inline lrpot_potential *models_random_with(support_random *random, int32_t kind,
                                                  const lrpot_charges_options *charges)
{
    return models_random_own(random, kind, charges, 0);
}

/* Coefficients of each species in energy and charges. */
static inline lrpot_potential *models_random_species(support_random *random, int32_t kind)
{
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.tolerance = 1e-12;
    charges.flags = LRPOT_CHARGES_OWN_COEFFICIENTS;
    charges.channels = kind == LRPOT_CHARGES_LATENT ? 2 : 0;
    return models_random_own(random, kind, &charges, 1);
}

static inline lrpot_potential *models_random_potential(support_random *random, int32_t kind)
{
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    charges.tolerance = 1e-12;
    return models_random_with(
        random, kind, kind % MODELS_WITH_HIDDEN >= LRPOT_CHARGES_EQUILIBRATED ? &charges : NULL);
}

/* The basis has a jump in the second derivative at its cutoff, which a difference over pairs at
 * just that distance would see. */
static inline int models_clear_of_cutoffs(const lrpot_structure *structure)
{
    static const double cutoffs[3] = { 3.3, 3.8, 4.2 };
    int64_t n = lrpot_structure_count(structure);
    int32_t *species = calloc((size_t)n, sizeof *species), j[2000];
    double vectors[3 * 2000];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    int clear = 1;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, 4.5, 0));
    for (int64_t i = 0; i < n; i++) {
        int64_t count = lrpot_nlist_row(list, &atoms, i, 2000, j, vectors);
        ck_assert(count >= 0 && count <= 2000);
        for (int64_t k = 0; k < 3 * count; k += 3) {
            double r = sqrt(vectors[k] * vectors[k] + vectors[k + 1] * vectors[k + 1]
                            + vectors[k + 2] * vectors[k + 2]);
            for (int c = 0; c < 3; c++) clear = clear && fabs(r - cutoffs[c]) > 2 * MODEL_STEP * r;
        }
    }
    lrpot_nlist_free(list);
    free(species);
    return clear;
}

static inline lrpot_structure *models_random_structure(support_random *random, int kind, int64_t n,
                                                       double total_charge)
{
    lrpot_structure *structure = NULL;
    do {
        lrpot_structure_free(structure);
        structure =
            support_random_structure(random, kind, n, MODEL_SPECIES, model_symbols, MODEL_DISTANCE);
    } while (n <= 10
             && !models_clear_of_cutoffs(structure)); /* larger ones are not differentiated */
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_TOTAL_CHARGE, &total_charge));
    return structure;
}

/* r_b += strain r_a for all atoms and cell rows, in place: dE/dstrain = -virial[a][b]. */
static inline void models_strain(lrpot_structure *structure, int a, int b, double strain)
{
    double *positions = lrpot_structure_positions(structure);
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++)
        positions[3 * i + b] += strain * positions[3 * i + a];
    if (lrpot_structure_cell(structure) == NULL) return;
    double cell[9];
    memcpy(cell, lrpot_structure_cell(structure), sizeof cell);
    for (int c = 0; c < 3; c++) cell[3 * c + b] += strain * cell[3 * c + a];
    ck_ok(lrpot_structure_set_cell(structure, cell, lrpot_structure_periodic_mask(structure)));
}

static inline double models_largest(const double *values, int64_t n)
{
    double largest = 0;
    for (int64_t k = 0; k < n; k++) largest = fmax(largest, fabs(values[k]));
    return largest;
}

/* Two molecules of four atoms as fragments of charges q and -q, the first cut by the boundaries of
 * the cell. cell: CELL_NONE or CELL_CUBIC */
static inline lrpot_structure *models_two_molecules(support_random *random, int cell, double q)
{
    static const double corners[4][3] = {
        { 1, 1, 1 }, { 1, -1, -1 }, { -1, 1, -1 }, { -1, -1, 1 }
    };
    enum { MOLECULES_SIZE = 8 };
    const double length = 13, box[9] = { length, 0, 0, 0, length, 0, 0, 0, length },
                 charges[2] = { q, -q };
    double positions[3 * MOLECULES_SIZE], fragments[MOLECULES_SIZE];
    const char *names[MOLECULES_SIZE];
    lrpot_structure *structure = NULL;
    for (int i = 0; i < MOLECULES_SIZE; i++) {
        names[i] = model_symbols[i % 2];
        fragments[i] = i / 4;
        for (int a = 0; a < 3; a++) {
            double r = 0.9 * corners[i % 4][a] + (i / 4) * 0.4 * length
                       + support_uniform(random, -0.2, 0.2);
            positions[3 * i + a] = cell == CELL_NONE ? r : r - length * floor(r / length);
        }
    }
    ck_ok(lrpot_structure_create(&structure, MOLECULES_SIZE, names, positions,
                                 cell == CELL_NONE ? NULL : box,
                                 cell == CELL_NONE ? 0 : LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_FRAGMENT, fragments));
    ck_ok(lrpot_structure_set_fragment_charges(structure, 2, charges));
    return structure;
}

static inline double models_energy(const lrpot_potential *potential, lrpot_workspace *work,
                                   const lrpot_structure *structure)
{
    double energy = 0;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    return energy;
}

/* Charges of a kind whose heads depend on the species alone. heads: [heads][n_species] in the order
 * of the documentation. */
static inline lrpot_potential *models_constant(int32_t kind, const char *const *symbols,
                                               int32_t n_species, double accuracy,
                                               const lrpot_charges_options *charges,
                                               const double *heads)
{
    lrpot_potential_options o = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options none = LRPOT_BASIS_OPTIONS_INIT, small = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    none.level = 0, small.level = 2;
    o.symbols = symbols, o.n_species = n_species, o.basis = &small, o.charge_basis = &none;
    o.charges = kind, o.charge_options = charges, o.accuracy = accuracy;
    ck_ok(lrpot_potential_create(&potential, &o));
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        if (strcmp(name, "charges.species") == 0)
            memcpy(params + offset, heads, (size_t)count * sizeof *params);
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
    return potential;
}

static inline lrpot_potential *models_constant_density(const char *const *symbols,
                                                       int32_t n_species, double accuracy,
                                                       const lrpot_charges_options *charges,
                                                       const double *heads)
{
    return models_constant(LRPOT_CHARGES_DENSITY, symbols, n_species, accuracy, charges, heads);
}

#endif
