/* A run in which the cell changes: energy, forces and virial go on without a jump where parameters,
 * boxes and meshes are chosen anew. */
#include "coulomb.h"

#define N_ATOMS 16
#define STEPS 60
#define ACCURACY 1e-6

/* Fourth differences of a smooth function are tiny; a jump shows with at least its own size. */
static double fourth(const double *f, int64_t stride)
{
    return f[0] - 4 * f[stride] + 6 * f[2 * stride] - 4 * f[3 * stride] + f[4 * stride];
}

typedef struct {
    double energy, virial[9], forces[3 * N_ATOMS];
} values;

static void follow(const coulomb_system *s, lrpot_ewald *ewald, int shear, values *out)
{
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int step = 0; step < STEPS; step++) {
        coulomb_system now = *s;
        double strain = 0.0034 * (step - STEPS / 2);
        for (int a = 0; a < 3; a++)
            if (!shear || a == 2) coulomb_strain(&now, shear ? 0 : a, a, strain);
        lrpot_atoms atoms = coulomb_view(&now);
        lrpot_outputs results = LRPOT_OUTPUTS_INIT;
        results.energy = &out[step].energy, results.virial = out[step].virial,
        results.forces = out[step].forces;
        ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, now.q, &results));
    }
    lrpot_workspace_free(work);
}

/* crystal, slab, open, wire x exact, mesh, splines x points, charged Gaussians x volume, shear */
#define VARIANTS 48

START_TEST(energy_forces_and_virial_do_not_jump)
{
    static const int32_t masks[4] = { LRPOT_PERIODIC_ALL, 6, 0, 2 };
    static values path[STEPS];
    support_random random = { 900 };
    coulomb_system s;
    int gaussian = _i / 12 % 2, shear = _i / 24;
    coulomb_random(&random, CELL_TRICLINIC, N_ATOMS, gaussian ? 0.9 : 0.0, gaussian, &s);
    s.periodic_mask = masks[_i % 4];
    lrpot_ewald_options options = coulomb_options(ACCURACY);
    options.method = LRPOT_EWALD_EXACT + _i / 4 % 3;
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    follow(&s, ewald, shear, path);
    int64_t stride = sizeof *path / sizeof(double);
    double largest[3] = { 0 };
    for (int step = 0; step + 4 < STEPS; step++) {
        largest[0] = fmax(largest[0], fabs(fourth(&path[step].energy, stride)));
        for (int c = 0; c < 9; c++)
            largest[1] = fmax(largest[1], fabs(fourth(&path[step].virial[c], stride)));
        for (int64_t x = 0; x < 3 * s.n; x++)
            largest[2] = fmax(largest[2], fabs(fourth(&path[step].forces[x], stride)));
    }
    if (getenv("LRPOT_PRINT") != NULL)
        printf("# %d: energy %.1e virial %.1e forces %.1e\n", _i, largest[0], largest[1],
               largest[2]);
    ck_assert_msg(largest[0] < 5 * ACCURACY, "the energy jumps by some %g eV", largest[0]);
    ck_assert_msg(largest[1] < 100 * ACCURACY, "the virial jumps by some %g eV", largest[1]);
    ck_assert_msg(largest[2] < 15 * ACCURACY, "forces jump by some %g eV/A", largest[2]);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_smooth");
    TCase *tc = tcase_create("property");
    tcase_set_timeout(tc, 60);
    support_add_cases(tc, energy_forces_and_virial_do_not_jump, 0, VARIANTS);
    suite_add_tcase(suite, tc);
    return suite;
}
