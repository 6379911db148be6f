/* Times a step of molecular dynamics with a self-consistent density of charges and dipoles beside
 * one with equilibrated charges, on the same water (a lattice of molecules turned at random) that
 * vibrates, turns and drifts by steps of 0.5 fs: energy, forces and virial in one process, lists
 * and guesses kept. Both families have heads of the same basis, the same accuracy of the Coulomb
 * sum and the same tolerance. `cold` is a step in a new workspace, with the Coulomb sums that its
 * density took, `step` the median of those that follow the first ones. bench_density [threads
 * [largest number of molecules along an edge [order]]]: one line of JSON for each size; 16 along an
 * edge are 12288 atoms, 32 are 98304. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WARM = 5, STEPS = 5 };
#define SPACING 3.107 /* A between molecules: 0.1 atoms/A^3 */
#define CUTOFF 4.0    /* A, of the basis */
#define SKIN 1.0      /* of the list that a host lends and keeps */
#define STEP 0.5      /* fs */
#define ACCURACY 1e-5
#define TOLERANCE 1e-8

typedef struct {
    int64_t n;
    double cell[9], *rest, *positions, *modes;
    int32_t *species;
    lrpot_atoms atoms;
} water;

static void place(int64_t m, const double *centre, water *w)
{
    /* A of the oxygen: OH of 0.97 A, 104.5 degrees */
    static const double sites[3][3] = { { 0, 0, 0 }, { 0.767, 0.594, 0 }, { -0.767, 0.594, 0 } };
    double q[4], square = 0.0;
    for (int k = 0; k < 4; k++) q[k] = bench_normal(1.0), square += q[k] * q[k];
    for (int k = 0; k < 4; k++) q[k] /= sqrt(square);
    double turn[3][3] = { { 1 - 2 * (q[2] * q[2] + q[3] * q[3]), 2 * (q[1] * q[2] - q[0] * q[3]),
                            2 * (q[1] * q[3] + q[0] * q[2]) },
                          { 2 * (q[1] * q[2] + q[0] * q[3]), 1 - 2 * (q[1] * q[1] + q[3] * q[3]),
                            2 * (q[2] * q[3] - q[0] * q[1]) },
                          { 2 * (q[1] * q[3] - q[0] * q[2]), 2 * (q[2] * q[3] + q[0] * q[1]),
                            1 - 2 * (q[1] * q[1] + q[2] * q[2]) } };
    for (int s = 0; s < 3; s++)
        for (int a = 0; a < 3; a++) {
            double *r = w->rest + 3 * (3 * m + s) + a;
            *r = centre[a];
            for (int b = 0; b < 3; b++) *r += turn[a][b] * sites[s][b];
        }
}

static water make_water(int edge)
{
    double length = edge * SPACING;
    water w = { .n = 3 * (int64_t)edge * edge * edge,
                .cell = { length, 0, 0, 0, length, 0, 0, 0, length } };
    w.rest = bench_allocate(3 * w.n, sizeof(double));
    w.positions = bench_allocate(3 * w.n, sizeof(double));
    w.modes = bench_allocate(12 * w.n, sizeof(double));
    w.species = bench_allocate(w.n, sizeof *w.species);
    for (int64_t m = 0; m < w.n / 3; m++) {
        int64_t at[3] = { m / edge / edge, m / edge % edge, m % edge };
        double centre[3];
        for (int a = 0; a < 3; a++) centre[a] = SPACING * ((double)at[a] + bench_uniform(0, 0.1));
        place(m, centre, &w);
    }
    for (int64_t k = 0; k < 12 * w.n; k++) w.modes[k] = bench_normal(1.0);
    for (int64_t i = 0; i < w.n; i++) w.species[i] = i % 3 != 0;
    w.atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    w.atoms.n_owned = w.atoms.n_all = w.n;
    w.atoms.positions = w.positions;
    w.atoms.species = w.species;
    w.atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    return w;
}

/* Stretches of 10 fs, librations of 60 fs: each component of each atom has its own phases. */
static void move(water *w, int step)
{
    double t = STEP * step;
    for (int64_t k = 0; k < 3 * w->n; k++) {
        const double *m = w->modes + 4 * k, fast = w->species[k / 3] ? 0.03 : 0.005;
        w->positions[k] = w->rest[k] + fast * m[0] * sin(0.628 * t + 3.0 * m[1])
                          + 0.08 * m[2] * sin(0.105 * t + 3.0 * m[3]);
    }
    w->atoms.cell = w->cell;
}

/* Values of the heads of O and H; each varies with the neighbourhood by some hundredths. */
static void fill(lrpot_potential *potential, const double *species)
{
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0;
    double *params = bench_allocate(n, sizeof *params);
    const char *name = NULL;
    bench_check(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        for (int64_t k = 0; k < count; k++) {
            if (strcmp(name, "charges.species") == 0) params[offset + k] = species[k];
            if (strcmp(name, "charges.linear") == 0)
                params[offset + k] = 1e-5 * bench_uniform(-1, 1);
        }
    bench_check(lrpot_potential_set_params(potential, n, params));
    free(params);
}

static lrpot_potential *model(int32_t kind, int32_t order)
{
    static const char *const symbols[2] = { "O", "H" };
    static const double widths[2] = { 0.9, 0.7 };
    /* electronegativity and hardness; charges, drive, flow of charge, dipoles of bonds,
     * polarizabilities, stretch, quadrupoles of bonds and their response */
    static const double equilibrated[4] = { 8.7, 4.5, 4.0, 2.0 },
                        density[20] = { -0.8, 0.4,  0,  0,  -3.5, -3.5, 0.02, 0.01, 0,  0,
                                        -2.6, -3.9, -6, -6, 0.02, 0.01, 0,    0,    -4, -5 };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *potential = NULL;
    charges.tolerance = TOLERANCE;
    if (kind == LRPOT_CHARGES_DENSITY) charges.order = order, charges.reach = 2.5;
    basis.level = 4, basis.cutoff = CUTOFF;
    options.basis = options.charge_basis = &basis;
    options.symbols = symbols, options.n_species = 2, options.charges = kind;
    options.widths = widths, options.charge_options = &charges, options.accuracy = ACCURACY;
    bench_check(lrpot_potential_create(&potential, &options));
    fill(potential, kind == LRPOT_CHARGES_DENSITY ? density : equilibrated);
    return potential;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct {
    double cold, step;
    int32_t cold_sums, sums;
} result;

static result measure(int32_t kind, int32_t order, water *w, int32_t threads)
{
    result found = { 0 };
    double times[STEPS], energy, virial[9], *forces = bench_allocate(3 * w->n, sizeof *forces);
    lrpot_potential *potential = model(kind, order);
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.forces = forces, out.virial = virial;
    bench_check(lrpot_workspace_create(&work, threads));
    move(w, 0);
    bench_check(lrpot_nlist_build(&list, &w->atoms, CUTOFF, SKIN));
    for (int step = 0; step < WARM + STEPS; step++) {
        move(w, step);
        double begin = bench_clock(threads);
        bench_check(lrpot_potential_compute(potential, work, &w->atoms, list, NULL, &out));
        double time = bench_clock(threads) - begin;
        found.sums = lrpot_charges_steps(work);
        if (step == 0) found.cold = time, found.cold_sums = found.sums;
        if (step >= WARM) times[step - WARM] = time;
    }
    qsort(times, STEPS, sizeof *times, ascending);
    found.step = times[STEPS / 2];
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_potential_free(potential);
    free(forces);
    return found;
}

static void report(int edge, int32_t threads, int32_t order)
{
    water w = make_water(edge);
    result equilibrated = measure(LRPOT_CHARGES_EQUILIBRATED, 0, &w, threads),
           density = measure(LRPOT_CHARGES_DENSITY, order, &w, threads);
    printf("{\"atoms\": %lld, \"threads\": %d, \"order\": %d, \"tolerance\": %g, "
           "\"cold_sums\": %d, \"sums\": %d, \"cold_seconds\": %.4f, \"step_seconds\": %.4f, "
           "\"step_us_per_atom\": %.2f, \"equilibrated_seconds\": %.4f, \"ratio\": %.2f}\n",
           (long long)w.n, (int)threads, (int)order, TOLERANCE, (int)density.cold_sums,
           (int)density.sums, density.cold, density.step, 1e6 * density.step / (double)w.n,
           equilibrated.step, density.step / equilibrated.step);
    fflush(stdout);
    free(w.rest);
    free(w.positions);
    free(w.modes);
    free(w.species);
}

int main(int count, char **arguments)
{
    static const int sizes[] = { 8, 16, 24, 32 };
    int32_t threads = count > 1 ? (int32_t)atoi(arguments[1]) : 1,
            order = count > 3 ? (int32_t)atoi(arguments[3]) : 1;
    int largest = count > 2 ? atoi(arguments[2]) : 16;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0] && sizes[s] <= largest; s++)
        report(sizes[s], threads, order);
    return 0;
}
