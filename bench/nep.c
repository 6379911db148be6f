/* Speed of the NEP kernels: energy, forces and virial of crystals from a ready neighbour list.
 *
 * Prints one JSON line per size, kernel and precision (of one kernel both in turns): us per atom
 * (least and median of the runs), ratio to the reference kernel (0 for more than 300000 atoms,
 * where it is left out), largest difference of a force to double precision. nep --model nep.txt
 * --structure FRAME.xyz [--atoms 1000,10000,100000] [--kernel K (LRPOT_KERNEL_*, 0: all)]
 * [--threads 1] [--runs 7] [--accuracy 1e-5] [--disorder 0.05]. The structure is repeated until it
 * has as many atoms. Without a model: a random one of the size that is usual for perovskites, on
 * BaTiO3. */
#define _POSIX_C_SOURCE 200809L

#include "basis/nep/nep_model.h"
#include "io/nep/nep_file.h"
#include "kernel_bench.h"
#include "potential/nep_assemble.h"

#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *model, *structure, *atoms;
    int threads, runs, kernel;
    double accuracy, disorder;
} settings;

/* Five atoms of cubic BaTiO3. */
static lrpot_structure *perovskite(void)
{
    const double a = 4.01, cell[9] = { a, 0, 0, 0, a, 0, 0, 0, a };
    const double places[15] = { 0, 0, 0, .5, .5, .5, .5, .5, 0, .5, 0, .5, 0, .5, .5 };
    const char *symbols[5] = { "Ba", "Ti", "O", "O", "O" };
    double positions[15];
    lrpot_structure *structure = NULL;
    for (int k = 0; k < 15; k++) positions[k] = a * places[k];
    check(lrpot_structure_create(&structure, 5, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    return structure;
}

/* As the published model of BaTiO3 is built; 6014 random numbers. */
static lrpot__nep *random_model(void)
{
    static const char header[] = "nep4_zbl 3 Ba Ti O\nzbl 0.75 1.5\ncutoff 6 4 86 26\nn_max 8 6\n"
                                 "basis_size 8 8\nl_max 4 0 0\nANN 40 0\n";
    const int numbers = 6014;
    size_t size = sizeof header + 32 * (size_t)numbers;
    char *text = malloc(size);
    uint64_t state = 1;
    int length = snprintf(text, size, "%s", header);
    for (int k = 0; k < numbers; k++)
        length += snprintf(text + length, size - (size_t)length, "%.7e\n",
                           0.2 * (2.0 * uniform(&state) - 1.0));
    lrpot__nep *nep = NULL;
    check(lrpot__nep_parse(&nep, "random model", text, length));
    free(text);
    return nep;
}

/* NULL where the processor lacks the kernel. */
static lrpot_potential *load(const settings *set, int kernel)
{
    lrpot__nep *nep = NULL;
    lrpot_potential *potential = NULL;
    if (set->model != NULL) check(lrpot__nep_read(&nep, set->model));
    else nep = random_model();
    lrpot_status status = lrpot__nep_assemble(&potential, nep, kernel, set->accuracy);
    if (status == LRPOT_E_UNSUPPORTED) {
        lrpot__nep_free(nep);
        return NULL;
    }
    check(status);
    return potential;
}

typedef struct {
    lrpot_structure *structure;
    lrpot_atoms atoms;
    lrpot_nlist *list;
    int32_t *species;
    double *positions;
} box;

static box make_box(const settings *set, const lrpot_potential *potential, int64_t wanted)
{
    box b = { .atoms = LRPOT_ATOMS_INIT };
    lrpot_structure *cell = NULL;
    uint64_t state = 2;
    if (set->structure != NULL) check(lrpot_structure_read(&cell, set->structure, 0));
    else cell = perovskite();
    int32_t times = (int32_t)lround(cbrt((double)wanted / (double)lrpot_structure_count(cell)));
    if (times < 1) times = 1;
    int32_t copies[3] = { times, times, times };
    check(lrpot_structure_repeat(&b.structure, cell, copies));
    lrpot_structure_free(cell);
    int64_t n = lrpot_structure_count(b.structure);
    b.species = malloc((size_t)n * sizeof *b.species);
    b.positions = malloc((size_t)n * 3 * sizeof *b.positions);
    b.atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    check(lrpot_structure_view(b.structure, lrpot_potential_species_count(potential),
                               lrpot_potential_symbols(potential), b.species, &b.atoms));
    for (int64_t k = 0; k < 3 * n; k++)
        b.positions[k] = b.atoms.positions[k] + set->disorder * (2.0 * uniform(&state) - 1.0);
    b.atoms.positions = b.positions;
    check(lrpot_nlist_build(&b.list, &b.atoms, lrpot_potential_cutoff(potential), 0.0));
    return b;
}

static void free_box(box *b)
{
    lrpot_nlist_free(b->list);
    lrpot_structure_free(b->structure);
    free(b->species);
    free(b->positions);
}

enum { DOUBLE, MIXED, PRECISIONS };

typedef struct {
    double least, median, energy; /* seconds, eV */
    double *forces;               /* eV/A */
} timing;

/* Processor time of one thread, which other programs disturb less; several are timed by the clock.
 */
static double seconds(const settings *set)
{
    struct timespec t;
    clock_gettime(set->threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void finish(timing *t, double *times, int runs)
{
    qsort(times, (size_t)runs, sizeof *times, compare_doubles);
    t->least = times[0];
    t->median = times[runs / 2];
}

/* Times both precisions in turns; of the reference kernel only double. */
static void measure(const settings *set, lrpot_potential *potential, const box *b, int runs,
                    timing t[PRECISIONS])
{
    size_t n = (size_t)b->atoms.n_all * 3;
    double *times = malloc(PRECISIONS * (size_t)runs * sizeof *times), virial[9];
    lrpot_workspace *work = NULL;
    check(lrpot_workspace_create(&work, set->threads));
    for (int p = 0; p < PRECISIONS; p++) t[p].forces = calloc(n, sizeof(double));
    for (int run = -1; run < runs; run++) /* the first one warms up */
        for (int p = 0; p < PRECISIONS; p++) {
            lrpot_outputs out = LRPOT_OUTPUTS_INIT;
            if (lrpot_potential_set_precision(potential, p) != LRPOT_OK) continue;
            out.energy = &t[p].energy, out.forces = t[p].forces, out.virial = virial;
            double start = seconds(set);
            check(lrpot_potential_compute(potential, work, &b->atoms, b->list, NULL, &out));
            if (run >= 0) times[p * runs + run] = seconds(set) - start;
        }
    for (int p = 0; p < PRECISIONS; p++) finish(&t[p], times + p * runs, runs);
    lrpot_workspace_free(work);
    free(times);
}

static double largest_difference(const double *a, const double *b, int64_t n)
{
    double most = 0.0;
    for (int64_t k = 0; k < n; k++) most = fmax(most, fabs(a[k] - b[k]));
    return most;
}

/* Atoms of the largest system for which the reference kernel is timed: a minute. */
enum { REFERENCE_MOST = 300000 };

static void report(const settings *set, int64_t wanted)
{
    static const char *const names[] = { [LRPOT_KERNEL_REFERENCE] = "reference",
                                         [LRPOT_KERNEL_PORTABLE] = "portable",
                                         [LRPOT_KERNEL_AVX2] = "avx2",
                                         [LRPOT_KERNEL_AVX512] = "avx512" };
    double reference = 0.0;
    for (int kernel = LRPOT_KERNEL_REFERENCE; kernel <= LRPOT_KERNEL_AVX512; kernel++) {
        if (kernel == LRPOT_KERNEL_REFERENCE && wanted > REFERENCE_MOST) continue;
        if (set->kernel != 0 && kernel != set->kernel && kernel != LRPOT_KERNEL_REFERENCE) continue;
        lrpot_potential *potential = load(set, kernel);
        if (potential == NULL) continue;
        box b = make_box(set, potential, wanted);
        double n = (double)b.atoms.n_owned;
        int slow = kernel == LRPOT_KERNEL_REFERENCE;
        timing t[PRECISIONS] = { { 0 } };
        measure(set, potential, &b, slow && n > 5e3 ? 1 : slow ? 3 : set->runs, t);
        if (slow) reference = t[DOUBLE].least;
        for (int p = DOUBLE; p < (slow ? MIXED : PRECISIONS); p++)
            printf("{\"benchmark\": \"nep\", \"version\": \"%s\", \"kernel\": \"%s\", "
                   "\"precision\": \"%s\", \"threads\": %d, \"atoms\": %.0f, "
                   "\"neighbours\": %.1f, \"us_per_atom\": %.3f, \"us_per_atom_median\": %.3f, "
                   "\"times_reference\": %.1f, \"force_difference\": %.2g, "
                   "\"energy\": %.15g}\n",
                   lrpot_version(), names[kernel], p == DOUBLE ? "double" : "mixed", set->threads,
                   n, (double)lrpot_nlist_pairs(b.list) / n, 1e6 * t[p].least / n,
                   1e6 * t[p].median / n, reference / t[p].least,
                   largest_difference(t[p].forces, t[DOUBLE].forces, 3 * b.atoms.n_all),
                   t[p].energy);
        for (int p = 0; p < PRECISIONS; p++) free(t[p].forces);
        fflush(stdout);
        free_box(&b);
        lrpot_potential_free(potential);
    }
}

static settings read_settings(int argc, char **argv)
{
    settings set = { NULL, NULL, "1000,10000,100000", 1, 7, 0, 1e-5, 0.05 };
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--model") == 0) set.model = argv[i + 1];
        if (strcmp(argv[i], "--structure") == 0) set.structure = argv[i + 1];
        if (strcmp(argv[i], "--atoms") == 0) set.atoms = argv[i + 1];
        if (strcmp(argv[i], "--threads") == 0) set.threads = atoi(argv[i + 1]);
        if (strcmp(argv[i], "--runs") == 0) set.runs = atoi(argv[i + 1]);
        if (strcmp(argv[i], "--kernel") == 0) set.kernel = atoi(argv[i + 1]);
        if (strcmp(argv[i], "--accuracy") == 0) set.accuracy = atof(argv[i + 1]);
        if (strcmp(argv[i], "--disorder") == 0) set.disorder = atof(argv[i + 1]);
    }
    return set;
}

int main(int argc, char **argv)
{
    settings set = read_settings(argc, argv);
    for (const char *size = set.atoms; size != NULL; size = strchr(size, ',')) {
        if (*size == ',') size++;
        report(&set, atoll(size));
    }
    return 0;
}
