/* Can charges be found from energies, forces and stresses alone?
 *
 * The data come from a model whose charges are known, rocksalt.json; a new model sees what it gives
 * and nothing else. */
#include <lrpot/lrpot.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

enum { FRAMES = 4, VALID = 1, IONS = 64 };
static const double lattice = 5.605; /* A */
static const char *const symbols[2] = { "Na", "Cl" };

static double uniform(uint64_t *state) /* -1 to 1 */
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 40) / 8388608.0 - 1.0;
}

/* Two by two by two cubes of rock salt, strained by up to 4 % and its ions displaced by up to 0.3
 * A, with energy, forces and stress of the teacher. */
static int frame(const lrpot_potential *teacher, lrpot_workspace *work, uint64_t *state,
                 double size, lrpot_structure **out)
{
    static const double sites[8][3] = {
        { 0, 0, 0 },    { 0, .5, .5 }, { .5, 0, .5 }, { .5, .5, 0 },
        { .5, .5, .5 }, { .5, 0, 0 },  { 0, .5, 0 },  { 0, 0, .5 }
    };
    const char *names[IONS];
    double cell[9], positions[3 * IONS], energy, forces[3 * IONS], stress[9];
    for (int k = 0; k < 9; k++)
        cell[k] = 2 * lattice * ((k % 4 == 0) + 0.04 * size * uniform(state));
    for (int i = 0; i < IONS; i++) {
        names[i] = symbols[i % 8 / 4];
        for (int a = 0; a < 3; a++) positions[3 * i + a] = 0.3 * size * uniform(state);
        for (int k = 0; k < 9; k++)
            positions[3 * i + k % 3] += 0.5 * (sites[i % 8][k / 3] + (i / 8 >> k / 3) % 2)
                                        * cell[k];
    }
    lrpot_outputs values = LRPOT_OUTPUTS_INIT;
    values.energy = &energy;
    values.forces = forces;
    values.virial = stress;
    TRY(lrpot_structure_create(out, IONS, names, positions, cell, LRPOT_PERIODIC_ALL));
    TRY(lrpot_potential_compute_structure(teacher, work, *out, &values));
    for (int k = 0; k < 9; k++) stress[k] /= -lrpot_structure_volume(*out);
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_ENERGY, &energy));
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_FORCES, forces));
    TRY(lrpot_structure_set(*out, LRPOT_QUANTITY_STRESS, stress));
    return 0;
}

/* Charge and Born charge of sodium in the perfect crystal. */
static int sodium(const lrpot_potential *model, lrpot_workspace *work, double *charge, double *born)
{
    uint64_t state = 0;
    double charges[IONS], Z[9 * IONS];
    lrpot_structure *crystal = NULL;
    lrpot_outputs values = LRPOT_OUTPUTS_INIT;
    values.charges = charges;
    if (frame(model, work, &state, 0, &crystal) != 0) return 1;
    TRY(lrpot_potential_compute_structure(model, work, crystal, &values));
    TRY(lrpot_response_born_charges_structure(model, work, crystal, LRPOT_BORN_UNFOLDED, Z, NULL));
    *charge = charges[0];
    *born = Z[0];
    lrpot_structure_free(crystal);
    return 0;
}

static int create_student(lrpot_potential **out)
{
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT, charge_basis = LRPOT_BASIS_OPTIONS_INIT;
    options.basis = &basis;
    options.charge_basis = &charge_basis;
    options.symbols = symbols;
    options.n_species = 2;
    basis.level = 4;
    charge_basis.level = 2;
    basis.min_distance = charge_basis.min_distance = 2.0;
    basis.cutoff = charge_basis.cutoff = 5.0;
    options.charges = LRPOT_CHARGES_EDQRD;
    TRY(lrpot_potential_create(out, &options));
    return 0;
}

int main(void)
{
    lrpot_potential *teacher = NULL, *student = NULL;
    lrpot_workspace *work = NULL;
    lrpot_fit *fit = NULL;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    uint64_t state = 7;
    TRY(lrpot_workspace_create(&work, 1));
    TRY(lrpot_potential_load(&teacher, "rocksalt.json"));
    if (create_student(&student) != 0) return 1;
    options.seed = 1; /* the same start gives the same model */
    options.max_iterations =
        40; /* of the last stage; enough to see the charges, not to squeeze the last meV/A out */
    TRY(lrpot_fit_create(&fit, student, &options));
    for (int k = 0; k < FRAMES + VALID; k++) {
        lrpot_structure *structure = NULL;
        if (frame(teacher, work, &state, 1, &structure) != 0) return 1;
        TRY(lrpot_fit_add(fit, structure, k < FRAMES ? LRPOT_FIT_TRAIN : LRPOT_FIT_VALID, 1.0));
        lrpot_structure_free(structure); /* the fit has its copy */
    }
    TRY(lrpot_fit_run(fit, NULL, NULL));

    lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
    double charge[2], born[2];
    TRY(lrpot_fit_errors_of(fit, LRPOT_FIT_VALID, &errors));
    if (sodium(teacher, work, &charge[0], &born[0]) != 0
        || sodium(student, work, &charge[1], &born[1]) != 0)
        return 1;
    fprintf(stderr, "validation: %.3g eV/atom, %.3g eV/A\n", errors.rmse[LRPOT_FIT_ENERGY],
            errors.rmse[LRPOT_FIT_FORCES]);
    /* The Coulomb energy knows the signs of charges only up to a common one. What is found depends
     * on rounding in its last places. */
    double off_charge = fabs(fabs(charge[1] / charge[0]) - 1),
           off_born = fabs(fabs(born[1] / born[0]) - 1);
    fprintf(stderr, "found: charge %.3f e, Born charge %.3f e\n", charge[1], born[1]);
    printf("sodium of the teacher: charge %.3f e, Born charge %.3f e\n", charge[0], born[0]);
    printf("found within 10 %%:     %s, %s\n", off_charge < 0.1 ? "yes" : "no",
           off_born < 0.1 ? "yes" : "no");
    int sound = errors.rmse[LRPOT_FIT_FORCES] < 5e-3 && off_charge < 0.1 && off_born < 0.1;

    lrpot_fit_free(fit);
    lrpot_potential_free(student);
    lrpot_potential_free(teacher);
    lrpot_workspace_free(work);
    return sound ? 0 : 1;
}
