/* Writes the model and the structure that the examples share: rocksalt.json and rattled.xyz (see
 * README.md).
 *
 * The model is a pair potential in the form of a moment tensor potential: its radial coefficients
 * are the least-squares projection of two exponentials on the radial basis. Nothing is fitted to
 * data. */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

enum { N_RADIAL = 8, N_SAMPLES = 60 };
static const double lattice = 5.605, nearest = 2.8025; /* A */
static const char *const symbols[2] = { "Na", "Cl" };

/* Q_b(r): what coefficient b of the pair Na-Cl adds to the only feature of a sodium with one
 * chlorine at distance r. */
static int radial_function(lrpot_basis *basis, lrpot_workspace *work, int b, double r,
                           double *value)
{
    double positions[6] = { 0, 0, 0, r, 0, 0 }, radial[4 * N_RADIAL] = { 0 }, features[2];
    int32_t species[2];
    lrpot_structure *dimer = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    radial[N_RADIAL + b] = 1;
    TRY(lrpot_basis_get_options(basis, &options));
    TRY(lrpot_basis_set_radial(basis, radial));
    TRY(lrpot_structure_create(&dimer, 2, symbols, positions, NULL, 0));
    TRY(lrpot_structure_view(dimer, 2, symbols, species, &atoms));
    TRY(lrpot_nlist_build(&list, &atoms, options.cutoff, 0));
    TRY(lrpot_basis_eval(basis, work, &atoms, list, features));
    *value = features[0];
    lrpot_nlist_free(list);
    lrpot_structure_free(dimer);
    return 0;
}

/* Coefficients c that make sum_b c_b Q_b(r) nearest to exp(-(r - nearest) / decay): normal
 * equations by elimination. */
static int project(const lrpot_basis *model, double from, double to, double decay, double *c)
{
    double matrix[N_RADIAL][N_RADIAL + 1] = { { 0 } }, q[N_RADIAL];
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    lrpot_workspace *work = NULL;
    TRY(lrpot_basis_get_options(model, &options));
    TRY(lrpot_basis_create(&basis, &options));
    TRY(lrpot_workspace_create(&work, 1));
    for (int s = 0; s < N_SAMPLES; s++) {
        double r = from + (to - from) * (s + 0.5) / N_SAMPLES;
        for (int b = 0; b < N_RADIAL; b++)
            if (radial_function(basis, work, b, r, &q[b]) != 0) return 1;
        for (int i = 0; i < N_RADIAL; i++) {
            for (int j = 0; j < N_RADIAL; j++) matrix[i][j] += q[i] * q[j];
            matrix[i][N_RADIAL] += q[i] * exp(-(r - nearest) / decay);
        }
    }
    for (int i = 0; i < N_RADIAL; i++)
        for (int j = i + 1; j < N_RADIAL; j++)
            for (int k = N_RADIAL; k >= i; k--)
                matrix[j][k] -= matrix[j][i] / matrix[i][i] * matrix[i][k];
    for (int i = N_RADIAL - 1; i >= 0; i--) {
        c[i] = matrix[i][N_RADIAL];
        for (int j = i + 1; j < N_RADIAL; j++) c[i] -= matrix[i][j] * c[j];
        c[i] /= matrix[i][i];
    }
    lrpot_workspace_free(work);
    lrpot_basis_free(basis);
    return 0;
}

/* First index of a block of parameters. */
static double *block(const lrpot_potential *model, double *params, const char *wanted)
{
    const char *name;
    int64_t offset;
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, NULL); b++)
        if (strcmp(name, wanted) == 0) return params + offset;
    return NULL;
}

static int write_model(void)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential *model = NULL;
    double repulsion[N_RADIAL], answer[N_RADIAL];
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.level = charge_basis.level = 2;
    basis.min_distance = charge_basis.min_distance = 2.0;
    basis.cutoff = charge_basis.cutoff = 5.0;
    options.charges = LRPOT_CHARGES_EDQRD;
    TRY(lrpot_potential_create(&model, &options));
    if (project(lrpot_potential_basis(model), 2.0, 5.0, 0.27, repulsion) != 0) return 1;
    if (project(lrpot_charges_basis(lrpot_potential_charges(model)), 2.0, 5.0, 0.8, answer) != 0)
        return 1;

    int64_t n = lrpot_potential_param_count(model);
    double *params = calloc((size_t)n, sizeof *params);
    for (int b = 0; b < N_RADIAL; b++) {
        /* energy: half of A exp(-(r - r0)/rho) on each of the two ions, A = 0.0687 eV */
        block(model, params, "energy.radial")[N_RADIAL + b] =
            block(model, params, "energy.radial")[2 * N_RADIAL + b] = 0.5 * repulsion[b];
        block(model, params, "charges.radial")[N_RADIAL + b] = answer[b];
        block(model, params, "charges.radial")[2 * N_RADIAL + b] = -0.6 * answer[b];
    }
    block(model, params, "energy.linear")[0] = 0.0687;
    block(model, params, "charges.linear")[0] =
        0.005; /* e that a chlorine at r0 adds to a sodium */
    for (int z = 0; z < 2; z++) {
        block(model, params, "charges.species")[z] = z == 0 ? 0.66 : -0.66;
        block(model, params, "charges.share")[z] = 1;
    }
    TRY(lrpot_potential_set_params(model, n, params));
    TRY(lrpot_potential_set_note(
        model, "provenance",
        "examples/data/make_data.c: exponential repulsion and charges, not fitted to data"));
    TRY(lrpot_potential_save(model, "rocksalt.json"));
    free(params);
    lrpot_potential_free(model);
    return 0;
}

static int write_structure(void)
{
    static const double sites[8][3] = {
        { 0, 0, 0 },    { 0, .5, .5 }, { .5, 0, .5 }, { .5, .5, 0 },
        { .5, .5, .5 }, { .5, 0, 0 },  { 0, .5, 0 },  { 0, 0, .5 }
    };
    const double cell[9] = { 2 * lattice, 0, 0, 0, 2 * lattice, 0, 0, 0, 2 * lattice };
    double positions[64 * 3];
    const char *names[64];
    uint64_t state = 1;
    for (int i = 0; i < 64; i++) {
        names[i] = symbols[i % 8 / 4];
        for (int a = 0; a < 3; a++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            double uniform = (double)(state >> 40) / 16777216.0 - 0.5;
            positions[3 * i + a] = lattice * (sites[i % 8][a] + (i / 8 >> a) % 2) + 0.5 * uniform;
        }
    }
    lrpot_structure *structure = NULL;
    lrpot_writer *writer = NULL;
    TRY(lrpot_structure_create(&structure, 64, names, positions, cell, LRPOT_PERIODIC_ALL));
    TRY(lrpot_writer_open(&writer, "rattled.xyz"));
    TRY(lrpot_writer_append(writer, structure));
    TRY(lrpot_writer_close(writer));
    lrpot_structure_free(structure);
    return 0;
}

int main(void)
{
    return write_model() != 0 || write_structure() != 0;
}
