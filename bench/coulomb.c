/* Times the Coulomb sum of water boxes from a ready neighbour list, with its true error against the exact sum where that is quick.
 * bench_coulomb [threads [largest number of molecules along an edge]]: one line of JSON for each size and accuracy. */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS 7

typedef struct {
    int64_t n;
    double cell[9], *positions, *q;
    int32_t *species;
} box;

static uint64_t state = 7;

static double uniform(double low, double high)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) * 0x1p-53);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(lrpot_status status)
{
    if (status == LRPOT_OK) return;
    fprintf(stderr, "%s\n", lrpot_last_error());
    exit(1);
}

/* Molecules of SPC water at 0.1 atoms/A^3 on a cubic lattice, turned at random. */
static box make_water(int edge)
{
    box b = { 3 * (int64_t)edge * edge * edge, { 0 }, NULL, NULL, NULL };
    double spacing = cbrt(30.0);
    b.positions = malloc((size_t)(3 * b.n) * sizeof(double));
    b.q = malloc((size_t)b.n * sizeof(double));
    b.species = calloc((size_t)b.n, sizeof(int32_t));
    for (int d = 0; d < 3; d++) b.cell[4 * d] = edge * spacing;
    for (int64_t m = 0; m < b.n / 3; m++) {
        double center[3] = { (double)(m % edge), (double)(m / edge % edge), (double)(m / edge / edge) }, u[3], v[3], dot = 0, size = 0;
        for (int a = 0; a < 3; a++) u[a] = uniform(-1, 1), v[a] = uniform(-1, 1), size += u[a] * u[a];
        for (int a = 0; a < 3; a++) u[a] /= sqrt(size), dot += u[a] * v[a];
        size = 0;
        for (int a = 0; a < 3; a++) v[a] -= dot * u[a], size += v[a] * v[a];
        for (int a = 0; a < 3; a++) {
            double *r = b.positions + 9 * m + a, c = spacing * center[a] + uniform(-0.2, 0.2), half = 0.5 * 109.47 / 180 * acos(-1.0);
            double along = cos(half) * u[a], across = sin(half) * v[a] / sqrt(size);
            r[0] = c, r[3] = c + along + across, r[6] = c + along - across;
        }
        b.q[3 * m] = -0.82, b.q[3 * m + 1] = b.q[3 * m + 2] = 0.41;
    }
    return b;
}

static lrpot_ewald *make_solver(double accuracy, int32_t method)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    options.accuracy = accuracy;
    options.method = method;
    check(lrpot_ewald_create(&ewald, &options));
    return ewald;
}

static double relative_error(const double *a, const double *b, int64_t n)
{
    double difference = 0, size = 0;
    for (int64_t k = 0; k < 3 * n; k++) difference += (a[k] - b[k]) * (a[k] - b[k]), size += b[k] * b[k];
    return sqrt(difference / size);
}

static int compare(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

/* Best time of a product with the operator, and of its update, s. */
static double time_products(const box *b, const lrpot_atoms *atoms, const lrpot_ewald *ewald, const lrpot_nlist *list, int32_t threads, double *update)
{
    lrpot_ewald_operator *op = NULL;
    double *potential = malloc((size_t)b->n * sizeof(double)), best = INFINITY;
    check(lrpot_ewald_operator_create(&op, ewald, threads));
    check(lrpot_ewald_operator_update(op, atoms, list, NULL));
    double start = now();
    check(lrpot_ewald_operator_update(op, atoms, list, NULL));
    *update = now() - start;
    for (int r = 0; r < 1 + RUNS; r++) {
        start = now();
        check(lrpot_ewald_operator_apply(op, NULL, b->q, potential, NULL));
        if (r > 0) best = fmin(best, now() - start);
    }
    lrpot_ewald_operator_free(op);
    free(potential);
    return best;
}

static void run(const box *b, double accuracy, int32_t method, int32_t threads, const double *exact)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.species = b->species;
    atoms.cell = b->cell, atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    options.accuracy = accuracy, options.method = method;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, virial[9], *forces = malloc((size_t)(3 * b->n) * sizeof(double)), times[RUNS], start;
    out.energy = &energy, out.virial = virial, out.forces = forces;
    check(lrpot_workspace_create(&work, threads));
    check(lrpot_ewald_tune(&ewald, &options, work, &atoms, NULL, b->q, 1.0, &report));
    start = now();
    check(lrpot_nlist_build(&list, &atoms, report.real_cutoff, 0));
    double build = now() - start;
    check(lrpot_ewald_eval(ewald, work, &atoms, list, NULL, b->q, &out));
    for (int r = 0; r < RUNS; r++) {
        start = now();
        check(lrpot_ewald_eval(ewald, work, &atoms, list, NULL, b->q, &out));
        times[r] = now() - start;
    }
    qsort(times, RUNS, sizeof *times, compare);
    double update, product = time_products(b, &atoms, ewald, list, threads, &update);
    printf("{\"atoms\": %lld, \"threads\": %d, \"accuracy\": %g, \"method\": \"%s\", \"relative_error\": %.2e, \"us_per_atom\": %.3f, "
           "\"median\": %.3f, \"product_ratio\": %.2f, \"update_ratio\": %.2f, \"list_us_per_atom\": %.2f, \"cutoff\": %.2f, \"splitting\": %.3f, \"order\": %d, \"mesh\": %d, "
           "\"vectors\": %lld, \"bytes_per_atom\": %.0f}\n",
           (long long)b->n, threads, accuracy, report.method == LRPOT_EWALD_MESH ? "mesh" : "exact",
           exact != NULL ? relative_error(forces, exact, b->n) : NAN, 1e6 * times[0] / (double)b->n, 1e6 * times[RUNS / 2] / (double)b->n, product / times[0], update / times[0],
           1e6 * build / (double)b->n, report.real_cutoff, report.splitting, report.order, report.mesh[0], (long long)report.n_vectors,
           (double)lrpot_workspace_bytes(work) / (double)b->n);
    fflush(stdout);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    free(forces);
}

/* Forces to 1e-9 eV/A by every vector (small) or by a finer mesh, which the tests hold against it. */
static double *reference(const box *b, int32_t threads)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.species = b->species;
    atoms.cell = b->cell, atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    lrpot_ewald *ewald = make_solver(1e-8, b->n <= 6000 ? LRPOT_EWALD_EXACT : LRPOT_EWALD_MESH);
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double *forces = malloc((size_t)(3 * b->n) * sizeof(double));
    out.forces = forces;
    check(lrpot_workspace_create(&work, threads));
    check(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b->q, &out));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return forces;
}

int main(int argc, char **argv)
{
    static const int edges[] = { 4, 6, 8, 12, 24, 48 };
    static const double accuracies[] = { 1.3e-3, 1.3e-4, 1.3e-5, 1.3e-6 };
    int32_t threads = argc > 1 ? atoi(argv[1]) : 1;
    int largest = argc > 2 ? atoi(argv[2]) : 24;
    for (size_t e = 0; e < sizeof edges / sizeof *edges && edges[e] <= largest; e++) {
        box b = make_water(edges[e]);
        double *exact = b.n < 50000 ? reference(&b, threads) : NULL;
        for (size_t a = 0; a < sizeof accuracies / sizeof *accuracies; a++)
            for (int32_t method = b.n <= 2000 ? LRPOT_EWALD_EXACT : LRPOT_EWALD_MESH; method <= LRPOT_EWALD_MESH; method++)
                run(&b, accuracies[a], method, threads, exact);
        free(exact);
        free(b.positions);
        free(b.q);
        free(b.species);
    }
    return 0;
}
