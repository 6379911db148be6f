/* The Coulomb sum as a linear map: products against evaluations, symmetry, diagonal, short-ranged
 * rows, threads, memory. */
#include "coulomb.h"

#include "core/memory.h"

#define N_ATOMS 12

/* A solver whose parameters do not follow from the charges, so that products and evaluations share
 * them. */
static lrpot_ewald *fixed_solver(const coulomb_system *s, int32_t method, int32_t points)
{
    lrpot_ewald_options options = coulomb_options(1e-9);
    options.method = method;
    if (s->periodic_mask != 0 && method == LRPOT_EWALD_SPLINE) {
        options.splitting = 0.55, options.cutoff = 9, options.order = 8;
        for (int d = 0; d < 3; d++) options.mesh[d] = points;
    }
    return coulomb_solver(s, options);
}

/* kinds of cells x points or Gaussians x net charge x exact or mesh */
#define VARIANTS (8 * CELL_KINDS)
typedef struct {
    coulomb_system s;
    lrpot_ewald *ewald;
    lrpot_ewald_operator *op;
    int mesh;
} setup;

static void open_setup(int variant, int32_t threads, setup *p)
{
    support_random random = { 300u + (unsigned)variant };
    int kind = variant % CELL_KINDS, gaussian = variant / CELL_KINDS % 2,
        net = variant / (2 * CELL_KINDS) % 2;
    p->mesh = variant / (4 * CELL_KINDS);
    coulomb_random(&random, kind, N_ATOMS, net ? 1.1 : 0.0, gaussian, &p->s);
    p->ewald = fixed_solver(&p->s, p->mesh ? LRPOT_EWALD_SPLINE : LRPOT_EWALD_EXACT,
                            kind == CELL_NEEDLE ? 72 : 32);
    lrpot_atoms atoms = coulomb_view(&p->s);
    ck_ok(lrpot_ewald_operator_create(&p->op, p->ewald, threads));
    ck_ok(lrpot_ewald_operator_update(p->op, &atoms, NULL, NULL));
}

static void close_setup(setup *p)
{
    lrpot_ewald_operator_free(p->op);
    lrpot_ewald_free(p->ewald);
}

START_TEST(products_are_the_potentials_of_an_evaluation)
{
    setup p;
    coulomb_result r;
    double potential[N_ATOMS], energy;
    open_setup(_i, 1, &p);
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(&p.s);
    lrpot_outputs out = coulomb_outputs(&r);
    out.virial_atom = NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_eval(p.ewald, work, &atoms, NULL, NULL, p.s.q, &out));
    ck_ok(lrpot_ewald_operator_apply(p.op, NULL, p.s.q, potential, &energy));
    for (int64_t i = 0; i < p.s.n; i++) ck_close(potential[i], r.potential[i], 2e-9, 1);
    ck_close(energy, r.energy, 2e-9, 1);
    lrpot_workspace_free(work);
    close_setup(&p);
}
END_TEST

START_TEST(the_map_is_symmetric)
{
    setup p;
    double other[N_ATOMS], a[N_ATOMS], b[N_ATOMS], left = 0, right = 0;
    support_random random = { 9 };
    open_setup(_i, 1, &p);
    for (int64_t i = 0; i < p.s.n; i++) other[i] = support_uniform(&random, -1, 1);
    ck_ok(lrpot_ewald_operator_apply(p.op, NULL, p.s.q, a, NULL));
    ck_ok(lrpot_ewald_operator_apply(p.op, NULL, other, b, NULL));
    for (int64_t i = 0; i < p.s.n; i++) left += other[i] * a[i], right += p.s.q[i] * b[i];
    ck_close(left, right, 10 * TOL_EXACT, 50);
    close_setup(&p);
}
END_TEST

START_TEST(the_diagonal_is_what_unit_charges_feel)
{
    setup p;
    double unit[N_ATOMS], potential[N_ATOMS], diagonal[N_ATOMS];
    open_setup(_i, 1, &p);
    ck_ok(lrpot_ewald_operator_diagonal(p.op, diagonal));
    for (int64_t i = 0; i < p.s.n; i++) {
        for (int64_t k = 0; k < p.s.n; k++) unit[k] = k == i;
        ck_ok(lrpot_ewald_operator_apply(p.op, NULL, unit, potential, NULL));
        ck_close(diagonal[i], potential[i], p.mesh ? 1e-6 : TOL_EXACT,
                 10); /* the mesh is not the same everywhere */
    }
    close_setup(&p);
}
END_TEST

START_TEST(short_ranged_rows_are_symmetric_and_all_of_an_isolated_system_without_a_mesh)
{
    setup p;
    double dense[N_ATOMS][N_ATOMS] = { { 0 } };
    int64_t n;
    const int64_t *offsets;
    const int32_t *columns;
    const double *values;
    open_setup(_i, 1, &p);
    ck_ok(lrpot_ewald_operator_short_range(p.op, &n, &offsets, &columns, &values));
    ck_assert(n == p.s.n);
    for (int64_t i = 0; i < n; i++) {
        ck_assert(columns[offsets[i]] == i);
        for (int64_t k = offsets[i]; k < offsets[i + 1]; k++) dense[i][columns[k]] += values[k];
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) ck_close(dense[i][j], dense[j][i], TOL_EXACT, 10);
    if (p.s.periodic_mask == 0 && !p.mesh) {
        double potential[N_ATOMS];
        ck_ok(lrpot_ewald_operator_apply(p.op, NULL, p.s.q, potential, NULL));
        for (int64_t i = 0; i < n; i++) {
            double sum = 0;
            for (int64_t j = 0; j < n; j++) sum += dense[i][j] * p.s.q[j];
            ck_close(sum, potential[i], TOL_EXACT, 30);
        }
    }
    close_setup(&p);
}
END_TEST

START_TEST(threads_change_rounding_alone)
{
    setup one, three;
    double a[N_ATOMS], b[N_ATOMS], again[N_ATOMS];
    open_setup(_i, 1, &one);
    open_setup(_i, 3, &three);
    ck_ok(lrpot_ewald_operator_apply(one.op, NULL, one.s.q, a, NULL));
    ck_ok(lrpot_ewald_operator_apply(three.op, NULL, one.s.q, b, NULL));
    ck_ok(lrpot_ewald_operator_apply(three.op, NULL, one.s.q, again, NULL));
    for (int64_t i = 0; i < one.s.n; i++) {
        ck_close(a[i], b[i], 10 * TOL_EXACT, 30);
        ck_assert(b[i] == again[i]);
    }
    close_setup(&one);
    close_setup(&three);
}
END_TEST

/* Charges of mean square 1, for which the accuracy is promised, and the parameters that the solver
 * chooses itself. */
START_TEST(chosen_parameters_keep_the_accuracy)
{
    coulomb_system s;
    coulomb_result r;
    double potential[COULOMB_MAX];
    support_random random = { 77 };
    coulomb_random(&random, CELL_TRICLINIC, 100, 0, 0, &s);
    for (int64_t i = 0; i < s.n; i++) s.q[i] = i % 2 == 0 ? 1 : -1;
    coulomb_eval(&s, coulomb_options(1e-9), 1, &r);
    lrpot_ewald_options options = coulomb_options(1e-4);
    options.method = _i == 0 ? LRPOT_EWALD_EXACT : LRPOT_EWALD_MESH;
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    lrpot_ewald_operator *op = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 1));
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, s.q, potential, NULL));
    double square = 0;
    for (int64_t i = 0; i < s.n; i++) square += pow(potential[i] - r.potential[i], 2);
    ck_assert_msg(sqrt(square / (double)s.n) < 2e-4, "error of the potential %g V",
                  sqrt(square / (double)s.n));
    ck_assert_msg(square > 0, "the comparison is one of equal parameters");
    lrpot_ewald_operator_free(op);
    lrpot_ewald_free(ewald);
}
END_TEST

START_TEST(positions_come_before_products_and_nothing_is_allocated_after)
{
    coulomb_system s;
    double potential[N_ATOMS];
    int64_t n;
    const int64_t *offsets;
    const int32_t *columns;
    const double *values;
    support_random random = { 5 };
    coulomb_random(&random, CELL_CUBIC, N_ATOMS, 0, 0, &s);
    lrpot_ewald *ewald = fixed_solver(&s, _i == 0 ? LRPOT_EWALD_EXACT : LRPOT_EWALD_SPLINE, 32);
    lrpot_ewald_operator *op = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 1));
    ck_assert_int_eq(lrpot_ewald_operator_apply(op, NULL, s.q, potential, NULL), LRPOT_E_STATE);
    ck_assert_int_eq(lrpot_ewald_operator_diagonal(op, potential), LRPOT_E_STATE);
    ck_assert_int_eq(lrpot_ewald_operator_short_range(op, &n, &offsets, &columns, &values),
                     LRPOT_E_STATE);
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, s.q, potential, NULL));
    int64_t before = lrpot__allocation_count();
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    for (int k = 0; k < 5; k++) ck_ok(lrpot_ewald_operator_apply(op, NULL, s.q, potential, NULL));
    ck_assert(lrpot__allocation_count() == before);
    s.q[3] = NAN;
    ck_assert_int_eq(lrpot_ewald_operator_apply(op, NULL, s.q, potential, NULL),
                     LRPOT_E_NOT_FINITE);
    memcpy(s.positions, s.positions + 6, 3 * sizeof(double));
    ck_assert_int_eq(lrpot_ewald_operator_update(op, &atoms, NULL, NULL), LRPOT_E_COINCIDENT);
    ck_assert_int_eq(lrpot_ewald_operator_apply(op, NULL, s.q, potential, NULL), LRPOT_E_STATE);
    lrpot_ewald_operator_free(op);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_operator");
    TCase *tcase = tcase_create("property");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, products_are_the_potentials_of_an_evaluation, 0, VARIANTS);
    support_add_cases(tcase, the_map_is_symmetric, 0, VARIANTS);
    support_add_cases(tcase, the_diagonal_is_what_unit_charges_feel, 0, VARIANTS);
    support_add_cases(tcase,
                      short_ranged_rows_are_symmetric_and_all_of_an_isolated_system_without_a_mesh,
                      0, VARIANTS);
    support_add_cases(tcase, threads_change_rounding_alone, 0, VARIANTS);
    support_add_cases(tcase, chosen_parameters_keep_the_accuracy, 0, 2);
    support_add_cases(tcase, positions_come_before_products_and_nothing_is_allocated_after, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
