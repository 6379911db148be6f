/* Error asked for and true error of the Coulomb sum, relative to the forces, over kinds of boxes:
 * is what is asked for kept, and not wasted? bench_accuracy [copies [mesh|spline]]: a row for each
 * kind, a column for each target from 1e-3 to 1e-9; measured / asked in each. */
#include "boxes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE 200

static lrpot_ewald_error_report measure(const bench_box *b, double accuracy, int32_t method)
{
    lrpot_atoms atoms = bench_box_atoms(b);
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald_error_report error = LRPOT_EWALD_ERROR_REPORT_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    options.accuracy = accuracy, options.method = method;
    bench_check(lrpot_workspace_create(&work, 1));
    bench_check(lrpot_ewald_create(&ewald, &options));
    bench_check(lrpot_ewald_error(ewald, work, &atoms, NULL, b->q, SAMPLE, &error));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return error;
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = { "water",  "melt",   "salt",   "sheared",
                                         "random", "needle", "skewed", "slab" };
    int copies = argc > 1 ? atoi(argv[1]) : 1, kept = 1;
    int32_t method = argc > 2 && strcmp(argv[2], "spline") == 0 ? LRPOT_EWALD_SPLINE
                                                                : LRPOT_EWALD_MESH;
    double least = 1.0;
    printf("measured / asked  ");
    for (double target = 1e-3; target > 0.9e-9; target *= 0.1) printf(" %6.0e", target);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        bench_box *b = bench_box_make(kinds[k], copies);
        if (b == NULL) return 1;
        double size = measure(b, 1e-2, method).size;
        printf("\n%-10s%8lld", kinds[k], (long long)b->n);
        for (double target = 1e-3; target > 0.9e-9; target *= 0.1) {
            lrpot_ewald_error_report error = measure(b, target * size, method);
            double ratio = error.forces / (target * size);
            if (ratio > 1.0) kept = 0;
            if (ratio < least) least = ratio;
            printf(" %6.2f", ratio);
            fflush(stdout);
        }
        bench_box_free(b);
    }
    printf("\n%s; smallest ratio %.2f\n",
           kept ? "every error is below what was asked for" : "an error EXCEEDS what was asked for",
           least);
    return kept ? 0 : 1;
}
