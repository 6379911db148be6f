/* A pair of atoms on a block of salt, and a dopant in the lowest layer, beyond every cutoff: does a
 * model know that the dopant turns the pair over?
 *
 * The case of Ko et al., Nat. Commun. 12, 398 (2021). Here the reference is a model whose rules are
 * written out: charges equilibrate over the whole block, and pairs of atoms have a potential. Each
 * family of charges is fitted to its energies, forces and charges, of blocks with the dopant and
 * without. */
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

enum { ACROSS = 3, LAYERS = 4, IONS = ACROSS * ACROSS * LAYERS, ATOMS = IONS + 2 };
enum { MG, O, AL, AU, SPECIES };
enum { FRAMES = 36, VALID = 8 };
enum { UPRIGHT, FLAT };
static const char *const symbols[SPECIES] = { "Mg", "O", "Al", "Au" };
static const double spacing = 2.1, bond = 2.6, cutoff = 5.0; /* A */

/* The reference: a potential of equilibrated charges and no other part. */
typedef struct reference {
    lrpot_potential *charges;
    lrpot_workspace *work;
} reference;

static double uniform(uint64_t *state) /* -1 to 1 */
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 40) / 8388608.0 - 1.0;
}

/* Pairs that bind or repel at contact: depth in eV and distance in A of a Morse potential, which
 * ends smoothly at the cutoff. Coulomb forces do the rest. */
static double pair_energy(int a, int b, double r, double *slope)
{
    static const double depth[SPECIES][SPECIES] = { { 0.02, 0.5, 0.02, 0.33 },
                                                    { 0.5, 0.05, 0.5, 0.05 },
                                                    { 0.02, 0.5, 0.02, 0.33 },
                                                    { 0.33, 0.05, 0.33, 1.5 } };
    static const double place[SPECIES][SPECIES] = { { 3.2, 2.3, 3.2, 2.6 },
                                                    { 2.3, 3.2, 2.3, 2.9 },
                                                    { 3.2, 2.3, 3.2, 2.6 },
                                                    { 2.6, 2.9, 2.6, 2.6 } };
    const double steepness = 1.6;
    *slope = 0.0;
    if (r >= cutoff) return 0.0;
    double e = exp(-steepness * (r - place[a][b])), s = 1.0 - r * r / (cutoff * cutoff),
           morse = depth[a][b] * (e * e - 2.0 * e),
           rate = -2.0 * steepness * depth[a][b] * (e * e - e);
    *slope = rate * s * s * s - morse * 6.0 * s * s * r / (cutoff * cutoff);
    return morse * s * s * s;
}

/* Adds the pairs to energy and forces. */
static void add_pairs(const int *species, const double *positions, double *energy, double *forces)
{
    for (int i = 0; i < ATOMS; i++)
        for (int j = 0; j < i; j++) {
            double d[3], square = 0.0, slope;
            for (int a = 0; a < 3; a++) d[a] = positions[3 * i + a] - positions[3 * j + a];
            for (int a = 0; a < 3; a++) square += d[a] * d[a];
            double r = sqrt(square);
            *energy += pair_energy(species[i], species[j], r, &slope);
            for (int a = 0; a < 3; a++) {
                forces[3 * i + a] -= slope * d[a] / r;
                forces[3 * j + a] += slope * d[a] / r;
            }
        }
}

/* Electronegativities in V, then u of the hardness log(1 + exp(u)) in V/e beside the
 * self-interaction of Gaussians of 1 A, 8 V/e. */
static int create_reference(reference *out)
{
    static const double values[2 * SPECIES] = { 0.0, 40.0, -8.0, 20.0, 20.0, 20.0, -2.0, -2.0 };
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, none = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    const char *name = NULL;
    int64_t at = 0, count = 0;
    charges.sigma = 1.0, basis.level = 2, none.level = 0;
    options.symbols = symbols, options.n_species = SPECIES;
    options.basis = &basis, options.charge_basis = &none;
    options.charges = LRPOT_CHARGES_EQUILIBRATED, options.charge_options = &charges;
    TRY(lrpot_potential_create(&out->charges, &options));
    TRY(lrpot_workspace_create(&out->work, 1));
    int64_t n = lrpot_potential_param_count(out->charges);
    double *params = calloc((size_t)n, sizeof *params);
    if (params == NULL) return 1;
    for (int32_t b = 0; lrpot_potential_param_block(out->charges, b, &name, &at, &count); b++)
        if (strcmp(name, "charges.species") == 0) memcpy(params + at, values, sizeof values);
    TRY(lrpot_potential_set_params(out->charges, n, params));
    free(params);
    return 0;
}

/* Ions of the block, pair above it, the first atom of the pair at `height` over the block. Upright
 * it stands on the ion O in the middle, flat it lies across two Mg. noise: of all places, A. */
static int block(int doped, int lying, double height, double noise, uint64_t *state, int *species,
                 lrpot_structure **out)
{
    const char *names[ATOMS];
    double positions[3 * ATOMS], half = bond / sqrt(8.0), middle = (ACROSS - 1) * spacing / 2.0,
                                 top = (LAYERS - 1) * spacing + height;
    for (int i = 0; i < IONS; i++) {
        int place[3] = { i % ACROSS, i / ACROSS % ACROSS, i / ACROSS / ACROSS };
        species[i] = (place[0] + place[1] + place[2] + LAYERS) % 2 == 0 ? MG : O;
        for (int a = 0; a < 3; a++) positions[3 * i + a] = spacing * place[a];
    }
    for (int i = 0; doped && i < ACROSS * ACROSS; i++)
        if (species[i] == MG) species[i] = AL, doped = 0;
    for (int k = 0; k < 2; k++) {
        double *p = positions + 3 * (IONS + k), side = k == 0 ? -half : half;
        species[IONS + k] = AU;
        p[0] = lying == FLAT ? middle + 0.5 * spacing + side : middle;
        p[1] = lying == FLAT ? middle + 0.5 * spacing - side : middle;
        p[2] = lying == FLAT ? top : top + bond * k;
    }
    for (int i = 0; i < 3 * ATOMS; i++)
        positions[i] += (i < 3 * IONS ? noise : 3.0 * noise) * uniform(state);
    for (int i = 0; i < ATOMS; i++) names[i] = symbols[species[i]];
    TRY(lrpot_structure_create(out, ATOMS, names, positions, NULL, 0));
    return 0;
}

/* Energy, forces and charges by a model or (NULL) the reference. */
static int look(const reference *truth, const lrpot_potential *model, const int *species,
                lrpot_structure *structure, double *energy, double *forces, double *charges)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy, out.forces = forces;
    if (model == NULL || lrpot_potential_charges(model) != NULL) out.charges = charges;
    TRY(lrpot_potential_compute_structure(model != NULL ? model : truth->charges, truth->work,
                                          structure, &out));
    if (model == NULL) add_pairs(species, lrpot_structure_positions(structure), energy, forces);
    return 0;
}

/* Energy of the pair at its best height over the ideal block, and its charge there. */
static int best_height(const reference *truth, const lrpot_potential *model, int doped, int lying,
                       double *energy, double *charge)
{
    uint64_t state = 1;
    *energy = HUGE_VAL;
    for (int k = 0; k <= 30; k++) {
        int species[ATOMS];
        double e, forces[3 * ATOMS], q[ATOMS] = { 0 };
        lrpot_structure *structure = NULL;
        if (block(doped, lying, 1.8 + 0.05 * k, 0.0, &state, species, &structure) != 0) return 1;
        if (look(truth, model, species, structure, &e, forces, q) != 0) return 1;
        if (e < *energy) *energy = e, *charge = q[IONS] + q[IONS + 1];
        lrpot_structure_free(structure);
    }
    return 0;
}

/* One row: what the model prefers without and with the dopant. Figures go to the standard error:
 * their last places are those of the fit. */
static int judge(const reference *truth, const lrpot_potential *model, const char *name)
{
    const char *preferred[2];
    double gain[2], charge[2];
    for (int doped = 0; doped < 2; doped++) {
        double energy[2], q[2];
        for (int lying = UPRIGHT; lying <= FLAT; lying++)
            if (best_height(truth, model, doped, lying, energy + lying, q + lying) != 0) return 1;
        gain[doped] = energy[FLAT] - energy[UPRIGHT], charge[doped] = q[UPRIGHT];
        preferred[doped] = gain[doped] > 0.0 ? "upright" : "flat";
    }
    printf("%-34s  %-7s  %s\n", name, preferred[0], preferred[1]);
    fprintf(stderr, "%-34s  %8.3f %8.3f  %9.3f %9.3f\n", name, gain[0], gain[1], charge[0],
            charge[1]);
    return 0;
}

static int create_model(int32_t kind, int32_t response, lrpot_potential **out)
{
    lrpot_charges_options charges = LRPOT_CHARGES_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    options.symbols = symbols, options.n_species = SPECIES;
    options.basis = &basis, options.charge_basis = &charge_basis;
    options.charges = kind, options.charge_options = &charges;
    basis.level = 2, basis.cutoff = cutoff, basis.min_distance = 1.7;
    charge_basis.level = 2, charge_basis.cutoff = cutoff, charge_basis.min_distance = 1.7;
    charge_basis.radial_size = 4;
    if (kind == LRPOT_CHARGES_EQUILIBRATED) charges.sigma = 1.0;
    if (kind == LRPOT_CHARGES_DENSITY)
        charges.sigma = 1.0, charges.response = response, charges.reach = 3.5;
    TRY(lrpot_potential_create(out, &options));
    return 0;
}

/* A frame with energy, forces and charges of the reference. */
static int frame(const reference *truth, int number, uint64_t *state, lrpot_structure **out)
{
    int species[ATOMS];
    double energy, forces[3 * ATOMS], charges[ATOMS], height = 2.3 + 0.4 * uniform(state), zero = 0;
    if (block(number % 2, number / 2 % 2, height, 0.06, state, species, out) != 0) return 1;
    if (look(truth, NULL, species, *out, &energy, forces, charges) != 0) return 1;
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_ENERGY, &energy));
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_FORCES, forces));
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_CHARGES, charges));
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_TOTAL_CHARGE, &zero));
    return 0;
}

static int fit_and_judge(const reference *truth, int32_t kind, int32_t response, const char *name)
{
    lrpot_potential *model = NULL;
    lrpot_fit *fit = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    uint64_t state = 5;
    options.seed = 1, options.max_iterations = 30;
    options.regularization = 1e-3; /* these data have no noise */
    options.targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES;
    if (kind != LRPOT_CHARGES_NONE) options.targets |= LRPOT_FIT_TARGET_CHARGES;
    if (kind == LRPOT_CHARGES_DENSITY) options.flags = LRPOT_FIT_DIRECT_START;
    if (create_model(kind, response, &model) != 0) return 1;
    TRY(lrpot_fit_create(&fit, model, &options));
    for (int k = 0; k < FRAMES + VALID; k++) {
        lrpot_structure *structure = NULL;
        if (frame(truth, k, &state, &structure) != 0) return 1;
        TRY(lrpot_fit_add(fit, structure, k < FRAMES ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, 1.0));
        lrpot_structure_free(structure);
    }
    TRY(lrpot_fit_run(fit, NULL, NULL));
    TRY(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &errors));
    fprintf(stderr, "%5.2f meV/atom %6.1f meV/A  ", 1e3 * errors.rmse[LRPOT_FIT_ENERGY],
            1e3 * errors.rmse[LRPOT_FIT_FORCES]);
    int status = judge(truth, model, name);
    lrpot_fit_free(fit);
    lrpot_potential_free(model);
    return status;
}

int main(void)
{
    static const struct {
        int32_t kind, response;
        const char *name;
    } models[] = { { LRPOT_CHARGES_NONE, 0, "no charges" },
                   { LRPOT_CHARGES_EDQ, 0, "charges of the neighbourhood" },
                   { LRPOT_CHARGES_EQUILIBRATED, 0, "equilibrated charges" },
                   { LRPOT_CHARGES_DENSITY, LRPOT_RESPONSE_ATOMS, "density, response of atoms" },
                   { LRPOT_CHARGES_DENSITY, LRPOT_RESPONSE_BONDS, "density, response of bonds" } };
    reference truth = { NULL, NULL };
    if (create_reference(&truth) != 0) return 1;
    printf("%-34s  without  with dopant\n", "");
    if (judge(&truth, NULL, "reference") != 0) return 1;
    for (size_t k = 0; k < sizeof models / sizeof *models; k++)
        if (fit_and_judge(&truth, models[k].kind, models[k].response, models[k].name) != 0)
            return 1;
    lrpot_potential_free(truth.charges);
    lrpot_workspace_free(truth.work);
    return 0;
}
