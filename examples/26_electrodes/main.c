/* A capacitor of two metal slabs: charge against voltage, and capacitance against their distance.
 *
 * Each slab is a fragment that is held at a potential. The charge is an output, and so is the
 * capacitance, by one linear solution. 1/C grows with the distance d by 1/(epsilon_0 A), whatever
 * the distance of the image planes from the layers of atoms is. */
#include <lrpot/lrpot.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LAYERS = 4, ATOMS = 2 * LAYERS };
static const char *const symbols[1] = { "Al" };
static const double spacing = 2.5; /* A: square lattice, and its layers */

static void check(lrpot_status status)
{
    if (status == LRPOT_OK) return;
    fprintf(stderr, "%s\n", lrpot_last_error());
    exit(1);
}

/* Equilibrated charges, the same for every neighbourhood: an electronegativity of 1.5 V and a
 * hardness of 0.05 V/e beside the self-interaction of Gaussians of 1 A, 8 V/e. */
static lrpot_potential *metal(void)
{
    static const double chi_and_u[2] = { 1.5, -3.0 };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, none = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    const char *name = NULL;
    int64_t at = 0, count = 0;
    charges.sigma = 1.0, basis.level = 2, none.level = 0;
    options.symbols = symbols, options.n_species = 1;
    options.basis = &basis, options.charge_basis = &none;
    options.charges = LRPOT_CHARGES_EQUILIBRATED, options.charge_options = &charges;
    check(lrpot_potential_create(&potential, &options));
    int64_t n = lrpot_potential_param_count(potential);
    double *params = calloc((size_t)n, sizeof *params);
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &at, &count); b++)
        if (count == 2) params[at] = chi_and_u[0], params[at + 1] = chi_and_u[1];
    check(lrpot_potential_set_params(potential, n, params));
    free(params);
    return potential;
}

/* Two slabs whose facing layers are `gap` apart, periodic in their plane alone. */
static lrpot_structure *plates(double gap, double volts)
{
    const char *names[ATOMS];
    double positions[3 * ATOMS] = { 0 }, fragments[ATOMS], held[2] = { volts, 0.0 },
                         cell[9] = { spacing, 0, 0, 0, spacing, 0, 0, 0, 1 };
    lrpot_structure *structure = NULL;
    for (int i = 0; i < ATOMS; i++) {
        names[i] = symbols[0];
        fragments[i] = i / LAYERS;
        positions[3 * i + 2] = i % LAYERS * spacing + i / LAYERS * ((LAYERS - 1) * spacing + gap);
    }
    check(lrpot_structure_create(&structure, ATOMS, names, positions, cell, 3));
    check(lrpot_structure_set(structure, LRPOT_QUANTITY_FRAGMENT, fragments));
    check(lrpot_structure_set_fragment_potentials(structure, 2, held, LRPOT_POTENTIALS_SHARED));
    return structure;
}

/* Charge of the first plate, capacitance, and grand potential. */
static void measure(const lrpot_potential *model, lrpot_workspace *work, double gap, double volts,
                    double *charge, double *capacitance, double *grand)
{
    lrpot_structure *structure = plates(gap, volts);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    const lrpot_charges *charges = lrpot_potential_charges(model);
    int32_t species[ATOMS];
    double q[2], C[4];
    out.energy = grand;
    check(lrpot_structure_view(structure, 1, symbols, species, &atoms));
    check(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(model), 0.0));
    check(lrpot_charges_fragments(charges, work, &atoms, list, NULL, q, NULL));
    check(lrpot_charges_capacitance(charges, work, &atoms, list, NULL, C));
    check(lrpot_potential_compute(model, work, &atoms, list, NULL, &out));
    *charge = q[0], *capacitance = C[0];
    lrpot_nlist_free(list);
    lrpot_structure_free(structure);
}

int main(void)
{
    const double area = spacing * spacing, per_area = 1.602176634e-19 / (area * 1e-16) * 1e6,
                 plate = area / (4 * 3.14159265358979 * LRPOT_COULOMB_CONSTANT);
    lrpot_potential *model = metal();
    lrpot_workspace *work = NULL;
    double q, C, grand, rest, before = 0.0;
    check(lrpot_workspace_create(&work, 1));
    measure(model, work, 8.0, 0.0, &q, &C, &rest);
    printf("voltage/V  charge/e  energy/eV  -C V^2/2\n");
    for (int k = 1; k <= 4; k++) {
        double volts = 0.5 * k;
        measure(model, work, 8.0, volts, &q, &C, &grand);
        printf("%9.1f  %8.6f  %9.6f  %8.6f\n", volts, q, grand - rest, -0.5 * C * volts * volts);
    }
    printf("\ndistance/A  C/(uF/cm^2)  slope of 1/C over 1/(epsilon_0 A)\n");
    for (int k = 0; k < 5; k++) {
        measure(model, work, 6.0 + 3.0 * k, 1.0, &q, &C, &grand);
        printf("%10.1f  %11.4f", 6.0 + 3.0 * k, C * per_area);
        if (k > 0) printf("  %8.5f", (1.0 / C - before) / 3.0 * plate);
        printf("\n");
        before = 1.0 / C;
    }
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
    return 0;
}
