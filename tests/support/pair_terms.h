/* Terms of pairs that a model adds to its basis: random structures of two species, differences of
 * energies along their coordinates and strains, and pairs alone. */
#ifndef LRPOT_TEST_PAIR_TERMS_H
#define LRPOT_TEST_PAIR_TERMS_H

#include "models.h"

#define ATOMS 6
#define STEP 1e-4 /* A, or strain: nuclei repel steeply */
#define SPECIES 2
static const char *const elements[SPECIES] = { "Na", "Cl" };

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    int64_t coordinate;
    int a, b;
} moved;

static inline lrpot_potential *pair_terms_model(int32_t level, int32_t kernel)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    options.basis = &basis;
    options.symbols = elements;
    options.n_species = SPECIES;
    basis.level = level;
    basis.kernel = kernel;
    basis.radial_size = 6;
    basis.min_distance = 1.9;
    basis.cutoff = 4.5;
    options.charges = LRPOT_CHARGES_QRD;
    ck_ok(lrpot_potential_create(&potential, &options));
    return potential;
}

static inline double displaced(double x, void *ctx)
{
    const moved *m = ctx;
    lrpot_structure_positions(m->structure)[m->coordinate] += x;
    double energy = models_energy(m->potential, m->work, m->structure);
    lrpot_structure_positions(m->structure)[m->coordinate] -= x;
    return energy;
}

static inline double strained(double x, void *ctx)
{
    const moved *m = ctx;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    models_strain(copy, m->a, m->b, x);
    double energy = models_energy(m->potential, m->work, copy);
    lrpot_structure_free(copy);
    return energy;
}

/* Forces, stress and their sums over atoms of a model in one of three kinds of cells; the terms,
 * which a model without them lacks, take part. */
static inline void pair_terms_check_derivatives(const lrpot_potential *potential,
                                                const lrpot_potential *bare, int cell)
{
    static const int cells[3] = { CELL_TRICLINIC, CELL_TINY, CELL_NONE };
    support_random random = { 40 + (uint64_t)cell };
    lrpot_structure *structure =
        support_random_structure(&random, cells[cell], ATOMS, SPECIES, elements, 1.6);
    double forces[3 * ATOMS], virial[9], energy, atoms[ATOMS], per_atom[9 * ATOMS], sum = 0,
                                                                                    total = 0;
    moved m = { potential, NULL, structure, 0, 0, 0 };
    ck_ok(lrpot_workspace_create(&m.work, 1));
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces, out.virial = virial, out.energy = &energy, out.energy_atom = atoms,
    out.virial_atom = per_atom;
    ck_ok(lrpot_potential_compute_structure(potential, m.work, structure, &out));
    ck_assert(energy > models_energy(bare, m.work, structure) + 0.1);
    double scale = models_largest(forces, 3 * ATOMS);
    for (m.coordinate = 0; m.coordinate < 3 * ATOMS; m.coordinate++)
        ck_close(forces[m.coordinate], -support_difference(displaced, &m, 0, STEP), TOL_FD, scale);
    scale = models_largest(virial, 9);
    for (m.a = 0; m.a < 3; m.a++)
        for (m.b = 0; m.b < 3; m.b++)
            ck_close(virial[3 * m.a + m.b], -support_difference(strained, &m, 0, STEP), TOL_FD,
                     scale);
    for (int i = 0; i < ATOMS; i++) {
        sum += atoms[i];
        total += per_atom[9 * i + 5];
    }
    ck_close(sum, energy, TOL_REF, fabs(energy));
    ck_close(total, virial[5], TOL_REF, scale);
    lrpot_workspace_free(m.work);
    lrpot_structure_free(structure);
}

static inline lrpot_structure *pair(double r)
{
    const double positions[6] = { 0, 0, 0, 0, r, 0 };
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_structure_create(&structure, 2, elements, positions, NULL, 0));
    return structure;
}

static inline double pair_energy(const lrpot_potential *potential, lrpot_workspace *work, double r)
{
    lrpot_structure *structure = pair(r);
    moved m = { potential, work, structure, 0, 0, 0 };
    double energy = models_energy(m.potential, m.work, structure);
    lrpot_structure_free(structure);
    return energy;
}

#endif
