/* The latent kernel and several channels: against Gaussians, against its own sum written out,
 * against one channel at a time. */
#include "slabs_and_wires.h"

#define K LRPOT_COULOMB_CONSTANT
#define PI 3.14159265358979323846
#define N_ATOMS 7
#define CHANNELS 3
#define SIGMA 1.1

/* Kinds of cells, then slabs and wires of three axes; the charges do not add up to zero. */
#define KINDS (CELL_KINDS + 6)

static void make(int kind, coulomb_system *s)
{
    support_random random = { 500u + (unsigned)kind };
    if (kind < CELL_KINDS) coulomb_random(&random, kind, N_ATOMS, 0.6, 0, s);
    else
        (kind < CELL_KINDS + 3 ? slab_random : wire_random)(&random, (kind - CELL_KINDS) % 3,
                                                            N_ATOMS, 0.6, 0, s);
}

static lrpot_ewald_options latent(double accuracy, int32_t flags)
{
    lrpot_ewald_options options = coulomb_options(accuracy);
    options.kernel = LRPOT_EWALD_LATENT, options.sigma = SIGMA, options.flags = flags;
    return options;
}

static void same(const coulomb_system *s, const coulomb_result *r, const coulomb_result *o,
                 double tolerance)
{
    ck_close(r->energy, o->energy, tolerance, 20);
    for (int64_t i = 0; i < s->n; i++) ck_close(r->potential[i], o->potential[i], tolerance, 20);
    for (int64_t x = 0; x < 3 * s->n; x++) ck_close(r->forces[x], o->forces[x], tolerance, 20);
    for (int c = 0; c < 9; c++) ck_close(r->virial[c], o->virial[c], tolerance, 20);
}

START_TEST(it_is_that_of_gaussians)
{
    coulomb_system s;
    coulomb_result r, o;
    int32_t flags = _i / KINDS ? LRPOT_EWALD_SELF : 0;
    make(_i % KINDS, &s);
    coulomb_eval(&s, latent(1e-10, flags), 2, &r);
    s.n_widths = COULOMB_SPECIES;
    for (int k = 0; k < COULOMB_SPECIES; k++) s.widths[k] = sqrt(0.5) * SIGMA;
    lrpot_ewald_options options = coulomb_options(1e-10);
    options.flags = flags;
    coulomb_eval(&s, options, 1, &o);
    same(&s, &r, &o, 1e-9);
}
END_TEST

/* E = (2 pi k_e/V) sum exp(-sigma^2 k^2/2)/k^2 |S|^2 (arXiv 2408.15165, eq. 6 in these units), the
 * q^2 of the self term taken off. */
START_TEST(it_is_the_sum_as_published)
{
    coulomb_system s;
    coulomb_result with, without;
    double sum = 0, squares = 0, volume = 0, b[9];
    make(CELL_TRICLINIC, &s);
    const double *c = s.cell;
    for (int d = 0; d < 3; d++) {
        const double *u = c + 3 * ((d + 1) % 3), *v = c + 3 * ((d + 2) % 3);
        for (int x = 0; x < 3; x++)
            b[3 * d + x] = u[(x + 1) % 3] * v[(x + 2) % 3] - u[(x + 2) % 3] * v[(x + 1) % 3];
    }
    for (int x = 0; x < 3; x++) volume += c[x] * b[x];
    for (int l = -24; l <= 24; l++)
        for (int m = -24; m <= 24; m++)
            for (int n = -24; n <= 24; n++) {
                double k[3], square = 0, re = 0, im = 0;
                for (int x = 0; x < 3; x++)
                    square +=
                        pow(k[x] = 2 * PI / volume * (l * b[x] + m * b[3 + x] + n * b[6 + x]), 2);
                if (square == 0 || SIGMA * SIGMA * square > 80) continue;
                for (int64_t i = 0; i < s.n; i++) {
                    double phase = k[0] * s.positions[3 * i] + k[1] * s.positions[3 * i + 1]
                                   + k[2] * s.positions[3 * i + 2];
                    re += s.q[i] * cos(phase), im += s.q[i] * sin(phase);
                }
                sum += 2 * PI * K / fabs(volume) * exp(-SIGMA * SIGMA * square / 2) / square
                       * (re * re + im * im);
            }
    for (int64_t i = 0; i < s.n; i++) squares += s.q[i] * s.q[i];
    coulomb_eval(&s, latent(1e-11, LRPOT_EWALD_SELF), 1, &with);
    coulomb_eval(&s, latent(1e-11, 0), 1, &without);
    ck_close(with.energy, sum, 1e-9, 1);
    ck_close(without.energy, sum - K * squares / (SIGMA * sqrt(2 * PI)), 1e-9, 1);
}
END_TEST

/* One solver and workspace, so that all points of a difference share the splitting. */
typedef struct {
    coulomb_system s;
    lrpot_ewald *ewald;
    lrpot_workspace *work;
    double q[CHANNELS * N_ATOMS];
    int64_t index;
    int a, b;
} probe;

static double energy_of(probe *p, const coulomb_system *s, const double *q)
{
    double energy = 0;
    lrpot_atoms atoms = coulomb_view(s);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_ewald_eval_channels(p->ewald, p->work, &atoms, NULL, NULL, CHANNELS, q, &out));
    return energy;
}

static double moved(double x, void *ctx)
{
    probe *p = ctx;
    coulomb_system s = p->s;
    s.positions[p->index] += x;
    return energy_of(p, &s, p->q);
}

static double charged(double x, void *ctx)
{
    probe *p = ctx;
    double q[CHANNELS * N_ATOMS];
    memcpy(q, p->q, sizeof q);
    q[p->index] += x;
    return energy_of(p, &p->s, q);
}

static double strained(double x, void *ctx)
{
    probe *p = ctx;
    coulomb_system s = p->s;
    coulomb_strain(&s, p->a, p->b, x);
    return energy_of(p, &s, p->q);
}

static void open_probe(int variant, double accuracy, int32_t method, probe *p)
{
    support_random random = { 77u + (unsigned)variant };
    lrpot_ewald_options options = latent(accuracy, variant % 2 ? LRPOT_EWALD_SELF : 0);
    options.method = method;
    make(variant, &p->s);
    for (int x = 0; x < CHANNELS * N_ATOMS; x++) p->q[x] = support_uniform(&random, -1, 1);
    p->ewald = coulomb_solver(&p->s, options);
    ck_ok(lrpot_workspace_create(&p->work, 1));
}

static void close_probe(probe *p)
{
    lrpot_workspace_free(p->work);
    lrpot_ewald_free(p->ewald);
}

/* Energy, forces, virials of the channels together; potential and field of each. */
typedef struct {
    double energy, energy_atom[N_ATOMS], forces[3 * N_ATOMS], virial[9], virial_atom[9 * N_ATOMS],
        potential[CHANNELS * N_ATOMS], field[3 * CHANNELS * N_ATOMS];
} result;

static void evaluate(probe *p, int32_t channels, const double *q, int32_t flags, result *r)
{
    lrpot_atoms atoms = coulomb_view(&p->s);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.flags = flags;
    out.energy = &r->energy, out.energy_atom = r->energy_atom, out.forces = r->forces,
    out.virial = r->virial;
    out.virial_atom = r->virial_atom, out.potential = r->potential, out.field = r->field;
    ck_ok(lrpot_ewald_eval_channels(p->ewald, p->work, &atoms, NULL, NULL, channels, q, &out));
}

START_TEST(derivatives_are_those_of_the_energy)
{
    probe p;
    result r;
    open_probe(_i % KINDS, _i / KINDS ? 1e-4 : 1e-9, LRPOT_EWALD_EXACT, &p);
    evaluate(&p, CHANNELS, p.q, 0, &r);
    for (p.index = 0; p.index < 3 * p.s.n; p.index++)
        ck_close(r.forces[p.index], -support_difference(moved, &p, 0, 1e-3), TOL_FD, 3);
    for (p.index = 0; p.index < CHANNELS * p.s.n; p.index++)
        ck_close(r.potential[p.index], support_difference(charged, &p, 0, 0.1), TOL_FD, 3);
    for (p.a = 0; p.a < 3; p.a++)
        for (p.b = 0; p.b < 3; p.b++)
            ck_close(r.virial[3 * p.a + p.b], -support_difference(strained, &p, 0, 2e-4), TOL_FD,
                     10);
    for (int c = 0; c < 9; c++) {
        double sum = 0;
        for (int64_t i = 0; i < p.s.n; i++) sum += r.virial_atom[9 * i + c];
        ck_close(sum, r.virial[c], 1e-11, 30);
    }
    close_probe(&p);
}
END_TEST

START_TEST(channels_are_summed_one_by_one)
{
    probe p;
    result all, one = { 0 }, added;
    int32_t method = _i / KINDS ? LRPOT_EWALD_MESH : LRPOT_EWALD_EXACT;
    open_probe(_i % KINDS, 1e-6, method, &p);
    evaluate(&p, CHANNELS, p.q, 0, &all);
    for (int c = 0; c < CHANNELS; c++) {
        result r = one;
        evaluate(&p, 1, p.q + c * N_ATOMS, LRPOT_ADD, &r);
        for (int i = 0; i < N_ATOMS; i++)
            ck_close(r.potential[i] - one.potential[i], all.potential[c * N_ATOMS + i], 1e-5, 1);
        for (int x = 0; x < 3 * N_ATOMS; x++)
            ck_close(r.field[x] - one.field[x], all.field[3 * c * N_ATOMS + x], 1e-5, 1);
        one = r;
    }
    ck_close(one.energy, all.energy, 1e-5, 1);
    for (int x = 0; x < 3 * N_ATOMS; x++) ck_close(one.forces[x], all.forces[x], 1e-5, 1);
    for (int c = 0; c < 9; c++) ck_close(one.virial[c], all.virial[c], 1e-5, 1);
    added = all;
    evaluate(&p, CHANNELS, p.q, LRPOT_ADD, &added);
    ck_close(added.energy, 2 * all.energy, TOL_EXACT, 1);
    for (int x = 0; x < CHANNELS * N_ATOMS; x++)
        ck_close(added.potential[x], 2 * all.potential[x], TOL_EXACT, 10);
    for (int i = 0; i < N_ATOMS; i++)
        ck_close(added.energy_atom[i], 2 * all.energy_atom[i], TOL_EXACT, 10);
    close_probe(&p);
}
END_TEST

#define LARGE 500

static void large_forces(const double *positions, const double *cell, int32_t mask, const double *q,
                         double accuracy, int32_t method, double *forces)
{
    lrpot_ewald_options options = latent(accuracy, 0);
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    options.method = method;
    atoms.n_owned = atoms.n_all = LARGE, atoms.positions = positions, atoms.cell = cell,
    atoms.periodic_mask = mask;
    out.forces = forces;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, 2));
    ck_ok(lrpot_ewald_eval_channels(ewald, work, &atoms, NULL, NULL, CHANNELS, q, &out));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

START_TEST(mesh_keeps_the_error_asked_for)
{
    static const double targets[] = { 1e-2, 1e-4, 1e-6 },
                        cell[9] = { 18, 0, 0, 5, 17, 0, -4, 6, 19 };
    static double positions[3 * LARGE], q[CHANNELS * LARGE], exact[3 * LARGE], forces[3 * LARGE];
    support_random random = { 91 };
    double target = targets[_i % 3], error = 0;
    int32_t mask = _i / 6 ? 3 : LRPOT_PERIODIC_ALL,
            method = _i / 3 % 2 ? LRPOT_EWALD_SPLINE : LRPOT_EWALD_MESH;
    for (int i = 0; i < LARGE; i++) {
        double s[3] = { support_uniform(&random, 0, 1), support_uniform(&random, 0, 1),
                        support_uniform(&random, 0, 1) };
        for (int a = 0; a < 3; a++)
            positions[3 * i + a] = s[0] * cell[a] + s[1] * cell[3 + a] + s[2] * cell[6 + a];
    }
    for (int x = 0; x < CHANNELS * LARGE; x++) q[x] = support_uniform(&random, -1, 1);
    large_forces(positions, cell, mask, q, 1e-9, LRPOT_EWALD_EXACT, exact);
    large_forces(positions, cell, mask, q, target, method, forces);
    for (int x = 0; x < 3 * LARGE; x++) error += pow(forces[x] - exact[x], 2) / LARGE;
    error = sqrt(error);
    ck_assert_msg(error <= target && error >= 0.03 * target, "error %g of %g eV/A asked for", error,
                  target);
}
END_TEST

START_TEST(products_of_the_operator_are_the_potentials)
{
    coulomb_system s;
    coulomb_result r;
    double potential[N_ATOMS], energy, matrix[N_ATOMS * N_ATOMS];
    make(_i, &s);
    lrpot_ewald_options options = latent(1e-9, LRPOT_EWALD_SELF);
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    lrpot_ewald_operator *op = NULL;
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    coulomb_eval(&s, options, 1, &r);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 1));
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, s.q, potential, &energy));
    ck_ok(lrpot_ewald_matrix(ewald, work, &atoms, matrix, NULL, NULL));
    ck_close(energy, r.energy, 1e-8, 1);
    for (int64_t i = 0; i < s.n; i++) {
        double product = 0;
        for (int64_t j = 0; j < s.n; j++) product += matrix[i * s.n + j] * s.q[j];
        ck_close(potential[i], r.potential[i], 1e-8, 1);
        ck_close(product, r.potential[i], 1e-8, 1);
    }
    lrpot_ewald_operator_free(op);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
    lrpot_ewald *ewald = NULL;
    double width = 1;
    lrpot_ewald_options bad[6];
    for (int k = 0; k < 6; k++) bad[k] = latent(1e-6, 0);
    bad[0].sigma = 0;
    bad[1].sigma = NAN;
    bad[2].n_widths = 1, bad[2].widths = &width;
    bad[3].cutoff = 5;
    bad[4].kernel = 9;
    bad[5].kernel = LRPOT_EWALD_COULOMB;
    for (int k = 0; k < 6; k++)
        ck_assert_int_eq(lrpot_ewald_create(&ewald, &bad[k]), LRPOT_E_ARGUMENT);
    probe p;
    double energy;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    open_probe(0, 1e-6, LRPOT_EWALD_EXACT, &p);
    lrpot_atoms atoms = coulomb_view(&p.s);
    out.energy = &energy;
    ck_assert_int_eq(lrpot_ewald_eval_channels(p.ewald, p.work, &atoms, NULL, NULL, 0, p.q, &out),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_ewald_eval_channels(p.ewald, p.work, &atoms, NULL, NULL,
                                               LRPOT_EWALD_MAX_CHANNELS + 1, p.q, &out),
                     LRPOT_E_ARGUMENT);
    p.q[N_ATOMS + 3] = NAN;
    ck_assert_int_eq(
        lrpot_ewald_eval_channels(p.ewald, p.work, &atoms, NULL, NULL, CHANNELS, p.q, &out),
        LRPOT_E_NOT_FINITE);
    close_probe(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_latent");
    TCase *tc = tcase_create("latent");
    tcase_set_timeout(tc, 60);
    support_add_cases(tc, it_is_that_of_gaussians, 0, 2 * KINDS);
    tcase_add_test(tc, it_is_the_sum_as_published);
    support_add_cases(tc, derivatives_are_those_of_the_energy, 0, 2 * KINDS);
    support_add_cases(tc, channels_are_summed_one_by_one, 0, 2 * KINDS);
    support_add_cases(tc, mesh_keeps_the_error_asked_for, 0, 12);
    support_add_cases(tc, products_of_the_operator_are_the_potentials, 0, KINDS);
    tcase_add_test(tc, what_makes_no_sense_is_refused);
    suite_add_tcase(suite, tc);
    return suite;
}
