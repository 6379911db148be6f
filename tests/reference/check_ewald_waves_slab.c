/* Coulomb matrices of slabs at wave vectors in their plane: Parry's sum, differences of forces,
 * folding of supercells, crystals with much vacuum, long waves. */
#include "coulomb_waves.h"
#include "slabs_and_wires.h"

#define K LRPOT_COULOMB_CONSTANT
#define PI 3.14159265358979323846
#define N_ATOMS 4
#define HEIGHT 90.0 /* A */
#define VARIANTS 6  /* rows that do not repeat x points or Gaussians */

static void make(int variant, double total, coulomb_system *s)
{
    support_random random = { 900u + (unsigned)variant };
    slab_random(&random, variant % 3, N_ATOMS, total, variant / 3, s);
}

/* Area, unit normal, and the two vectors of the plane's reciprocal lattice. */
static double plane_of(const coulomb_system *s, int axis, double *normal, double (*reciprocal)[3])
{
    const double *u = s->cell + 3 * ((axis + 1) % 3), *v = s->cell + 3 * ((axis + 2) % 3);
    double area = 0;
    for (int a = 0; a < 3; a++)
        normal[a] = u[(a + 1) % 3] * v[(a + 2) % 3] - u[(a + 2) % 3] * v[(a + 1) % 3];
    for (int a = 0; a < 3; a++) area += normal[a] * normal[a];
    area = sqrt(area);
    for (int a = 0; a < 3; a++) normal[a] /= area;
    for (int a = 0; a < 3; a++) {
        int b = (a + 1) % 3, c = (a + 2) % 3;
        reciprocal[0][a] = 2 * PI / area * (v[b] * normal[c] - v[c] * normal[b]);
        reciprocal[1][a] = 2 * PI / area * (normal[b] * u[c] - normal[c] * u[b]);
    }
    return area;
}

static void wave_of(double reciprocal[2][3], double x, double y, double *wave)
{
    for (int a = 0; a < 3; a++) wave[a] = x * reciprocal[0][a] + y * reciprocal[1][a];
}

/* pi/(A p) [e^{pz} erfc(p/2a + a z) + e^{-pz} erfc(p/2a - a z)], at p = 0 without its constant
 * (Parry, Surf. Sci. 49, 433 (1975)). */
static double plane_term(double p, double z, double alpha, double area)
{
    if (p == 0.0)
        return -2 * PI / area
               * (z * erf(alpha * z) + exp(-alpha * alpha * z * z) / (alpha * sqrt(PI)));
    return PI / (area * p)
           * (exp(p * z) * erfc(p / (2 * alpha) + alpha * z)
              + exp(-p * z) * erfc(p / (2 * alpha) - alpha * z));
}

/* Potential at point i of a wave of unit point charges j. */
static void parry(const coulomb_system *s, int axis, int64_t i, int64_t j, const double *wave,
                  double out[2])
{
    enum { REACH = 12 };
    const double alpha = 0.4;
    double normal[3], reciprocal[2][3], d[3], z = 0, area = plane_of(s, axis, normal, reciprocal);
    for (int a = 0; a < 3; a++) {
        d[a] = s->positions[3 * j + a] - s->positions[3 * i + a];
        z += d[a] * normal[a];
    }
    out[0] = i == j ? -2 * alpha / sqrt(PI) : 0.0;
    out[1] = 0;
    for (int x = -REACH; x <= REACH; x++)
        for (int y = -REACH; y <= REACH; y++) {
            double G[3], p = 0, r = 0, phase = 0, turn = 0;
            wave_of(reciprocal, x, y, G);
            for (int a = 0; a < 3; a++) {
                double image = d[a] + x * s->cell[3 * ((axis + 1) % 3) + a]
                               + y * s->cell[3 * ((axis + 2) % 3) + a];
                p += (G[a] + wave[a]) * (G[a] + wave[a]);
                phase += G[a] * d[a];
                r += image * image;
                turn += wave[a] * image;
            }
            double smooth = plane_term(sqrt(p), z, alpha, area),
                   near = r > 0.0 ? erfc(alpha * sqrt(r)) / sqrt(r) : 0.0;
            out[0] += smooth * cos(phase) + near * cos(turn);
            out[1] += -smooth * sin(phase) + near * sin(turn);
        }
}

START_TEST(charges_interact_as_parry_says)
{
    static const double places[4][2] = { { 0, 0 }, { 0.5, 0.5 }, { 0.31, -0.17 }, { 1e-5, 2e-5 } };
    coulomb_system s;
    coulomb_matrices m;
    double normal[3], reciprocal[2][3], wave[3];
    make(_i, 0, &s);
    plane_of(&s, _i, normal, reciprocal);
    for (int w = 0; w < 4; w++) {
        wave_of(reciprocal, places[w][0], places[w][1], wave);
        coulomb_matrices_fill(&s, coulomb_exact_options(), wave, NULL, &m);
        for (int64_t i = 0; i < s.n; i++)
            for (int64_t j = 0; j < s.n; j++) {
                double expected[2];
                parry(&s, _i, i, j, wave, expected);
                /* long waves of one charge grow as 1/p, and with them what rounding leaves */
                for (int x = 0; x < 2; x++)
                    ck_close(m.charge[2 * (i * s.n + j) + x], K * expected[x], 1e-9,
                             30 + K * fabs(expected[0]));
            }
        coulomb_matrices_free(&m);
    }
}
END_TEST

/* 4th-order differences of forces and potentials. */
START_TEST(at_wave_vector_zero_they_are_differences_of_forces)
{
    static const double none[3] = { 0, 0, 0 }, steps[4] = { -2, -1, 1, 2 },
                        factors[4] = { 1, -8, 8, -1 }, h = 2e-3;
    static coulomb_system s, moved;
    static coulomb_result r;
    coulomb_matrices m;
    make(_i, 0.7, &s);
    coulomb_matrices_fill(&s, coulomb_exact_options(), none, NULL, &m);
    for (int64_t k = 0; k < 3 * s.n; k++) {
        double forces[3 * N_ATOMS] = { 0 }, potentials[N_ATOMS] = { 0 };
        for (int t = 0; t < 4; t++) {
            moved = s;
            moved.positions[k] += steps[t] * h;
            coulomb_eval(&moved, coulomb_exact_options(), 1, &r);
            for (int64_t l = 0; l < 3 * s.n; l++) forces[l] += factors[t] * r.forces[l] / (12 * h);
            for (int64_t l = 0; l < s.n; l++)
                potentials[l] += factors[t] * r.potential[l] / (12 * h);
        }
        for (int64_t l = 0; l < 3 * s.n; l++)
            ck_close(m.displacement[2 * (l * 3 * s.n + k)], -forces[l], 1e-7, 10);
        for (int64_t l = 0; l < s.n; l++)
            ck_close(m.mixed[2 * (l * 3 * s.n + k)], potentials[l], 1e-7, 10);
    }
    coulomb_matrices_free(&m);
}
END_TEST

START_TEST(supercells_fold_onto_their_wave_vectors)
{
    static coulomb_system s, super;
    int axis = _i % 3;
    double normal[3], reciprocal[2][3], wave[3];
    make(_i, 0.5, &s);
    plane_of(&s, axis, normal, reciprocal);
    coulomb_repeat(&s, (axis + 1) % 3, (axis + 2) % 3, &super);
    wave_of(reciprocal, 0.5, -1.0 / 3, wave);
    coulomb_fold(&s, &super, wave);
}
END_TEST

/* The copies of a neutral crystal act as e^{-p h} with the height h. The dipole M of its slabs at
 * rest, whose potentials it keeps level, leaves the slope 4 pi k_e M/V. */
START_TEST(much_vacuum_gives_the_same_at_waves_that_are_not_long)
{
    coulomb_system s, crystal;
    coulomb_matrices m, far;
    int axis = _i % 3;
    double normal[3], reciprocal[2][3], wave[3], level = 0;
    make(_i, 0, &s);
    double area = plane_of(&s, axis, normal, reciprocal);
    for (int64_t k = 0; k < 3 * s.n; k++)
        level += 4 * PI * K / (HEIGHT * area) * s.q[k / 3] * s.positions[k] * normal[k % 3];
    crystal = s;
    crystal.periodic_mask = LRPOT_PERIODIC_ALL;
    for (int a = 0; a < 3; a++) crystal.cell[3 * axis + a] = HEIGHT * normal[a];
    wave_of(reciprocal, 0.4, 0.3, wave);
    coulomb_matrices_fill(&s, coulomb_exact_options(), wave, NULL, &m);
    coulomb_matrices_fill(&crystal, coulomb_exact_options(), wave, NULL, &far);
    for (int64_t i = 0; i < s.n; i++)
        for (int a = 0; a < 3; a++) far.mixed[2 * (i * 3 * s.n + 3 * i + a)] += level * normal[a];
    for (int64_t k = 0; k < 18 * s.n * s.n; k++)
        ck_close(m.displacement[k], far.displacement[k], 1e-8, 10);
    for (int64_t k = 0; k < 6 * s.n * s.n; k++) ck_close(m.mixed[k], far.mixed[k], 1e-8, 10);
    for (int64_t k = 0; k < 2 * s.n * s.n; k++) ck_close(m.charge[k], far.charge[k], 1e-8, 10);
    coulomb_matrices_free(&m);
    coulomb_matrices_free(&far);
}
END_TEST

START_TEST(splitting_is_arbitrary)
{
    coulomb_system s;
    coulomb_matrices m, other;
    double normal[3], reciprocal[2][3], wave[3];
    make(_i, 0.4, &s);
    plane_of(&s, _i % 3, normal, reciprocal);
    wave_of(reciprocal, 0.21, -0.37, wave);
    coulomb_matrices_fill(&s, coulomb_exact_options(), wave, NULL, &m);
    for (int k = 0; k < 3; k++) {
        lrpot_ewald_options options = coulomb_exact_options();
        options.splitting = 0.3 + 0.2 * k;
        coulomb_matrices_fill(&s, options, wave, NULL, &other);
        for (int64_t x = 0; x < 18 * s.n * s.n; x++)
            ck_close(m.displacement[x], other.displacement[x], 1e-8, 10);
        for (int64_t x = 0; x < 2 * s.n * s.n; x++)
            ck_close(m.charge[x], other.charge[x], 1e-8, 10);
        coulomb_matrices_free(&other);
    }
    coulomb_matrices_free(&m);
}
END_TEST

/* D(q) - D(0) = 2 pi k_e/A |q| [(n.u)(n.u) - u_z u_z] q_i q_j + O(q^2): two short waves give the
 * slope of their even part; what is odd in q is imaginary. */
START_TEST(long_waves_have_the_slope_of_a_sheet)
{
    static const double none[3] = { 0, 0, 0 };
    coulomb_system s;
    coulomb_matrices at_0, at_1, at_2;
    int axis = _i % 3;
    double normal[3], reciprocal[2][3], wave[3], twice[3], q = 0, h = 2e-4;
    make(_i, 0, &s);
    double area = plane_of(&s, axis, normal, reciprocal);
    wave_of(reciprocal, h, 0.6 * h, wave);
    for (int a = 0; a < 3; a++) {
        q += wave[a] * wave[a];
        twice[a] = 2 * wave[a];
    }
    q = sqrt(q);
    coulomb_matrices_fill(&s, coulomb_exact_options(), none, NULL, &at_0);
    coulomb_matrices_fill(&s, coulomb_exact_options(), wave, NULL, &at_1);
    coulomb_matrices_fill(&s, coulomb_exact_options(), twice, NULL, &at_2);
    for (int64_t k = 0; k < 3 * s.n; k++)
        for (int64_t l = 0; l < 3 * s.n; l++) {
            int64_t at = 2 * (k * 3 * s.n + l);
            double slope =
                (4 * at_1.displacement[at] - at_2.displacement[at] - 3 * at_0.displacement[at])
                / (2 * q);
            double expected =
                2 * PI * K / area * s.q[k / 3] * s.q[l / 3]
                * (wave[k % 3] * wave[l % 3] / (q * q) - normal[k % 3] * normal[l % 3]);
            ck_close(slope, expected, 1e-5, 10);
        }
    coulomb_matrices_free(&at_0);
    coulomb_matrices_free(&at_1);
    coulomb_matrices_free(&at_2);
}
END_TEST

START_TEST(waves_across_the_plane_are_refused)
{
    coulomb_system s;
    double normal[3], reciprocal[2][3], wave[3], matrix[18 * N_ATOMS * N_ATOMS];
    support_random random = { 77 };
    make(_i, 0, &s);
    plane_of(&s, _i, normal, reciprocal);
    wave_of(reciprocal, 0.2, 0.1, wave);
    for (int a = 0; a < 3; a++) wave[a] += 0.25 * normal[a];
    lrpot_ewald *ewald = coulomb_solver(&s, coulomb_exact_options());
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(
        lrpot_ewald_dynamical(ewald, work, &atoms, s.q, wave, NULL, matrix, NULL, NULL),
        LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "0.25 1/A") != NULL, "%s", lrpot_last_error());
    wire_random(&random, _i, N_ATOMS, 0, 0, &s);
    atoms = coulomb_view(&s);
    ck_assert_int_eq(
        lrpot_ewald_dynamical(ewald, work, &atoms, s.q, wave, NULL, matrix, NULL, NULL),
        LRPOT_E_UNSUPPORTED);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_waves_slab");
    TCase *tcase = tcase_create("reference");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, charges_interact_as_parry_says, 0, 3);
    support_add_cases(tcase, at_wave_vector_zero_they_are_differences_of_forces, 0, VARIANTS);
    support_add_cases(tcase, supercells_fold_onto_their_wave_vectors, 0, VARIANTS);
    support_add_cases(tcase, much_vacuum_gives_the_same_at_waves_that_are_not_long, 0, VARIANTS);
    support_add_cases(tcase, splitting_is_arbitrary, 0, VARIANTS);
    support_add_cases(tcase, long_waves_have_the_slope_of_a_sheet, 0, VARIANTS);
    support_add_cases(tcase, waves_across_the_plane_are_refused, 0, 3);
    suite_add_tcase(suite, tcase);
    return suite;
}
