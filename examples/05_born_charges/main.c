/* How large must a cell be before the phase form of the Born charges can be trusted, and what does
 * the unfolded form save? */
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

/* Largest difference of both forms over all ions. */
static int difference(const lrpot_potential *model, lrpot_workspace *work,
                      const lrpot_structure *structure, double *largest)
{
    int64_t size = 9 * lrpot_structure_count(structure);
    double *unfolded = malloc((size_t)size * sizeof *unfolded),
           *phase = malloc((size_t)size * sizeof *phase);
    TRY(lrpot_response_born_charges_structure(model, work, structure, LRPOT_BORN_UNFOLDED, unfolded,
                                              NULL));
    TRY(lrpot_response_born_charges_structure(model, work, structure, LRPOT_BORN_PHASE, phase,
                                              NULL));
    *largest = 0;
    for (int64_t k = 0; k < size; k++) *largest = fmax(*largest, fabs(phase[k] - unfolded[k]));
    free(unfolded);
    free(phase);
    return 0;
}

/* The same for the cell repeated n times along each row, and after further displacements that are
 * not repeated. */
static int differences(const lrpot_potential *model, lrpot_workspace *work,
                       const lrpot_structure *cell, int32_t n, double *largest)
{
    const int32_t repeat[3] = { n, n, n };
    uint64_t state = 11;
    lrpot_structure *structure = NULL;
    TRY(lrpot_structure_repeat(&structure, cell, repeat));
    if (difference(model, work, structure, &largest[0]) != 0) return 1;
    double *positions = lrpot_structure_positions(structure);
    for (int64_t k = 0; k < 3 * lrpot_structure_count(structure); k++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        positions[k] += 0.4 * ((double)(state >> 40) / 16777216.0 - 0.5);
    }
    if (difference(model, work, structure, &largest[1]) != 0) return 1;
    lrpot_structure_free(structure);
    return 0;
}

int main(void)
{
    lrpot_potential *model = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    TRY(lrpot_potential_load(&model, "rocksalt.json"));
    TRY(lrpot_structure_read(&structure, "rattled.xyz", 0));
    TRY(lrpot_workspace_create(&work, 1));

    double Z[64 * 9], residual[9], charges[64];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.charges = charges;
    TRY(lrpot_potential_compute_structure(model, work, structure, &out));
    TRY(lrpot_response_born_charges_structure(model, work, structure, LRPOT_BORN_UNFOLDED, Z,
                                              residual));
    printf("first %s: charge %.6f e, Born charge (e)\n", lrpot_structure_symbol(structure, 0),
           charges[0]);
    for (int a = 0; a < 3; a++)
        printf("  %10.6f %10.6f %10.6f\n", Z[3 * a], Z[3 * a + 1], Z[3 * a + 2]);
    printf("mean over the ions, xx: %.6f e (zero where the acoustic sum rule holds)\n",
           residual[0]);
    TRY(lrpot_response_project(64, 0.0, Z)); /* takes it off, for programs that insist */

    printf("\n        largest difference of phase and unfolded form (e)\n");
    printf("  ions     repeated  times L^2   disordered  times L^2\n");
    double errors[6][2];
    for (int n = 1; n <= 5; n++) {
        if (differences(model, work, structure, n, errors[n]) != 0) return 1;
        printf("%6d %12.7f %10.5f %12.7f %10.5f\n", 64 * n * n * n, errors[n][0],
               errors[n][0] * n * n, errors[n][1], errors[n][1] * n * n);
    }
    double ratio = errors[2][0] / errors[4][0];
    int sound = fabs(ratio - 4) < 0.1 && errors[5][1] < 0.1 * errors[1][1];
    printf("twice the cell from 512 to 4096 ions divides the error by %.3f: %s\n", ratio,
           sound ? "as L^-2" : "not as L^-2");

    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    return sound ? 0 : 1;
}
