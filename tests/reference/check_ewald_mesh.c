/* The mesh against the exact sum: the error asked for is kept, and not undercut by far; every
 * output; every kind of cell. */
#include "coulomb.h"

#define LARGE 512
#define TARGETS 8

typedef struct {
    int64_t n;
    double cell[9], positions[3 * LARGE], q[LARGE], forces[3 * LARGE], field[3 * LARGE],
        potential[LARGE], energy, virial[9], virial_atom[9 * LARGE];
    int32_t species[LARGE];
} box;

enum { SALT, RANDOM, SHEARED, NEEDLE, LEFT_HANDED, WATER, SYSTEMS };

/* Molecules of water, turned at random, around the sites of a cubic lattice. */
static void make_water(support_random *random, box *b)
{
    static const double charges[3] = { -0.834, 0.417, 0.417 }, edge = 3.104;
    for (int x = 0; x < 3; x++) b->cell[4 * x] = 5 * edge;
    for (int m = 0; m < 125; m++) {
        double at[3] = { edge * (m % 5), edge * (m / 5 % 5), edge * (m / 25) }, along[3], aside[3],
               norm[2] = { 0, 0 }, overlap = 0;
        for (int a = 0; a < 3; a++) {
            along[a] = support_uniform(random, -1, 1), aside[a] = support_uniform(random, -1, 1),
            at[a] += support_uniform(random, -0.2, 0.2);
            norm[0] += along[a] * along[a];
        }
        for (int a = 0; a < 3; a++) overlap += along[a] * aside[a] / norm[0];
        for (int a = 0; a < 3; a++) aside[a] -= overlap * along[a], norm[1] += aside[a] * aside[a];
        for (int k = 0; k < 3; k++) {
            double shift[2] = { k == 0 ? 0 : 0.586 / sqrt(norm[0]),
                                k == 0 ? 0 : (k == 1 ? 0.757 : -0.757) / sqrt(norm[1]) };
            for (int a = 0; a < 3; a++)
                b->positions[3 * b->n + a] = at[a] + shift[0] * along[a] + shift[1] * aside[a];
            b->q[b->n++] = charges[k];
        }
    }
}

/* Salt on displaced sites, or charges at random with a least distance set by sites they scatter
 * around. */
static void make(int kind, box *b)
{
    static const double shapes[][9] = { { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
                                        { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
                                        { 1, 0, 0, 0.23, 1, 0, -0.31, 0.37, 1 },
                                        { 0.5, 0, 0, 0, 0.5, 0, 0.2, -0.1, 4 },
                                        { 0, 1, 0, 1, 0, 0, 0.2, 0.3, 1 } };
    support_random random = { 40u + (unsigned)kind };
    int64_t counts[3] = { 8, 8, 8 };
    if (kind == NEEDLE) counts[0] = counts[1] = 4, counts[2] = 32;
    memset(b, 0, sizeof *b);
    if (kind == WATER) {
        make_water(&random, b);
        return;
    }
    for (int x = 0; x < 9; x++) b->cell[x] = 8 * 2.82 * shapes[kind][x];
    for (int64_t x = 0; x < counts[0]; x++)
        for (int64_t y = 0; y < counts[1]; y++)
            for (int64_t z = 0; z < counts[2]; z++) {
                double s[3] = { (double)x / (double)counts[0], (double)y / (double)counts[1],
                                (double)z / (double)counts[2] };
                double spread = kind == SALT ? 0.2 : 0.8;
                for (int a = 0; a < 3; a++) {
                    for (int d = 0; d < 3; d++)
                        b->positions[3 * b->n + a] += s[d] * b->cell[3 * d + a];
                    b->positions[3 * b->n + a] += support_uniform(&random, -spread, spread);
                }
                b->q[b->n++] = (x + y + z) % 2 == 0 ? 1 : -1;
            }
}

static void evaluate(box *b, double accuracy, int32_t method, int32_t order, int32_t threads,
                     lrpot_ewald_report *report)
{
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    options.accuracy = accuracy, options.method = method, options.order = order;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.species = b->species;
    atoms.cell = b->cell, atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    out.energy = &b->energy, out.forces = b->forces, out.field = b->field,
    out.potential = b->potential, out.virial = b->virial;
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

static const double targets[TARGETS] = { 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9 };

static const double sizes[] = { 1.0, 0.15, 2.6 }; /* e */

START_TEST(error_asked_for_is_kept_and_not_wasted)
{
    static box b, exact;
    int kind = _i / TARGETS % SYSTEMS,
        method = _i / (TARGETS * SYSTEMS) == 3 ? LRPOT_EWALD_SPLINE : LRPOT_EWALD_MESH;
    double target = targets[_i % TARGETS], size = sizes[_i / (TARGETS * SYSTEMS) % 3];
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    make(kind, &b);
    for (int64_t i = 0; i < b.n; i++) b.q[i] *= size;
    exact = b;
    evaluate(&exact, 1e-10, LRPOT_EWALD_EXACT, 0, 1, NULL);
    evaluate(&b, target, method, 0, 1, &report);
    /* prolate windows of 12 points end near 1e-9 of a force between neighbours; B-splines go on */
    if (target > 1e-9 || size <= 1.0) ck_assert_int_eq(report.method, method);
    double error = rms(b.forces, exact.forces, b.n);
    if (getenv("LRPOT_PRINT") != NULL)
        printf("# %d %.0e: error %.2e predicted %.2e energy %.1e virial %.1e; alpha %.3f rc %.2f "
               "order %d mesh %d %d %d\n",
               kind, target, error, report.predicted_error, b.energy - exact.energy,
               b.virial[0] - exact.virial[0], report.splitting, report.real_cutoff, report.order,
               report.mesh[0], report.mesh[1], report.mesh[2]);
    ck_assert_msg(error <= target, "error %.3g eV/A exceeds the %.3g asked for", error, target);
    ck_assert_msg(error > 0.05 * target, "error %.3g eV/A is far below the %.3g asked for", error,
                  target);
    ck_assert_msg(report.predicted_error <= target * 1.01, "predicted %.3g for %.3g",
                  report.predicted_error, target);
    /* Other outputs follow: the energy of n atoms, each wrong by some Angstroms of wrong force. */
    ck_assert_double_le(fabs(b.energy - exact.energy), 3 * target * (double)b.n);
}
END_TEST

/* Mesh, order and splitting are held while the box changes. */
typedef struct {
    box b;
    lrpot_ewald *ewald;
    lrpot_workspace *work;
    int64_t index;
    int c, d;
} probe;

static double energy_of(const probe *p, const box *b)
{
    double energy = 0;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.cell = b->cell,
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    out.energy = &energy;
    ck_ok(lrpot_ewald_eval(p->ewald, p->work, &atoms, NULL, NULL, b->q, &out));
    return energy;
}

static double moved(double x, void *ctx)
{
    probe *p = ctx;
    static box b;
    b = p->b;
    b.positions[p->index] += x;
    return energy_of(p, &b);
}

static double strained(double x, void *ctx)
{
    probe *p = ctx;
    static box b;
    b = p->b;
    for (int64_t i = 0; i < b.n; i++) b.positions[3 * i + p->d] += x * b.positions[3 * i + p->c];
    for (int d = 0; d < 3; d++) b.cell[3 * d + p->d] += x * b.cell[3 * d + p->c];
    return energy_of(p, &b);
}

static double charged(double x, void *ctx)
{
    probe *p = ctx;
    static box b;
    b = p->b;
    b.q[p->index] += x;
    return energy_of(p, &b);
}

START_TEST(derivatives_are_those_of_the_mesh_energy)
{
    static probe p;
    int kind = _i % SYSTEMS;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    make(kind, &p.b);
    evaluate(&p.b, 1e-5, LRPOT_EWALD_MESH, _i < SYSTEMS ? 6 : 9, 1, NULL);
    options.accuracy = 1e-5, options.method = LRPOT_EWALD_MESH,
    options.order = _i < SYSTEMS ? 6 : 9;
    ck_ok(lrpot_ewald_create(&p.ewald, &options));
    ck_ok(lrpot_workspace_create(&p.work, 1));
    for (p.index = 5; p.index < 3 * p.b.n;
         p.index += 397) /* up to the correction of the net force, which is no derivative */
        ck_close(p.b.forces[p.index], -support_difference(moved, &p, 0, 1e-3), 2e-6, 1);
    for (p.index = 3; p.index < p.b.n; p.index += 211)
        ck_close(p.b.potential[p.index], support_difference(charged, &p, 0, 0.1), TOL_FD, 3);
    for (p.c = 0; p.c < 3; p.c++)
        for (p.d = 0; p.d < 3; p.d++) {
            double sum = 0;
            ck_close(p.b.virial[3 * p.c + p.d], -support_difference(strained, &p, 0, 1e-4), TOL_FD,
                     100);
            for (int64_t i = 0; i < p.b.n; i++) sum += p.b.virial_atom[9 * i + 3 * p.c + p.d];
            ck_close(sum, p.b.virial[3 * p.c + p.d], 1e-11, 100);
        }
    lrpot_workspace_free(p.work);
    lrpot_ewald_free(p.ewald);
}
END_TEST

START_TEST(tuned_solver_keeps_the_error_and_what_was_given)
{
    static box b, exact;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT, fixed = LRPOT_EWALD_REPORT_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    make(_i % SYSTEMS, &b);
    exact = b;
    evaluate(&exact, 1e-9, LRPOT_EWALD_EXACT, 0, 1, NULL);
    atoms.n_owned = atoms.n_all = b.n, atoms.positions = b.positions, atoms.cell = b.cell,
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    options.accuracy = 1e-4;
    if (_i >= SYSTEMS) options.cutoff = 6.5, options.order = 9, options.method = LRPOT_EWALD_MESH;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_tune(&ewald, &options, work, &atoms, NULL, b.q, 0.02, &report));
    out.forces = b.forces;
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b.q, &out));
    ck_ok(lrpot_ewald_plan(ewald, work, &atoms, &fixed));
    double error = rms(b.forces, exact.forces, b.n);
    ck_assert_msg(error <= 1e-4 && error > 2e-6, "error %.3g eV/A for 1e-4 asked for", error);
    ck_assert_msg(report.seconds > 0.0 && report.seconds < 10.0, "%g s", report.seconds);
    ck_assert(report.real_cutoff == fixed.real_cutoff && report.order == fixed.order
              && report.method == fixed.method);
    ck_assert(_i < SYSTEMS || (report.order == 9 && report.real_cutoff == 6.5));
    lrpot_ewald_free(ewald);
    ck_ok(lrpot_ewald_tune(&ewald, &options, work, &atoms, NULL, b.q, 0.0, &report));
    ck_assert(report.seconds == 0.0);
    lrpot_ewald_free(ewald);
    ewald = NULL;
    ck_assert_int_eq(lrpot_ewald_tune(&ewald, &options, work, &atoms, NULL, b.q, -1.0, &report),
                     LRPOT_E_ARGUMENT);
    options.accuracy = 1e-20;
    ck_assert_int_eq(lrpot_ewald_tune(&ewald, &options, work, &atoms, NULL, b.q, 0.0, &report),
                     LRPOT_E_ACCURACY);
    ck_assert_ptr_null(ewald);
    lrpot_workspace_free(work);
}
END_TEST

/* Error of all forces over the accuracy asked for, as lrpot_ewald_error() and an exact sum give it;
 * and the root mean square force. */
static double ratio_of_tuned(box *b, int32_t periodic_mask, double accuracy, double *size)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    lrpot_ewald_error_report error = LRPOT_EWALD_ERROR_REPORT_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    double net[3] = { 0, 0, 0 };
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.cell = b->cell;
    atoms.periodic_mask = periodic_mask;
    options.accuracy = accuracy, options.method = LRPOT_EWALD_MESH;
    out.forces = b->forces;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_tune(&ewald, &options, work, &atoms, NULL, b->q, 0.01, &report));
    ck_ok(lrpot_ewald_error(ewald, work, &atoms, NULL, b->q, 0, &error));
    ck_assert(report.predicted_error <= accuracy);
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b->q, &out));
    for (int64_t x = 0; x < 3 * b->n; x++) net[x % 3] += b->forces[x];
    for (int a = 0; a < 3; a++) ck_close(net[a], 0, 1e-10, 100);
    lrpot_ewald_free(ewald);
    lrpot_workspace_free(work);
    *size = error.size;
    return error.forces / accuracy;
}

/* water, salt, sheared salt, a slab and a drop x targets from 1e-2 to 1e-8 of the forces */
START_TEST(tuned_solvers_waste_no_error)
{
    static const struct {
        int kind;
        int32_t periodic_mask;
    } systems[] = { { WATER, LRPOT_PERIODIC_ALL },
                    { SALT, LRPOT_PERIODIC_ALL },
                    { SHEARED, LRPOT_PERIODIC_ALL },
                    { RANDOM, 3 },
                    { RANDOM, 0 } };
    static box b;
    double size;
    make(systems[_i / 4].kind, &b);
    ratio_of_tuned(&b, systems[_i / 4].periodic_mask, 1e-2, &size);
    double target = pow(10, -2 - 2 * (_i % 4)) * size,
           ratio = ratio_of_tuned(&b, systems[_i / 4].periodic_mask, target, &size);
    ck_assert_msg(ratio >= 0.6 && ratio <= 1, "%.3f of the error asked for, %.3g eV/A", ratio,
                  target);
}
END_TEST

START_TEST(forces_add_up_to_zero)
{
    static box b;
    make(_i % SYSTEMS, &b);
    evaluate(&b, 1e-3, LRPOT_EWALD_MESH, 0, 1, NULL);
    for (int a = 0; a < 3; a++) {
        double sum = 0;
        for (int64_t i = 0; i < b.n; i++) sum += b.forces[3 * i + a];
        ck_close(sum, 0.0, 1e-11, 1);
    }
}
END_TEST

START_TEST(any_number_of_threads_gives_the_same)
{
    static box one, more;
    make(_i % SYSTEMS, &one);
    more = one;
    evaluate(&one, 1e-4, LRPOT_EWALD_MESH, 0, 1, NULL);
    for (int32_t threads = 2; threads <= 3; threads++) {
        evaluate(&more, 1e-4, LRPOT_EWALD_MESH, 0, threads, NULL);
        ck_close(more.energy, one.energy, TOL_EXACT, 100);
        ck_assert(memcmp(more.potential, one.potential, sizeof one.potential) == 0);
        for (int64_t x = 0; x < 3 * one.n; x++)
            ck_close(more.forces[x], one.forces[x], TOL_EXACT, 10);
    }
}
END_TEST

START_TEST(every_order_works)
{
    static box b, exact;
    make(SHEARED, &b);
    exact = b;
    evaluate(&exact, 1e-8, LRPOT_EWALD_EXACT, 0, 1, NULL);
    double asked = 1e-2;
    evaluate(&b, asked, LRPOT_EWALD_MESH, _i, 1, NULL);
    double error = rms(b.forces, exact.forces, b.n);
    ck_assert_msg(error <= asked, "order %d: error %.3g eV/A exceeds the %g asked for", _i, error,
                  asked);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_mesh");
    TCase *tcase = tcase_create("reference");
    tcase_set_timeout(tcase, 240);
    support_add_cases(tcase, derivatives_are_those_of_the_mesh_energy, 0, 2 * SYSTEMS);
    support_add_cases(tcase, tuned_solver_keeps_the_error_and_what_was_given, 0, 2 * SYSTEMS);
    support_add_cases(tcase, tuned_solvers_waste_no_error, 0, 5);
    support_add_cases(tcase, forces_add_up_to_zero, 0, SYSTEMS);
    support_add_cases(tcase, any_number_of_threads_gives_the_same, 0, SYSTEMS);
    support_add_cases(tcase, every_order_works, 3, 13);
    suite_add_tcase(suite, tcase);
    TCase *slow = tcase_create("errors"); /* left out where every access to memory is watched */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 240);
    support_add_cases(slow, error_asked_for_is_kept_and_not_wasted, 0, 4 * TARGETS * SYSTEMS);
    support_add_cases(slow, tuned_solvers_waste_no_error, 5, 20);
    suite_add_tcase(suite, slow);
    return suite;
}
