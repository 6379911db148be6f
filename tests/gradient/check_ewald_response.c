/* Second derivatives of the Coulomb sum against differences of its evaluations, along directions of
 * charges, atoms and strain. */
#include "coulomb.h"

#define N_ATOMS 9
#define STEP 1e-3

typedef struct {
    coulomb_system s;
    lrpot_ewald *ewald;
    lrpot_workspace *work, *other; /* of evaluations and of responses: each keeps its splitting */
    double dq[N_ATOMS], dr[3 * N_ATOMS], strain[9];
    double dpotential[N_ATOMS], dfield[3 * N_ATOMS], dforces[3 * N_ATOMS], dvirial[9];
} probe;

enum { CHARGES = 1, ATOMS = 2, STRAIN = 4, PARTS = 7 };

static void open_probe(int variant, double accuracy, int parts, probe *p)
{
    support_random random = { 500u + (unsigned)variant };
    int kind = variant % CELL_KINDS, gaussian = variant / CELL_KINDS % 2,
        net = variant / (2 * CELL_KINDS);
    lrpot_ewald_options options = coulomb_options(accuracy);
    memset(p, 0, sizeof *p);
    options.method = LRPOT_EWALD_EXACT;
    options.flags = gaussian ? LRPOT_EWALD_SELF : 0;
    coulomb_random(&random, kind, N_ATOMS, net ? 1.3 : 0.0, gaussian, &p->s);
    for (int k = 0; k < N_ATOMS; k++)
        p->dq[k] = parts & CHARGES ? support_uniform(&random, -1, 1) : 0;
    for (int k = 0; k < 3 * N_ATOMS; k++)
        p->dr[k] = parts & ATOMS ? support_uniform(&random, -1, 1) : 0;
    for (int k = 0; k < 9; k++)
        p->strain[k] = parts & STRAIN ? support_uniform(&random, -0.1, 0.1) : 0;
    p->ewald = coulomb_solver(&p->s, options);
    ck_ok(lrpot_workspace_create(&p->work, 1));
    ck_ok(lrpot_workspace_create(&p->other, 2));
    lrpot_atoms atoms = coulomb_view(&p->s);
    ck_ok(lrpot_ewald_response(p->ewald, p->other, &atoms, NULL, p->s.q,
                               parts & CHARGES ? p->dq : NULL, parts & ATOMS ? p->dr : NULL,
                               parts & STRAIN ? p->strain : NULL, p->dpotential, p->dfield,
                               p->dforces, p->dvirial));
}

static void close_probe(probe *p)
{
    lrpot_workspace_free(p->work);
    lrpot_workspace_free(p->other);
    lrpot_ewald_free(p->ewald);
}

static void at_step(const probe *p, double t, coulomb_result *r)
{
    coulomb_system s = p->s;
    for (int64_t i = 0; i < s.n; i++) {
        s.q[i] += t * p->dq[i];
        for (int b = 0; b < 3; b++) {
            s.positions[3 * i + b] += t * p->dr[3 * i + b];
            for (int a = 0; a < 3; a++)
                s.positions[3 * i + b] += t * p->s.positions[3 * i + a] * p->strain[3 * a + b];
        }
    }
    for (int d = 0; d < 3; d++)
        for (int b = 0; b < 3; b++)
            for (int a = 0; a < 3; a++)
                s.cell[3 * d + b] += t * p->s.cell[3 * d + a] * p->strain[3 * a + b];
    lrpot_atoms atoms = coulomb_view(&s);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.potential = r->potential, out.field = r->field, out.forces = r->forces,
    out.virial = r->virial;
    ck_ok(lrpot_ewald_eval(p->ewald, p->work, &atoms, NULL, NULL, s.q, &out));
}

/* Fourth-order central differences of n values. */
static void compare(const double *values, const double *low2, const double *low, const double *high,
                    const double *high2, int64_t n, double scale)
{
    for (int64_t k = 0; k < n; k++)
        ck_close(values[k], (8 * (high[k] - low[k]) - (high2[k] - low2[k])) / (12 * STEP), TOL_FD,
                 scale);
}

/* 2 charges x points or Gaussians x kinds of cells */
#define VARIANTS (4 * CELL_KINDS)

START_TEST(responses_are_differences_of_evaluations)
{
    static const int choices[4] = { CHARGES, ATOMS, STRAIN, PARTS };
    probe p;
    coulomb_result r[5];
    open_probe(_i % VARIANTS, 1e-10, choices[_i / VARIANTS], &p);
    at_step(&p, 0, &r[0]); /* chooses the splitting */
    at_step(&p, -2 * STEP, &r[1]);
    at_step(&p, -STEP, &r[2]);
    at_step(&p, STEP, &r[3]);
    at_step(&p, 2 * STEP, &r[4]);
    compare(p.dpotential, r[1].potential, r[2].potential, r[3].potential, r[4].potential, p.s.n,
            10);
    compare(p.dfield, r[1].field, r[2].field, r[3].field, r[4].field, 3 * p.s.n, 10);
    compare(p.dforces, r[1].forces, r[2].forces, r[3].forces, r[4].forces, 3 * p.s.n, 10);
    compare(p.dvirial, r[1].virial, r[2].virial, r[3].virial, r[4].virial, 9, 30);
    close_probe(&p);
}
END_TEST

/* d2E along two directions must not depend on their order, at any accuracy: x.H.y of two responses.
 */
START_TEST(the_hessian_is_symmetric)
{
    probe p, o;
    double left = 0, right = 0;
    support_random random = { 3 };
    int variant = _i % VARIANTS;
    open_probe(variant, _i < VARIANTS ? 1e-9 : 1e-3, CHARGES + ATOMS, &p);
    o = p;
    for (int k = 0; k < N_ATOMS; k++) o.dq[k] = support_uniform(&random, -1, 1);
    for (int k = 0; k < 3 * N_ATOMS; k++) o.dr[k] = support_uniform(&random, -1, 1);
    lrpot_atoms atoms = coulomb_view(&o.s);
    ck_ok(lrpot_ewald_response(o.ewald, o.other, &atoms, NULL, o.s.q, o.dq, o.dr, NULL,
                               o.dpotential, NULL, o.dforces, NULL));
    for (int k = 0; k < N_ATOMS; k++)
        left += o.dq[k] * p.dpotential[k], right += p.dq[k] * o.dpotential[k];
    for (int k = 0; k < 3 * N_ATOMS; k++)
        left -= o.dr[k] * p.dforces[k], right -= p.dr[k] * o.dforces[k];
    ck_close(left, right, 1e-12, 100);
    close_probe(&p);
}
END_TEST

START_TEST(moving_everything_together_changes_nothing)
{
    probe p;
    open_probe(_i, 1e-9, PARTS, &p);
    for (int k = 0; k < 3 * N_ATOMS; k++) p.dr[k] = 0.3 + 0.2 * (k % 3);
    lrpot_atoms atoms = coulomb_view(&p.s);
    ck_ok(lrpot_ewald_response(p.ewald, p.other, &atoms, NULL, p.s.q, NULL, p.dr, NULL,
                               p.dpotential, p.dfield, p.dforces, p.dvirial));
    for (int k = 0; k < N_ATOMS; k++) ck_close(p.dpotential[k], 0, 1e-12, 10);
    for (int k = 0; k < 3 * N_ATOMS; k++) ck_close(p.dforces[k], 0, 1e-12, 10);
    for (int k = 0; k < 9; k++) ck_close(p.dvirial[k], 0, 1e-12, 30);
    close_probe(&p);
}
END_TEST

START_TEST(what_is_not_offered_is_refused)
{
    probe p;
    open_probe(0, 1e-9, PARTS, &p);
    lrpot_atoms atoms = coulomb_view(&p.s);
    p.dr[4] = NAN;
    ck_assert_int_eq(lrpot_ewald_response(p.ewald, p.other, &atoms, NULL, p.s.q, NULL, p.dr, NULL,
                                          p.dpotential, NULL, NULL, NULL),
                     LRPOT_E_NOT_FINITE);
    atoms.n_owned--;
    ck_assert_int_eq(lrpot_ewald_response(p.ewald, p.other, &atoms, NULL, p.s.q, p.dq, NULL, NULL,
                                          p.dpotential, NULL, NULL, NULL),
                     LRPOT_E_UNSUPPORTED);
    memcpy(p.s.positions, p.s.positions + 6, 3 * sizeof(double));
    atoms = coulomb_view(&p.s);
    ck_assert_int_eq(lrpot_ewald_response(p.ewald, p.other, &atoms, NULL, p.s.q, p.dq, NULL, NULL,
                                          p.dpotential, NULL, NULL, NULL),
                     LRPOT_E_COINCIDENT);
    close_probe(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_response");
    TCase *tcase = tcase_create("gradient");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, responses_are_differences_of_evaluations, 0, 4 * VARIANTS);
    support_add_cases(tcase, the_hessian_is_symmetric, 0, 2 * VARIANTS);
    support_add_cases(tcase, moving_everything_together_changes_nothing, 0, VARIANTS);
    tcase_add_test(tcase, what_is_not_offered_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
