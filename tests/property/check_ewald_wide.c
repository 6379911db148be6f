/* Gaussians wider than the distance of atoms, cells smaller than atoms: right values, at a cost of
 * atoms times vectors, or a refusal before memory is taken. */
#include "coulomb.h"

#include <sys/resource.h>

#define PI 3.14159265358979323846
#define N_ATOMS 64
#define ACCURACY 1e-8

/* kB of the process at its largest. */
static long most_memory(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void wide_system(int64_t n, int charged, double width, coulomb_system *s)
{
    support_random random = { 77 };
    coulomb_random(&random, CELL_TRICLINIC, n, charged ? 0.7 : 0.0, 0, s);
    s->n_widths = COULOMB_SPECIES;
    for (int w = 0; w < COULOMB_SPECIES; w++) s->widths[w] = width;
}

/* The sum over k by itself: 2 pi k_e/V sum |sum q exp(-k^2 s^2/2) exp(i k.r)|^2/k^2 and its
 * derivatives by positions, less the Gaussians' interaction with themselves. */
static void plain_sum(const coulomb_system *s, double *energy, double *forces)
{
    double reciprocal[9], volume = 0;
    const double *h = s->cell;
    for (int d = 0; d < 3; d++) {
        const double *a = h + 3 * ((d + 1) % 3), *b = h + 3 * ((d + 2) % 3);
        for (int x = 0; x < 3; x++)
            reciprocal[3 * d + x] = a[(x + 1) % 3] * b[(x + 2) % 3]
                                    - a[(x + 2) % 3] * b[(x + 1) % 3];
    }
    for (int x = 0; x < 3; x++) volume += h[x] * reciprocal[x];
    for (int x = 0; x < 9; x++) reciprocal[x] *= 2 * PI / volume;
    *energy = 0;
    memset(forces, 0, 3 * (size_t)s->n * sizeof *forces);
    double least = s->widths[0];
    for (int w = 1; w < s->n_widths; w++) least = fmin(least, s->widths[w]);
    int reach[3];
    for (int d = 0; d < 3; d++)
        reach[d] = (int)(8.5 / least / (2 * PI)
                         * sqrt(h[3 * d] * h[3 * d] + h[3 * d + 1] * h[3 * d + 1]
                                + h[3 * d + 2] * h[3 * d + 2]));
    for (int a = -reach[0]; a <= reach[0]; a++)
        for (int b = -reach[1]; b <= reach[1]; b++)
            for (int c = -reach[2]; c <= reach[2]; c++) {
                double k[3], k2 = 0, re = 0, im = 0;
                if (a == 0 && b == 0 && c == 0) continue;
                for (int x = 0; x < 3; x++) {
                    k[x] = a * reciprocal[x] + b * reciprocal[3 + x] + c * reciprocal[6 + x];
                    k2 += k[x] * k[x];
                }
                double unit = 2 * PI * LRPOT_COULOMB_CONSTANT / (fabs(volume) * k2);
                double amplitude[COULOMB_MAX], phase[COULOMB_MAX];
                for (int64_t i = 0; i < s->n; i++) {
                    double width = s->widths[s->species[i]];
                    amplitude[i] = s->q[i] * exp(-0.5 * k2 * width * width);
                    phase[i] = k[0] * s->positions[3 * i] + k[1] * s->positions[3 * i + 1]
                               + k[2] * s->positions[3 * i + 2];
                    re += amplitude[i] * cos(phase[i]);
                    im += amplitude[i] * sin(phase[i]);
                }
                *energy += unit * (re * re + im * im);
                for (int64_t i = 0; i < s->n; i++)
                    for (int x = 0; x < 3; x++)
                        forces[3 * i + x] += 2 * unit * k[x] * amplitude[i]
                                             * (re * sin(phase[i]) - im * cos(phase[i]));
            }
    for (int64_t i = 0; i < s->n; i++)
        *energy -= LRPOT_COULOMB_CONSTANT * s->q[i] * s->q[i]
                   / (2 * sqrt(PI) * s->widths[s->species[i]]);
}

static void expect_plain(const coulomb_system *s, const coulomb_result *r)
{
    double energy, forces[3 * COULOMB_MAX], sum = 0;
    plain_sum(s, &energy, forces);
    for (int64_t x = 0; x < 3 * s->n; x++)
        sum += (forces[x] - r->forces[x]) * (forces[x] - r->forces[x]);
    ck_assert_msg(sqrt(sum / (double)s->n) < ACCURACY, "forces are %g eV/A off",
                  sqrt(sum / (double)s->n));
    ck_close(r->energy, energy, 1e-9, 30);
}

#define N_WIDTHS 5
static const double widths[N_WIDTHS] = { 1.5, 4.0, 10.0, 30.0, 1000.0 };

/* widths x neutral, charged x exact, mesh, splines */
START_TEST(one_width_is_summed_without_pairs)
{
    coulomb_system s;
    coulomb_result r;
    lrpot_ewald_options options = coulomb_options(ACCURACY);
    wide_system(N_ATOMS, _i / N_WIDTHS % 2, widths[_i % N_WIDTHS], &s);
    options.method = LRPOT_EWALD_EXACT + _i / (2 * N_WIDTHS);
    coulomb_eval(&s, options, 1, &r);
    expect_plain(&s, &r);
    ck_assert_msg(most_memory() < 200000, "%ld kB were used", most_memory());
}
END_TEST

/* A list or a cutoff that is given does not matter where there are no pairs. */
START_TEST(wide_gaussians_need_no_list)
{
    coulomb_system s;
    coulomb_result r;
    lrpot_ewald_options options = coulomb_options(ACCURACY);
    wide_system(N_ATOMS, 0, 30.0, &s);
    options.cutoff = 6.0;
    coulomb_eval(&s, options, 1, &r);
    expect_plain(&s, &r);
}
END_TEST

/* Everything else that sums Gaussians of one width, against the evaluation. */
START_TEST(other_calls_give_the_same)
{
    coulomb_system s;
    coulomb_result r;
    wide_system(20, 1, widths[_i], &s);
    lrpot_ewald_options options = coulomb_options(ACCURACY);
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    lrpot_workspace *work = NULL;
    lrpot_ewald_operator *op = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    lrpot_outputs out = coulomb_outputs(&r);
    double matrix[20 * 20], potential[20], forces[60], diagonal[20],
        dr[60] = { 0.01 }, change[60], moved[2][60], charge[2 * 20 * 20], none[3] = { 0 };
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, s.q, &out));
    ck_ok(lrpot_ewald_matrix(ewald, work, &atoms, matrix, NULL, NULL));
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 1));
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, s.q, potential, NULL));
    ck_ok(lrpot_ewald_operator_diagonal(op, diagonal));
    ck_ok(lrpot_ewald_dynamical(ewald, work, &atoms, s.q, none, NULL, NULL, NULL, charge));
    for (int i = 0; i < 20; i++) {
        double sum = 0;
        for (int j = 0; j < 20; j++) sum += matrix[20 * i + j] * s.q[j];
        ck_close(sum, r.potential[i], 1e-8, 1);
        ck_close(potential[i], r.potential[i], 1e-8, 1);
        ck_close(diagonal[i], matrix[21 * i], 1e-8, 1);
        ck_close(charge[2 * (21 * i)], matrix[21 * i], 1e-8, 1);
    }
    ck_ok(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, s.q, NULL, NULL, NULL, forces,
                                NULL, potential, NULL, NULL));
    for (int x = 0; x < 60; x++) ck_close(forces[x], r.forces[x], 3e-8, 1);
    ck_ok(lrpot_ewald_response(ewald, work, &atoms, NULL, s.q, NULL, dr, NULL, NULL, NULL, change,
                               NULL));
    for (int side = 0; side < 2; side++) {
        coulomb_system other = s;
        for (int x = 0; x < 60; x++) other.positions[x] += (side ? 1 : -1) * dr[x];
        lrpot_atoms there = coulomb_view(&other);
        lrpot_outputs of = LRPOT_OUTPUTS_INIT;
        of.forces = moved[side];
        ck_ok(lrpot_ewald_eval(ewald, work, &there, NULL, NULL, s.q, &of));
    }
    for (int x = 0; x < 60; x++) ck_close(change[x], 0.5 * (moved[1][x] - moved[0][x]), 1e-6, 1);
    lrpot_ewald_operator_free(op);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

/* A slab of wide Gaussians: by every vector and by the mesh, and by the split with pairs. */
START_TEST(slabs_agree_however_they_are_split)
{
    coulomb_system s;
    coulomb_result r[2];
    wide_system(20, 1, 3.0, &s);
    s.periodic_mask = 3;
    lrpot_ewald_options options = coulomb_options(ACCURACY);
    options.method = LRPOT_EWALD_EXACT;
    coulomb_eval(&s, options, 1, &r[0]);
    if (_i == 0) options.splitting = 0.12; /* less than 1/(2 s): pairs carry the rest */
    else options.method = LRPOT_EWALD_SPLINE;
    coulomb_eval(&s, options, 1, &r[1]);
    for (int64_t x = 0; x < 3 * s.n; x++) ck_close(r[1].forces[x], r[0].forces[x], 3e-8, 1);
    ck_close(r[1].energy, r[0].energy, 1e-7, 1);
}
END_TEST

static void refused(const coulomb_system *s, lrpot_ewald_options options, const char *word)
{
    lrpot_ewald *ewald = coulomb_solver(s, options);
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(s);
    double energy;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_workspace_create(&work, 1));
    lrpot_status status = lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, s->q, &out);
    ck_assert_msg(status == LRPOT_E_MEMORY || status == LRPOT_E_ACCURACY, "%s: %s",
                  lrpot_status_name(status), lrpot_last_error());
    ck_assert_msg(strstr(lrpot_last_error(), word) != NULL, "%s", lrpot_last_error());
    ck_assert_msg(most_memory() < 200000, "%ld kB were used", most_memory());
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

START_TEST(what_takes_too_much_is_refused_before_it_starts)
{
    coulomb_system s;
    lrpot_ewald_options options = coulomb_options(ACCURACY);
    wide_system(N_ATOMS, 0, 0.0, &s);
    switch (_i) {
    case 0: options.splitting = 0.01; break;
    case 1: options.splitting = 300.0; break;
    case 2: options.cutoff = 1000.0, options.method = LRPOT_EWALD_MESH; break;
    default:
        for (int d = 0; d < 3; d++) options.mesh[d] = 8192;
        options.method = LRPOT_EWALD_SPLINE, options.order = 4;
    }
    refused(&s, options, _i == 1 ? "vectors" : _i == 3 ? "points" : "pairs");
}
END_TEST

/* An atom in a cell of 0.05 A: a crystal of point charges has its energy, -k_e q^2 xi/(2 L), and a
 * model's neighbours are refused. */
START_TEST(a_tiny_cell_is_summed_and_has_no_neighbours)
{
    coulomb_system s = { .n = 1, .q = { 1.0 }, .periodic_mask = LRPOT_PERIODIC_ALL };
    coulomb_result r;
    lrpot_nlist *list = NULL;
    for (int d = 0; d < 3; d++) s.cell[4 * d] = 0.05;
    coulomb_eval(&s, coulomb_options(1e-6), 1, &r);
    ck_close(r.energy, -0.5 * 2.837297479480619614 * LRPOT_COULOMB_CONSTANT / 0.05, 1e-9, 1);
    lrpot_atoms atoms = coulomb_view(&s);
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, 5.0, 0.0), LRPOT_E_CELL);
    ck_assert_msg(strstr(lrpot_last_error(), "neighbours") != NULL, "%s", lrpot_last_error());
    ck_assert_msg(most_memory() < 200000, "%ld kB were used", most_memory());
}
END_TEST

/* Charges and dipoles. */
START_TEST(wide_densities_return)
{
    coulomb_system s;
    wide_system(16, 0, 0.0, &s);
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    const double wide[4] = { 64.0, 64.0, 64.0, 64.0 };
    double dipoles[3 * 16] = { 0 }, potentials[16], gradients[3 * 16], energy;
    options.n_widths = 4, options.widths = wide, options.flags = LRPOT_EWALD_SELF;
    options.accuracy = 1e-9;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_multipoles_eval(ewald, work, &atoms, NULL, NULL, s.q, dipoles, NULL, &energy, NULL,
                                NULL, potentials, gradients, NULL));
    /* neutral, and alike over the cell: nothing is felt */
    for (int i = 0; i < 16; i++) ck_close(potentials[i], 0, 1e-8, 1);
    ck_close(energy, 0, 1e-8, 1);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_wide");
    TCase *tc = tcase_create("property");
    tcase_set_timeout(tc, 20);
    support_add_cases(tc, one_width_is_summed_without_pairs, 0, 6 * N_WIDTHS);
    tcase_add_test(tc, wide_gaussians_need_no_list);
    support_add_cases(tc, other_calls_give_the_same, 0, N_WIDTHS);
    support_add_cases(tc, slabs_agree_however_they_are_split, 0, 2);
    support_add_cases(tc, what_takes_too_much_is_refused_before_it_starts, 0, 4);
    tcase_add_test(tc, a_tiny_cell_is_summed_and_has_no_neighbours);
    tcase_add_test(tc, wide_densities_return);
    suite_add_tcase(suite, tc);
    return suite;
}
