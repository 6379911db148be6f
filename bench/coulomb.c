/* Times (processor time of one thread) the Coulomb sum of water from a ready list at errors
 * relative to the forces, which are measured against the exact sum at a sample of atoms.
 * bench_coulomb [threads [largest copies [mesh|spline]]]: one line of JSON for each size and
 * target. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 7
#define SAMPLE 200
#define EXACT_UP_TO 2000 /* atoms */

static int compare(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Best time of a product with the operator, and of its update, s. */
static double time_products(const bench_box *b, const lrpot_ewald *ewald, const lrpot_nlist *list,
                            int32_t threads, double *update)
{
    lrpot_ewald_operator *op = NULL;
    lrpot_atoms atoms = bench_box_atoms(b);
    double *potential = bench_allocate(b->n, sizeof(double)), best = INFINITY;
    bench_check(lrpot_ewald_operator_create(&op, ewald, threads));
    *update = INFINITY;
    for (int r = 0; r < 3; r++) {
        double start = bench_clock(threads);
        bench_check(lrpot_ewald_operator_update(op, &atoms, list, NULL));
        if (r > 0) *update = fmin(*update, bench_clock(threads) - start);
    }
    for (int r = 0; r < 1 + RUNS; r++) {
        double start = bench_clock(threads);
        bench_check(lrpot_ewald_operator_apply(op, NULL, b->q, potential, NULL));
        if (r > 0) best = fmin(best, bench_clock(threads) - start);
    }
    lrpot_ewald_operator_free(op);
    free(potential);
    return best;
}

/* Times of RUNS evaluations, sorted, s. */
static void time_evaluations(const bench_box *b, const lrpot_ewald *ewald, lrpot_workspace *work,
                             const lrpot_nlist *list, int32_t threads, double *times)
{
    lrpot_atoms atoms = bench_box_atoms(b);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, virial[9], *forces = bench_allocate(3 * b->n, sizeof(double));
    out.energy = &energy, out.virial = virial, out.forces = forces;
    for (int r = -1; r < RUNS; r++) {
        double start = bench_clock(threads);
        bench_check(lrpot_ewald_eval(ewald, work, &atoms, list, NULL, b->q, &out));
        if (r >= 0) times[r] = bench_clock(threads) - start;
    }
    qsort(times, RUNS, sizeof *times, compare);
    free(forces);
}

static void print(const bench_box *b, double target, int32_t threads,
                  const lrpot_ewald_report *plan, double error, const double *times,
                  const double *ratios, double build, int64_t bytes)
{
    printf("{\"atoms\": %lld, \"threads\": %d, \"target\": %.0e, \"method\": \"%s\", "
           "\"relative_error\": %.2e, \"us_per_atom\": %.3f, \"us_median\": %.3f, "
           "\"product_ratio\": %.2f, \"update_ratio\": %.2f, \"list_us_per_atom\": %.2f, "
           "\"cutoff\": %.2f, \"splitting\": %.3f, \"order\": %d, "
           "\"mesh\": %d, \"vectors\": %lld, \"bytes_per_atom\": %.0f}\n",
           (long long)b->n, (int)threads, target,
           plan->method == LRPOT_EWALD_EXACT  ? "exact"
           : plan->method == LRPOT_EWALD_MESH ? "mesh"
                                              : "spline",
           error, 1e6 * times[0] / (double)b->n, 1e6 * times[RUNS / 2] / (double)b->n, ratios[0],
           ratios[1], 1e6 * build / (double)b->n, plan->real_cutoff, plan->splitting,
           (int)plan->order, (int)plan->mesh[0], (long long)plan->n_vectors,
           (double)bytes / (double)b->n);
    fflush(stdout);
}

static void run(const bench_box *b, double target, double size, int32_t method, int32_t threads)
{
    lrpot_atoms atoms = bench_box_atoms(b);
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald_report plan = LRPOT_EWALD_REPORT_INIT;
    lrpot_ewald_error_report error = LRPOT_EWALD_ERROR_REPORT_INIT;
    double times[RUNS], ratios[2];
    options.accuracy = target * size, options.method = method;
    bench_check(lrpot_workspace_create(&work, threads));
    bench_check(lrpot_ewald_tune(&ewald, &options, work, &atoms, NULL, b->q, 1.0, &plan));
    double start = bench_now();
    bench_check(lrpot_nlist_build(&list, &atoms, plan.real_cutoff, 0));
    double build = bench_now() - start;
    time_evaluations(b, ewald, work, list, threads, times);
    int64_t bytes = lrpot_workspace_bytes(work);
    ratios[0] = time_products(b, ewald, list, threads, ratios + 1) / times[0];
    ratios[1] /= times[0];
    bench_check(lrpot_ewald_error(ewald, work, &atoms, list, b->q, SAMPLE, &error));
    print(b, target, threads, &plan, error.forces / error.size, times, ratios, build, bytes);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

/* Root mean square force, eV/A. */
static double size_of_forces(const bench_box *b)
{
    lrpot_atoms atoms = bench_box_atoms(b);
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double sum = 0.0;
    out.forces = bench_allocate(3 * b->n, sizeof(double));
    options.accuracy = 1e-3;
    bench_check(lrpot_workspace_create(&work, 1));
    bench_check(lrpot_ewald_create(&ewald, &options));
    bench_check(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b->q, &out));
    for (int64_t x = 0; x < 3 * b->n; x++) sum += out.forces[x] * out.forces[x];
    free(out.forces);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return sqrt(sum / (double)b->n);
}

int main(int argc, char **argv)
{
    static const int copies[] = { 1, 2, 4, 8 }; /* 648 to 331 776 atoms */
    static const double targets[] = { 1e-3, 1e-4, 1e-5, 1e-6, 1e-7 };
    int32_t threads = argc > 1 ? atoi(argv[1]) : 1;
    int largest = argc > 2 ? atoi(argv[2]) : 4;
    int32_t on_mesh = argc > 3 && strcmp(argv[3], "spline") == 0 ? LRPOT_EWALD_SPLINE
                                                                 : LRPOT_EWALD_MESH;
    for (size_t c = 0; c < sizeof copies / sizeof *copies && copies[c] <= largest; c++) {
        bench_box *b = bench_box_make("water", copies[c]);
        double size = size_of_forces(b);
        for (size_t t = 0; t < sizeof targets / sizeof *targets; t++) {
            if (b->n <= EXACT_UP_TO) run(b, targets[t], size, LRPOT_EWALD_EXACT, threads);
            run(b, targets[t], size, on_mesh, threads);
        }
        bench_box_free(b);
    }
    return 0;
}
