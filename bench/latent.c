/* Times four channels of latent charges in boxes of random sites at the density of water, with the
 * true error of the forces where that is quick. bench_latent [threads [largest number of molecules
 * along an edge]]: one line of JSON for each size and accuracy. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNS 7
#define CHANNELS 4
#define SPACING 2.154 /* A between atoms: 0.1 atoms/A^3 */

typedef struct {
    int64_t n;
    double cell[9], *positions, *q, *forces;
} box;

static box make_box(int molecules)
{
    double length = molecules * cbrt(3.0) * SPACING;
    box b = { .n = 3 * (int64_t)molecules * molecules * molecules,
              .cell = { length, 0, 0, 0, length, 0, 0, 0, length } };
    b.positions = bench_allocate(3 * b.n, sizeof(double));
    b.q = bench_allocate(CHANNELS * b.n, sizeof(double));
    b.forces = bench_allocate(3 * b.n, sizeof(double));
    for (int64_t i = 0; i < b.n;
         i++) /* molecules on a lattice, in the order of their places as hosts sort them */
        for (int a = 0; a < 3; a++) {
            int64_t m = i / 3,
                    at[3] = { m / molecules / molecules, m / molecules % molecules, m % molecules };
            b.positions[3 * i + a] = length / molecules * ((double)at[a] + bench_uniform(0, 0.9));
        }
    for (int64_t x = 0; x < CHANNELS * b.n; x++) b.q[x] = bench_uniform(-0.7, 0.7);
    return b;
}

/* Least time in s; forces of the box. */
static double evaluate(box *b, double accuracy, int32_t threads, int runs,
                       lrpot_ewald_report *report, int64_t *bytes)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, virial[9], best = INFINITY;
    options.kernel = LRPOT_EWALD_LATENT, options.sigma = 1.0, options.accuracy = accuracy,
    options.method = LRPOT_EWALD_MESH;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.cell = b->cell,
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    out.energy = &energy, out.virial = virial, out.forces = b->forces;
    bench_check(lrpot_ewald_create(&ewald, &options));
    bench_check(lrpot_workspace_create(&work, threads));
    for (int r = 0; r <= runs; r++) {
        double start = bench_now();
        bench_check(
            lrpot_ewald_eval_channels(ewald, work, &atoms, NULL, NULL, CHANNELS, b->q, &out));
        if (r > 0 || runs == 0) best = fmin(best, bench_now() - start);
    }
    bench_check(lrpot_ewald_plan(ewald, work, &atoms, report));
    *bytes = lrpot_workspace_bytes(work);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return best;
}

static void run(box *b, double accuracy, int32_t threads, const double *exact)
{
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    int64_t bytes;
    double seconds = evaluate(b, accuracy, threads, RUNS, &report, &bytes), difference = 0,
           size = 0;
    for (int64_t x = 0; exact != NULL && x < 3 * b->n; x++) {
        difference += (b->forces[x] - exact[x]) * (b->forces[x] - exact[x]);
        size += exact[x] * exact[x];
    }
    printf("{\"atoms\": %lld, \"channels\": %d, \"threads\": %d, \"accuracy\": %g, \"error\": "
           "%.2e, \"relative_error\": %.2e, \"us_per_atom_and_channel\": %.3f, \"order\": %d, "
           "\"mesh\": %d, \"bytes_per_atom\": %.0f}\n",
           (long long)b->n, CHANNELS, threads, accuracy,
           exact != NULL ? sqrt(difference / (double)b->n) : NAN,
           exact != NULL ? sqrt(difference / size) : NAN, 1e6 * seconds / (double)b->n / CHANNELS,
           report.order, report.mesh[0], (double)bytes / (double)b->n);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const int edges[] = { 8, 16, 32, 70 };
    static const double accuracies[] = { 1e-2, 1e-3, 1e-4, 1e-6 };
    int32_t threads = argc > 1 ? atoi(argv[1]) : 1;
    int largest = argc > 2 ? atoi(argv[2]) : 16;
    for (size_t e = 0; e < sizeof edges / sizeof *edges && edges[e] <= largest; e++) {
        box b = make_box(edges[e]);
        double *exact = NULL;
        lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
        int64_t bytes;
        if (b.n < 50000) {
            exact = b.forces;
            evaluate(&b, 1e-9, threads, 0, &report, &bytes);
            b.forces = bench_allocate(3 * b.n, sizeof(double));
        }
        for (size_t a = 0; a < sizeof accuracies / sizeof *accuracies; a++)
            run(&b, accuracies[a], threads, exact);
        free(exact);
        free(b.positions);
        free(b.q);
        free(b.forces);
    }
    return 0;
}
