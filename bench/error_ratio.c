/* Error of tuned solvers over the error asked for, relative to the forces, of all atoms: neither
 * above it nor wasted. bench_error_ratio [copies [threads]]: a row for each kind of box, a column
 * for each target from 1e-2 to 1e-10. Ends with 1 if a ratio is outside 0.6 to 1. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LEAST 0.6
#define SAMPLE 2000 /* atoms, of larger boxes */

/* Root mean square force and error of it, eV/A. */
static lrpot_ewald_error_report measure(const bench_box *b, double accuracy, int32_t threads,
                                        int tuned)
{
    lrpot_atoms atoms = bench_box_atoms(b);
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald_error_report error = LRPOT_EWALD_ERROR_REPORT_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    options.accuracy = accuracy, options.method = LRPOT_EWALD_MESH;
    bench_check(lrpot_workspace_create(&work, threads));
    if (tuned) bench_check(lrpot_ewald_tune(&ewald, &options, work, &atoms, NULL, b->q, 0.1, NULL));
    else bench_check(lrpot_ewald_create(&ewald, &options));
    bench_check(lrpot_ewald_error(ewald, work, &atoms, NULL, b->q, SAMPLE, &error));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return error;
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = { "water", "salt", "sheared", "slab", "drop" };
    int copies = argc > 1 ? atoi(argv[1]) : 1;
    int32_t threads = argc > 2 ? atoi(argv[2]) : 1;
    double least = INFINITY, most = 0.0;
    printf("measured / asked  ");
    for (int digits = 2; digits <= 10; digits++) printf("  1e-%02d", digits);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        bench_box *b = bench_box_make(kinds[k], copies);
        if (b == NULL) return 1;
        double size = measure(b, 1e-2, threads, 0).size;
        printf("\n%-10s%8lld", kinds[k], (long long)b->n);
        for (int digits = 2; digits <= 10; digits++) {
            double target = pow(10.0, -digits) * size,
                   ratio = measure(b, target, threads, 1).forces / target;
            least = fmin(least, ratio), most = fmax(most, ratio);
            printf(" %6.2f", ratio);
            fflush(stdout);
        }
        bench_box_free(b);
    }
    printf("\nratios from %.2f to %.2f\n", least, most);
    return least >= LEAST && most <= 1.0 ? 0 : 1;
}
