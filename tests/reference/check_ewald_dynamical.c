/* Coulomb matrices at wave vectors: Hessian at 0, folding of supercells, sum rules, and a crystal
 * with known LO-TO splitting. */
#include "coulomb_waves.h"

#define K LRPOT_COULOMB_CONSTANT
#define PI 3.14159265358979323846
#define N_ATOMS 5

/* kinds of cells x points or Gaussians x net charge */
#define VARIANTS (4 * CELL_KINDS)
static void make(int variant, coulomb_system *s)
{
    support_random random = { 600u + (unsigned)variant };
    coulomb_random(&random, variant % CELL_KINDS, N_ATOMS, variant / (2 * CELL_KINDS) ? 0.9 : 0,
                   variant / CELL_KINDS % 2, s);
}

/* y = matrix x, real parts; imaginary parts are to be 0. */
static void multiply(const double *matrix, int64_t rows, int64_t columns, const double *x,
                     double *y)
{
    for (int64_t r = 0; r < rows; r++) {
        y[r] = 0;
        for (int64_t c = 0; c < columns; c++) {
            y[r] += matrix[2 * (r * columns + c)] * x[c];
            ck_close(matrix[2 * (r * columns + c) + 1], 0, 1e-12, 30);
        }
    }
}

START_TEST(at_wave_vector_zero_they_are_the_hessian)
{
    static const double none[3] = { 0, 0, 0 };
    coulomb_system s;
    coulomb_matrices m;
    double dq[N_ATOMS], dr[3 * N_ATOMS], dphi[N_ATOMS], dforces[3 * N_ATOMS], y[3 * N_ATOMS];
    support_random random = { 8 };
    make(_i, &s);
    coulomb_matrices_fill(&s, coulomb_exact_options(), none, NULL, &m);
    for (int k = 0; k < N_ATOMS; k++) dq[k] = support_uniform(&random, -1, 1);
    for (int k = 0; k < 3 * N_ATOMS; k++) dr[k] = support_uniform(&random, -1, 1);
    lrpot_ewald *ewald = coulomb_solver(&s, coulomb_exact_options());
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_response(ewald, work, &atoms, NULL, s.q, NULL, dr, NULL, dphi, NULL, dforces,
                               NULL));
    multiply(m.displacement, 3 * s.n, 3 * s.n, dr, y);
    for (int64_t k = 0; k < 3 * s.n; k++) ck_close(y[k], -dforces[k], 1e-11, 30);
    multiply(m.mixed, s.n, 3 * s.n, dr, y);
    for (int64_t k = 0; k < s.n; k++) ck_close(y[k], dphi[k], 1e-11, 30);
    ck_ok(lrpot_ewald_response(ewald, work, &atoms, NULL, s.q, dq, NULL, NULL, dphi, NULL, NULL,
                               NULL));
    multiply(m.charge, s.n, s.n, dq, y);
    for (int64_t k = 0; k < s.n; k++) ck_close(y[k], dphi[k], 1e-11, 30);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    coulomb_matrices_free(&m);
}
END_TEST

START_TEST(supercells_fold_onto_their_wave_vectors)
{
    static coulomb_system s, super;
    double inverse[9], wave[3], volume;
    make(_i / 2 * CELL_KINDS + CELL_TRICLINIC + _i % 2, &s);
    coulomb_repeat(&s, 1, 2, &super);
    const double *h = s.cell;
    volume = h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6])
             + h[2] * (h[3] * h[7] - h[4] * h[6]);
    for (int d = 0; d < 3; d++)
        for (int a = 0; a < 3; a++) {
            const double *u = h + 3 * ((d + 1) % 3), *v = h + 3 * ((d + 2) % 3);
            inverse[3 * d + a] =
                2 * PI / volume
                * (u[(a + 1) % 3] * v[(a + 2) % 3] - u[(a + 2) % 3] * v[(a + 1) % 3]);
        }
    for (int a = 0; a < 3; a++)
        wave[a] = inverse[a] + 0.5 * inverse[3 + a]
                  - inverse[6 + a] / 3; /* one of the supercell's vectors */
    coulomb_fold(&s, &super, wave);
}
END_TEST

START_TEST(they_are_hermitian_and_points_are_free_of_trace)
{
    coulomb_system s;
    coulomb_matrices m, minus;
    double wave[3] = { 0.31, -0.22, 0.47 }, other[3] = { -0.31, 0.22, -0.47 };
    make(_i < CELL_NONE ? _i : CELL_KINDS + _i - CELL_NONE,
         &s); /* neutral; points, then Gaussians */
    coulomb_matrices_fill(&s, coulomb_exact_options(), wave, NULL, &m);
    coulomb_matrices_fill(&s, coulomb_exact_options(), other, NULL, &minus);
    int64_t n = 3 * s.n;
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c < n; c++) {
            double *a = m.displacement + 2 * (r * n + c), *b = m.displacement + 2 * (c * n + r),
                   *conjugate = minus.displacement + 2 * (r * n + c);
            ck_close(a[0], b[0], 1e-12, 30);
            ck_close(a[1], -b[1], 1e-12, 30);
            ck_close(a[0], conjugate[0], 1e-12, 30);
            ck_close(a[1], -conjugate[1], 1e-12, 30);
        }
    for (int64_t i = 0; i < s.n; i++)
        for (int64_t j = 0; j < s.n; j++) {
            double trace[2] = { 0, 0 };
            for (int a = 0; a < 3; a++)
                for (int x = 0; x < 2; x++)
                    trace[x] += m.displacement[2 * ((3 * i + a) * n + 3 * j + a) + x];
            ck_close(m.charge[2 * (i * s.n + j)], m.charge[2 * (j * s.n + i)], 1e-12, 30);
            ck_close(m.charge[2 * (i * s.n + j) + 1], -m.charge[2 * (j * s.n + i) + 1], 1e-12, 30);
            /* 1/r is harmonic */
            for (int x = 0; s.n_widths == 0 && x < 2; x++) ck_close(trace[x], 0, 1e-8, 10);
        }
    coulomb_matrices_free(&m);
    coulomb_matrices_free(&minus);
}
END_TEST

START_TEST(translations_feel_no_force)
{
    static const double none[3] = { 0, 0, 0 };
    coulomb_system s;
    coulomb_matrices m;
    make(_i, &s);
    coulomb_matrices_fill(&s, coulomb_exact_options(), none, NULL, &m);
    for (int64_t r = 0; r < 3 * s.n; r++)
        for (int b = 0; b < 3; b++) {
            double sum = 0, potential = 0;
            for (int64_t j = 0; j < s.n; j++) sum += m.displacement[2 * (r * 3 * s.n + 3 * j + b)];
            for (int64_t j = 0; r < s.n && j < s.n; j++)
                potential += m.mixed[2 * (r * 3 * s.n + 3 * j + b)];
            ck_close(sum, 0, 1e-12, 30);
            ck_close(potential, 0, 1e-12, 30);
        }
    coulomb_matrices_free(&m);
}
END_TEST

/* Rigid ions on cubic sites feel the Lorentz field: -4 pi q^2/(3 V) for transverse modes, +8 pi
 * q^2/(3 V) for longitudinal ones (Born and Huang, Dynamical Theory of Crystal Lattices, section
 * 9). */
START_TEST(rock_salt_splits_as_lorentz_says)
{
    static const double none[3] = { 0, 0, 0 }, along[3] = { 0, 0, 2.5 }, oblique[3] = { 1, 1, 1 };
    coulomb_system s;
    coulomb_matrices tin_foil, limit, near, tilted;
    double a = 5.64, q = 0.9, wave[3] = { 0, 0, 1e-4 };
    memset(&s, 0, sizeof s);
    s.n = 2, s.periodic_mask = LRPOT_PERIODIC_ALL;
    s.q[0] = q, s.q[1] = -q;
    s.positions[3] = 0.5 * a;
    for (int d = 0; d < 3; d++)
        for (int b = 0; b < 3; b++) s.cell[3 * d + b] = d == b ? 0 : 0.5 * a;
    double unit = K * q * q * 4 * PI / (0.25 * a * a * a);
    coulomb_matrices_fill(&s, coulomb_exact_options(), none, NULL, &tin_foil);
    coulomb_matrices_fill(&s, coulomb_exact_options(), none, along, &limit);
    coulomb_matrices_fill(&s, coulomb_exact_options(), none, oblique, &tilted);
    coulomb_matrices_fill(&s, coulomb_exact_options(), wave, NULL, &near);
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++) {
            int at = 2 * (6 * x + y);
            double transverse = x == y ? -unit / 3 : 0;
            ck_close(tin_foil.displacement[at], transverse, 1e-10, 1);
            ck_close(limit.displacement[at], transverse + (x == 2 && y == 2 ? unit : 0), 1e-10, 1);
            ck_close(near.displacement[at], limit.displacement[at], 1e-7, 1);
            ck_close(tilted.displacement[at], transverse + unit / 3, 1e-10, 1);
            ck_close(tilted.displacement[at + 6], -tilted.displacement[at], 1e-10, 1);
        }
    coulomb_matrices_free(&tin_foil);
    coulomb_matrices_free(&limit);
    coulomb_matrices_free(&near);
    coulomb_matrices_free(&tilted);
}
END_TEST

START_TEST(mistakes_are_named)
{
    coulomb_system s;
    double wave[3] = { 0, 0.1, 0 }, none[3] = { 0, 0, 0 }, matrix[18 * N_ATOMS * N_ATOMS];
    make(CELL_NONE, &s);
    lrpot_ewald *ewald = coulomb_solver(&s, coulomb_exact_options());
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(
        lrpot_ewald_dynamical(ewald, work, &atoms, s.q, wave, NULL, matrix, NULL, NULL),
        LRPOT_E_ARGUMENT);
    ck_assert_int_eq(
        lrpot_ewald_dynamical(ewald, work, &atoms, s.q, none, none, matrix, NULL, NULL),
        LRPOT_E_ARGUMENT);
    wave[1] = NAN;
    ck_assert_int_eq(
        lrpot_ewald_dynamical(ewald, work, &atoms, s.q, wave, NULL, matrix, NULL, NULL),
        LRPOT_E_NOT_FINITE);
    atoms.n_owned--;
    ck_assert_int_eq(
        lrpot_ewald_dynamical(ewald, work, &atoms, s.q, none, NULL, matrix, NULL, NULL),
        LRPOT_E_UNSUPPORTED);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_dynamical");
    TCase *tcase = tcase_create("reference");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, at_wave_vector_zero_they_are_the_hessian, 0, VARIANTS);
    support_add_cases(tcase, supercells_fold_onto_their_wave_vectors, 0, 8);
    support_add_cases(tcase, they_are_hermitian_and_points_are_free_of_trace, 0, 2 * CELL_NONE);
    support_add_cases(tcase, translations_feel_no_force, 0, VARIANTS);
    tcase_add_test(tcase, rock_salt_splits_as_lorentz_says);
    tcase_add_test(tcase, mistakes_are_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
