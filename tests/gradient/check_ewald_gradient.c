/* Derivatives of the Coulomb energy against central differences, for all kinds of cells, neutral
 * and charged, points and Gaussians. */
#include "coulomb_probe.h"

#define N_ATOMS 9
#define STEP 1e-3

/* 2 charges x points or Gaussians x kinds of cells. */
static void open_probe(int variant, double accuracy, coulomb_probe *p, coulomb_result *r)
{
    support_random random = { 1000u + (unsigned)variant };
    int kind = variant % CELL_KINDS, gaussian = variant / CELL_KINDS % 2,
        net = variant / (2 * CELL_KINDS);
    coulomb_random(&random, kind, N_ATOMS, net ? 1.3 : 0.0, gaussian, &p->s);
    p->ewald = coulomb_solver(&p->s, coulomb_options(accuracy));
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

#define VARIANTS (4 * CELL_KINDS)

/* Coarse accuracies too: derivatives are those of the sum as it is truncated. */
static double accuracy_of(int loop)
{
    return loop < VARIANTS ? 1e-9 : 1e-4;
}

START_TEST(forces_are_derivatives)
{
    coulomb_probe p;
    coulomb_result r;
    open_probe(_i % VARIANTS, accuracy_of(_i), &p, &r);
    for (p.index = 0; p.index < 3 * p.s.n; p.index++)
        ck_close(r.forces[p.index], -support_difference(coulomb_probe_moved, &p, 0, STEP), TOL_FD,
                 3);
    for (int64_t i = 0; i < 3 * p.s.n; i++)
        ck_close(r.forces[i], p.s.q[i / 3] * r.field[i], TOL_EXACT, 1);
    close_probe(&p);
}
END_TEST

START_TEST(virial_is_the_derivative_by_strain)
{
    coulomb_probe p;
    coulomb_result r;
    open_probe(_i % VARIANTS, accuracy_of(_i), &p, &r);
    for (p.a = 0; p.a < 3; p.a++)
        for (p.b = 0; p.b < 3; p.b++)
            ck_close(r.virial[3 * p.a + p.b],
                     -support_difference(coulomb_probe_strained, &p, 0, 2e-4), TOL_FD, 10);
    for (int c = 0; c < 9; c++) {
        double sum = 0;
        for (int64_t i = 0; i < p.s.n; i++) sum += r.virial_atom[9 * i + c];
        ck_close(sum, r.virial[c], 10 * TOL_EXACT, 30);
    }
    close_probe(&p);
}
END_TEST

START_TEST(potential_is_the_derivative_by_charge)
{
    coulomb_probe p;
    coulomb_result r;
    double sum = 0;
    open_probe(_i % VARIANTS, accuracy_of(_i), &p, &r);
    for (p.index = 0; p.index < p.s.n; p.index++) {
        ck_close(r.potential[p.index], support_difference(coulomb_probe_charged, &p, 0, 0.1),
                 TOL_FD, 3); /* quadratic: exact for any step */
        ck_close(r.energy_atom[p.index], 0.5 * p.s.q[p.index] * r.potential[p.index], TOL_EXACT, 1);
        sum += r.energy_atom[p.index];
    }
    ck_close(sum, r.energy, 10 * TOL_EXACT, 10);
    close_probe(&p);
}
END_TEST

/* The matrices against the evaluation that was tested above. */
START_TEST(matrices_give_the_same)
{
    static const int first[6] = { 0, 1, 2, 1, 0, 0 }, second[6] = { 0, 1, 2, 2, 2, 1 };
    coulomb_probe p;
    coulomb_result r;
    open_probe(_i % VARIANTS, accuracy_of(_i), &p, &r);
    int64_t n = p.s.n;
    double square = 0; /* made 1: then one splitting serves the matrix, which is for units, and q */
    for (int64_t i = 0; i < n; i++) square += p.s.q[i] * p.s.q[i] / (double)n;
    for (int64_t i = 0; i < n; i++) p.s.q[i] /= sqrt(square);
    double *matrix = calloc((size_t)(n * n), sizeof *matrix),
           *gradient = calloc((size_t)(3 * n * n), sizeof *gradient);
    double *strain = calloc((size_t)(6 * n * n), sizeof *strain);
    lrpot_atoms atoms = coulomb_view(&p.s);
    ck_ok(lrpot_ewald_matrix(p.ewald, p.work, &atoms, matrix, gradient, strain));
    lrpot_outputs again = coulomb_outputs(&r);
    ck_ok(lrpot_ewald_eval(p.ewald, p.work, &atoms, NULL, NULL, p.s.q, &again));
    for (int64_t i = 0; i < n; i++) {
        double potential = 0, force[3] = { 0, 0, 0 };
        for (int64_t j = 0; j < n; j++) {
            potential += matrix[i * n + j] * p.s.q[j];
            ck_close(matrix[i * n + j], matrix[j * n + i], TOL_EXACT, 10);
            for (int a = 0; a < 3; a++)
                force[a] += p.s.q[i] * gradient[(3 * i + a) * n + j] * p.s.q[j];
        }
        ck_close(potential, r.potential[i], 1e-12, 30);
        for (int a = 0; a < 3; a++) ck_close(force[a], r.forces[3 * i + a], 1e-12, 30);
    }
    for (int c = 0; c < 6; c++) {
        double virial = 0;
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++)
                virial -= 0.5 * p.s.q[i] * strain[(c * n + i) * n + j] * p.s.q[j];
        /* rows in vectors and pairs one by one round differently, and pairs at the cutoff count
         * most in the virial */
        ck_close(virial, r.virial[3 * first[c] + second[c]], 3e-12, 30);
        ck_close(virial, r.virial[3 * second[c] + first[c]], 3e-12, 30);
    }
    free(matrix);
    free(gradient);
    free(strain);
    close_probe(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_gradient");
    TCase *tcase = tcase_create("gradient");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, forces_are_derivatives, 0, 2 * VARIANTS);
    support_add_cases(tcase, virial_is_the_derivative_by_strain, 0, 2 * VARIANTS);
    support_add_cases(tcase, potential_is_the_derivative_by_charge, 0, 2 * VARIANTS);
    support_add_cases(tcase, matrices_give_the_same, 0, 2 * VARIANTS);
    suite_add_tcase(suite, tcase);
    return suite;
}
