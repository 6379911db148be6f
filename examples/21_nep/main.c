/* What does a charged NEP of GPUMD say of a disordered crystal, and how much of its forces is that
 * of charges which follow their neighbours? */
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

/* Energy, forces, charges in one call, as for any model. */
static lrpot_status evaluate(const lrpot_potential *model, lrpot_workspace *work,
                             const lrpot_structure *structure, double *energy, double *forces,
                             double *charges)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy;
    out.forces = forces;
    out.charges = charges;
    return lrpot_potential_compute_structure(model, work, structure, &out);
}

int main(void)
{
    lrpot_potential *model = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    TRY(lrpot_potential_load(&model, "nacl_nep.txt"));
    TRY(lrpot_structure_read(&structure, "rattled.xyz", 0));
    TRY(lrpot_workspace_create(&work, 1));

    int64_t n = lrpot_structure_count(structure);
    double energy, fitted, other, most = -INFINITY, difference = 0;
    double *forces = malloc((size_t)n * 3 * sizeof *forces),
           *plain = malloc((size_t)n * 3 * sizeof *plain),
           *charges = malloc((size_t)n * sizeof *charges),
           *born = malloc((size_t)n * 9 * sizeof *born);
    TRY(evaluate(model, work, structure, &energy, forces, charges));
    TRY(lrpot_response_born_charges_structure(model, work, structure, LRPOT_BORN_MIDPOINT, born,
                                              NULL));
    double root = sqrt(lrpot_potential_epsilon_infinity(model)); /* screened -> physical */

    /* the conventions of the programs that fit such models */
    TRY(lrpot_nep_set_sum(model, LRPOT_NEP_SUM_AS_FITTED));
    TRY(evaluate(model, work, structure, &fitted, forces, NULL));
    TRY(lrpot_nep_set_forces(model, LRPOT_NEP_FORCES_PLAIN));
    TRY(evaluate(model, work, structure, &other, plain, NULL));
    for (int64_t i = 0; i < n; i++) most = fmax(most, charges[i]);
    for (int64_t k = 0; k < 3 * n; k++) difference = fmax(difference, fabs(plain[k] - forces[k]));

    printf("energy                  %12.6f eV per ion\n", energy / (double)n);
    printf("the sum as fitted       %12.6f eV per ion\n", fitted / (double)n);
    printf("largest charge          %12.6f e\n", most);
    printf("Born charge of ion 0    %12.6f e (xx)\n", root * born[0]);
    printf("forces without the term of neutrality differ by up to %.6f eV/A\n", difference);

    free(forces);
    free(plain);
    free(charges);
    free(born);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    return 0;
}
