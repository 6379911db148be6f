/* Neighbour lists of very many atoms, of one atom, of sparse and of absurd systems. */
#include "support.h"

#include "core/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* m^3 atoms on a slightly displaced simple cubic lattice of 2.82 A, in random order when asked for.
 */
static double *lattice_positions(int64_t m, int shuffled)
{
    support_random random = { 31 };
    int64_t n = m * m * m;
    double *r = malloc((size_t)(3 * n) * sizeof *r);
    for (int64_t i = 0; i < n; i++) {
        int64_t site[3] = { i / (m * m), i / m % m, i % m };
        for (int x = 0; x < 3; x++)
            r[3 * i + x] = 2.82 * (double)site[x] + support_uniform(&random, -0.1, 0.1);
    }
    for (int64_t i = n - 1; shuffled && i > 0; i--) {
        int64_t k = (int64_t)support_uniform(&random, 0, (double)(i + 1));
        for (int x = 0; x < 3; x++) {
            double swap = r[3 * i + x];
            r[3 * i + x] = r[3 * k + x];
            r[3 * k + x] = swap;
        }
    }
    return r;
}

static double build_time(int64_t m, int shuffled)
{
    double *positions = lattice_positions(m, shuffled), length = 2.82 * (double)m;
    const double cell[9] = { length, 0, 0, 0, length, 0, 0, 0, length };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    atoms.n_owned = atoms.n_all = m * m * m;
    atoms.positions = positions;
    atoms.cell = cell;
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    double start = seconds();
    ck_ok(lrpot_nlist_build(&list, &atoms, 5.0, 0.0));
    double time = seconds() - start;
    printf("# %lld atoms, %lld pairs: %.3f s\n", (long long)atoms.n_all,
           (long long)lrpot_nlist_pairs(list), time);
    /* Shells of 6, 12 and 8 at 2.82, 3.99 and 4.88 A; the last is cut by the displacements. */
    ck_assert_int_gt(lrpot_nlist_pairs(list), 18 * atoms.n_all);
    ck_assert_int_le(lrpot_nlist_pairs(list), 26 * atoms.n_all);
    lrpot_nlist_free(list);
    free(positions);
    return time;
}

START_TEST(a_million_atoms_take_ten_times_as_long_as_a_hundred_thousand)
{
    double few = fmin(build_time(46, 0), build_time(46, 0)), many = build_time(100, 0);
    ck_assert_msg(many < 20.0 * few * 1e6 / (46.0 * 46 * 46) / 10.0,
                  "%g s for 10^6 atoms, %g s for 46^3", many, few);
}
END_TEST

START_TEST(atoms_in_random_order_are_found_too)
{
    ck_assert_double_gt(build_time(40, 1), 0.0);
}
END_TEST

START_TEST(one_atom_without_a_cell_has_no_neighbours)
{
    const double position[3] = { 1e6, -2, 3 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    atoms.n_owned = atoms.n_all = 1;
    atoms.positions = position;
    ck_ok(lrpot_nlist_build(&list, &atoms, 5.0, 1.0));
    ck_assert_int_eq(lrpot_nlist_pairs(list), 0);
    ck_assert_int_eq(lrpot_nlist_degree(list, 0), 0);
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(a_process_may_own_no_atoms)
{
    const double position[3] = { 1, 2, 3 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_nlist_build(&list, &atoms, 5.0, 0.0));
    ck_assert_int_eq(lrpot_nlist_pairs(list), 0);
    atoms.n_all = 1;
    atoms.positions = position;
    ck_ok(lrpot_nlist_rebuild(list, &atoms));
    ck_assert_int_eq(lrpot_nlist_pairs(list), 0);
    lrpot_nlist_free(list);
}
END_TEST

/* Two dimers a light-second apart: bins must not fill the space between. */
START_TEST(a_sparse_system_in_a_huge_box_needs_little_memory)
{
    const double far = 3e10, positions[12] = { 0, 0, 0, 1, 0, 0, far, far, far, far, far + 1, far };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    atoms.n_owned = atoms.n_all = 4;
    atoms.positions = positions;
    ck_ok(lrpot_nlist_build(&list, &atoms, 5.0, 0.0));
    ck_assert_int_eq(lrpot_nlist_pairs(list), 4);
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(atoms_on_a_line_or_a_plane_are_found)
{
    double positions[3 * 50] = { 0 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    atoms.n_owned = atoms.n_all = 50;
    atoms.positions = positions;
    for (int axis = 0; axis < 3; axis++) {
        for (int i = 0; i < 50; i++)
            for (int x = 0; x < 3; x++) positions[3 * i + x] = x == axis ? 1.5 * i : 0.0;
        ck_ok(lrpot_nlist_build(&list, &atoms, 2.0, 0.0));
        ck_assert_int_eq(lrpot_nlist_pairs(list), 98);
        lrpot_nlist_free(list);
    }
}
END_TEST

START_TEST(absurd_coordinates_are_errors)
{
    double positions[6] = { 0, 0, 0, 1e300, 0, 0 };
    const double cell[9] = { 4, 0, 0, 0, 4, 0, 0, 0, 4 },
                 speck[9] = { 1e-4, 0, 0, 0, 1e-4, 0, 0, 0, 1e-4 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    atoms.n_owned = atoms.n_all = 2;
    atoms.positions = positions;
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, 5.0, 0.0), LRPOT_E_ARGUMENT);
    atoms.cell = cell;
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, 5.0, 0.0), LRPOT_E_ARGUMENT);
    positions[3] = NAN;
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, 5.0, 0.0), LRPOT_E_NOT_FINITE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "atom 1"));
    atoms.n_owned = atoms.n_all = 1;
    atoms.cell = speck;
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, 5.0, 0.0), LRPOT_E_CELL);
    ck_assert_ptr_null(list);
}
END_TEST

START_TEST(rebuilding_in_a_run_allocates_nothing)
{
    double *positions = lattice_positions(8, 0);
    const double cell[9] = { 22.56, 0, 0, 3, 22.56, 0, 0, -2, 22.56 };
    support_random random = { 33 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    atoms.n_owned = atoms.n_all = 512;
    atoms.positions = positions;
    atoms.cell = cell;
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    ck_ok(lrpot_nlist_build(&list, &atoms, 6.0, 0.5));
    ck_ok(lrpot_nlist_rebuild(list, &atoms));
    int64_t before = lrpot__allocation_count();
    for (int step = 0; step < 20; step++) {
        for (int x = 0; x < 3 * 512; x++) positions[x] += support_uniform(&random, -0.02, 0.02);
        ck_ok(lrpot_nlist_rebuild(list, &atoms));
    }
    ck_assert_int_eq(lrpot__allocation_count() - before, 0);
    lrpot_nlist_free(list);
    free(positions);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nlist_size");
    TCase *tests = tcase_create("size");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, a_million_atoms_take_ten_times_as_long_as_a_hundred_thousand);
    tcase_add_test(tests, atoms_in_random_order_are_found_too);
    tcase_add_test(tests, one_atom_without_a_cell_has_no_neighbours);
    tcase_add_test(tests, a_process_may_own_no_atoms);
    tcase_add_test(tests, a_sparse_system_in_a_huge_box_needs_little_memory);
    tcase_add_test(tests, atoms_on_a_line_or_a_plane_are_found);
    tcase_add_test(tests, absurd_coordinates_are_errors);
    tcase_add_test(tests, rebuilding_in_a_run_allocates_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
