/* Derivatives of the Coulomb energy of slabs and wires against central differences: any axis,
 * neutral and charged, points and Gaussians. */
#include "coulomb_probe.h"
#include "slabs_and_wires.h"

#define N_ATOMS 8
#define STEP 1e-3

/* 3 axes x points or Gaussians x neutral or charged, slabs and then wires; then the same at a
 * coarse accuracy. */
#define SHAPES 12
#define VARIANTS (2 * SHAPES)

static void open_probe(int variant, coulomb_probe *p, coulomb_result *r)
{
    support_random random = { 2000u + (unsigned)variant % VARIANTS };
    (variant / SHAPES % 2 ? wire_random : slab_random)(
        &random, variant % 3, N_ATOMS, variant / 6 % 2 ? 1.3 : 0.0, variant / 3 % 2, &p->s);
    p->ewald = coulomb_solver(&p->s, coulomb_options(variant < VARIANTS ? 1e-9 : 1e-4));
    ck_ok(lrpot_workspace_create(&p->work, 1));
    lrpot_atoms atoms = coulomb_view(&p->s);
    lrpot_outputs out = coulomb_outputs(r);
    ck_ok(lrpot_ewald_eval(p->ewald, p->work, &atoms, NULL, NULL, p->s.q, &out));
}

static void close_probe(coulomb_probe *p)
{
    lrpot_workspace_free(p->work);
    lrpot_ewald_free(p->ewald);
}

START_TEST(forces_are_derivatives)
{
    coulomb_probe p;
    coulomb_result r;
    open_probe(_i, &p, &r);
    for (p.index = 0; p.index < 3 * p.s.n; p.index++)
        ck_close(r.forces[p.index], -support_difference(coulomb_probe_moved, &p, 0, STEP), TOL_FD,
                 3);
    close_probe(&p);
}
END_TEST

START_TEST(virial_is_the_derivative_by_strain)
{
    coulomb_probe p;
    coulomb_result r;
    open_probe(_i, &p, &r);
    for (p.a = 0; p.a < 3; p.a++)
        for (p.b = 0; p.b < 3; p.b++)
            ck_close(r.virial[3 * p.a + p.b],
                     -support_difference(coulomb_probe_strained, &p, 0, 2e-4), TOL_FD, 10);
    for (int c = 0; c < 9; c++) {
        double sum = 0;
        for (int64_t i = 0; i < p.s.n; i++) sum += r.virial_atom[9 * i + c];
        ck_close(sum, r.virial[c], 10 * TOL_EXACT, 100);
    }
    close_probe(&p);
}
END_TEST

START_TEST(potential_is_the_derivative_by_charge)
{
    coulomb_probe p;
    coulomb_result r;
    double sum = 0;
    open_probe(_i, &p, &r);
    for (p.index = 0; p.index < p.s.n; p.index++) {
        ck_close(r.potential[p.index], support_difference(coulomb_probe_charged, &p, 0, 0.02),
                 TOL_FD, 3); /* quadratic: exact for any step */
        sum += r.energy_atom[p.index];
    }
    ck_close(sum, r.energy, 10 * TOL_EXACT, 100);
    close_probe(&p);
}
END_TEST

/* The matrices against the evaluation that was tested above. */
START_TEST(matrices_give_the_same)
{
    static const int first[6] = { 0, 1, 2, 1, 0, 0 }, second[6] = { 0, 1, 2, 2, 2, 1 };
    coulomb_probe p;
    coulomb_result r;
    open_probe(_i, &p, &r);
    int64_t n = p.s.n;
    double matrix[N_ATOMS * N_ATOMS], gradient[3 * N_ATOMS * N_ATOMS],
        strain[6 * N_ATOMS * N_ATOMS];
    lrpot_atoms atoms = coulomb_view(&p.s);
    ck_ok(lrpot_ewald_matrix(p.ewald, p.work, &atoms, matrix, gradient, strain));
    for (int64_t i = 0; i < n; i++) {
        double potential = 0;
        for (int64_t j = 0; j < n; j++) potential += matrix[i * n + j] * p.s.q[j];
        ck_close(potential, r.potential[i], 1e-11, 100);
        for (int a = 0; a < 3; a++) {
            double force = 0;
            for (int64_t j = 0; j < n; j++)
                force += p.s.q[i] * gradient[(3 * i + a) * n + j] * p.s.q[j];
            ck_close(force, r.forces[3 * i + a], 1e-11, 10);
        }
    }
    for (int c = 0; c < 6; c++) {
        double value = 0;
        for (int64_t x = 0; x < n * n; x++)
            value += 0.5 * p.s.q[x / n] * strain[c * n * n + x] * p.s.q[x % n];
        /* both sums have errors of some accuracy times the extent, 10 A */
        ck_close(value, -r.virial[3 * first[c] + second[c]], 1e-11, 500);
    }
    ck_assert_int_eq(lrpot_ewald_matrix(p.ewald, p.work, &atoms, matrix, NULL, strain),
                     LRPOT_E_ARGUMENT);
    close_probe(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_slab_gradient");
    TCase *tc = tcase_create("derivatives");
    tcase_set_timeout(tc, 60);
    support_add_cases(tc, forces_are_derivatives, 0, 2 * VARIANTS);
    support_add_cases(tc, virial_is_the_derivative_by_strain, 0, 2 * VARIANTS);
    support_add_cases(tc, potential_is_the_derivative_by_charge, 0, 2 * VARIANTS);
    support_add_cases(tc, matrices_give_the_same, 0, VARIANTS);
    suite_add_tcase(suite, tc);
    return suite;
}
