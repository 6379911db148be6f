/* How large are the forces on the ions of a disordered crystal, and what charges do they carry? */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

int main(void)
{
    lrpot_potential *model = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    TRY(lrpot_potential_load(&model, "rocksalt.json"));
    TRY(lrpot_structure_read(&structure, "rattled.xyz", 0));
    TRY(lrpot_workspace_create(&work, 1));

    int64_t n = lrpot_structure_count(structure);
    double energy, virial[9];
    double *forces = malloc((size_t)n * 3 * sizeof *forces),
           *charges = malloc((size_t)n * sizeof *charges);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT; /* what is left NULL is not computed */
    out.energy = &energy;
    out.virial = virial;
    out.forces = forces;
    out.charges = charges;
    TRY(lrpot_potential_compute_structure(model, work, structure, &out));

    double largest = 0, total[3] = { 0, 0, 0 }, charge = 0, least_charge = INFINITY,
           most_charge = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        const double *f = forces + 3 * i;
        largest = fmax(largest, sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]));
        for (int a = 0; a < 3; a++) total[a] += f[a];
        charge += charges[i];
        if (charges[i] > 0)
            least_charge = fmin(least_charge, charges[i]),
            most_charge = fmax(most_charge, charges[i]);
    }
    double pressure = (virial[0] + virial[4] + virial[8]) / 3 / lrpot_structure_volume(structure);
    printf("energy            %12.6f eV per ion\n", energy / (double)n);
    printf("largest force     %12.6f eV/A\n", largest);
    printf("pressure          %12.6f eV/A^3\n", pressure);
    printf("sodium charges    %12.6f to %.6f e\n", least_charge, most_charge);
    int sound = fabs(charge) < 1e-12 && fabs(total[0]) + fabs(total[1]) + fabs(total[2]) < 1e-9;
    printf("charges and forces add up to zero: %s\n", sound ? "yes" : "no");

    free(forces);
    free(charges);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    return sound ? 0 : 1;
}
