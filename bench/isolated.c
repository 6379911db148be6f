/* Times the Coulomb sum of droplets with nothing around them: all pairs against the mesh.
 * bench_isolated [threads [largest number of ions]]: one line of JSON for each size, accuracy and
 * method. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SPACING 2.82 /* A */

typedef struct {
    int64_t n;
    double *positions, *q, *forces, *exact;
} droplet;

static droplet make_droplet(int64_t wanted)
{
    double radius = SPACING * cbrt(0.75 * (double)wanted / acos(-1.0));
    int64_t edge = (int64_t)ceil(radius / SPACING),
            most = (2 * edge + 1) * (2 * edge + 1) * (2 * edge + 1);
    droplet d = { 0, malloc((size_t)(3 * most) * sizeof(double)),
                  malloc((size_t)most * sizeof(double)), NULL, NULL };
    if (d.positions == NULL || d.q == NULL) exit(1);
    for (int64_t x = -edge; x <= edge; x++)
        for (int64_t y = -edge; y <= edge; y++)
            for (int64_t z = -edge; z <= edge; z++) {
                if ((double)(x * x + y * y + z * z) * SPACING * SPACING > radius * radius) continue;
                double site[3] = { (double)x, (double)y, (double)z };
                for (int a = 0; a < 3; a++)
                    d.positions[3 * d.n + a] = SPACING * site[a] + bench_uniform(-0.5, 0.5);
                d.q[d.n++] = (x + y + z) % 2 == 0 ? 1 : -1;
            }
    d.forces = malloc((size_t)(3 * d.n) * sizeof(double));
    d.exact = malloc((size_t)(3 * d.n) * sizeof(double));
    if (d.forces == NULL || d.exact == NULL) exit(1);
    return d;
}

/* Least time of three evaluations, s. */
static double evaluate(const droplet *d, double accuracy, int32_t method, int32_t threads,
                       double *forces, lrpot_ewald_report *report)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, virial[9], best = INFINITY;
    options.accuracy = accuracy, options.method = method;
    atoms.n_owned = atoms.n_all = d->n, atoms.positions = d->positions;
    out.energy = &energy, out.virial = virial, out.forces = forces;
    bench_check(lrpot_ewald_create(&ewald, &options));
    bench_check(lrpot_workspace_create(&work, threads));
    for (int r = 0; r < 3; r++) {
        double start = bench_now();
        bench_check(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, d->q, &out));
        best = fmin(best, bench_now() - start);
    }
    bench_check(lrpot_ewald_plan(ewald, work, &atoms, report));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return best;
}

int main(int argc, char **argv)
{
    static const int64_t sizes[] = { 1000, 2000, 4000, 8000, 16000, 64000, 256000 };
    static const double accuracies[] = { 1e-3, 1e-4, 1e-6 };
    int32_t threads = argc > 1 ? atoi(argv[1]) : 1;
    int64_t largest = argc > 2 ? atoll(argv[2]) : 16000;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes && sizes[s] <= largest; s++) {
        droplet d = make_droplet(sizes[s]);
        lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
        int by_pairs = d.n < 20000;
        double pairs = by_pairs ? evaluate(&d, 1e-9, LRPOT_EWALD_EXACT, threads, d.exact, &report)
                                : NAN;
        for (size_t a = 0; a < sizeof accuracies / sizeof *accuracies; a++) {
            double mesh = evaluate(&d, accuracies[a], LRPOT_EWALD_MESH, threads, d.forces, &report),
                   error = 0;
            for (int64_t x = 0; by_pairs && x < 3 * d.n; x++)
                error += (d.forces[x] - d.exact[x]) * (d.forces[x] - d.exact[x]);
            printf("{\"ions\": %lld, \"threads\": %d, \"accuracy\": %g, \"error\": %.2e, "
                   "\"pairs_us_per_ion\": %.2f, \"mesh_us_per_ion\": %.2f, "
                   "\"order\": %d, \"mesh\": %d, \"cutoff\": %.2f}\n",
                   (long long)d.n, threads, accuracies[a],
                   by_pairs ? sqrt(error / (double)d.n) : NAN, 1e6 * pairs / (double)d.n,
                   1e6 * mesh / (double)d.n, report.order, report.mesh[0], report.real_cutoff);
            fflush(stdout);
        }
        free(d.positions);
        free(d.q);
        free(d.forces);
        free(d.exact);
    }
    return 0;
}
