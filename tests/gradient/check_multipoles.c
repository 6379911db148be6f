/* Multipoles: derivatives by differences, limits of finite groups of charges, rotation, closed
 * formulas of lattices, self-terms. */
#include "slabs_and_wires.h"

#define K LRPOT_COULOMB_CONSTANT
#define PI 3.14159265358979323846
#define N_ATOMS 7

typedef struct {
    coulomb_system s;
    double mu[3 * COULOMB_MAX], m[9 * COULOMB_MAX];
} charged;

typedef struct {
    double energy, forces[3 * COULOMB_MAX], virial[9], potential[COULOMB_MAX], dmu[3 * COULOMB_MAX],
        dm[9 * COULOMB_MAX];
} result;

static void eval(const charged *c, const lrpot_ewald *ewald, lrpot_workspace *work, result *r)
{
    lrpot_atoms atoms = coulomb_view(&c->s);
    ck_ok(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, c->s.q, c->mu, c->m, &r->energy,
                                r->forces, r->virial, r->potential, r->dmu, r->dm));
}

/* With a workspace of its own. */
static void eval_once(const charged *c, lrpot_ewald_options options, int32_t threads, result *r)
{
    lrpot_ewald *ewald = coulomb_solver(&c->s, options);
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_workspace_create(&work, threads));
    eval(c, ewald, work, r);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

static void random_moments(support_random *random, charged *c)
{
    for (int64_t k = 0; k < 3 * c->s.n; k++) c->mu[k] = support_uniform(random, -0.6, 0.6);
    for (int64_t i = 0; i < c->s.n; i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b <= a; b++)
                c->m[9 * i + 3 * a + b] = c->m[9 * i + 3 * b + a] =
                    support_uniform(random, -0.4, 0.4);
}

/* kinds of cells x points or Gaussians x net charge */
#define VARIANTS (4 * CELL_KINDS)
/* Slabs and wires along each row, Gaussians in turn, every second pair charged. */
#define SLABS (VARIANTS + CELL_KINDS)
#define SLAB_KINDS 6
static void make_slab(support_random *random, int kind, charged *c)
{
    int gaussian = kind % 2;
    double total = kind / 2 % 2 ? 1.3 : 0;
    if (kind < 3) slab_random(random, kind, N_ATOMS, total, gaussian, &c->s);
    else wire_random(random, kind - 3, N_ATOMS, total, gaussian, &c->s);
}

static void make(int variant, charged *c)
{
    support_random random = { 700u + (unsigned)variant };
    memset(c, 0, sizeof *c);
    if (variant >= SLABS) make_slab(&random, variant - SLABS, c);
    else
        coulomb_random(&random, variant % CELL_KINDS, N_ATOMS, variant / (2 * CELL_KINDS) ? 1.3 : 0,
                       variant / CELL_KINDS % 2, &c->s);
    random_moments(&random, c);
}

static lrpot_ewald_options options_of(int variant)
{
    lrpot_ewald_options options = coulomb_options(variant < SLABS ? 1e-8 : 1e-6);
    int gaussian = variant < SLABS ? variant / CELL_KINDS % 2 : (variant - SLABS) % 2;
    if (gaussian) options.flags = LRPOT_EWALD_SELF;
    return options;
}

typedef struct {
    charged c;
    lrpot_ewald *ewald;
    lrpot_workspace *work;
    double *value; /* inside c, moved by the difference; NULL: strain */
    int a, b;
} probe;

static double energy_at(double x, void *ctx)
{
    probe *p = ctx;
    result r;
    double old = p->value != NULL ? *p->value : 0;
    coulomb_system s = p->c.s;
    if (p->value != NULL) *p->value += x;
    else coulomb_strain(&p->c.s, p->a, p->b, x);
    eval(&p->c, p->ewald, p->work, &r);
    if (p->value != NULL) *p->value = old;
    else p->c.s = s;
    return r.energy;
}

static double slope(probe *p, double *value, double step)
{
    p->value = value;
    return support_difference(energy_at, p, 0, step);
}

static void check_derivatives(int variant, lrpot_ewald_options options)
{
    static probe p;
    static result r;
    int step = variant < SLABS ? 1 : 5; /* their sums take longer */
    make(variant, &p.c);
    p.ewald = coulomb_solver(&p.c.s, options);
    ck_ok(lrpot_workspace_create(&p.work, 1));
    eval(&p.c, p.ewald, p.work, &r);
    for (int k = 0; k < N_ATOMS; k += step)
        ck_close(r.potential[k], slope(&p, &p.c.s.q[k], 0.1), TOL_FD, 3);
    for (int k = 0; k < 3 * N_ATOMS; k += step) {
        ck_close(r.forces[k], -slope(&p, &p.c.s.positions[k], 1e-3), TOL_FD, 10);
        ck_close(r.dmu[k], slope(&p, &p.c.mu[k], 0.1), TOL_FD, 3);
    }
    for (int k = 0; k < 9 * N_ATOMS; k += step)
        ck_close(r.dm[k], slope(&p, &p.c.m[k], 0.1), TOL_FD, 3);
    for (p.a = 0; p.a < 3; p.a++)
        for (p.b = 0; p.b < 3; p.b++)
            ck_close(r.virial[3 * p.a + p.b], -slope(&p, NULL, 2e-4), TOL_FD, 30);
    lrpot_workspace_free(p.work);
    lrpot_ewald_free(p.ewald);
}

START_TEST(derivatives_are_differences_of_the_energy)
{
    check_derivatives(_i, options_of(_i));
}
END_TEST

START_TEST(derivatives_on_the_mesh_are_differences_of_the_energy)
{
    lrpot_ewald_options options = options_of(_i);
    options.method = LRPOT_EWALD_MESH;
    if (_i % CELL_KINDS != CELL_NONE || _i >= SLABS) check_derivatives(_i, options);
}
END_TEST

START_TEST(outputs_asked_for_alone_are_the_same)
{
    static charged c;
    static result all, few;
    lrpot_workspace *work = NULL;
    int rank = _i % 3;
    make(_i / 6 * CELL_KINDS + CELL_TRICLINIC, &c);
    lrpot_ewald_options options = coulomb_options(1e-6);
    options.method = _i / 3 % 2 ? LRPOT_EWALD_MESH : LRPOT_EWALD_EXACT;
    lrpot_ewald *ewald = coulomb_solver(&c.s, options);
    lrpot_atoms atoms = coulomb_view(&c.s);
    const double *mu = rank > 0 ? c.mu : NULL, *m = rank > 1 ? c.m : NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, c.s.q, mu, m, &all.energy,
                                all.forces, all.virial, all.potential, all.dmu, all.dm));
    ck_ok(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, c.s.q, mu, m, &few.energy, NULL,
                                NULL, few.potential, few.dmu, NULL));
    ck_ok(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, c.s.q, mu, m, NULL, NULL, NULL,
                                NULL, NULL, few.dm));
    ck_close(few.energy, all.energy, TOL_EXACT, 10);
    for (int k = 0; k < N_ATOMS; k++) ck_close(few.potential[k], all.potential[k], TOL_EXACT, 10);
    for (int k = 0; k < 3 * N_ATOMS; k++) ck_close(few.dmu[k], all.dmu[k], TOL_EXACT, 10);
    for (int k = 0; k < 9 * N_ATOMS; k++) ck_close(few.dm[k], all.dm[k], TOL_EXACT, 10);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

START_TEST(virials_are_as_asymmetric_as_torques_are_large)
{
    static charged c;
    static result r;
    double torque[9] = { 0 };
    make(_i, &c);
    eval_once(&c, options_of(_i), 1, &r);
    for (int64_t i = 0; i < N_ATOMS; i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) {
                torque[3 * a + b] += c.mu[3 * i + a] * r.dmu[3 * i + b]
                                     - c.mu[3 * i + b] * r.dmu[3 * i + a];
                for (int d = 0; d < 3; d++)
                    torque[3 * a + b] += 2
                                         * (c.m[9 * i + 3 * a + d] * r.dm[9 * i + 3 * d + b]
                                            - c.m[9 * i + 3 * b + d] * r.dm[9 * i + 3 * d + a]);
            }
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            ck_close(r.virial[3 * a + b] - r.virial[3 * b + a], torque[3 * a + b], 1e-8, 10);
}
END_TEST

START_TEST(charges_alone_are_the_sum_of_charges)
{
    static charged c;
    static coulomb_result expected;
    static result r;
    lrpot_workspace *work = NULL;
    make(_i, &c);
    lrpot_ewald_options options = options_of(_i);
    options.method = LRPOT_EWALD_EXACT;
    lrpot_ewald *ewald = coulomb_solver(&c.s, options);
    lrpot_atoms atoms = coulomb_view(&c.s);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, c.s.q, NULL, NULL, &r.energy,
                                r.forces, r.virial, r.potential, r.dmu, r.dm));
    coulomb_eval(&c.s, options, 1, &expected);
    ck_close(r.energy, expected.energy, 1e-9, 10);
    for (int c9 = 0; c9 < 9; c9++) ck_close(r.virial[c9], expected.virial[c9], 1e-9, 10);
    for (int k = 0; k < N_ATOMS; k++) ck_close(r.potential[k], expected.potential[k], 1e-9, 10);
    for (int k = 0; k < 3 * N_ATOMS; k++) {
        ck_close(r.forces[k], expected.forces[k], 1e-9, 10);
        ck_close(r.dmu[k], -expected.field[k], 1e-9, 10);
    }
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

/* Potentials at the other atoms with the moments of atom 0 as charges a small distance h apart:
 * mu_a as +-mu_a/2h at +-h, M_aa as M_aa/2h^2 at +-h and -M_aa/h^2 in the middle, M_ab (twice, as
 * it is symmetric) as +-M_ab/4h^2 at the four corners. */
static void as_charges(const charged *c, double h, coulomb_result *r)
{
    coulomb_system s = c->s;
    const double *mu = c->mu, *m = c->m;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            for (int sa = -1; sa <= 1; sa += 2)
                for (int sb = -1; sb <= 1; sb += 2) {
                    if (b < a || (a == b && sb < 0)) continue;
                    int64_t at = s.n++;
                    memcpy(s.positions + 3 * at, c->s.positions, 3 * sizeof(double));
                    s.species[at] = s.species[0];
                    s.positions[3 * at + a] += sa * h;
                    if (a != b) s.positions[3 * at + b] += sb * h;
                    s.q[at] = a == b ? sa * mu[a] / (2 * h) + m[4 * a] / (2 * h * h)
                                     : sa * sb * m[3 * a + b] / (4 * h * h);
                    if (a == b) s.q[0] -= m[4 * a] / (2 * h * h);
                }
    coulomb_eval(&s, coulomb_options(1e-8), 1,
                 r); /* charges of some hundred e: no less is possible in double precision */
}

START_TEST(moments_are_limits_of_groups_of_charges)
{
    static charged c;
    static result r;
    static coulomb_result near, far;
    make(_i, &c);
    memset(c.mu + 3, 0, sizeof c.mu - 3 * sizeof(double));
    memset(c.m + 9, 0, sizeof c.m - 9 * sizeof(double));
    eval_once(&c, coulomb_options(1e-8), 1, &r);
    as_charges(&c, 0.02, &near);
    as_charges(&c, 0.04, &far);
    for (int k = 1; k < N_ATOMS; k++) {
        ck_close((4 * near.potential[k] - far.potential[k]) / 3, r.potential[k], 2e-5, 10);
        for (int a = 0; a < 3; a++)
            ck_close((4 * near.forces[3 * k + a] - far.forces[3 * k + a]) / 3, r.forces[3 * k + a],
                     5e-5, 10);
    }
}
END_TEST

static void turn(const double *u, const double *v, double *out)
{
    for (int a = 0; a < 3; a++)
        out[a] = u[3 * a] * v[0] + u[3 * a + 1] * v[1] + u[3 * a + 2] * v[2];
}

static void turn_tensor(const double *u, const double *t, double *out)
{
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            out[3 * a + b] = 0;
            for (int c = 0; c < 9; c++)
                out[3 * a + b] += u[3 * a + c / 3] * u[3 * b + c % 3] * t[c];
        }
}

START_TEST(rotations_turn_everything)
{
    static charged c, turned;
    static result r, other;
    const double x = 0.36, y = 0.48, z = 0.8; /* Householder twice: a rotation */
    double u[9] = { 1 - 2 * x * x, -2 * x * y, -2 * x * z, 2 * x * y,    2 * y * y - 1,
                    2 * y * z,     -2 * x * z, -2 * y * z, 1 - 2 * z * z };
    double t[9];
    make(_i, &c);
    turned = c;
    for (int64_t i = 0; i < N_ATOMS; i++) {
        turn(u, c.s.positions + 3 * i, turned.s.positions + 3 * i);
        turn(u, c.mu + 3 * i, turned.mu + 3 * i);
        turn_tensor(u, c.m + 9 * i, turned.m + 9 * i);
    }
    for (int d = 0; d < 3; d++) turn(u, c.s.cell + 3 * d, turned.s.cell + 3 * d);
    eval_once(&c, options_of(_i), 1, &r);
    eval_once(&turned, options_of(_i), 3, &other);
    ck_close(other.energy, r.energy, 1e-11, 30);
    turn_tensor(u, r.virial, t);
    for (int k = 0; k < 9; k++) ck_close(other.virial[k], t[k], 1e-10, 30);
    for (int64_t i = 0; i < N_ATOMS; i++) {
        turn(u, r.forces + 3 * i, t);
        for (int a = 0; a < 3; a++) ck_close(other.forces[3 * i + a], t[a], 1e-10, 30);
        turn(u, r.dmu + 3 * i, t);
        for (int a = 0; a < 3; a++) ck_close(other.dmu[3 * i + a], t[a], 1e-10, 30);
        turn_tensor(u, r.dm + 9 * i, t);
        for (int a = 0; a < 9; a++) ck_close(other.dm[9 * i + a], t[a], 1e-10, 30);
    }
}
END_TEST

START_TEST(splitting_is_arbitrary)
{
    static charged c;
    static result r, other;
    make(_i % 2 * CELL_KINDS + _i / 2, &c); /* periodic kinds, points and Gaussians */
    lrpot_ewald_options options = coulomb_options(1e-9);
    options.splitting = 0.28;
    eval_once(&c, options, 1, &r);
    options.splitting = 0.41;
    eval_once(&c, options, 1, &other);
    ck_close(other.energy, r.energy, 1e-8, 10);
    for (int k = 0; k < 9; k++) ck_close(other.virial[k], r.virial[k], 1e-8, 10);
    for (int k = 0; k < 3 * N_ATOMS; k++) ck_close(other.forces[k], r.forces[k], 1e-8, 10);
    for (int k = 0; k < 9 * N_ATOMS; k++) ck_close(other.dm[k], r.dm[k], 1e-8, 10);
}
END_TEST

/* Cubic lattices with tin-foil surroundings: a dipole feels the field 4 pi mu/(3 V) of Lorentz; a
 * charge has the field gradient of the background, 4 pi q/(3 V), at its own place. */
START_TEST(cubic_lattices_have_the_field_of_lorentz)
{
    static charged c;
    static result r;
    double a = 3.7, f = _i == 0 ? 1 : _i == 1 ? 0.5 : 0.5, moment[3] = { 0.3, -0.5, 0.7 };
    memset(&c, 0, sizeof c);
    c.s.n = 1, c.s.periodic_mask = LRPOT_PERIODIC_ALL;
    for (int d = 0; d < 3; d++)
        for (int b = 0; b < 3; b++)
            c.s.cell[3 * d + b] = _i == 0   ? a * (d == b)
                                  : _i == 1 ? f * a * (d != b)
                                            : f * a * (d == b ? -1 : 1);
    double volume = _i == 0 ? a * a * a : _i == 1 ? a * a * a / 4 : a * a * a / 2;
    memcpy(c.mu, moment, sizeof moment);
    eval_once(&c, coulomb_options(1e-9), 1, &r);
    for (int b = 0; b < 3; b++) ck_close(r.dmu[b], -K * 4 * PI / (3 * volume) * moment[b], 1e-9, 1);
    ck_close(r.energy, -K * 2 * PI / (3 * volume) * (0.09 + 0.25 + 0.49), 1e-9, 1);
    memset(c.mu, 0, sizeof moment);
    c.s.q[0] = 0.8;
    eval_once(&c, coulomb_options(1e-9), 1, &r);
    for (int k = 0; k < 9; k++)
        ck_close(r.dm[k], k % 4 == 0 ? 0.5 * K * 4 * PI * 0.8 / (3 * volume) : 0, 1e-9, 1);
}
END_TEST

/* The accuracy asked for is met, not exceeded by far: root mean square error of forces on the mesh,
 * against a far finer sum over every vector. */
START_TEST(error_on_the_mesh_is_below_the_one_asked_for)
{
    static charged c;
    static result r, exact;
    static const int kinds[3] = { CELL_CUBIC, CELL_TRICLINIC, CELL_NEEDLE };
    support_random random = { 40u + (unsigned)_i };
    int rank = _i % 3;
    memset(&c, 0, sizeof c);
    coulomb_random(&random, kinds[_i / 6], 60, 0, _i / 3 % 2, &c.s);
    random_moments(&random, &c);
    if (rank < 2) memset(c.m, 0, sizeof c.m);
    if (rank < 1) memset(c.mu, 0, sizeof c.mu);
    lrpot_ewald_options options = coulomb_options(1e-9);
    options.method = LRPOT_EWALD_EXACT;
    eval_once(&c, options, 1, &exact);
    for (double accuracy = 1e-3; accuracy > 0.9e-7; accuracy *= 0.1) {
        double sum = 0;
        options = coulomb_options(accuracy);
        options.method = LRPOT_EWALD_MESH;
        eval_once(&c, options, 1, &r);
        for (int64_t k = 0; k < 3 * c.s.n; k++) sum += pow(r.forces[k] - exact.forces[k], 2);
        double error = sqrt(sum / (double)c.s.n) / accuracy;
        /* aliases of the mean vector count in the estimate, a few per cent of this reserve */
        ck_assert_msg(error < 1 && error > 0.009, "rank %d: %.3g of the error of %g asked for",
                      rank, error, accuracy);
    }
}
END_TEST

/* Two equal Gaussian multipoles at the same place have four times the self-energy of one; the mean
 * of both is even in their distance. */
START_TEST(self_energy_is_that_of_coincident_gaussians)
{
    static charged c;
    static result pair, alone;
    support_random random = { 12 };
    memset(&c, 0, sizeof c);
    c.s.n = 2, c.s.n_widths = 1, c.s.widths[0] = 0.7;
    c.s.q[0] = c.s.q[1] = 0.6;
    random_moments(&random, &c);
    memcpy(c.mu + 3, c.mu, 3 * sizeof(double));
    memcpy(c.m + 9, c.m, 9 * sizeof(double));
    c.s.positions[3] = 1e-5;
    lrpot_ewald_options options = coulomb_options(1e-9);
    eval_once(&c, options, 1, &pair);
    options.flags = LRPOT_EWALD_SELF;
    c.s.n = 1;
    eval_once(&c, options, 1, &alone);
    ck_close(pair.energy, 2 * alone.energy, 1e-8, 1);
    for (int k = 0; k < 9; k++) ck_close(0.5 * (pair.dm[k] + pair.dm[9 + k]), alone.dm[k], 1e-8, 1);
    for (int k = 0; k < 3; k++)
        ck_close(0.5 * (pair.dmu[k] + pair.dmu[3 + k]), alone.dmu[k], 1e-8, 1);
    ck_close(0.5 * (pair.potential[0] + pair.potential[1]), alone.potential[0], 1e-8, 1);
}
END_TEST

START_TEST(mistakes_are_named)
{
    static charged c;
    lrpot_workspace *work = NULL;
    double energy;
    make(0, &c);
    lrpot_ewald *ewald = coulomb_solver(&c.s, coulomb_options(1e-6));
    lrpot_atoms atoms = coulomb_view(&c.s);
    ck_ok(lrpot_workspace_create(&work, 1));
    lrpot_ewald_options vacuum = coulomb_options(1e-6);
    vacuum.flags = LRPOT_EWALD_VACUUM;
    lrpot_ewald *surrounded = coulomb_solver(&c.s, vacuum);
    ck_assert_int_eq(lrpot_multipoles_eval(surrounded, work, &atoms, NULL, NULL, c.s.q, c.mu, c.m,
                                           &energy, NULL, NULL, NULL, NULL, NULL),
                     LRPOT_E_UNSUPPORTED);
    lrpot_ewald_free(surrounded);
    c.m[5] = INFINITY;
    ck_assert_int_eq(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, c.s.q, c.mu, c.m,
                                           &energy, NULL, NULL, NULL, NULL, NULL),
                     LRPOT_E_NOT_FINITE);
    c.mu[2] = NAN;
    ck_assert_int_eq(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, c.s.q, c.mu, NULL,
                                           &energy, NULL, NULL, NULL, NULL, NULL),
                     LRPOT_E_NOT_FINITE);
    memcpy(c.s.positions, c.s.positions + 6, 3 * sizeof(double));
    ck_assert_int_eq(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, c.s.q, NULL, NULL,
                                           &energy, NULL, NULL, NULL, NULL, NULL),
                     LRPOT_E_COINCIDENT);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("multipoles");
    TCase *tcase = tcase_create("gradient");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, derivatives_are_differences_of_the_energy, 0, VARIANTS / 2);
    support_add_cases(tcase, derivatives_on_the_mesh_are_differences_of_the_energy, 0, CELL_KINDS);
    support_add_cases(tcase, outputs_asked_for_alone_are_the_same, 0, 12);
    support_add_cases(tcase, virials_are_as_asymmetric_as_torques_are_large, 0, VARIANTS);
    support_add_cases(tcase, charges_alone_are_the_sum_of_charges, 0, VARIANTS);
    support_add_cases(tcase, cubic_lattices_have_the_field_of_lorentz, 0, 3);
    tcase_add_test(tcase, self_energy_is_that_of_coincident_gaussians);
    tcase_add_test(tcase, mistakes_are_named);
    suite_add_tcase(suite, tcase);
    TCase *slow = tcase_create("slow"); /* left out where every access to memory is watched: the
                                           same code on more numbers */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 120);
    support_add_sampled(slow, derivatives_are_differences_of_the_energy, VARIANTS / 2, VARIANTS, 5);
    support_add_cases(slow, derivatives_on_the_mesh_are_differences_of_the_energy, CELL_KINDS,
                      2 * CELL_KINDS);
    support_add_cases(slow, error_on_the_mesh_is_below_the_one_asked_for, 0, 18);
    support_add_sampled(slow, moments_are_limits_of_groups_of_charges, 0, VARIANTS, 5);
    support_add_cases(slow, moments_are_limits_of_groups_of_charges, SLABS, SLABS + SLAB_KINDS);
    support_add_cases(slow, derivatives_are_differences_of_the_energy, SLABS, SLABS + SLAB_KINDS);
    support_add_cases(slow, derivatives_on_the_mesh_are_differences_of_the_energy, SLABS + 2,
                      SLABS + 4);
    support_add_cases(slow, virials_are_as_asymmetric_as_torques_are_large, SLABS,
                      SLABS + SLAB_KINDS);
    support_add_sampled(slow, rotations_turn_everything, 0, VARIANTS, 5);
    support_add_cases(slow, splitting_is_arbitrary, 0, 2 * CELL_NONE);
    suite_add_tcase(suite, slow);
    return suite;
}
