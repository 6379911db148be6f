/* Speed of the moment tensor kernels: energy and forces of rock salt from a ready neighbour list.
 *
 * Prints one JSON line per level and kernel: ns per atom (least and median of the runs), ratio to
 * the reference kernel. basis [--cells N] [--levels 8,12,16,20] [--kernel K (LRPOT_KERNEL_*, 0:
 * all)] [--threads 1] [--runs 9] [--cutoff 6.5] [--disorder 0.05] */
#define _POSIX_C_SOURCE 200809L

#include "basis/basis.h"
#include "basis/evaluate.h"
#include "kernel_bench.h"

#include <lrpot/lrpot.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int cells, threads, runs, kernel;
    double cutoff, disorder;
    const char *levels;
} settings;

/* NaCl at 5.64 A, atoms displaced at random. */
static lrpot_structure *rock_salt(const settings *set)
{
    const double a = 5.64;
    int64_t n = 8 * (int64_t)set->cells * set->cells * set->cells, i = 0;
    double *positions = malloc((size_t)n * 3 * sizeof *positions), length = a * set->cells;
    const char **symbols = malloc((size_t)n * sizeof *symbols);
    uint64_t state = 1;
    for (int x = 0; x < 2 * set->cells; x++)
        for (int y = 0; y < 2 * set->cells; y++)
            for (int z = 0; z < 2 * set->cells; z++, i++) {
                int site[3] = { x, y, z };
                for (int c = 0; c < 3; c++)
                    positions[3 * i + c] = 0.5 * a * site[c]
                                           + set->disorder * (2.0 * uniform(&state) - 1.0);
                symbols[i] = (x + y + z) % 2 ? "Cl" : "Na";
            }
    const double cell[9] = { length, 0, 0, 0, length, 0, 0, 0, length };
    lrpot_structure *structure = NULL;
    check(lrpot_structure_create(&structure, n, symbols, positions, cell, LRPOT_PERIODIC_ALL));
    free(positions);
    free(symbols);
    return structure;
}

static lrpot_basis *random_basis(const settings *set, int level, int kernel)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    options.level = level;
    options.n_species = 2;
    options.min_distance = 2.0;
    options.cutoff = set->cutoff;
    options.kernel = kernel;
    lrpot_status status = lrpot_basis_create(&basis, &options);
    if (status == LRPOT_E_UNSUPPORTED) return NULL;
    check(status);
    int64_t count = 4 * lrpot_basis_radial_functions(basis) * 8;
    double *radial = malloc((size_t)count * sizeof *radial);
    uint64_t state = 2;
    for (int64_t i = 0; i < count; i++) radial[i] = 0.1 * (2.0 * uniform(&state) - 1.0);
    check(lrpot_basis_set_radial(basis, radial));
    free(radial);
    return basis;
}

typedef struct {
    double least, median, energy; /* seconds, eV */
} timing;

static timing measure(const settings *set, const lrpot_basis *basis, const lrpot_atoms *atoms,
                      const lrpot_nlist *list, int runs)
{
    int64_t k = lrpot_basis_count(basis);
    double *coefficients = malloc((size_t)k * sizeof(double)),
           *values = malloc((size_t)atoms->n_owned * sizeof(double));
    double *forces = calloc((size_t)atoms->n_owned * 3, sizeof(double)),
           *times = malloc((size_t)runs * sizeof(double));
    uint64_t state = 3;
    for (int64_t i = 0; i < k; i++) coefficients[i] = 1e-3 * (2.0 * uniform(&state) - 1.0);
    lrpot_workspace *work = NULL;
    check(lrpot_workspace_create(&work, set->threads));
    lrpot__request request = { .coefficients = coefficients, .values = values, .forces = forces };
    for (int run = -1; run < runs; run++) { /* the first one warms up */
        double start = now();
        check(lrpot__basis_run(basis, work, atoms, list, &request));
        if (run >= 0) times[run] = now() - start;
    }
    qsort(times, (size_t)runs, sizeof *times, compare_doubles);
    timing t = { times[0], times[runs / 2], 0.0 };
    for (int64_t i = 0; i < atoms->n_owned; i++) t.energy += values[i];
    lrpot_workspace_free(work);
    free(coefficients);
    free(values);
    free(forces);
    free(times);
    return t;
}

static void report(const settings *set, int level, const lrpot_atoms *atoms,
                   const lrpot_nlist *list)
{
    static const char *const names[] = { [LRPOT_KERNEL_REFERENCE] = "reference",
                                         [LRPOT_KERNEL_PORTABLE] = "portable",
                                         [LRPOT_KERNEL_AVX2] = "avx2",
                                         [LRPOT_KERNEL_AVX512] = "avx512" };
    double reference = 0.0, n = (double)atoms->n_owned;
    for (int kernel = LRPOT_KERNEL_REFERENCE; kernel <= LRPOT_KERNEL_AVX512; kernel++) {
        if (set->kernel != 0 && kernel != set->kernel && kernel != LRPOT_KERNEL_REFERENCE) continue;
        lrpot_basis *basis = random_basis(set, level, kernel);
        if (basis == NULL) continue;
        timing t =
            measure(set, basis, atoms, list, kernel == LRPOT_KERNEL_REFERENCE ? 7 : set->runs);
        if (kernel == LRPOT_KERNEL_REFERENCE) reference = t.least;
        printf("{\"benchmark\": \"basis\", \"version\": \"%s\", \"level\": %d, \"kernel\": \"%s\", "
               "\"threads\": %d, \"atoms\": %lld, "
               "\"neighbours\": %.1f, \"ns_per_atom\": %.0f, \"ns_per_atom_median\": %.0f, "
               "\"ns_per_pair\": %.1f, \"times_reference\": %.1f, "
               "\"energy\": %.15g}\n",
               lrpot_version(), level, names[kernel], set->threads, (long long)atoms->n_owned,
               (double)lrpot_nlist_pairs(list) / n, 1e9 * t.least / n, 1e9 * t.median / n,
               1e9 * t.least / (double)lrpot_nlist_pairs(list), reference / t.least, t.energy);
        fflush(stdout);
        lrpot_basis_free(basis);
    }
}

static settings read_settings(int argc, char **argv)
{
    settings set = { 5, 1, 9, 0, 6.5, 0.05, "8,12,16,20" };
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--cells") == 0) set.cells = atoi(argv[i + 1]);
        if (strcmp(argv[i], "--threads") == 0) set.threads = atoi(argv[i + 1]);
        if (strcmp(argv[i], "--runs") == 0) set.runs = atoi(argv[i + 1]);
        if (strcmp(argv[i], "--kernel") == 0) set.kernel = atoi(argv[i + 1]);
        if (strcmp(argv[i], "--cutoff") == 0) set.cutoff = atof(argv[i + 1]);
        if (strcmp(argv[i], "--disorder") == 0) set.disorder = atof(argv[i + 1]);
        if (strcmp(argv[i], "--levels") == 0) set.levels = argv[i + 1];
    }
    return set;
}

int main(int argc, char **argv)
{
    static const char *const symbols[] = { "Na", "Cl" };
    settings set = read_settings(argc, argv);
    lrpot_structure *structure = rock_salt(&set);
    int32_t *species = malloc((size_t)lrpot_structure_count(structure) * sizeof *species);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    check(lrpot_structure_view(structure, 2, symbols, species, &atoms));
    check(lrpot_nlist_build(&list, &atoms, set.cutoff, 0.0));
    for (const char *level = set.levels; level != NULL; level = strchr(level, ',')) {
        if (*level == ',') level++;
        report(&set, atoi(level), &atoms, list);
    }
    lrpot_nlist_free(list);
    lrpot_structure_free(structure);
    free(species);
    return 0;
}
