/* The table of the kernels: names and traits, derivatives of every kernel, and what is refused is
 * what the traits say. Loops over the table, so that a new kernel needs no line here. */
#include "coulomb.h"

#define ATOMS 8
#define STEP 1e-4

static int has(int kernel, int32_t trait)
{
    return (lrpot_ewald_kernel_traits(kernel) & trait) != 0;
}

static lrpot_ewald_options options_of(int kernel)
{
    lrpot_ewald_options options = coulomb_options(1e-11);
    options.kernel = kernel;
    options.method = LRPOT_EWALD_EXACT;
    if (has(kernel, LRPOT_EWALD_KERNEL_SIGMA)) options.sigma = 1.3;
    return options;
}

static void make(int kind, coulomb_system *s)
{
    support_random random = { 17u + (unsigned)kind };
    coulomb_random(&random, kind, ATOMS, 5.0, 0, s);
}

static double energy_of(const coulomb_system *s, int kernel)
{
    coulomb_result r;
    coulomb_eval(s, options_of(kernel), 1, &r);
    return r.energy;
}

/* (E(+h) - E(-h))/2h, with a second difference of twice the step: error h^4. */
static double slope_of(const coulomb_system *s, int kernel,
                       void (*move)(const coulomb_system *, int, double, coulomb_system *), int x)
{
    double near[2], far[2];
    for (int side = 0; side < 2; side++) {
        coulomb_system moved;
        double h = side == 0 ? STEP : -STEP;
        move(s, x, h, &moved);
        near[side] = energy_of(&moved, kernel);
        move(s, x, 2.0 * h, &moved);
        far[side] = energy_of(&moved, kernel);
    }
    return (8.0 * (near[0] - near[1]) - (far[0] - far[1])) / (12.0 * STEP);
}

static void shift(const coulomb_system *s, int x, double h, coulomb_system *out)
{
    *out = *s;
    out->positions[x] += h;
}

static void strain(const coulomb_system *s, int x, double h, coulomb_system *out)
{
    *out = *s;
    for (int64_t i = 0; i < s->n; i++)
        out->positions[3 * i + x / 3] += h * s->positions[3 * i + x % 3];
    for (int d = 0; d < 3; d++) out->cell[3 * d + x / 3] += h * s->cell[3 * d + x % 3];
}

static void charge(const coulomb_system *s, int x, double h, coulomb_system *out)
{
    *out = *s;
    out->q[x] += h;
}

static void check_derivatives(const coulomb_system *s, int kernel)
{
    coulomb_result r;
    double size = 0.0;
    coulomb_eval(s, options_of(kernel), 1, &r);
    for (int x = 0; x < 3 * ATOMS; x++) size = fmax(size, fabs(r.forces[x]));
    ck_assert_double_gt(size, 0.0);
    for (int x = 0; x < 3 * ATOMS; x += 5)
        ck_close(-slope_of(s, kernel, shift, x), r.forces[x], 1e-7 * size, 1);
    for (int x = 0; x < 9; x++)
        ck_close(-slope_of(s, kernel, strain, x), r.virial[x], 1e-6 * size, 1);
    double sum = 0.0;
    for (int i = 0; i < ATOMS; i++) sum += 0.5 * s->q[i] * r.potential[i];
    ck_close(sum, r.energy, TOL_EXACT, 1);
    for (int i = 0; i < ATOMS; i += 3)
        ck_close(slope_of(s, kernel, charge, i), r.potential[i], 1e-6 * size, 1);
}

START_TEST(a_kernel_has_a_name_a_unit_and_a_line_for_lists)
{
    ck_assert_int_eq(lrpot_ewald_kernel_of(lrpot_ewald_kernel_name(_i)), _i);
    ck_assert_ptr_nonnull(lrpot_ewald_kernel_summary(_i));
    ck_assert_int_eq(strcmp(lrpot_ewald_kernel_unit(_i), "e") == 0,
                     has(_i, LRPOT_EWALD_KERNEL_CHARGES));
}
END_TEST

START_TEST(what_is_no_kernel_has_none)
{
    int32_t count = lrpot_ewald_kernel_count();
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    ck_assert_int_eq(lrpot_ewald_kernel_of("coulomb"), options.kernel);
    ck_assert_ptr_null(lrpot_ewald_kernel_name(count));
    ck_assert_ptr_null(lrpot_ewald_kernel_name(-1));
    ck_assert_ptr_null(lrpot_ewald_kernel_summary(count));
    ck_assert_ptr_null(lrpot_ewald_kernel_unit(-1));
    ck_assert_int_eq(lrpot_ewald_kernel_traits(count), 0);
    ck_assert_int_eq(lrpot_ewald_kernel_of("coulombs"), -1);
    ck_assert_int_eq(lrpot_ewald_kernel_of(NULL), -1);
}
END_TEST

START_TEST(outputs_of_an_isolated_system_are_derivatives)
{
    coulomb_system s;
    make(CELL_NONE, &s);
    check_derivatives(&s, _i);
}
END_TEST

START_TEST(outputs_of_a_crystal_are_derivatives)
{
    coulomb_system s;
    make(CELL_TRICLINIC, &s);
    if (has(_i, LRPOT_EWALD_KERNEL_CRYSTALS)) check_derivatives(&s, _i);
}
END_TEST

static lrpot_status evaluate(const coulomb_system *s, int kernel, int32_t mask)
{
    coulomb_result r;
    lrpot_ewald *ewald = coulomb_solver(s, options_of(kernel));
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(s);
    lrpot_outputs out = coulomb_outputs(&r);
    atoms.cell = s->cell;
    atoms.periodic_mask = mask;
    ck_ok(lrpot_workspace_create(&work, 1));
    lrpot_status status = lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, s->q, &out);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return status;
}

START_TEST(the_traits_say_which_systems_are_offered)
{
    coulomb_system s;
    make(CELL_TRICLINIC, &s);
    ck_ok(evaluate(&s, _i, 0));
    ck_assert_int_eq(evaluate(&s, _i, LRPOT_PERIODIC_ALL),
                     has(_i, LRPOT_EWALD_KERNEL_CRYSTALS) ? LRPOT_OK : LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(evaluate(&s, _i, 3),
                     has(_i, LRPOT_EWALD_KERNEL_SLABS) ? LRPOT_OK : LRPOT_E_UNSUPPORTED);
}
END_TEST

START_TEST(the_traits_say_whether_there_is_a_matrix)
{
    coulomb_system s;
    double matrix[ATOMS * ATOMS], energy = 0.0;
    make(CELL_NONE, &s);
    lrpot_ewald *ewald = coulomb_solver(&s, options_of(_i));
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    ck_ok(lrpot_workspace_create(&work, 1));
    lrpot_status status = lrpot_ewald_matrix(ewald, work, &atoms, matrix, NULL, NULL);
    ck_assert_int_eq(status, has(_i, LRPOT_EWALD_KERNEL_MATRIX) ? LRPOT_OK : LRPOT_E_UNSUPPORTED);
    for (int i = 0; status == LRPOT_OK && i < ATOMS; i++)
        for (int j = 0; j < ATOMS; j++) energy += 0.5 * s.q[i] * s.q[j] * matrix[i * ATOMS + j];
    if (status == LRPOT_OK) ck_close(energy, energy_of(&s, _i), TOL_EXACT, 1);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

static lrpot_status create(const lrpot_ewald_options *options)
{
    lrpot_ewald *ewald = NULL;
    lrpot_status status = lrpot_ewald_create(&ewald, options);
    lrpot_ewald_free(ewald);
    return status;
}

START_TEST(the_traits_say_which_options_are_taken)
{
    const double width = 0.7;
    lrpot_ewald_options options = options_of(_i);
    ck_ok(create(&options));
    options.n_widths = 1, options.widths = &width;
    ck_assert_int_eq(create(&options),
                     has(_i, LRPOT_EWALD_KERNEL_WIDTHS) ? LRPOT_OK : LRPOT_E_ARGUMENT);
    options = options_of(_i);
    options.cutoff = 6.0;
    ck_assert_int_eq(create(&options),
                     has(_i, LRPOT_EWALD_KERNEL_PAIRS) ? LRPOT_OK : LRPOT_E_ARGUMENT);
    options = options_of(_i);
    options.sigma = has(_i, LRPOT_EWALD_KERNEL_SIGMA) ? 0.0 : 1.3;
    ck_assert_int_eq(create(&options), LRPOT_E_ARGUMENT);
    options = options_of(_i);
    options.flags = 1 << 20;
    ck_assert_int_eq(create(&options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), lrpot_ewald_kernel_name(_i)));
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_kernels");
    TCase *tc = tcase_create("table");
    int count = lrpot_ewald_kernel_count();
    support_add_cases(tc, a_kernel_has_a_name_a_unit_and_a_line_for_lists, 0, count);
    tcase_add_test(tc, what_is_no_kernel_has_none);
    support_add_cases(tc, outputs_of_an_isolated_system_are_derivatives, 0, count);
    support_add_cases(tc, outputs_of_a_crystal_are_derivatives, 0, count);
    support_add_cases(tc, the_traits_say_which_systems_are_offered, 0, count);
    support_add_cases(tc, the_traits_say_whether_there_is_a_matrix, 0, count);
    support_add_cases(tc, the_traits_say_which_options_are_taken, 0, count);
    suite_add_tcase(suite, tc);
    return suite;
}
