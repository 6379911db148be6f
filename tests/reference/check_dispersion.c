/* Lattice sums of 1/r^6: known values, other splits, mesh against exact sum, derivatives, what is
 * refused. */
#include "coulomb.h"

#define LARGE 512

static lrpot_ewald_options options_of(double accuracy, int32_t method)
{
    lrpot_ewald_options options = coulomb_options(accuracy);
    options.kernel = LRPOT_EWALD_DISPERSION;
    options.method = method;
    return options;
}

/* The call fails with the status, and a message that names the cause. */
#define refused(call, status, cause)                                                        \
    do {                                                                                    \
        ck_assert_int_eq(call, status);                                                     \
        ck_assert_msg(strstr(lrpot_last_error(), cause) != NULL, "%s", lrpot_last_error()); \
    } while (0)

/* Random amplitudes; mostly of one sign, as they are. */
static void make_random(unsigned seed, int kind, int64_t n, coulomb_system *s)
{
    support_random random = { seed };
    coulomb_random(&random, kind, n, 4.0, 0, s);
}

/* Neighbours at distance 1: sums of Lennard-Jones and Ingham (Proc. R. Soc. A 107, 636 (1925)) as
 * they are known today. */
START_TEST(cubic_lattices_have_the_sums_known)
{
    static const double sums[3] = { 8.40192397482754, 14.45392104374196, 12.25366786729116 },
                        edges[3] = { 1, 1.41421356237309505, 1.15470053837925153 };
    static const double basis[3][12] = { { 0 },
                                         { 0, 0, 0, 0.5, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.5 },
                                         { 0, 0, 0, 0.5, 0.5, 0.5 } };
    static const int64_t counts[3] = { 1, 4, 2 };
    static const int32_t methods[3] = { LRPOT_EWALD_EXACT, LRPOT_EWALD_MESH, LRPOT_EWALD_SPLINE };
    int lattice = _i % 3, method = _i / 3;
    coulomb_system s;
    coulomb_result r;
    memset(&s, 0, sizeof s);
    s.n = counts[lattice], s.periodic_mask = LRPOT_PERIODIC_ALL;
    for (int d = 0; d < 3; d++) s.cell[4 * d] = edges[lattice];
    for (int64_t x = 0; x < 3 * s.n; x++) s.positions[x] = edges[lattice] * basis[lattice][x] + 0.1;
    for (int64_t i = 0; i < s.n; i++) s.q[i] = 1.5;
    coulomb_eval(&s, options_of(1e-9, methods[method]), 1, &r);
    double energy = -0.5 * 2.25 * sums[lattice] * (double)s.n;
    ck_close(r.energy, energy, method == 0 ? 1e-11 : 1e-8, 1);
    for (int c = 0; c < 9; c++) ck_close(r.virial[c], c % 4 == 0 ? 2 * energy : 0, 1e-8, 1);
    for (int64_t i = 0; i < s.n; i++)
        ck_close(r.potential[i], 2 * energy / (1.5 * (double)s.n), 1e-8, 1);
}
END_TEST

START_TEST(isolated_pairs_are_summed)
{
    coulomb_system s;
    coulomb_result r;
    double energy = 0;
    make_random(90, CELL_NONE, 12, &s);
    coulomb_eval(&s, options_of(1e-6, _i), 1, &r);
    for (int64_t i = 0; i < s.n; i++)
        for (int64_t j = 0; j < i; j++) {
            double square = 0;
            for (int a = 0; a < 3; a++)
                square += pow(s.positions[3 * i + a] - s.positions[3 * j + a], 2);
            energy -= s.q[i] * s.q[j] / pow(square, 3);
        }
    ck_close(r.energy, energy, TOL_EXACT, 1);
}
END_TEST

START_TEST(splitting_is_arbitrary)
{
    coulomb_system s;
    coulomb_result a, b;
    make_random(100u + (unsigned)_i, _i % CELL_KINDS, 10, &s);
    lrpot_ewald_options options = options_of(1e-12, LRPOT_EWALD_EXACT);
    coulomb_eval(&s, options, 1, &a);
    for (int k = 0; k < 3; k++) {
        options.splitting = 0.4 + 0.25 * k;
        coulomb_eval(&s, options, 2, &b);
        ck_close(b.energy, a.energy, 1e-11, 1);
        for (int64_t x = 0; x < 3 * s.n; x++) ck_close(b.forces[x], a.forces[x], 1e-11, 1);
        for (int64_t i = 0; i < s.n; i++) ck_close(b.potential[i], a.potential[i], 1e-11, 1);
        for (int c = 0; c < 9; c++) ck_close(b.virial[c], a.virial[c], 1e-11, 10);
    }
}
END_TEST

/* E goes with the inverse sixth power of length. */
START_TEST(parts_add_up_and_the_trace_of_the_virial_is_six_times_the_energy)
{
    coulomb_system s;
    coulomb_result r;
    int kind = _i % CELL_KINDS, mesh = _i / CELL_KINDS;
    double energy = 0, virial[9] = { 0 }, net[3] = { 0 }, potentials = 0;
    make_random(120u + (unsigned)kind, kind, 10, &s);
    coulomb_eval(&s, options_of(1e-9, mesh ? LRPOT_EWALD_MESH : LRPOT_EWALD_EXACT), 1, &r);
    for (int64_t i = 0; i < s.n; i++) {
        energy += r.energy_atom[i];
        potentials += 0.5 * s.q[i] * r.potential[i];
        for (int c = 0; c < 9; c++) virial[c] += r.virial_atom[9 * i + c];
        for (int a = 0; a < 3; a++) net[a] += r.forces[3 * i + a];
    }
    ck_close(energy, r.energy, TOL_EXACT, 10);
    ck_close(potentials, r.energy, TOL_EXACT, 10);
    for (int c = 0; c < 9; c++) ck_close(virial[c], r.virial[c], 1e-12, 100);
    for (int a = 0; a < 3; a++) ck_close(net[a], 0, 1e-12, 10);
    ck_close(r.virial[0] + r.virial[4] + r.virial[8], 6 * r.energy, 1e-7, 1);
}
END_TEST

/* One solver and workspace, so that all points of a difference share the splitting. */
typedef struct {
    coulomb_system s;
    lrpot_ewald *ewald;
    lrpot_workspace *work;
    int64_t index;
    int what; /* atom, amplitude, strain */
} probe;

static void evaluate(const probe *p, const coulomb_system *s, coulomb_result *r)
{
    lrpot_atoms atoms = coulomb_view(s);
    lrpot_outputs out = coulomb_outputs(r);
    ck_ok(lrpot_ewald_eval(p->ewald, p->work, &atoms, NULL, NULL, s->q, &out));
}

static double changed(double x, void *ctx)
{
    probe *p = ctx;
    coulomb_system s = p->s;
    coulomb_result r;
    if (p->what == 0) s.positions[p->index] += x;
    else if (p->what == 1) s.q[p->index] += x;
    else coulomb_strain(&s, (int)p->index / 3, (int)p->index % 3, x);
    evaluate(p, &s, &r);
    return r.energy;
}

START_TEST(outputs_are_derivatives)
{
    probe p;
    coulomb_result r;
    int kind = _i % CELL_KINDS, method = _i / CELL_KINDS; /* AUTO, EXACT, MESH, SPLINE */
    make_random(140u + (unsigned)kind, kind, 8, &p.s);
    p.ewald = coulomb_solver(&p.s, options_of(method == 0 ? 1e-4 : 1e-7, method));
    ck_ok(lrpot_workspace_create(&p.work, 1));
    evaluate(&p, &p.s, &r);
    /* the correction of the net force of a mesh is no derivative */
    double tolerance = method < LRPOT_EWALD_MESH ? TOL_FD : 1e-6;
    for (p.what = 0; p.what < 3; p.what++)
        for (p.index = 0; p.index < (p.what == 0   ? 3 * p.s.n
                                     : p.what == 1 ? p.s.n
                                                   : 9);
             p.index++) {
            double slope = support_difference(changed, &p, 0, p.what == 1 ? 1e-2 : 1e-3);
            double value = p.what == 0   ? -r.forces[p.index]
                           : p.what == 1 ? r.potential[p.index]
                                         : -r.virial[p.index];
            ck_close(value, slope, tolerance, 10);
        }
    lrpot_workspace_free(p.work);
    lrpot_ewald_free(p.ewald);
}
END_TEST

enum { CRYSTAL, LIQUID, SHEARED, NEEDLE, SURFACES, SYSTEMS };

typedef struct {
    int64_t n;
    double cell[9], positions[3 * LARGE], s[LARGE], forces[3 * LARGE], potential[LARGE], energy,
        virial[9];
} box;

/* 512 atoms at distances about 3.5 A; SURFACES leaves half of the box empty. */
static void make_box(int kind, box *b)
{
    support_random random = { 40u + (unsigned)kind };
    int64_t counts[3] = { 8, 8, 8 };
    double spread = kind == CRYSTAL ? 0.15 : 0.6;
    if (kind == NEEDLE) counts[0] = counts[1] = 4, counts[2] = 32;
    memset(b, 0, sizeof *b);
    for (int d = 0; d < 3; d++) b->cell[4 * d] = 3.5 * (double)counts[d];
    if (kind == SHEARED) b->cell[3] = 0.4 * b->cell[0], b->cell[7] = -0.3 * b->cell[4];
    for (int64_t x = 0; x < counts[0]; x++)
        for (int64_t y = 0; y < counts[1]; y++)
            for (int64_t z = 0; z < counts[2]; z++) {
                double f[3] = { (double)x / (double)counts[0], (double)y / (double)counts[1],
                                (double)z / (double)counts[2] };
                for (int a = 0; a < 3; a++) {
                    for (int d = 0; d < 3; d++)
                        b->positions[3 * b->n + a] += f[d] * b->cell[3 * d + a];
                    b->positions[3 * b->n + a] += support_uniform(&random, -spread, spread);
                }
                b->s[b->n++] = (x + y + z) % 2 == 0 ? 9.0 : 4.0;
            }
    if (kind == SURFACES) b->cell[8] *= 2;
}

static void evaluate_box(box *b, double accuracy, int32_t method, lrpot_ewald_report *report,
                         lrpot_ewald_error_report *measured)
{
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_options options = options_of(accuracy, method);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.cell = b->cell,
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    out.energy = &b->energy, out.forces = b->forces, out.potential = b->potential,
    out.virial = b->virial;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b->s, &out));
    ck_ok(lrpot_ewald_plan(ewald, work, &atoms, report));
    if (measured != NULL) ck_ok(lrpot_ewald_error(ewald, work, &atoms, NULL, b->s, 40, measured));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

static const double targets[] = { 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8 };
enum { TARGETS = sizeof targets / sizeof *targets };

START_TEST(error_asked_for_is_kept_and_not_wasted)
{
    static box b, exact;
    int kind = _i / TARGETS % SYSTEMS,
        method = _i / (TARGETS * SYSTEMS) + 1; /* EXACT, MESH, SPLINE */
    double target = targets[_i % TARGETS], error = 0, potential = 0;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    lrpot_ewald_error_report measured = LRPOT_EWALD_ERROR_REPORT_INIT;
    make_box(kind, &b);
    exact = b;
    evaluate_box(&exact, 1e-10, LRPOT_EWALD_EXACT, &report, NULL);
    evaluate_box(&b, target, method, &report, &measured);
    ck_assert_int_eq(report.method, method);
    for (int64_t x = 0; x < 3 * b.n; x++)
        error += pow(b.forces[x] - exact.forces[x], 2) / (double)b.n;
    for (int64_t i = 0; i < b.n; i++)
        potential += pow(b.s[i] * (b.potential[i] - exact.potential[i]), 2) / (double)b.n;
    error = sqrt(error), potential = sqrt(potential);
    if (getenv("LRPOT_PRINT") != NULL)
        printf("# %d method %d %.0e: error %.2e predicted %.2e measured %.2e energy %.1e potential "
               "%.1e virial %.1e; alpha %.3f rc %.2f order %d mesh %d\n",
               kind, method, target, error, report.predicted_error, measured.forces,
               (b.energy - exact.energy) / (double)b.n, potential,
               (b.virial[0] - exact.virial[0]) / (double)b.n, report.splitting, report.real_cutoff,
               report.order, report.mesh[0]);
    ck_assert_msg(error <= target, "error %.3g eV/A exceeds the %.3g asked for", error, target);
    if (method != LRPOT_EWALD_EXACT)
        ck_assert_msg(error > 0.02 * target, "error %.3g eV/A is far below the %.3g asked for",
                      error, target);
    ck_assert(measured.forces < 2 * error && measured.forces > 0.5 * error);
    ck_assert(potential <= 3 * target);
    ck_assert(fabs(b.energy - exact.energy) <= target * (double)b.n);
    for (int c = 0; c < 9; c++)
        ck_assert(fabs(b.virial[c] - exact.virial[c]) <= 4 * target * (double)b.n);
}
END_TEST

START_TEST(products_of_the_operator_are_the_potentials)
{
    coulomb_system s;
    coulomb_result r;
    double potential[10], diagonal[10], energy;
    int kind = _i % CELL_KINDS, method = _i / CELL_KINDS ? LRPOT_EWALD_MESH : LRPOT_EWALD_EXACT;
    make_random(180u + (unsigned)kind, kind, 10, &s);
    lrpot_ewald *ewald = coulomb_solver(&s, options_of(1e-8, method));
    lrpot_ewald_operator *op = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    coulomb_eval(&s, options_of(1e-11, LRPOT_EWALD_EXACT), 1, &r);
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 1));
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, s.q, potential, &energy));
    ck_close(energy, r.energy, 1e-6, 1);
    for (int64_t i = 0; i < s.n; i++) ck_close(potential[i], r.potential[i], 1e-6, 1);
    ck_ok(lrpot_ewald_operator_diagonal(op, diagonal));
    for (int64_t i = 0; i < s.n; i++) {
        double unit[10] = { 0 };
        unit[i] = 1;
        ck_ok(lrpot_ewald_operator_apply(op, NULL, unit, potential, NULL));
        ck_close(diagonal[i], potential[i], 1e-6, 1);
    }
    lrpot_ewald_operator_free(op);
    lrpot_ewald_free(ewald);
}
END_TEST

/* Rise of the energy between volumes against the virial on the way: a jump where the split is
 * chosen anew would show. */
START_TEST(energy_is_smooth_through_volumes_and_a_shear)
{
    probe p;
    coulomb_result r;
    double energies[3], slopes[3];
    int shear = _i % 2, method = _i / 2 + 1;
    double accuracy = 1e-6;
    make_random(200, CELL_TRICLINIC, 16, &p.s);
    p.ewald = coulomb_solver(&p.s, options_of(accuracy, method));
    ck_ok(lrpot_workspace_create(&p.work, 1));
    for (int step = 0; step <= 40; step++) {
        double x = shear ? 0.01 * step : 0.0017 * (step - 20);
        coulomb_system s = p.s;
        for (int a = 0; a < (shear ? 1 : 3); a++)
            coulomb_strain(&s, shear ? 2 : a, a, shear ? x : x);
        evaluate(&p, &s, &r);
        slopes[step % 3] = shear ? -r.virial[6]
                                 : -(r.virial[0] + r.virial[4] + r.virial[8]) / (1 + x);
        energies[step % 3] = r.energy;
        if (step < 2) continue; /* Simpson's rule over two steps */
        double slope = (slopes[(step - 2) % 3] + 4 * slopes[(step - 1) % 3] + slopes[step % 3]) / 3;
        double rise = energies[step % 3] - energies[(step - 2) % 3];
        double missing = rise - slope * (shear ? 0.01 : 0.0017);
        ck_assert_msg(fabs(missing) < 10 * accuracy, "step %d: the energy jumps by %g eV", step,
                      missing);
    }
    lrpot_workspace_free(p.work);
    lrpot_ewald_free(p.ewald);
}
END_TEST

START_TEST(what_has_no_meaning_is_refused)
{
    static const double width = 0.5;
    coulomb_system s;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_options options = options_of(1e-6, LRPOT_EWALD_AUTO);
    double matrix[100], energy = 7;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    make_random(220, CELL_TRICLINIC, 10, &s);
    options.flags = LRPOT_EWALD_SELF;
    refused(lrpot_ewald_create(&ewald, &options), LRPOT_E_ARGUMENT, "flags");
    options.flags = 0, options.n_widths = 1, options.widths = &width;
    refused(lrpot_ewald_create(&ewald, &options), LRPOT_E_ARGUMENT, "n_widths");
    ewald = coulomb_solver(&s, options_of(1e-6, LRPOT_EWALD_AUTO));
    ck_ok(lrpot_workspace_create(&work, 1));
    lrpot_atoms atoms = coulomb_view(&s);
    refused(lrpot_ewald_matrix(ewald, work, &atoms, matrix, NULL, NULL), LRPOT_E_UNSUPPORTED,
            "dispersion");
    atoms.periodic_mask = 3;
    refused(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, s.q, &out), LRPOT_E_UNSUPPORTED,
            "periodic_mask");
    ck_assert(energy == 7);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("dispersion");
    TCase *tc = tcase_create("reference"), *slow = tcase_create("slow");
    tcase_set_timeout(tc, 60);
    support_add_cases(tc, cubic_lattices_have_the_sums_known, 0, 9);
    support_add_cases(tc, isolated_pairs_are_summed, LRPOT_EWALD_AUTO, LRPOT_EWALD_SPLINE + 1);
    support_add_cases(tc, splitting_is_arbitrary, 0, CELL_KINDS);
    support_add_cases(tc, parts_add_up_and_the_trace_of_the_virial_is_six_times_the_energy, 0,
                      2 * CELL_KINDS);
    support_add_cases(tc, outputs_are_derivatives, 0, 4 * CELL_KINDS);
    support_add_cases(tc, error_asked_for_is_kept_and_not_wasted, SYSTEMS * TARGETS,
                      2 * SYSTEMS * TARGETS);
    support_add_cases(tc, products_of_the_operator_are_the_potentials, 0, 2 * CELL_KINDS);
    support_add_cases(tc, energy_is_smooth_through_volumes_and_a_shear, 0, 6);
    tcase_add_test(tc, what_has_no_meaning_is_refused);
    suite_add_tcase(suite, tc);
    tcase_set_tags(slow, "slow"); /* the same code on more systems */
    tcase_set_timeout(slow, 60);
    support_add_cases(slow, error_asked_for_is_kept_and_not_wasted, 0, SYSTEMS * TARGETS);
    support_add_cases(slow, error_asked_for_is_kept_and_not_wasted, 2 * SYSTEMS * TARGETS,
                      3 * SYSTEMS * TARGETS);
    suite_add_tcase(suite, slow);
    return suite;
}
