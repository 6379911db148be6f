/* Charges found again from energies and forces alone: random gases of 64 + 64 ions of charge +1 and
 * -1 with a short-range repulsion, energies and forces by the library's exact Coulomb sum, fitted
 * with latent charges that know nothing of them. bench_recovery [frames [threads]]: loss against
 * time on standard error, one line of JSON. */
#include "boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { IONS = 128, TEST_FRAMES = 5 };

static const double CELL = 18.0, NEAREST = 1.9, STRENGTH = 900.0, RANGE = 0.3; /* A, A, eV, A */
static const char *const symbols[2] = { "Na", "Cl" };

static double separation(const double *a, const double *b, double d[3])
{
    for (int c = 0; c < 3; c++) {
        d[c] = b[c] - a[c];
        d[c] -= CELL * floor(d[c] / CELL + 0.5);
    }
    return sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
}

static void place(double *r)
{
    double d[3];
    for (int i = 0; i < IONS;) {
        int free_place = 1;
        for (int c = 0; c < 3; c++) r[3 * i + c] = bench_uniform(0, CELL);
        for (int j = 0; j < i && free_place; j++)
            free_place = separation(r + 3 * i, r + 3 * j, d) > NEAREST;
        i += free_place;
    }
}

/* STRENGTH exp(-r/RANGE) between all pairs. */
static double repulsion(const double *r, double *forces)
{
    double energy = 0.0, d[3];
    for (int i = 0; i < IONS; i++)
        for (int j = i + 1; j < IONS; j++) {
            double distance = separation(r + 3 * i, r + 3 * j, d),
                   e = STRENGTH * exp(-distance / RANGE);
            energy += e;
            for (int c = 0; c < 3; c++) {
                forces[3 * i + c] -= e / RANGE * d[c] / distance;
                forces[3 * j + c] += e / RANGE * d[c] / distance;
            }
        }
    return energy;
}

static lrpot_structure *frame(const lrpot_ewald *ewald, lrpot_workspace *work)
{
    static double positions[3 * IONS], forces[3 * IONS], charges[IONS];
    static int32_t species[IONS];
    const double cell[9] = { CELL, 0, 0, 0, CELL, 0, 0, 0, CELL };
    const char *names[IONS];
    double energy = 0.0;
    lrpot_structure *out = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    for (int i = 0; i < IONS; i++) {
        species[i] = i % 2;
        names[i] = symbols[i % 2];
        charges[i] = i % 2 ? -1.0 : 1.0;
    }
    place(positions);
    atoms.n_owned = atoms.n_all = IONS;
    atoms.positions = positions, atoms.species = species, atoms.cell = cell,
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    outputs.energy = &energy, outputs.forces = forces;
    bench_check(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, charges, &outputs));
    energy += repulsion(positions, forces);
    bench_check(lrpot_structure_create(&out, IONS, names, positions, cell, LRPOT_PERIODIC_ALL));
    bench_check(lrpot_structure_set(out, LRPOT_QUANTITY_ENERGY, &energy));
    bench_check(lrpot_structure_set(out, LRPOT_QUANTITY_FORCES, forces));
    return out;
}

static lrpot_potential *model(void)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *out = NULL;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.level = 6;
    basis.min_distance = 0.95 * NEAREST;
    basis.cutoff = 5.0;
    charge_basis = basis;
    charge_basis.level = 4;
    options.charges = LRPOT_CHARGES_LATENT;
    bench_check(lrpot_potential_create(&out, &options));
    return out;
}

static int32_t report(void *ctx, const lrpot_fit_progress *p)
{
    double *seconds = ctx;
    *seconds = p->seconds;
    fprintf(stderr, "%-8s %3d %7.1f s  loss %12.5g  forces %8.3f meV/A  energy %8.4f meV/atom\n",
            p->stage, (int)p->iteration, p->seconds, p->loss,
            1e3 * p->train->rmse[LRPOT_FIT_FORCES], 1e3 * p->train->rmse[LRPOT_FIT_ENERGY]);
    return 0;
}

/* Root mean square and largest deviation of the charges from +1 and -1 in frames that the fit has
 * not seen. */
static void deviation(const lrpot_potential *potential, const lrpot_ewald *ewald,
                      lrpot_workspace *work, double *rms, double *largest)
{
    double charges[IONS], sum = 0.0;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    outputs.charges = charges;
    *largest = 0.0;
    for (int f = 0; f < TEST_FRAMES; f++) {
        lrpot_structure *s = frame(ewald, work);
        bench_check(lrpot_potential_compute_structure(potential, work, s, &outputs));
        for (int i = 0; i < IONS; i++) {
            double d = charges[i] - (i % 2 ? -1.0 : 1.0);
            sum += d * d;
            *largest = fmax(*largest, fabs(d));
        }
        lrpot_structure_free(s);
    }
    *rms = sqrt(sum / (TEST_FRAMES * IONS));
}

int main(int argc, char **argv)
{
    int frames = argc > 1 ? atoi(argv[1]) : 100;
    lrpot_ewald *ewald = NULL;
    lrpot_ewald_options exact = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_workspace *work = NULL;
    lrpot_fit *fit = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    lrpot_potential *potential = model();
    double seconds = 0.0, rms = 0.0, largest = 0.0;
    exact.method = LRPOT_EWALD_EXACT;
    options.threads = argc > 2 ? atoi(argv[2]) : 2;
    options.max_iterations = 60;
    bench_check(lrpot_ewald_create(&ewald, &exact));
    bench_check(lrpot_workspace_create(&work, 1));
    bench_check(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < frames; f++) {
        lrpot_structure *s = frame(ewald, work);
        bench_check(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1.0));
        lrpot_structure_free(s);
    }
    bench_check(lrpot_fit_run(fit, report, &seconds));
    bench_check(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors));
    deviation(potential, ewald, work, &rms, &largest);
    printf("{\"bench\": \"recovery\", \"frames\": %d, \"ions\": %d, \"parameters\": %lld, "
           "\"seconds\": %.1f, \"forces_rmse\": %.3g, "
           "\"energy_rmse\": %.3g, \"charge_rmse\": %.3g, \"charge_largest\": %.3g}\n",
           frames, IONS, (long long)lrpot_fit_param_count(fit), seconds,
           errors.rmse[LRPOT_FIT_FORCES], errors.rmse[LRPOT_FIT_ENERGY], rms, largest);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    lrpot_ewald_free(ewald);
    lrpot_workspace_free(work);
    return rms < 5e-3 ? 0 : 1;
}
