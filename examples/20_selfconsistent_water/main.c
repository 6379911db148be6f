/* What does a local model gain that sees the potential which its own density makes? (arXiv
 * 2406.10915, section 4)
 *
 * Water clusters with energies, forces and dipoles: first a moment tensor potential with charges
 * that follow the neighbourhood, fitted by the library; then, on the same basis functions,
 * densities of Gaussian charges and dipoles that see nothing, one, or eight features of their
 * potential, solved to the fixed point and fitted through it. Usage: 20_selfconsistent_water
 * WATER.xyz [ITERATIONS [LARGEST CLUSTER [CUTOFF]]] */
#include "water.h"

#include <stdlib.h>
#include <string.h>

enum { START = 2, VALID_EVERY = 5 };

static void print_row(const char *name, const errors found[2], int64_t coefficients)
{
    printf("%-37s", name);
    for (int v = 0; v < 2; v++)
        printf(" %6.2f %6.1f %6.1f  ", 1e3 * found[v].energy, 1e3 * found[v].forces,
               1e3 * found[v].dipole);
    printf("%6lld\n", (long long)coefficients);
    fflush(stdout);
}

/* The library's own fit: it finds the radial functions that all that follows is made of. */
static int fit_start(const clusters *set, lrpot_potential **out, int iterations, double cutoff)
{
    lrpot_potential_options o = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_fit_options how = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    errors found[2];
    charges.sigma = 1.4142135623730951 * DENSITY_WIDTH,
    charges.flags = LRPOT_CHARGES_SELF | LRPOT_CHARGES_OWN_COEFFICIENTS; /* as a density has it */
    o.basis = &basis;
    o.charge_basis = &charge_basis;
    o.symbols = symbols, o.charges = LRPOT_CHARGES_LATENT, o.charge_options = &charges,
    o.species_coefficients = 1;
    o.n_species = SPECIES, basis.level = 14, charge_basis.level = 6;
    basis.min_distance = charge_basis.min_distance = 0.8,
    basis.cutoff = charge_basis.cutoff = cutoff;
    how.max_iterations = iterations, how.starts = 1;
    how.targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES | LRPOT_FIT_TARGET_DIPOLE;
    how.errors[LRPOT_FIT_ENERGY] = ENERGY_ERROR, how.errors[LRPOT_FIT_FORCES] = FORCES_ERROR,
    how.errors[LRPOT_FIT_DIPOLE] = DIPOLE_ERROR;
    TRY(lrpot_potential_create(out, &o));
    TRY(lrpot_fit_create(&fit, *out, &how));
    for (int64_t k = 0; k < set->n; k++)
        TRY(lrpot_fit_add(fit, set->clusters[k].structure,
                          set->clusters[k].valid ? LRPOT_FIT_VALID : LRPOT_FIT_TRAIN, 1));
    TRY(lrpot_fit_run(fit, NULL, NULL));
    for (int v = 0; v < 2; v++) {
        lrpot_fit_errors e = LRPOT_FIT_ERRORS_INIT;
        TRY(lrpot_fit_errors_of(fit, v == 0 ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, &e));
        found[v].dipole = e.rmse[LRPOT_FIT_DIPOLE];
        found[v].energy = e.rmse[LRPOT_FIT_ENERGY], found[v].forces = e.rmse[LRPOT_FIT_FORCES];
    }
    print_row("MTP-14, latent charges (MTP-6)", found, lrpot_potential_param_count(*out));
    lrpot_fit_free(fit);
    return 0;
}

/* The charges of that fit are those that the densities start from. */
static int take_start(clusters *set, const lrpot_potential *start, double *p)
{
    int64_t n = lrpot_potential_param_count(start), offset = 0, count = 0;
    double *params = malloc((size_t)n * sizeof *params), *linear = NULL, *constants = NULL;
    const char *name = NULL;
    model m;
    if (params == NULL) return 1;
    TRY(lrpot_potential_get_params(start, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(start, b, &name, &offset, &count); b++) {
        if (strcmp(name, "charges.linear") == 0) linear = params + offset;
        if (strcmp(name, "charges.species") == 0) constants = params + offset;
    }
    if (linear == NULL || constants == NULL) return fprintf(stderr, "no charges to start from\n");
    if (create_model(&m, set, lrpot_charges_basis(lrpot_potential_charges(start)), 0, 0) != 0)
        return 1;
    take_charges(&m, linear, constants, p);
    free_model(&m);
    free(params);
    return 0;
}

/* A density with n_widths widths, from the coefficients p of the heads that it shares with the one
 * before. */
static int fit_density(clusters *set, const lrpot_basis *basis, int32_t n_widths, int32_t gradients,
                       const char *name, int iterations, double *p)
{
    model m;
    if (create_model(&m, set, basis, n_widths, gradients) != 0
        || minimise(&m, lrpot_density_param_count(m.density), p, iterations) != 0)
        return 1;
    if (name != NULL) print_row(name, m.found, lrpot_density_param_count(m.density) + set->columns);
    if (name != NULL && n_widths > 1) TRY(lrpot_density_save(m.density, "water.density"));
    free_model(&m);
    return 0;
}

int main(int argc, char **argv)
{
    static clusters set;
    static const struct {
        const char *name;
        int32_t widths, gradients;
    } rows[] = { { "density, no features", 0, 0 },
                 { "density, 1 feature, self-consistent", 1, 0 },
                 { "density, 8 features, self-consistent", 2, 1 } };
    int iterations = argc > 2 ? atoi(argv[2]) : 45;
    lrpot_potential *start = NULL;
    if (argc < 2)
        return fprintf(stderr, "usage: %s WATER.xyz [ITERATIONS [LARGEST CLUSTER [CUTOFF]]]\n",
                       argv[0]),
               2;
    if (read_clusters(&set, argv[1], argc > 3 ? atoi(argv[3]) : MAX_ATOMS, VALID_EVERY) != 0)
        return 1;
    printf("%-37s%14s%27s%21s\n", "RMSE", "training", "validation", "coefficients");
    printf("%-37s%s\n", "", "meV/atom meV/A  me A   meV/atom meV/A  me A");
    if (fit_start(&set, &start, iterations, argc > 4 ? atof(argv[4]) : 4.5) != 0
        || prepare_design(&set, lrpot_potential_basis(start)) != 0)
        return 1;
    const lrpot_basis *basis = lrpot_charges_basis(lrpot_potential_charges(start));
    size_t block = (size_t)(SPECIES * (lrpot_basis_count(basis) + 1)), most = (4 + 8) * block;
    double *shared = calloc(most, sizeof *shared), *p = calloc(most, sizeof *p);
    if (shared == NULL || p == NULL) return 1;
    if (take_start(&set, start, shared) != 0
        || fit_density(&set, basis, 0, 0, NULL, START * iterations, shared) != 0)
        return 1;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        memcpy(p, shared, most * sizeof *p);
        if (fit_density(&set, basis, rows[r].widths, rows[r].gradients, rows[r].name, iterations, p)
            != 0)
            return 1;
    }
    free(shared);
    free(p);
    lrpot_potential_free(start);
    free_clusters(&set);
    return 0;
}
