/* Writes the models that the LAMMPS tests use, beside the rock salt of the examples:
 *   plain.json         many-body, without charges
 *   fixed.json         charges of +1 and -1 e, nothing else
 *   charged.json       that of plain.json with fixed charges
 *   full.json          the same with charges that follow the neighbourhood
 *   latent.json        rock salt's energy with latent charges, two channels
 *   equilibrated.json  rock salt's energy with equilibrated charges, whose electronegativity
 *                      follows the neighbourhood
 *   barrier.json       rock salt's with a gap barrier at distances of all pairs of neighbours
 *   density.json       the same energy with a density of charges and dipoles
 *   density2.json      and of quadrupoles, on Gaussians of unlike widths
 *   density_widths.json  of charges and dipoles on Gaussians of two widths
 * independent.tensors, global.tensors, local.tensors, dipole.tensors   of
 * elements Cl, Na, the coupled ones with rock salt's charges water.tensors      of H, O Usage:
 * make_models FOLDER          which holds rocksalt.json */
#include <lrpot/lrpot.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call)                                                     \
    do {                                                              \
        if ((call) != LRPOT_OK) {                                     \
            fprintf(stderr, "make_models: %s\n", lrpot_last_error()); \
            return 1;                                                 \
        }                                                             \
    } while (0)

static const char *const symbols[2] = { "Na", "Cl" };

/* Fills a block of the parameters by a rule. */
static int fill(lrpot_potential *model, const char *wanted, double (*rule)(int64_t k))
{
    const char *name = NULL;
    int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    if (params == NULL) return 1;
    TRY(lrpot_potential_get_params(model, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++)
        for (int64_t k = 0; strcmp(name, wanted) == 0 && k < count; k++)
            params[offset + k] = rule(k);
    TRY(lrpot_potential_set_params(model, n, params));
    free(params);
    return 0;
}

static double opposite_charges(int64_t k)
{
    return k == 0 ? 1.0 : -1.0;
}

/* Two species of each head: charges, no drive, capacities of bonds, dipoles of bonds, none of their
 * other end, polarizabilities, hardly any along bonds. */
static double density_species(int64_t k)
{
    return (const double[14]){ 0.6, -0.6, 0, 0, -3.5, -3.5, 0.02, -0.01, 0, 0, -4, -3, -6, -6 }[k];
}

/* Quadrupoles of bonds and their response behind them. */
static double density2_species(int64_t k)
{
    return k < 14 ? density_species(k) : (const double[6]){ 0.01, -0.02, 0, 0, -4, -4 }[k - 14];
}

/* Of the capacities one for each width. */
static double density_widths_species(int64_t k)
{
    return (const double[20]){ 0.6, -0.6, 0,  0,  -3.5, -3.5, -5, -5, 0.02, -0.01,
                               0,   0,    -4, -3, -5,   -5,   -6, -6, -6,   -6 }[k];
}

static double density_linear(int64_t k)
{
    return (k % 3 == 1 ? -1e-5 : 1e-5) * (double)(1 + (5 * k) % 7);
}

/* Of both signs, and small enough for energies of the order of eV per atom. */
static double many_body(int64_t k)
{
    return (k % 3 == 1 ? -1e-7 : 1e-7) * (double)(1 + (7 * k) % 5);
}

/* Charges from a neighbourhood that is weighted little: of each head (channel, or electronegativity
 * and hardness) the coefficients, then the species'. */
static double latent_species(int64_t k)
{
    return (const double[4]){ 0.5, -0.5, -0.2, 0.25 }[k];
}
static double latent_linear(int64_t k)
{
    return k % 2 == 0 ? 2e-4 : -1e-4;
}
static double equilibrated_species(int64_t k)
{
    return (const double[4]){ -6.0, 6.0, 8.0, 9.0 }[k];
}
static double equilibrated_linear(int64_t k)
{
    return k % 2 == 0 ? 1e-3 : 5e-4;
}

typedef struct recipe {
    const char *file, *energy; /* the model whose energy it has, or NULL */
    int32_t level, charges, charge_level, channels;
    struct {
        const char *block;
        double (*rule)(int64_t k);
    } rules[2];
    int32_t order, widths; /* of a density */
} recipe;

static const recipe recipes[] = {
    { "plain.json", NULL, 10, LRPOT_CHARGES_NONE, 0, 0, { { "energy.linear", many_body } }, 0, 0 },
    { "fixed.json",
      NULL,
      2,
      LRPOT_CHARGES_FIXED,
      0,
      0,
      { { "charges.species", opposite_charges } },
      0,
      0 },
    { "charged.json",
      NULL,
      10,
      LRPOT_CHARGES_FIXED,
      0,
      0,
      { { "energy.linear", many_body }, { "charges.species", opposite_charges } },
      0,
      0 },
    { "full.json",
      NULL,
      10,
      LRPOT_CHARGES_EDQRD,
      6,
      0,
      { { "energy.linear", many_body }, { "charges.species", opposite_charges } },
      0,
      0 },
    { "latent.json",
      "rocksalt.json",
      2,
      LRPOT_CHARGES_LATENT,
      4,
      2,
      { { "charges.species", latent_species }, { "charges.linear", latent_linear } },
      0,
      0 },
    { "equilibrated.json",
      "rocksalt.json",
      2,
      LRPOT_CHARGES_EQUILIBRATED,
      4,
      0,
      { { "charges.species", equilibrated_species }, { "charges.linear", equilibrated_linear } },
      0,
      0 },
    { "density.json",
      "rocksalt.json",
      2,
      LRPOT_CHARGES_DENSITY,
      4,
      0,
      { { "charges.species", density_species }, { "charges.linear", density_linear } },
      1,
      1 },
    { "density2.json",
      "rocksalt.json",
      2,
      LRPOT_CHARGES_DENSITY,
      4,
      0,
      { { "charges.species", density2_species }, { "charges.linear", density_linear } },
      2,
      1 },
    { "density_widths.json",
      "rocksalt.json",
      2,
      LRPOT_CHARGES_DENSITY,
      4,
      0,
      { { "charges.species", density_widths_species }, { "charges.linear", density_linear } },
      1,
      2 },
};

/* The blocks of the energy come first in both. */
static int take_energy(lrpot_potential *model, const char *path)
{
    lrpot_potential *source = NULL;
    const char *name = NULL;
    int64_t offset = 0, count = 0, energy = 0;
    TRY(lrpot_potential_load(&source, path));
    int64_t n = lrpot_potential_param_count(model), n_source = lrpot_potential_param_count(source);
    double *params = calloc((size_t)n, sizeof *params),
           *others = calloc((size_t)n_source, sizeof *others);
    if (params == NULL || others == NULL) return 1;
    for (int32_t b = 0; lrpot_potential_param_block(source, b, &name, &offset, &count)
                        && strncmp(name, "energy.", 7) == 0;
         b++)
        energy = offset + count;
    TRY(lrpot_potential_get_params(source, n_source, others));
    TRY(lrpot_potential_get_params(model, n, params));
    memcpy(params, others, (size_t)energy * sizeof *params);
    TRY(lrpot_potential_set_params(model, n, params));
    free(params);
    free(others);
    lrpot_potential_free(source);
    return 0;
}

static int write_model(const char *folder, const recipe *r)
{
    static const double unlike[2] = { 1.0, 0.8 }; /* A: alike Gaussians have no pairs */
    char path[4096];
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *model = NULL;
    charges.channels = r->channels;
    /* The ranks start their iterations in other places than one process, which factorises. */
    if (r->charges == LRPOT_CHARGES_EQUILIBRATED) charges.tolerance = charges.accuracy = 1e-11;
    charges.order = r->order, charges.features = r->widths * (r->order + 1) * (r->order + 1);
    if (r->charges == LRPOT_CHARGES_DENSITY) charges.reach = 3.6, charges.spread = 0.5;
    if (r->charges == LRPOT_CHARGES_DENSITY) charges.tolerance = 1e-12, charges.accuracy = 1e-11;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.level = r->level;
    basis.min_distance = 2.0;
    basis.cutoff = 5.0;
    charge_basis = basis;
    charge_basis.level = r->charge_level;
    options.charges = r->charges;
    if (r->charge_level > 0) options.charge_options = &charges;
    if (r->order == 2) options.widths = unlike;
    TRY(lrpot_potential_create(&model, &options));
    snprintf(path, sizeof path, "%s/%s", folder, r->energy != NULL ? r->energy : "");
    if (r->energy != NULL && take_energy(model, path) != 0) return 1;
    for (int k = 0; k < 2 && r->rules[k].block != NULL; k++)
        if (fill(model, r->rules[k].block, r->rules[k].rule) != 0) return 1;
    snprintf(path, sizeof path, "%s/%s", folder, r->file);
    TRY(lrpot_potential_save(model, path));
    lrpot_potential_free(model);
    return 0;
}

static int write_barrier(const char *folder)
{
    static const double begin[4] = { 3.0, 2.0, 2.0, 3.0 }, end[4] = { 4.9, 4.0, 4.0, 4.9 },
                        height[4] = { 0.3, 0.5, 0.5, 0.2 };
    char path[4096];
    lrpot_potential *model = NULL;
    snprintf(path, sizeof path, "%s/rocksalt.json", folder);
    TRY(lrpot_potential_load(&model, path));
    TRY(lrpot_potential_set_gap_barrier(model, begin, end, height));
    snprintf(path, sizeof path, "%s/barrier.json", folder);
    TRY(lrpot_potential_save(model, path));
    lrpot_potential_free(model);
    return 0;
}

/* Elements in another order than in the models: a host has to tell them apart. Coupled tensors have
 * their potential's. */
static int write_tensors(const char *folder, const char *file, int32_t kind,
                         const char *const *elements)
{
    char path[4096];
    lrpot_potential *potential = NULL;
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    snprintf(path, sizeof path, "%s/rocksalt.json", folder);
    TRY(lrpot_potential_load(&potential, path));
    options.symbols = elements;
    options.n_species = 2;
    options.kind = kind;
    options.levels[0] = options.levels[1] = 8;
    options.min_distance = 2.0;
    options.cutoff = 5.5;
    options.potential = kind == LRPOT_TENSORS_GLOBAL || kind == LRPOT_TENSORS_LOCAL ? potential
                                                                                    : NULL;
    TRY(lrpot_tensor_model_create(&model, &options));
    int64_t n = lrpot_tensor_model_param_count(model);
    double *params = calloc((size_t)n, sizeof *params);
    if (params == NULL) return 1;
    for (int64_t k = 0; k < n; k++)
        params[k] = n == 1 ? 1.4 : (k % 3 == 1 ? -0.02 : 0.03) * (double)(1 + (7 * k) % 5);
    TRY(lrpot_tensor_model_set_params(model, n, params));
    free(params);
    snprintf(path, sizeof path, "%s/%s", folder, file);
    TRY(lrpot_tensor_model_save(model, path));
    lrpot_tensor_model_free(model);
    lrpot_potential_free(potential);
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const reversed[2] = { "Cl", "Na" }, *const others[2] = { "H", "O" };
    static const struct {
        const char *file;
        int32_t kind;
        const char *const *elements;
    } tensors[] = { { "independent.tensors", LRPOT_TENSORS_INDEPENDENT, reversed },
                    { "global.tensors", LRPOT_TENSORS_GLOBAL, reversed },
                    { "local.tensors", LRPOT_TENSORS_LOCAL, reversed },
                    { "dipole.tensors", LRPOT_TENSORS_DIPOLE, reversed },
                    { "water.tensors", LRPOT_TENSORS_INDEPENDENT, others } };

    if (argc != 2) {
        fprintf(stderr, "usage: make_models FOLDER\n");
        return 2;
    }
    for (size_t k = 0; k < sizeof recipes / sizeof *recipes; k++)
        if (write_model(argv[1], &recipes[k]) != 0) return 1;
    if (write_barrier(argv[1]) != 0) return 1;
    for (size_t k = 0; k < sizeof tensors / sizeof *tensors; k++)
        if (write_tensors(argv[1], tensors[k].file, tensors[k].kind, tensors[k].elements) != 0)
            return 1;
    return 0;
}
