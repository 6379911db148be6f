/* Where does the charge of an ion go, when a model has seen neutral molecules and cations, but no
 * anion?
 *
 * The data come from a model of equilibrated charges with known electronegativities and hardnesses:
 * energies and forces of small bent molecules of total charge 0 and +1. A new model sees these and
 * nothing else, no charge of any atom; then both are asked for anions. */
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

enum { ATOMS = 6, FRAMES = 40, VALID = 6 };
static const char *const symbols[2] = { "H", "O" };
static const double widths[2] = { 0.6, 0.9 }; /* A, of the Gaussian charges */

static double uniform(uint64_t *state) /* -1 to 1 */
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 40) / 8388608.0 - 1.0;
}

static int create(lrpot_potential **out)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.level = 4;
    basis.radial_size = 4;
    basis.min_distance = 0.7;
    basis.cutoff = 3.5;
    options.charges = LRPOT_CHARGES_EQUILIBRATED;
    charge_basis.level = 0; /* one electronegativity and one hardness for each species */
    options.widths = widths;
    TRY(lrpot_potential_create(out, &options));
    return 0;
}

/* Electronegativities of H and O in V, then u of the hardness log(1 + exp(u)) in V/e; a little of a
 * pair potential. */
static int create_teacher(lrpot_potential **out)
{
    static const double charges[4] = { 0.0, 3.5, 2.0, 4.0 };
    if (create(out) != 0) return 1;
    int64_t n = lrpot_potential_param_count(*out), offset = 0, count = 0;
    double *params = malloc((size_t)n * sizeof *params);
    const char *name = NULL;
    if (params == NULL) return 1;
    TRY(lrpot_potential_get_params(*out, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(*out, b, &name, &offset, &count); b++) {
        if (strcmp(name, "energy.linear") == 0) params[offset] = 0.02;
        if (strcmp(name, "charges.species") == 0) memcpy(params + offset, charges, sizeof charges);
    }
    TRY(lrpot_potential_set_params(*out, n, params));
    free(params);
    return 0;
}

static int charges_of(const lrpot_potential *model, lrpot_workspace *work,
                      const lrpot_structure *molecule, double *charges)
{
    lrpot_outputs values = LRPOT_OUTPUTS_INIT;
    values.charges = charges;
    TRY(lrpot_potential_compute_structure(model, work, molecule, &values));
    return 0;
}

/* A chain H O O H with two more H at its ends, bent at random. */
static int molecule(const lrpot_potential *teacher, lrpot_workspace *work, uint64_t *state,
                    double total, lrpot_structure **out)
{
    static const int species[ATOMS] = { 0, 1, 1, 0, 1, 0 };
    const char *names[ATOMS];
    double positions[3 * ATOMS] = { 0 }, energy, forces[3 * ATOMS];
    for (int i = 0; i < ATOMS; i++) {
        names[i] = symbols[species[i]];
        positions[3 * i] = 1.25 * i + 0.1 * uniform(state);
        for (int a = 1; a < 3; a++) positions[3 * i + a] = 0.5 * uniform(state);
    }
    lrpot_outputs values = LRPOT_OUTPUTS_INIT;
    values.energy = &energy;
    values.forces = forces;
    TRY(lrpot_structure_create(out, ATOMS, names, positions, NULL, 0));
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
    TRY(lrpot_potential_compute_structure(teacher, work, *out, &values));
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_ENERGY, &energy));
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_FORCES, forces));
    return 0;
}

/* Largest difference of the charges of atoms in some anions. */
static int compare(const lrpot_potential *teacher, const lrpot_potential *student,
                   lrpot_workspace *work, uint64_t *state, double *largest)
{
    *largest = 0;
    for (int k = 0; k < 5; k++) {
        double expected[ATOMS], found[ATOMS];
        lrpot_structure *anion = NULL;
        if (molecule(teacher, work, state, -1, &anion) != 0) return 1;
        if (charges_of(teacher, work, anion, expected) != 0
            || charges_of(student, work, anion, found) != 0)
            return 1;
        for (int i = 0; i < ATOMS; i++) *largest = fmax(*largest, fabs(found[i] - expected[i]));
        lrpot_structure_free(anion);
    }
    return 0;
}

int main(void)
{
    lrpot_potential *teacher = NULL, *student = NULL;
    lrpot_workspace *work = NULL;
    lrpot_fit *fit = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    uint64_t state = 11;
    TRY(lrpot_workspace_create(&work, 1));
    if (create_teacher(&teacher) != 0 || create(&student) != 0) return 1;
    options.seed = 1;
    options.max_iterations = 60;
    options.regularization = 1e-4; /* these data have no noise */
    TRY(lrpot_fit_create(&fit, student, &options));
    for (int k = 0; k < FRAMES + VALID; k++) {
        lrpot_structure *structure = NULL;
        if (molecule(teacher, work, &state, k % 2, &structure) != 0)
            return 1; /* the fit takes the total charge from the frame */
        TRY(lrpot_fit_add(fit, structure, k < FRAMES ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, 1.0));
        lrpot_structure_free(structure);
    }
    TRY(lrpot_fit_run(fit, NULL, NULL));

    double largest = 0;
    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    TRY(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &errors));
    if (compare(teacher, student, work, &state, &largest) != 0) return 1;
    fprintf(stderr, "validation: %.3g eV/atom, %.3g eV/A; charges of anions within %.3g e\n",
            errors.rmse[LRPOT_FIT_ENERGY], errors.rmse[LRPOT_FIT_FORCES], largest);
    printf("forces of neutral molecules and cations within 5 meV/A: %s\n",
           errors.rmse[LRPOT_FIT_FORCES] < 5e-3 ? "yes" : "no");
    printf("charges of atoms in anions, never seen, within 0.01 e:  %s\n",
           largest < 0.01 ? "yes" : "no");

    lrpot_fit_free(fit);
    lrpot_potential_free(student);
    lrpot_potential_free(teacher);
    lrpot_workspace_free(work);
    return errors.rmse[LRPOT_FIT_FORCES] < 5e-3 && largest < 0.01 ? 0 : 1;
}
