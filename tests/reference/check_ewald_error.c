/* The measured error against the difference of two evaluations, and what it says of the accuracy
 * asked for. */
#include "coulomb.h"

#define LARGE 8000

static lrpot_ewald_error_report measure(const lrpot_ewald *ewald, const lrpot_atoms *atoms,
                                        const double *q, int64_t n_sample, int32_t threads)
{
    lrpot_workspace *work = NULL;
    lrpot_ewald_error_report report = LRPOT_EWALD_ERROR_REPORT_INIT;
    ck_ok(lrpot_workspace_create(&work, threads));
    ck_ok(lrpot_ewald_error(ewald, work, atoms, NULL, q, n_sample, &report));
    lrpot_workspace_free(work);
    return report;
}

static double length(const double *a, const double *b)
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
                + (a[2] - b[2]) * (a[2] - b[2]));
}

/* kinds of cells x points or Gaussians x exact or mesh */
START_TEST(the_error_is_the_difference_to_a_finer_sum)
{
    coulomb_system s;
    coulomb_result r, fine;
    support_random random = { 900u + (unsigned)_i };
    double square = 0, largest = 0, size = 0, potential = 0;
    coulomb_random(&random, _i % CELL_KINDS, 90, _i % 2 ? 0.6 : 0, _i / CELL_KINDS % 2, &s);
    lrpot_ewald_options options = coulomb_options(1e-3);
    options.method = _i / (2 * CELL_KINDS) ? LRPOT_EWALD_MESH : LRPOT_EWALD_EXACT;
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    lrpot_atoms atoms = coulomb_view(&s);
    lrpot_ewald_error_report report = measure(ewald, &atoms, s.q, 0, 2);
    coulomb_eval(&s, options, 1, &r);
    coulomb_eval(&s, coulomb_options(1e-9), 1, &fine);
    for (int64_t i = 0; i < s.n; i++) {
        static const double none[3] = { 0, 0, 0 };
        double error = length(r.forces + 3 * i, fine.forces + 3 * i);
        square += error * error;
        largest = fmax(largest, error);
        size += pow(length(fine.forces + 3 * i, none), 2);
        potential += pow(r.potential[i] - fine.potential[i], 2);
    }
    ck_close(report.forces, sqrt(square / (double)s.n), 1e-2, 1e-6);
    ck_close(report.largest, largest, 1e-2, 1e-6);
    ck_close(report.potential, sqrt(potential / (double)s.n), 3e-2, 1e-5);
    ck_close(report.size, sqrt(size / (double)s.n), 1e-6, 1);
    ck_assert(report.n_sample == s.n);
    if (s.periodic_mask != 0)
        ck_assert_msg(report.forces > 10 * report.reference, "error %g, reference %g",
                      report.forces, report.reference);
    lrpot_ewald_free(ewald);
}
END_TEST

/* Molten salt: as many atoms as make the split of the reference different from that of an
 * evaluation. */
START_TEST(a_sample_is_enough_to_see_the_accuracy)
{
    static double positions[3 * LARGE], q[LARGE];
    static int32_t species[LARGE];
    double edge = 20 * 2.82,
           cell[9] = { edge, 0, 0, 0.2 * edge, edge, 0, -0.1 * edge, 0.3 * edge, edge },
           accuracy = pow(10, -3 - 2 * _i);
    support_random random = { 2 };
    for (int64_t i = 0; i < LARGE; i++) {
        double s[3] = { (double)(i % 20) / 20, (double)(i / 20 % 20) / 20, (double)(i / 400) / 20 };
        for (int a = 0; a < 3; a++)
            positions[3 * i + a] = s[0] * cell[a] + s[1] * cell[3 + a] + s[2] * cell[6 + a]
                                   + support_uniform(&random, -0.3, 0.3);
        q[i] = (i % 20 + i / 20 % 20 + i / 400) % 2 == 0 ? 1 : -1;
    }
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = LARGE, atoms.positions = positions, atoms.species = species;
    atoms.cell = cell, atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    lrpot_ewald *ewald = NULL;
    lrpot_ewald_options options = coulomb_options(accuracy);
    ck_ok(lrpot_ewald_create(&ewald, &options));
    lrpot_ewald_error_report report = measure(ewald, &atoms, q, 40, 1),
                             again = measure(ewald, &atoms, q, 40, 2);
    ck_assert(report.n_sample == 40);
    ck_assert_msg(report.forces < accuracy && report.forces > 0.05 * accuracy,
                  "error %g of %g asked for", report.forces, accuracy);
    ck_close(again.forces, report.forces, 1e-6, 1e-12);
    lrpot_ewald_free(ewald);
}
END_TEST

START_TEST(slabs_are_measured_and_mistakes_named)
{
    coulomb_system s;
    support_random random = { 4 };
    coulomb_random(&random, CELL_CUBIC, 40, 0, 0, &s);
    lrpot_ewald_options options = coulomb_options(1e-3);
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    lrpot_atoms atoms = coulomb_view(&s);
    lrpot_workspace *work = NULL;
    lrpot_ewald_error_report report = LRPOT_EWALD_ERROR_REPORT_INIT;
    atoms.periodic_mask = 3;
    report = measure(ewald, &atoms, s.q, 10, 1);
    ck_assert_msg(report.forces < 1e-3 && report.forces > 0, "error %g", report.forces);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_ewald_error(ewald, work, &atoms, NULL, s.q, -1, &report),
                     LRPOT_E_ARGUMENT);
    atoms.n_owned = 30;
    ck_assert_int_eq(lrpot_ewald_error(ewald, work, &atoms, NULL, s.q, 0, &report),
                     LRPOT_E_UNSUPPORTED);
    report.struct_size = 8;
    ck_assert_int_eq(lrpot_ewald_error(ewald, work, &atoms, NULL, s.q, 0, &report), LRPOT_E_SIZE);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_error");
    TCase *tcase = tcase_create("reference");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, the_error_is_the_difference_to_a_finer_sum, 0, 4 * CELL_KINDS);
    support_add_cases(tcase, a_sample_is_enough_to_see_the_accuracy, 0, 2);
    tcase_add_test(tcase, slabs_are_measured_and_mistakes_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
