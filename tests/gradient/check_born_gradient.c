/* Born charges against differences of dipoles, phase polarizations and charges. */
#include "models.h"

#define N_ATOMS 7

static const double two_pi = 6.283185307179586476925;

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const lrpot_structure *structure;
    int64_t coordinate; /* moved */
    int component;      /* looked at */
    int imaginary;
} moved;

static lrpot_structure *displaced(const moved *m, double x)
{
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    lrpot_structure_positions(copy)[m->coordinate] += x;
    return copy;
}

static double dipole_at(double x, void *ctx)
{
    const moved *m = ctx;
    double dipole[3];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.dipole = dipole;
    lrpot_structure *copy = displaced(m, x);
    ck_ok(lrpot_potential_compute_structure(m->potential, m->work, copy, &out));
    lrpot_structure_free(copy);
    return dipole[m->component];
}

static double phase_at(double x, void *ctx)
{
    const moved *m = ctx;
    double q[N_ATOMS];
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_polarization polarization = LRPOT_POLARIZATION_INIT;
    out.charges = q;
    lrpot_structure *copy = displaced(m, x);
    ck_ok(lrpot_potential_compute_structure(m->potential, m->work, copy, &out));
    ck_ok(lrpot_structure_view(copy, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_response_polarization(&atoms, q, NULL, &polarization));
    lrpot_structure_free(copy);
    return m->imaginary ? polarization.phase_imag[m->component]
                        : polarization.phase_real[m->component];
}

static void check_isolated(int32_t kind, double total_charge)
{
    support_random random = { 500 + (uint64_t)kind };
    moved m = { models_random_potential(&random, kind),
                NULL,
                models_random_structure(&random, CELL_NONE, N_ATOMS, total_charge),
                0,
                0,
                0 };
    double Z[9 * N_ATOMS];
    ck_ok(lrpot_workspace_create(&m.work, 1));
    ck_ok(lrpot_response_born_charges_structure(m.potential, m.work, m.structure,
                                                LRPOT_BORN_UNFOLDED, Z, NULL));
    for (m.coordinate = 0; m.coordinate < 3 * N_ATOMS; m.coordinate++)
        for (m.component = 0; m.component < 3; m.component++) {
            double z = Z[9 * (m.coordinate / 3) + 3 * m.component + m.coordinate % 3];
            ck_close(z, support_difference(dipole_at, &m, 0, MODEL_STEP), TOL_FD,
                     models_largest(Z, 9 * N_ATOMS));
        }
    lrpot_workspace_free(m.work);
    lrpot_structure_free((lrpot_structure *)m.structure);
    lrpot_potential_free((lrpot_potential *)m.potential);
}

START_TEST(isolated_born_charges_are_derivatives_of_the_dipole)
{
    check_isolated(_i, 0.0);
    check_isolated(_i, 1.0);
}
END_TEST

/* Z_i[a][b] = sum_c h_ca Re[ exp(-2 pi i s_ic) dP_c/dr_ib ] with the exponential at the place
 * before the move. */
static double phase_born_charge(moved *m, int64_t coordinate, int a)
{
    const double *cell = lrpot_structure_cell(m->structure),
                 *r = lrpot_structure_positions_const(m->structure) + coordinate / 3 * 3;
    double inverse[9],
        determinant = cell[0] * (cell[4] * cell[8] - cell[5] * cell[7])
                      - cell[1] * (cell[3] * cell[8] - cell[5] * cell[6])
                      + cell[2] * (cell[3] * cell[7] - cell[4] * cell[6]),
        sum = 0;
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++) {
            int i = (column + 1) % 3, j = (column + 2) % 3, k = (row + 1) % 3, l = (row + 2) % 3;
            inverse[3 * row + column] =
                (cell[3 * i + k] * cell[3 * j + l] - cell[3 * i + l] * cell[3 * j + k])
                / determinant;
        }
    m->coordinate = coordinate;
    for (int c = 0; c < 3; c++) {
        double angle = two_pi * (r[0] * inverse[c] + r[1] * inverse[3 + c] + r[2] * inverse[6 + c]);
        m->component = c;
        m->imaginary = 0;
        double real = support_difference(phase_at, m, 0, MODEL_STEP);
        m->imaginary = 1;
        double imaginary = support_difference(phase_at, m, 0, MODEL_STEP);
        sum += cell[3 * c + a] * (cos(angle) * real + sin(angle) * imaginary);
    }
    return sum;
}

START_TEST(phase_born_charges_are_dephased_derivatives_of_the_phase_polarization)
{
    for (int cell = 0; cell < CELL_NONE; cell++) {
        support_random random = { 600 + (uint64_t)(10 * _i + cell) };
        moved m = { models_random_potential(&random, _i),
                    NULL,
                    models_random_structure(&random, cell, N_ATOMS, 0.7),
                    0,
                    0,
                    0 };
        double Z[9 * N_ATOMS];
        ck_ok(lrpot_workspace_create(&m.work, 1));
        ck_ok(lrpot_response_born_charges_structure(m.potential, m.work, m.structure,
                                                    LRPOT_BORN_PHASE, Z, NULL));
        for (int64_t k = 0; k < 9 * N_ATOMS; k += 4)
            ck_close(Z[k], phase_born_charge(&m, k / 9 * 3 + k % 3, (int)(k % 9 / 3)), TOL_FD,
                     models_largest(Z, 9 * N_ATOMS));
        lrpot_workspace_free(m.work);
        lrpot_structure_free((lrpot_structure *)m.structure);
        lrpot_potential_free((lrpot_potential *)m.potential);
    }
}
END_TEST

typedef struct {
    const lrpot_potential *potential;
    lrpot_workspace *work;
    const lrpot_structure *super;
    const double *origin; /* of the moved atom */
    int64_t coordinate;
    int component;
} in_supercell;

/* sum_i (r_i - r_l)_a q_i over the nearest images i of the moved atom l, at its place before the
 * move. */
static double local_dipole_at(double x, void *ctx)
{
    const in_supercell *s = ctx;
    int64_t n = lrpot_structure_count(s->super);
    double *q = calloc((size_t)n, sizeof *q), sum = 0;
    const double *cell = lrpot_structure_cell(s->super);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_structure *copy = NULL;
    out.charges = q;
    ck_ok(lrpot_structure_clone(&copy, s->super));
    lrpot_structure_positions(copy)[s->coordinate] += x;
    ck_ok(lrpot_potential_compute_structure(s->potential, s->work, copy, &out));
    for (int64_t i = 0; i < n; i++) {
        const double *r = lrpot_structure_positions_const(s->super) + 3 * i;
        double nearest[3] = { 0 }, least = INFINITY;
        for (int image = 0; image < 125; image++) {
            double d[3], square = 0;
            for (int a = 0; a < 3; a++) {
                d[a] = r[a] - s->origin[a] + (image % 5 - 2) * cell[a]
                       + (image / 5 % 5 - 2) * cell[3 + a] + (image / 25 - 2) * cell[6 + a];
                square += d[a] * d[a];
            }
            if (square < least) least = square, memcpy(nearest, d, sizeof d);
        }
        sum += q[i] * nearest[s->component];
    }
    lrpot_structure_free(copy);
    free(q);
    return sum;
}

/* With charges that are functions of their neighbourhood alone, one atom moved in a large cell
 * changes charges within reach only, so that places of the nearest images give the unfolded form
 * without any limit. */
START_TEST(unfolded_born_charges_are_derivatives_of_the_charges_around_one_moved_atom)
{
    for (int cell = 0; cell < CELL_TINY; cell++) {
        support_random random = { 700 + (uint64_t)cell };
        lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQ);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0),
                        *super = NULL;
        lrpot_workspace *work = NULL;
        const int32_t repeat[3] = { 3, 3, 3 };
        double Z[9 * N_ATOMS], q[N_ATOMS];
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.charges = q;
        ck_ok(lrpot_workspace_create(&work, 1));
        ck_ok(lrpot_structure_repeat(&super, structure, repeat));
        ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
        ck_ok(lrpot_response_born_charges_structure(potential, work, structure, LRPOT_BORN_UNFOLDED,
                                                    Z, NULL));
        const double *first = lrpot_structure_positions_const(super);
        in_supercell s = { potential, work, super, first, 0, 0 };
        for (s.coordinate = 0; s.coordinate < 3; s.coordinate++)
            for (s.component = 0; s.component < 3; s.component++) {
                double expected = support_difference(local_dipole_at, &s, 0, MODEL_STEP)
                                  + (s.component == s.coordinate ? q[0] : 0);
                ck_close(Z[3 * s.component + s.coordinate], expected, TOL_FD,
                         models_largest(Z, 9 * N_ATOMS));
            }
        lrpot_workspace_free(work);
        lrpot_structure_free(super);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

/* Largest difference of phase and unfolded form in the cell repeated n times. */
static double finite_k_error(const lrpot_potential *potential, const lrpot_structure *structure,
                             int32_t repeat_count, const double *unfolded)
{
    const int32_t repeat[3] = { repeat_count, repeat_count, repeat_count };
    lrpot_structure *super = NULL;
    lrpot_workspace *work = NULL;
    double error = 0;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_repeat(&super, structure, repeat));
    int64_t n = lrpot_structure_count(structure), n_super = lrpot_structure_count(super);
    double *Z = calloc((size_t)(9 * n_super), sizeof *Z);
    ck_ok(lrpot_response_born_charges_structure(potential, work, super, LRPOT_BORN_PHASE, Z, NULL));
    for (int64_t k = 0; k < 9 * n; k++) error = fmax(error, fabs(Z[k] - unfolded[k]));
    free(Z);
    lrpot_structure_free(super);
    lrpot_workspace_free(work);
    return error;
}

START_TEST(phase_form_meets_the_unfolded_form_with_the_inverse_square_of_the_cell)
{
    support_random random = { 800 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0);
    lrpot_workspace *work = NULL;
    double Z[9 * N_ATOMS];
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_response_born_charges_structure(potential, work, structure, LRPOT_BORN_UNFOLDED, Z,
                                                NULL));
    double at_3 = finite_k_error(potential, structure, 3, Z),
           at_6 = finite_k_error(potential, structure, 6, Z);
    ck_assert_msg(at_3 > 1e-4, "the finite-k error at three cells is %.3g e: nothing to measure",
                  at_3);
    ck_assert_msg(at_3 / at_6 > 3.7 && at_3 / at_6 < 4.3,
                  "doubling the cell divides the error by %.3f (%.3g, %.3g e), expected 4",
                  at_3 / at_6, at_3, at_6);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("born_gradient");
    TCase *tcase = tcase_create("born_gradient");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, isolated_born_charges_are_derivatives_of_the_dipole,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, isolated_born_charges_are_derivatives_of_the_dipole,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, phase_born_charges_are_dephased_derivatives_of_the_phase_polarization,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, phase_born_charges_are_dephased_derivatives_of_the_phase_polarization,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_LATENT + 1);
    tcase_add_test(tcase,
                   unfolded_born_charges_are_derivatives_of_the_charges_around_one_moved_atom);
    tcase_add_test(tcase, phase_form_meets_the_unfolded_form_with_the_inverse_square_of_the_cell);
    suite_add_tcase(suite, tcase);
    return suite;
}
