/* A simulation code has a Coulomb solver of its own: how do charges that follow the atoms work with
 * it?
 *
 * Between lrpot_charges_eval() and lrpot_charges_pull() stands the caller's solver. It needs to
 * know nothing of the model, and the model nothing of it: the charges go in, the potential at the
 * ions comes out. Here the solver is a plain sum over a cluster in vacuum. */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

enum { N = 64 };

/* The caller's solver: energy, potential dE/dq, and the forces at fixed charges, which are added.
 */
static double my_coulomb(const double *r, const double *q, double *potential, double *forces)
{
    double energy = 0;
    memset(potential, 0, N * sizeof *potential);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++) {
            double d[3] = { r[3 * i] - r[3 * j], r[3 * i + 1] - r[3 * j + 1],
                            r[3 * i + 2] - r[3 * j + 2] };
            double distance = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]),
                   one = LRPOT_COULOMB_CONSTANT / distance;
            energy += q[i] * q[j] * one;
            potential[i] += q[j] * one;
            potential[j] += q[i] * one;
            for (int a = 0; a < 3; a++) {
                double f = q[i] * q[j] * one / (distance * distance) * d[a];
                forces[3 * i + a] += f;
                forces[3 * j + a] -= f;
            }
        }
    return energy;
}

int main(void)
{
    lrpot_potential *model = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    TRY(lrpot_potential_load(&model, "rocksalt.json"));
    TRY(lrpot_structure_read(&structure, "rattled.xyz", 0));
    TRY(lrpot_structure_set_cell(structure, NULL, 0)); /* a cube of 64 ions in vacuum */
    TRY(lrpot_workspace_create(&work, 1));

    int32_t species[N];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    TRY(lrpot_structure_view(structure, lrpot_potential_species_count(model),
                             lrpot_potential_symbols(model), species, &atoms));
    TRY(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(model), 0));

    const lrpot_charges *charges = lrpot_potential_charges(model);
    double energy, forces[3 * N], q[N], potential[N];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    out.forces = forces;
    TRY(lrpot_potential_local(model, work, &atoms, list, &out));   /* short range */
    TRY(lrpot_charges_eval(charges, work, &atoms, list, NULL, q)); /* charges */
    energy += my_coulomb(atoms.positions, q, potential, forces);   /* the caller's solver */
    double held = 0;
    for (int k = 0; k < 3 * N; k++) held += forces[k] * forces[k];
    TRY(lrpot_charges_pull(charges, work, &atoms, list, NULL, potential,
                           &out)); /* forces as the charges follow the ions */

    double expected, expected_forces[3 * N], difference = 0, followed = 0;
    out.energy = &expected;
    out.forces = expected_forces;
    TRY(lrpot_potential_compute(model, work, &atoms, list, NULL, &out));
    for (int k = 0; k < 3 * N; k++) {
        difference = fmax(difference, fabs(forces[k] - expected_forces[k]));
        followed += forces[k] * forces[k];
    }
    int same = fabs(energy - expected) < 1e-9 && difference < 1e-9;
    printf("energy                           %.6f eV\n", energy);
    printf("rms force, charges held          %.6f eV/A\n", sqrt(held / (3 * N)));
    printf("rms force, charges following     %.6f eV/A\n", sqrt(followed / (3 * N)));
    printf("as with the library's own solver: %s\n", same ? "yes" : "no");

    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    return same ? 0 : 1;
}
