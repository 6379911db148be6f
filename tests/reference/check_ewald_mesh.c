/* The mesh against the exact sum: the error asked for is kept, and not undercut by far; every output; every kind of cell. */
#include "coulomb.h"

#define LARGE 512

typedef struct {
    int64_t n;
    double cell[9], positions[3 * LARGE], q[LARGE], forces[3 * LARGE], field[3 * LARGE], potential[LARGE], energy, virial[9], virial_atom[9 * LARGE];
    int32_t species[LARGE];
} box;

enum { SALT, RANDOM, SHEARED, NEEDLE, LEFT_HANDED, SYSTEMS };

/* Salt on displaced sites, or charges at random with a least distance set by sites they scatter around. */
static void make(int kind, box *b)
{
    static const double shapes[SYSTEMS][9] = { { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
                                               { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
                                               { 1, 0, 0, 0.23, 1, 0, -0.31, 0.37, 1 },
                                               { 0.5, 0, 0, 0, 0.5, 0, 0.2, -0.1, 4 },
                                               { 0, 1, 0, 1, 0, 0, 0.2, 0.3, 1 } };
    support_random random = { 40u + (unsigned)kind };
    int64_t counts[3] = { 8, 8, 8 };
    if (kind == NEEDLE) counts[0] = counts[1] = 4, counts[2] = 32;
    memset(b, 0, sizeof *b);
    for (int x = 0; x < 9; x++) b->cell[x] = 8 * 2.82 * shapes[kind][x];
    for (int64_t x = 0; x < counts[0]; x++)
        for (int64_t y = 0; y < counts[1]; y++)
            for (int64_t z = 0; z < counts[2]; z++) {
                double s[3] = { (double)x / (double)counts[0], (double)y / (double)counts[1], (double)z / (double)counts[2] };
                double spread = kind == SALT ? 0.2 : 0.8;
                for (int a = 0; a < 3; a++) {
                    for (int d = 0; d < 3; d++) b->positions[3 * b->n + a] += s[d] * b->cell[3 * d + a];
                    b->positions[3 * b->n + a] += support_uniform(&random, -spread, spread);
                }
                b->q[b->n++] = (x + y + z) % 2 == 0 ? 1 : -1;
            }
}

static void evaluate(box *b, double accuracy, int32_t method, int32_t order, int32_t threads, lrpot_ewald_report *report)
{
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    options.accuracy = accuracy, options.method = method, options.order = order;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.species = b->species;
    atoms.cell = b->cell, atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    out.energy = &b->energy, out.forces = b->forces, out.field = b->field, out.potential = b->potential, out.virial = b->virial;
    out.virial_atom = b->virial_atom;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, threads));
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b->q, &out));
    if (report != NULL) ck_ok(lrpot_ewald_plan(ewald, work, &atoms, report));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

/* RMS over all components of a vector per atom. */
static double rms(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < 3 * n; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sqrt(sum / (double)n);
}

static const double targets[] = { 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7 };

START_TEST(error_asked_for_is_kept_and_not_wasted)
{
    static box b, exact;
    int kind = _i / 6;
    double target = targets[_i % 6];
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    make(kind, &b);
    exact = b;
    evaluate(&exact, 1e-10, LRPOT_EWALD_EXACT, 0, 1, NULL);
    evaluate(&b, target, LRPOT_EWALD_MESH, 0, 1, &report);
    ck_assert_int_eq(report.method, LRPOT_EWALD_MESH);
    double error = rms(b.forces, exact.forces, b.n);
    if (getenv("LRPOT_PRINT") != NULL)
        printf("# %d %.0e: error %.2e predicted %.2e energy %.1e virial %.1e; alpha %.3f rc %.2f order %d mesh %d %d %d\n", kind, target, error,
               report.predicted_error, b.energy - exact.energy, b.virial[0] - exact.virial[0], report.splitting, report.real_cutoff, report.order,
               report.mesh[0], report.mesh[1], report.mesh[2]);
    ck_assert_msg(error <= target, "error %.3g eV/A exceeds the %.3g asked for", error, target);
    ck_assert_msg(error > 0.05 * target, "error %.3g eV/A is far below the %.3g asked for", error, target);
    ck_assert_msg(report.predicted_error <= target * 1.01, "predicted %.3g for %.3g", report.predicted_error, target);
    /* Other outputs follow: the energy of n atoms, each wrong by some Angstroms of wrong force. */
    ck_close(b.energy, exact.energy, 3 * target * (double)b.n, 1 / fabs(exact.energy));
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_mesh");
    TCase *tcase = tcase_create("reference");
    tcase_set_timeout(tcase, 240);
    tcase_add_loop_test(tcase, error_asked_for_is_kept_and_not_wasted, 0, 6 * SYSTEMS);
    suite_add_tcase(suite, tcase);
    return suite;
}
