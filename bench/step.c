/* Times a step of molecular dynamics (energy, forces, virial) in one process for each family of
 * charges, in boxes of rock salt of growing size: a level 10 energy with charges of level 6 at an
 * accuracy of 1e-3 eV/A, equilibrated ones to 1e-6. `first` is a new workspace, lists, plans and a
 * cold start of the charges included; `step` the median of those that follow, each after a small
 * move of all ions, the neighbour list of the model being lent as by a host and kept. The memory is
 * the most that the process had. bench_step [threads [largest number of copies]]: one line of JSON
 * for each family and size. 6 copies along an edge are 110592 ions. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS 5
#define CUTOFF 5.0 /* A */
#define SKIN 0.5
#define CUBE 6.0

typedef struct family {
    const char *name;
    int32_t kind;
    double species[4]; /* charges of Na and Cl, or their electronegativity and hardness */
} family;

static const family families[] = {
    { "none", LRPOT_CHARGES_NONE, { 0.0 } },
    { "fixed", LRPOT_CHARGES_FIXED, { 1.0, -1.0 } },
    { "edqrd", LRPOT_CHARGES_EDQRD, { 1.0, -1.0 } },
    { "latent", LRPOT_CHARGES_LATENT, { 1.0, -1.0 } },
    { "equilibrated", LRPOT_CHARGES_EQUILIBRATED, { -6.0, 6.0, 8.0, 9.0 } },
};

/* Small coefficients of both signs for the basis: only the time matters, but charges must stay
 * charges. */
static void fill(lrpot_potential *model, const family *f)
{
    const char *name = NULL;
    int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0;
    double *params = bench_allocate(n, sizeof *params);
    bench_check(lrpot_potential_get_params(model, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        for (int64_t k = 0; k < count; k++) {
            if (strcmp(name, "energy.linear") == 0)
                params[offset + k] = (k % 3 == 1 ? -1e-7 : 1e-7) * (double)(1 + (7 * k) % 5);
            if (strcmp(name, "charges.linear") == 0) params[offset + k] = k % 2 == 0 ? 2e-4 : -1e-4;
            if (strcmp(name, "charges.species") == 0 && k < 4) params[offset + k] = f->species[k];
        }
    bench_check(lrpot_potential_set_params(model, n, params));
    free(params);
}

static lrpot_potential *make_model(const family *f)
{
    static const char *const symbols[2] = { "Na", "Cl" };
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_potential *model = NULL;
    charges.tolerance = 1e-6;
    charges.accuracy = 1e-3;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.level = 10;
    basis.min_distance = 2.0;
    basis.cutoff = CUTOFF;
    charge_basis = basis;
    charge_basis.level = 6;
    options.charges = f->kind;
    options.accuracy = 1e-3;
    if (f->kind == LRPOT_CHARGES_EQUILIBRATED) options.charge_options = &charges;
    bench_check(lrpot_potential_create(&model, &options));
    fill(model, f);
    return model;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Codes of molecular dynamics keep neighbours together in memory: sorted by cubes of CUBE along
 * each axis. */
typedef struct {
    int64_t cube;
    double r[3];
    int32_t species;
} ion;

static int by_cube(const void *a, const void *b)
{
    int64_t x = ((const ion *)a)->cube, y = ((const ion *)b)->cube;
    return (x > y) - (x < y);
}

static void sort_ions(bench_box *box)
{
    ion *ions = bench_allocate(box->n, sizeof *ions);
    for (int64_t i = 0; i < box->n; i++) {
        ions[i] = (ion){ .species = box->species[i] };
        memcpy(ions[i].r, box->positions + 3 * i, sizeof ions[i].r);
        for (int a = 0; a < 3; a++)
            ions[i].cube = 1000 * ions[i].cube + (int64_t)floor(ions[i].r[a] / CUBE) + 100;
    }
    qsort(ions, (size_t)box->n, sizeof *ions, by_cube);
    for (int64_t i = 0; i < box->n; i++) {
        memcpy(box->positions + 3 * i, ions[i].r, sizeof ions[i].r);
        box->species[i] = ions[i].species;
    }
    free(ions);
}

static double time_step(const lrpot_potential *model, lrpot_workspace *work,
                        const lrpot_atoms *atoms, const lrpot_nlist *list, double *forces)
{
    double energy = 0.0, virial[9], begin = bench_now();
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.forces = forces, out.virial = virial;
    bench_check(lrpot_potential_compute(model, work, atoms, list, NULL, &out));
    return bench_now() - begin;
}

static void report(const family *f, int copies, int32_t threads)
{
    bench_box *box = bench_box_make("salt", copies);
    sort_ions(box);
    lrpot_atoms atoms = bench_box_atoms(box);
    lrpot_potential *model = make_model(f);
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    struct rusage usage;
    double *forces = bench_allocate(3 * box->n, sizeof *forces), times[STEPS];
    bench_check(lrpot_workspace_create(&work, threads));
    bench_check(lrpot_nlist_build(&list, &atoms, CUTOFF, SKIN));
    double first = time_step(model, work, &atoms, list, forces);
    for (int s = 0; s < STEPS; s++) {
        for (int64_t k = 0; k < 3 * box->n; k++) box->positions[k] += bench_uniform(-0.002, 0.002);
        times[s] = time_step(model, work, &atoms, list, forces);
    }
    qsort(times, STEPS, sizeof *times, ascending);
    double step = times[STEPS / 2], ions = (double)box->n;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"charges\": \"%s\", \"atoms\": %lld, \"threads\": %d, \"first_seconds\": %.4f, "
           "\"step_seconds\": %.4f, \"us_per_atom\": %.2f, "
           "\"us_per_atom_log2\": %.3f, \"megabytes\": %.0f, \"bytes_per_atom\": %.0f}\n",
           f->name, (long long)box->n, (int)threads, first, step, 1e6 * step / ions,
           1e6 * step / ions / log2(ions), (double)usage.ru_maxrss / 1024.0,
           1024.0 * (double)usage.ru_maxrss / ions);
    fflush(stdout);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
    bench_box_free(box);
    free(forces);
}

/* Each in a process of its own, so that memory is that of one family and size. */
int main(int count, char **arguments)
{
    static const int sizes[] = { 1, 2, 3, 4, 6 };
    int32_t threads = count > 1 ? (int32_t)atoi(arguments[1]) : 1;
    int largest = count > 2 ? atoi(arguments[2]) : 3, status = 0;
    for (size_t f = 0; f < sizeof families / sizeof *families; f++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes && sizes[s] <= largest; s++) {
            pid_t child = fork();
            if (child == 0) {
                report(&families[f], sizes[s], threads);
                return 0;
            }
            if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) return 1;
        }
    return 0;
}
