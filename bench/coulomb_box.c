/* The boxes and the library's side of bench/peers, which runs other codes on the same coordinates.
 * bench_coulomb_box make KIND COPIES BOX.xyz                       a box from a seed, repeated
 * COPIES times along each edge bench_coulomb_box reference BOX.xyz FORCES THREADS forces far below
 * every error compared, raw doubles, e^2/A^2; prints their error against every pair and vector at a
 * sample bench_coulomb_box time BOX.xyz FORCES ERROR SKIN RUNS THREADS TUNE   time of RUNS
 * evaluations at an error asked for, relative to the forces of FORCES; SKIN < 0: the solver's own
 * list, else a lent one; TUNE: seconds in which settings are timed before, 0 for none */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_UP_TO = 6000, SAMPLE = 100 };

typedef struct {
    lrpot_structure *structure;
    lrpot_atoms atoms;
    const double *q;
} box;

static void fail(const char *what)
{
    fprintf(stderr, "bench_coulomb_box: %s\n", what);
    exit(1);
}

static void make(const char *kind, int copies, const char *path)
{
    bench_box *b = bench_box_make(kind, copies);
    lrpot_structure *structure = NULL;
    lrpot_writer *writer = NULL;
    if (b == NULL) fail("make KIND COPIES BOX.xyz; the kinds are in boxes.h");
    bench_check(lrpot_structure_create(&structure, b->n, b->symbols, b->positions, b->cell,
                                       b->periodic_mask));
    bench_check(lrpot_structure_set(structure, LRPOT_QUANTITY_CHARGES, b->q));
    bench_check(lrpot_writer_open(&writer, path));
    bench_check(lrpot_writer_append(writer, structure));
    bench_check(lrpot_writer_close(writer));
    lrpot_structure_free(structure);
    bench_box_free(b);
}

static box load(const char *path)
{
    box b = { NULL, LRPOT_ATOMS_INIT, NULL };
    bench_check(lrpot_structure_read(&b.structure, path, 0));
    b.q = lrpot_structure_get(b.structure, LRPOT_QUANTITY_CHARGES);
    if (b.q == NULL) fail("the box has no charges");
    b.atoms.n_owned = b.atoms.n_all = lrpot_structure_count(b.structure);
    b.atoms.positions = lrpot_structure_positions_const(b.structure);
    b.atoms.species = bench_allocate(b.atoms.n_all, sizeof(int32_t));
    b.atoms.cell = lrpot_structure_cell(b.structure);
    b.atoms.periodic_mask = lrpot_structure_periodic_mask(b.structure);
    return b;
}

static void reference(const char *path, const char *result, int32_t threads)
{
    box b = load(path);
    int64_t n = b.atoms.n_owned;
    double *forces = bench_allocate(3 * n, sizeof(double));
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_error_report error = LRPOT_EWALD_ERROR_REPORT_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    options.accuracy = 1e-9;
    options.method = n <= EXACT_UP_TO ? LRPOT_EWALD_EXACT : LRPOT_EWALD_MESH;
    bench_check(lrpot_workspace_create(&work, threads));
    bench_check(lrpot_ewald_create(&ewald, &options));
    bench_check(lrpot_ewald_eval(ewald, work, &b.atoms, NULL, NULL, b.q, &out));
    bench_check(lrpot_ewald_error(ewald, work, &b.atoms, NULL, b.q, SAMPLE, &error));
    printf("{\"relative_error\": %.2e, \"sample\": %lld}\n",
           hypot(error.forces, error.reference) / error.size, (long long)error.n_sample);
    for (int64_t k = 0; k < 3 * n; k++) forces[k] /= LRPOT_COULOMB_CONSTANT;
    FILE *file = fopen(result, "wb");
    if (file == NULL || fwrite(forces, sizeof(double), (size_t)(3 * n), file) != (size_t)(3 * n)
        || fclose(file) != 0)
        fail(result);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

static double *read_forces(const char *path, int64_t n)
{
    double *forces = bench_allocate(3 * n, sizeof(double));
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(forces, sizeof(double), (size_t)(3 * n), file) != (size_t)(3 * n))
        fail(path);
    fclose(file);
    return forces;
}

static double mean_square(const double *values, int64_t n, int width)
{
    double sum = 0.0;
    for (int64_t k = 0; k < width * n; k++) sum += values[k] * values[k];
    return sum / (double)n;
}

static void time_it(const char *path, const char *exact_path, double error, double skin, int runs,
                    int32_t threads, double tuning)
{
    box b = load(path);
    int64_t n = b.atoms.n_owned;
    double *exact = read_forces(exact_path, n), *forces = bench_allocate(3 * n, sizeof(double)),
           energy, virial[9];
    double size = mean_square(exact, n, 3), asked = error * sqrt(size) * LRPOT_COULOMB_CONSTANT,
           start;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_ewald_report plan = LRPOT_EWALD_REPORT_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.virial = virial, out.forces = forces;
    bench_check(lrpot_workspace_create(&work, threads));
    options.accuracy = asked;
    if (tuning > 0.0)
        bench_check(lrpot_ewald_tune(&ewald, &options, work, &b.atoms, NULL, b.q, tuning, NULL));
    else bench_check(lrpot_ewald_create(&ewald, &options));
    bench_check(lrpot_ewald_eval(ewald, work, &b.atoms, NULL, NULL, b.q, &out));
    bench_check(
        lrpot_ewald_plan(ewald, work, &b.atoms, &plan)); /* what was chosen for these charges */
    start = bench_now();
    if (skin >= 0.0) bench_check(lrpot_nlist_build(&list, &b.atoms, plan.real_cutoff, skin));
    double build = bench_now() - start;
    for (int warm = 0; warm < 2; warm++)
        bench_check(lrpot_ewald_eval(ewald, work, &b.atoms, list, NULL, b.q, &out));
    start = bench_now();
    for (int run = 0; run < runs; run++)
        bench_check(lrpot_ewald_eval(ewald, work, &b.atoms, list, NULL, b.q, &out));
    double us = 1e6 * (bench_now() - start) / runs / (double)n;
    for (int64_t k = 0; k < 3 * n; k++) forces[k] = forces[k] / LRPOT_COULOMB_CONSTANT - exact[k];
    printf("{\"atoms\": %lld, \"error\": %.3e, \"us_per_atom\": %.4f, \"list_us_per_atom\": %.3f, "
           "\"settings\": ",
           (long long)n, sqrt(mean_square(forces, n, 3) / size), us, 1e6 * build / (double)n);
    if (plan.method != LRPOT_EWALD_EXACT)
        printf("\"rc %.1f order %d mesh %dx%dx%d\"}\n", plan.real_cutoff, (int)plan.order,
               (int)plan.mesh[0], (int)plan.mesh[1], (int)plan.mesh[2]);
    else printf("\"rc %.1f exact, %lld vectors\"}\n", plan.real_cutoff, (long long)plan.n_vectors);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    free(exact), free(forces);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "make") == 0) make(argv[2], atoi(argv[3]), argv[4]);
    else if (argc == 5 && strcmp(argv[1], "reference") == 0)
        reference(argv[2], argv[3], atoi(argv[4]));
    else if (argc == 9 && strcmp(argv[1], "time") == 0)
        time_it(argv[2], argv[3], atof(argv[4]), atof(argv[5]), atoi(argv[6]), atoi(argv[7]),
                atof(argv[8]));
    else
        fail("make KIND COPIES BOX.xyz | reference BOX.xyz FORCES THREADS | time BOX.xyz FORCES "
             "ERROR SKIN RUNS THREADS TUNE");
    return 0;
}
