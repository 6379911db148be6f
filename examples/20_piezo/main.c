/* What does a shear do to the polarization of zinc blende, with its ions held in place and with
 * ions that follow? */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

enum {
    X = 0,
    YZ = 3
}; /* P along x, shear yz: the only component by symmetry, with its cyclic ones */

int main(void)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double h = 2.8, cell[9] = { 0, h, h, h, 0, h, h, h, 0 },
                 positions[6] = { 0, 0, 0, h / 2, h / 2, h / 2 };
    lrpot_potential *model = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    TRY(lrpot_potential_load(&model, "rocksalt.json"));
    TRY(lrpot_structure_create(&structure, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    TRY(lrpot_workspace_create(&work, 1));

    double D[36], Z[18], clamped[18], internal[36], by_strain[36], by_field[6], force[6];
    const double volume = lrpot_structure_volume(structure);
    TRY(lrpot_response_gamma_constants(model, work, structure, 0, D));
    TRY(lrpot_response_born_charges_structure(model, work, structure, LRPOT_BORN_UNFOLDED, Z,
                                              NULL));
    TRY(lrpot_response_piezoelectric(model, work, structure, clamped));
    TRY(lrpot_response_strain(model, work, structure, 0, internal, NULL));

    /* Displacements by the six strains, and by a field along x, whose force on atom i is row x of
     * its Born charge. */
    for (int k = 0; k < 6; k++) force[k] = Z[9 * (k / 3) + 3 * X + k % 3];
    TRY(lrpot_phonons_displacements(2, D, 6, internal, by_strain));
    TRY(lrpot_phonons_displacements(2, D, 1, force, by_field));
    double ions = 0, converse = 0;
    for (int k = 0; k < 6; k++) {
        ions += force[k] * by_strain[6 * YZ + k] / volume;
        converse += by_field[k] * internal[6 * YZ + k] / volume;
    }
    /* Charges of the model are screened: physical tensors are sqrt(eps_inf) times these. */
    const double si = 16.02176634; /* C/m^2 in one e/A^2 */
    printf("Born charge of Na         %.4f e\n", Z[0]);
    printf("clamped ions, e_x,yz      %.4f C/m^2\n", si * clamped[6 * X + YZ]);
    printf("what ions add             %.4f C/m^2\n", si * ions);
    printf("the same by the field     %.4f C/m^2\n", si * converse);
    printf("relaxed ions, e_x,yz      %.4f C/m^2\n", si * (clamped[6 * X + YZ] + ions));
    int sound = fabs(ions) > 1e-4 && fabs(ions - converse) < 1e-8 * fabs(ions) + 1e-12;
    printf("both ways agree:          %s\n", sound ? "yes" : "no");

    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    return sound ? 0 : 1;
}
