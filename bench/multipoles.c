/* Coulomb sums of charges, dipoles and quadrupoles on the mesh: error asked for and true error, and
 * the time beside that of charges alone. bench_multipoles [copies [threads]]: a JSON line for each
 * kind of box, highest moment and target from 1e-3 to 1e-7 of the forces. Errors are measured
 * against the exact sum where there are few enough atoms for it. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUNS 3
#define EXACT_UP_TO 3000

/* Seconds of the processor, which other programs on the machine do not change much. */
static double used(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

typedef struct {
    bench_box *box;
    double *mu, *m; /* those that are wanted */
    double *forces, *reference, *potential, *gradient;
} task;

/* forces NULL: potential and field, as iterations over moments want them. */
static void eval(const task *t, double accuracy, int32_t method, int32_t threads, double *forces,
                 double *seconds)
{
    lrpot_atoms atoms = bench_box_atoms(t->box);
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    double energy, virial[9];
    options.accuracy = accuracy, options.method = method;
    bench_check(lrpot_workspace_create(&work, threads));
    bench_check(lrpot_ewald_create(&ewald, &options));
    *seconds = INFINITY;
    for (int r = 0; r < (method == LRPOT_EWALD_EXACT ? 1 : RUNS); r++) {
        double start = used();
        bench_check(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, t->box->q, t->mu, t->m,
                                          &energy, forces, forces != NULL ? virial : NULL,
                                          t->potential, t->gradient, NULL));
        *seconds = fmin(*seconds, used() - start);
    }
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

/* Of the sum for charges alone at the same accuracy. */
static double time_charges(const bench_box *b, double accuracy, int32_t threads)
{
    lrpot_atoms atoms = bench_box_atoms(b);
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double energy, virial[9], least = INFINITY;
    out.energy = &energy, out.virial = virial,
    out.forces = bench_allocate(3 * b->n, sizeof(double));
    options.accuracy = accuracy, options.method = LRPOT_EWALD_MESH;
    bench_check(lrpot_workspace_create(&work, threads));
    bench_check(lrpot_ewald_create(&ewald, &options));
    for (int r = 0; r <= RUNS; r++) {
        double start = used();
        bench_check(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b->q, &out));
        least = fmin(least, used() - start);
    }
    free(out.forces);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return least;
}

/* Root mean square length of the difference of forces; other NULL: of themselves. */
static double distance(int64_t n, const double *forces, const double *other)
{
    double sum = 0.0;
    for (int64_t k = 0; k < 3 * n; k++) {
        double d = forces[k] - (other != NULL ? other[k] : 0.0);
        sum += d * d;
    }
    return sqrt(sum / (double)n);
}

static void run(const task *t, const char *kind, int rank, int32_t threads)
{
    int64_t n = t->box->n;
    double unused, seconds, field, error = NAN;
    eval(t, 1e-3, LRPOT_EWALD_MESH, threads, t->forces, &unused);
    double size = distance(n, t->forces, NULL);
    if (n <= EXACT_UP_TO) eval(t, 1e-10 * size, LRPOT_EWALD_EXACT, threads, t->reference, &unused);
    for (double target = 1e-3; target > 0.9e-7; target *= 0.1) {
        eval(t, target * size, LRPOT_EWALD_MESH, threads, t->forces, &seconds);
        eval(t, target * size, LRPOT_EWALD_MESH, threads, NULL, &field);
        if (n <= EXACT_UP_TO) error = distance(n, t->forces, t->reference) / (target * size);
        printf("{\"box\": \"%s\", \"atoms\": %lld, \"threads\": %d, \"moments\": %d, \"target\": "
               "%.0e, \"measured_by_asked\": %.3f, \"us_per_atom\": %.2f, "
               "\"ratio_to_charges\": %.2f, \"field_alone\": %.2f}\n",
               kind, (long long)n, threads, rank, target, error, 1e6 * seconds / (double)n,
               seconds / time_charges(t->box, target * size, threads), field / seconds);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = { "water", "melt" };
    int copies = argc > 1 ? atoi(argv[1]) : 1;
    int32_t threads = argc > 2 ? atoi(argv[2]) : 1;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        task t = { .box = bench_box_make(kinds[k], copies) };
        if (t.box == NULL) return 1;
        int64_t n = t.box->n;
        double *mu = bench_allocate(3 * n, sizeof(double)),
               *m = bench_allocate(9 * n, sizeof(double));
        t.forces = bench_allocate(3 * n, sizeof(double)),
        t.reference = bench_allocate(3 * n, sizeof(double));
        t.potential = bench_allocate(n, sizeof(double)),
        t.gradient = bench_allocate(3 * n, sizeof(double));
        for (int64_t i = 0; i < 3 * n; i++) mu[i] = bench_normal(0.15);
        for (int64_t i = 0; i < 9 * n; i++) m[i] = bench_normal(0.1);
        for (int rank = 0; rank < 3; rank++) {
            t.mu = rank > 0 ? mu : NULL;
            t.m = rank > 1 ? m : NULL;
            run(&t, kinds[k], rank, threads);
        }
        free(mu), free(m), free(t.forces), free(t.reference), free(t.potential), free(t.gradient);
        bench_box_free(t.box);
    }
    return 0;
}
