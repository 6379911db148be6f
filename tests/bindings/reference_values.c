/* A model with charges of many bodies, and what lrpot_potential_compute() and its neighbours give
 * for a structure, as JSON. Usage: reference_values MODEL            writes the model
 *        reference_values MODEL STRUCTURE  prints the values */
#include <lrpot/lrpot.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call)                                                          \
    do {                                                                   \
        if ((call) != LRPOT_OK) {                                          \
            fprintf(stderr, "reference_values: %s\n", lrpot_last_error()); \
            return 1;                                                      \
        }                                                                  \
    } while (0)

static const char *const symbols[2] = { "Na", "Cl" };

static double rule(const char *block, int64_t k)
{
    if (strcmp(block, "charges.species") == 0) return k == 0 ? 0.7 : -0.7;
    if (strcmp(block, "energy.linear") == 0)
        return (k % 3 == 1 ? -1e-7 : 1e-7) * (double)(1 + (7 * k) % 5);
    return (k % 2 == 1 ? -1e-6 : 1e-6) * (double)(1 + (5 * k) % 7);
}

static int write_model(const char *path)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *model = NULL;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.charges = LRPOT_CHARGES_EDQRD;
    basis.level = charge_basis.level = 8;
    options.n_species = 2;
    basis.min_distance = charge_basis.min_distance = 1.8;
    basis.cutoff = 5.0;
    charge_basis.cutoff = 4.5;
    TRY(lrpot_potential_create(&model, &options));
    const char *name = NULL;
    int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    if (params == NULL) return 1;
    TRY(lrpot_potential_get_params(model, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++) {
        int linear = strcmp(name, "charges.species") == 0 || strcmp(name, "energy.linear") == 0
                     || strcmp(name, "charges.linear") == 0;
        for (int64_t k = 0; linear && k < count; k++) params[offset + k] = rule(name, k);
    }
    TRY(lrpot_potential_set_params(model, n, params));
    TRY(lrpot_potential_save(model, path));
    free(params);
    lrpot_potential_free(model);
    return 0;
}

static void print(const char *name, const double *values, int64_t n, const char *after)
{
    printf("\"%s\": [", name);
    for (int64_t k = 0; k < n; k++) printf("%s%.17g", k == 0 ? "" : ", ", values[k]);
    printf("]%s\n", after);
}

static int print_values(const char *path, const char *file)
{
    lrpot_potential *model = NULL;
    lrpot_structure *structure = NULL;
    lrpot_workspace *work = NULL;
    TRY(lrpot_potential_load(&model, path));
    TRY(lrpot_structure_read(&structure, file, 0));
    TRY(lrpot_workspace_create(&work, 1));
    int64_t n = lrpot_structure_count(structure);
    double energy, virial[9], dipole[3], *values = malloc((size_t)(14 * n) * sizeof *values);
    if (values == NULL) return 1;
    double *born = values + 5 * n;
    lrpot_outputs outputs = LRPOT_OUTPUTS_INIT;
    outputs.energy = &energy;
    outputs.virial = virial;
    outputs.dipole = dipole;
    outputs.forces = values;
    outputs.charges = values + 3 * n;
    outputs.energy_atom = values + 4 * n;
    TRY(lrpot_potential_compute_structure(model, work, structure, &outputs));
    TRY(lrpot_response_born_charges_structure(model, work, structure, LRPOT_BORN_UNFOLDED, born,
                                              NULL));
    printf("{\n");
    print("energy", &energy, 1, ",");
    print("virial", virial, 9, ",");
    print("dipole", dipole, 3, ",");
    print("forces", outputs.forces, 3 * n, ",");
    print("charges", outputs.charges, n, ",");
    print("energies", outputs.energy_atom, n, ",");
    print("born_charges", born, 9 * n, "");
    printf("}\n");
    free(values);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(model);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2) return write_model(argv[1]);
    if (argc == 3) return print_values(argv[1], argv[2]);
    fprintf(stderr, "usage: reference_values MODEL [STRUCTURE]\n");
    return 2;
}
