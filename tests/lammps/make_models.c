/* Writes the models that the LAMMPS tests use, beside the rock salt of the examples:
 *   plain.json  many-body, without charges
 *   fixed.json  charges of +1 and -1 e, nothing else
 * Usage: make_models FOLDER */
#include <lrpot/lrpot.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call)                                                                                                                 \
    do {                                                                                                                          \
        if ((call) != LRPOT_OK) {                                                                                                 \
            fprintf(stderr, "make_models: %s\n", lrpot_last_error());                                                             \
            return 1;                                                                                                             \
        }                                                                                                                         \
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
        for (int64_t k = 0; strcmp(name, wanted) == 0 && k < count; k++) params[offset + k] = rule(k);
    TRY(lrpot_potential_set_params(model, n, params));
    free(params);
    return 0;
}

static double opposite_charges(int64_t k) { return k == 0 ? 1.0 : -1.0; }

/* Of both signs, and small enough for energies of the order of eV per atom. */
static double many_body(int64_t k) { return (k % 3 == 1 ? -1e-7 : 1e-7) * (double)(1 + (7 * k) % 5); }

static int write_model(const char *folder, const char *file, int32_t level, int32_t charges, const char *block, double (*rule)(int64_t k))
{
    char path[4096];
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_potential *model = NULL;
    options.symbols = symbols;
    options.basis.n_species = 2;
    options.basis.level = level;
    options.basis.min_distance = 2.0;
    options.basis.cutoff = 5.0;
    options.charges = charges;
    TRY(lrpot_potential_create(&model, &options));
    if (fill(model, block, rule) != 0) return 1;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    TRY(lrpot_potential_save(model, path));
    lrpot_potential_free(model);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_models FOLDER\n");
        return 2;
    }
    if (write_model(argv[1], "plain.json", 10, LRPOT_CHARGES_NONE, "energy.linear", many_body) != 0) return 1;
    return write_model(argv[1], "fixed.json", 2, LRPOT_CHARGES_FIXED, "charges.species", opposite_charges);
}
