/* By how much do the long-range forces split the optical modes of rock salt, and does the splitting
 * obey Lyddane, Sachs and Teller? */
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

int main(void)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    const double h = 5.605 / 2, cell[9] = { 0, h, h, h, 0, h, h, h, 0 },
                 positions[6] = { 0, 0, 0, h, h, h }, direction[3] = { 0, 0, 1 };
    const double pi = 3.14159265358979323846;
    lrpot_potential *model = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    TRY(lrpot_potential_load(&model, "rocksalt.json"));
    TRY(lrpot_structure_create(&structure, 2, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    TRY(lrpot_workspace_create(&work, 1));

    double D[36], Z[18], transverse[6], longitudinal[6];
    const double masses[2] = { lrpot_element_mass("Na"), lrpot_element_mass("Cl") },
                 volume = lrpot_structure_volume(structure);
    TRY(lrpot_response_gamma_constants(model, work, structure, 0, D));
    TRY(lrpot_response_born_charges_structure(model, work, structure, LRPOT_BORN_UNFOLDED, Z,
                                              NULL));
    TRY(lrpot_response_project(2, 0.0,
                               Z)); /* the closed formula below holds for opposite charges */
    TRY(lrpot_response_gamma_modes(2, D, masses, NULL, NULL, 0, transverse, NULL));
    TRY(lrpot_response_gamma_modes(2, D, masses, Z, direction, volume, longitudinal, NULL));

    /* The model's charges are screened, q/sqrt(eps_inf): its dielectric constant from the ions is
     * eps_0/eps_inf. */
    double reduced = masses[0] * masses[1] / (masses[0] + masses[1]), stiffness = 0;
    for (int k = 0; k < 36; k += 7)
        stiffness += D[k] / 6; /* of a sublattice: reduced mass times omega_TO squared */
    double eps_ratio = 1 + 4 * pi * LRPOT_COULOMB_CONSTANT * Z[0] * Z[0] / (volume * stiffness);
    double lst = pow(longitudinal[5] / transverse[5], 2);
    printf("scaled Born charges   Na %.4f, Cl %.4f e\n", Z[0], Z[9]);
    printf("reduced mass          %.4f u\n", reduced);
    printf("TO                    %.4f THz\n", transverse[5]);
    printf("LO                    %.4f THz\n", longitudinal[5]);
    printf("(LO/TO)^2             %.4f\n", lst);
    printf("eps_0 / eps_inf       %.4f\n", eps_ratio);
    int sound = transverse[5] > 1 && fabs(lst / eps_ratio - 1) < 1e-3;
    printf("both agree:           %s\n", sound ? "yes" : "no");

    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    return sound ? 0 : 1;
}
