/* What are the Madelung constants of eight crystals? No model is needed: the Coulomb solver is a
 * library of its own. */
#include <lrpot/ewald.h>

#include <math.h>
#include <stdio.h>

#define TRY(call)                                        \
    do {                                                 \
        if ((call) != LRPOT_OK) {                        \
            fprintf(stderr, "%s\n", lrpot_last_error()); \
            return 1;                                    \
        }                                                \
    } while (0)

enum { MOST = 6 };
#define ROOT3 1.7320508075688772
#define IDEAL 1.6329931618554521 /* sqrt(8/3): c/a of close-packed spheres */
#define RUTILE_C 0.6440          /* c/a and u of rutile, TiO2 */
#define RUTILE_U 0.3053
#define RUTILE_NEAREST 0.4236746157 /* sqrt(2 (1/2 - u)^2 + (c/2a)^2) */

/* E = -M k q^2/d for each formula unit: d the shortest distance, q the greatest common divisor of
 * the charges. */
typedef struct {
    const char *name;
    double literature;
    int units; /* formula units in the cell */
    double divisor, nearest, cell[9];
    int n;
    double sites[MOST][4]; /* fractions of the cell and charge */
} crystal;

#define FCC                                   \
    {                                         \
        0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0 \
    }
#define CUBE                      \
    {                             \
        1, 0, 0, 0, 1, 0, 0, 0, 1 \
    }
static const crystal crystals[] = {
    { "NaCl rock salt",
      1.747564594633,
      1,
      1,
      0.5,
      FCC,
      2,
      { { 0, 0, 0, 1 }, { 0.5, 0.5, 0.5, -1 } } },
    { "CsCl", 1.762674773071, 1, 1, ROOT3 / 2, CUBE, 2, { { 0, 0, 0, 1 }, { 0.5, 0.5, 0.5, -1 } } },
    { "ZnS zincblende",
      1.638055053389,
      1,
      2,
      ROOT3 / 4,
      FCC,
      2,
      { { 0, 0, 0, 2 }, { 0.25, 0.25, 0.25, -2 } } },
    { "ZnS wurtzite",
      1.641321627372,
      2,
      2,
      0.375 * IDEAL,
      { 1, 0, 0, -0.5, ROOT3 / 2, 0, 0, 0, IDEAL },
      4,
      { { 1. / 3, 2. / 3, 0, 2 },
        { 2. / 3, 1. / 3, 0.5, 2 },
        { 1. / 3, 2. / 3, 0.375, -2 },
        { 2. / 3, 1. / 3, 0.875, -2 } } },
    { "CaF2 fluorite",
      5.038784879849,
      1,
      1,
      ROOT3 / 4,
      FCC,
      3,
      { { 0, 0, 0, 2 }, { 0.25, 0.25, 0.25, -1 }, { 0.75, 0.75, 0.75, -1 } } },
    { "Cu2O cuprite",
      4.442475209839,
      2,
      1,
      ROOT3 / 4,
      CUBE,
      6,
      { { 0, 0, 0, -2 },
        { 0.5, 0.5, 0.5, -2 },
        { 0.25, 0.25, 0.25, 1 },
        { 0.75, 0.75, 0.25, 1 },
        { 0.75, 0.25, 0.75, 1 },
        { 0.25, 0.75, 0.75, 1 } } },
    { "CaTiO3 perovskite",
      24.754936056680,
      1,
      1,
      0.5,
      CUBE,
      5,
      { { 0.5, 0.5, 0.5, 2 },
        { 0, 0, 0, 4 },
        { 0.5, 0, 0, -2 },
        { 0, 0.5, 0, -2 },
        { 0, 0, 0.5, -2 } } },
    { "TiO2 rutile",
      4.816,
      2,
      2,
      RUTILE_NEAREST,
      { 1, 0, 0, 0, 1, 0, 0, 0, RUTILE_C },
      6,
      { { 0, 0, 0, 4 },
        { 0.5, 0.5, 0.5, 4 },
        { RUTILE_U, RUTILE_U, 0, -2 },
        { -RUTILE_U, -RUTILE_U, 0, -2 },
        { 0.5 + RUTILE_U, 0.5 - RUTILE_U, 0.5, -2 },
        { 0.5 - RUTILE_U, 0.5 + RUTILE_U, 0.5, -2 } } },
};

static int madelung(const lrpot_ewald *solver, lrpot_workspace *work, const crystal *c,
                    double *constant)
{
    double positions[3 * MOST] = { 0 }, q[MOST], energy;
    int32_t species[MOST] = { 0 };
    for (int i = 0; i < c->n; i++) {
        q[i] = c->sites[i][3];
        for (int a = 0; a < 3; a++)
            for (int d = 0; d < 3; d++) positions[3 * i + a] += c->sites[i][d] * c->cell[3 * d + a];
    }
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = c->n;
    atoms.positions = positions;
    atoms.species = species;
    atoms.cell = c->cell;
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    TRY(lrpot_ewald_eval(solver, work, &atoms, NULL, NULL, q, &out));
    *constant = -energy * c->nearest
                / (LRPOT_COULOMB_CONSTANT * c->divisor * c->divisor * c->units);
    return 0;
}

int main(void)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *solver = NULL;
    lrpot_workspace *work = NULL;
    options.accuracy =
        1e-10; /* eV/A; lattice constants here are 1 A, so forces and energies are large */
    TRY(lrpot_ewald_create(&solver, &options));
    TRY(lrpot_workspace_create(&work, 1));
    printf("crystal              computed   literature  difference\n");
    for (size_t k = 0; k < sizeof crystals / sizeof *crystals; k++) {
        double constant;
        if (madelung(solver, work, &crystals[k], &constant) != 0) return 1;
        printf("%-17s %11.9f  %11.9f %11.9f\n", crystals[k].name, constant, crystals[k].literature,
               fabs(constant - crystals[k].literature));
    }
    lrpot_workspace_free(work);
    lrpot_ewald_free(solver);
    return 0;
}
