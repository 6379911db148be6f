/* Times the equilibration of charges in boxes of random sites at the density of water, from a cold
 * start and from the charges of a slightly different configuration, the same with neutral molecules
 * of three sites that exchange no charge, and the dense solver beside the iterative one where it is
 * quick, with the largest difference of their charges (relative to the largest charge). Cold times
 * are those of a new workspace: lists, plans of transforms and all. bench_charges [threads [largest
 * number of molecules along an edge]]: one line of JSON for each size, medians of 5 runs. 15 along
 * an edge are 10125 atoms, 32 are 98304. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 5
#define SPACING 2.154 /* A between atoms: 0.1 atoms/A^3 */
#define DENSE_LARGEST 400

typedef struct {
    int64_t n;
    double cell[9], *positions, *q;
    int32_t *species, *molecule;
    lrpot_atoms atoms;
} box;

static box make_box(int molecules)
{
    double length = molecules * cbrt(3.0) * SPACING;
    box b = { .n = 3 * (int64_t)molecules * molecules * molecules,
              .cell = { length, 0, 0, 0, length, 0, 0, 0, length } };
    b.positions = malloc((size_t)(3 * b.n) * sizeof(double));
    b.q = malloc((size_t)b.n * sizeof(double));
    b.species = malloc((size_t)b.n * sizeof *b.species);
    b.molecule = malloc((size_t)b.n * sizeof *b.molecule);
    if (b.positions == NULL || b.q == NULL || b.species == NULL || b.molecule == NULL) exit(1);
    for (int64_t i = 0; i < b.n; i++) {
        int64_t m = i / 3,
                at[3] = { m / molecules / molecules, m / molecules % molecules, m % molecules };
        for (int a = 0; a < 3; a++)
            b.positions[3 * i + a] = length / molecules * ((double)at[a] + bench_uniform(0, 0.9));
        b.species[i] = i % 3 != 0;
        b.molecule[i] = (int32_t)m;
    }
    b.atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    b.atoms.n_owned = b.atoms.n_all = b.n;
    b.atoms.species = b.species;
    b.atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    return b;
}

/* Oxygen 8.7, hydrogen 4.5 V; hardness 13.4 and 13.9 V/e less what the Gaussians have. */
static lrpot_charges *make_charges(int32_t solver, double tolerance)
{
    static const double widths[2] = { 0.9, 0.7 }, params[4] = { 8.7, 4.5, 4.0, 2.0 };
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_charges *charges = NULL;
    options.kind = LRPOT_CHARGES_EQUILIBRATED, options.n_species = 2, options.widths = widths;
    options.solver = solver, options.tolerance = tolerance, options.accuracy = tolerance;
    bench_check(lrpot_charges_create(&charges, NULL, &options));
    bench_check(lrpot_charges_set_params(charges, 4, params));
    return charges;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median time of an equilibration; warm: the first run, not counted, leaves its charges. */
static double time_of(const lrpot_charges *charges, box *b, int32_t threads, int warm)
{
    double times[RUNS];
    for (int run = 0; run < RUNS; run++) {
        lrpot_workspace *work = NULL;
        bench_check(lrpot_workspace_create(&work, threads));
        if (warm) bench_check(lrpot_charges_eval(charges, work, &b->atoms, NULL, NULL, b->q));
        for (int64_t k = 0; warm && k < 3 * b->n; k++)
            b->positions[k] += bench_uniform(-0.002, 0.002); /* a step of molecular dynamics */
        double begin = bench_now();
        bench_check(lrpot_charges_eval(charges, work, &b->atoms, NULL, NULL, b->q));
        times[run] = bench_now() - begin;
        lrpot_workspace_free(work);
    }
    qsort(times, RUNS, sizeof *times, ascending);
    return times[RUNS / 2];
}

/* Median time of the dense solver, and how far its charges are from those given. */
static void report_dense(box *b, double tolerance, const double *q)
{
    lrpot_charges *dense = make_charges(LRPOT_SOLVER_DENSE, tolerance);
    double seconds = time_of(dense, b, 1, 0), difference = 0.0, largest = 0.0;
    for (int64_t i = 0; i < b->n; i++) {
        difference = fmax(difference, fabs(q[i] - b->q[i]));
        largest = fmax(largest, fabs(b->q[i]));
    }
    printf(", \"dense_seconds\": %.4f, \"largest_difference\": %.2g", seconds,
           difference / largest);
    lrpot_charges_free(dense);
}

static void report(int molecules, double tolerance, int32_t threads)
{
    box b = make_box(molecules);
    b.atoms.positions = b.positions;
    b.atoms.cell = b.cell;
    lrpot_charges *iterative = make_charges(LRPOT_SOLVER_ITERATIVE, tolerance);
    double cold = time_of(iterative, &b, threads, 0), warm = time_of(iterative, &b, threads, 1);
    printf("{\"atoms\": %lld, \"threads\": %d, \"tolerance\": %g, \"cold_seconds\": %.4f, "
           "\"warm_seconds\": %.4f, \"cold_us_per_atom\": %.2f",
           (long long)b.n, (int)threads, tolerance, cold, warm, 1e6 * cold / (double)b.n);
    b.atoms.fragments = b.molecule, b.atoms.n_fragments = (int32_t)(b.n / 3);
    printf(", \"molecules_cold_seconds\": %.4f", time_of(iterative, &b, threads, 0));
    b.atoms.fragments = NULL;
    if (b.n <= DENSE_LARGEST) {
        double q[DENSE_LARGEST];
        (void)time_of(iterative, &b, threads,
                      0); /* at the places where the dense solver will find the atoms */
        memcpy(q, b.q, (size_t)b.n * sizeof *q);
        report_dense(&b, tolerance, q);
    }
    printf("}\n");
    fflush(stdout);
    lrpot_charges_free(iterative);
    free(b.positions);
    free(b.q);
    free(b.species);
    free(b.molecule);
}

int main(int count, char **arguments)
{
    int32_t threads = count > 1 ? (int32_t)atoi(arguments[1]) : 1;
    int largest = count > 2 ? atoi(arguments[2]) : 15;
    static const int sizes[] = { 2, 3, 4, 5, 8, 15, 32 };
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0] && sizes[s] <= largest; s++) {
        report(sizes[s], 1e-6, threads);
        if (sizes[s] <= 15) report(sizes[s], 1e-9, threads);
    }
    return 0;
}
