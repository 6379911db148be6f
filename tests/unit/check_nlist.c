/* Errors of neighbour lists, and what the layers above rely on. */
#include "support.h"

#include "structure/nlist.h"

#include <math.h>
#include <string.h>

static const double cell[9] = { 6, 0, 0, 0, 6, 0, 0, 0, 6 };

static lrpot_atoms three_atoms(const double *positions)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = 3;
    atoms.positions = positions;
    return atoms;
}

START_TEST(coincident_atoms_are_named)
{
    const double positions[9] = { 1, 1, 1, 3, 3, 3, 7, 1, 1 + 1e-8 };
    lrpot_atoms atoms = three_atoms(positions);
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_nlist_build(&list, &atoms, 3.0, 0.0));
    atoms.cell = cell;
    atoms.periodic_mask = 1;
    ck_assert_int_eq(lrpot_nlist_rebuild(list, &atoms), LRPOT_E_COINCIDENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "atoms 0 and 2"));
    /* The list of a failed rebuild cannot be used by mistake. */
    lrpot__rows rows;
    ck_assert_int_eq(lrpot__nlist_rows(list, &atoms, 3.0, &rows), LRPOT_E_STATE);
    ck_assert_int_eq(lrpot_nlist_degree(list, 0), -1);
    atoms.periodic_mask = 0;
    ck_ok(lrpot_nlist_rebuild(list, &atoms));
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(a_longer_cutoff_than_the_list_is_refused)
{
    const double positions[9] = { 1, 1, 1, 3, 3, 3, 4, 1, 1 };
    lrpot_atoms atoms = three_atoms(positions);
    lrpot_nlist *list = NULL;
    lrpot__rows rows;
    ck_ok(lrpot_nlist_build(&list, &atoms, 6.0, 1.0));
    ck_assert_double_eq(lrpot_nlist_cutoff(list), 6.0);
    ck_ok(lrpot__nlist_rows(list, &atoms, 6.0 * (1 + 1e-13), &rows));
    ck_assert_int_eq(lrpot__nlist_rows(list, &atoms, 6.2, &rows), LRPOT_E_CUTOFF);
    ck_assert_str_eq(lrpot_last_error(), "cutoff 6.2 A exceeds list cutoff 6 A");
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(a_list_of_other_atoms_is_refused)
{
    const double positions[9] = { 1, 1, 1, 3, 3, 3, 4, 1, 1 };
    lrpot_atoms atoms = three_atoms(positions), fewer = atoms;
    lrpot_nlist *list = NULL;
    lrpot__rows rows;
    ck_ok(lrpot_nlist_build(&list, &atoms, 6.0, 0.0));
    fewer.n_owned = fewer.n_all = 2;
    ck_assert_int_eq(lrpot__nlist_rows(list, &fewer, 6.0, &rows), LRPOT_E_SIZE);
    atoms.n_owned = 2;
    ck_ok(lrpot_nlist_rebuild(list, &atoms));
    ck_assert_int_eq(lrpot__nlist_rows(list, &fewer, 6.0, &rows), LRPOT_E_SIZE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "names atom 2"));
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(bad_arguments_of_a_search_are_refused)
{
    const double positions[9] = { 1, 1, 1, 3, 3, 3, 4, 1, 1 },
                 flat[9] = { 6, 0, 0, 12, 0, 0, 0, 0, 6 };
    lrpot_atoms atoms = three_atoms(positions);
    lrpot_nlist *list = NULL;
    ck_assert_int_eq(lrpot_nlist_build(NULL, &atoms, 6.0, 0.0), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_nlist_build(&list, NULL, 6.0, 0.0), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, 0.0, 0.0), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, NAN, 0.0), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, 6.0, -0.1), LRPOT_E_ARGUMENT);
    atoms.cell = flat;
    atoms.periodic_mask = 3;
    ck_assert_int_eq(lrpot_nlist_build(&list, &atoms, 6.0, 0.0), LRPOT_E_CELL);
    ck_assert_ptr_null(list);
    ck_assert_int_eq(lrpot_nlist_rebuild(NULL, &atoms), LRPOT_E_NULL);
    lrpot_nlist_free(NULL);
}
END_TEST

START_TEST(bad_lent_lists_are_refused)
{
    const int64_t offsets[3] = { 0, 1, 2 }, falling[3] = { 0, 2, 1 };
    const int32_t j[2] = { 1, 0 }, negative[2] = { 1, -1 }, order[2] = { 1, 0 },
                  beyond[2] = { 0, 2 }, count[2] = { 1, 1 };
    int32_t row0[1] = { 1 }, row1[1] = { 0 }, *pointers[2] = { row0, row1 },
            *missing[2] = { row0, NULL };
    lrpot_nlist *list = NULL;
    ck_assert_int_eq(lrpot_nlist_wrap_csr(&list, 2, NULL, j, NULL, 5.0), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_nlist_wrap_csr(&list, 2, offsets, NULL, NULL, 5.0), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_nlist_wrap_csr(&list, 2, falling, j, NULL, 5.0), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_nlist_wrap_csr(&list, 2, offsets, negative, NULL, 5.0),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_nlist_wrap_csr(&list, 2, offsets, j, NULL, 0.0), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_nlist_wrap_rows(&list, 2, beyond, count, pointers, -1, 5.0),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_nlist_wrap_rows(&list, 2, order, count, missing, -1, 5.0), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_nlist_wrap_rows(&list, 2, order, count, pointers, 0, 5.0),
                     LRPOT_E_ARGUMENT);
    ck_assert_ptr_null(list);
    ck_ok(lrpot_nlist_wrap_csr(&list, 2, offsets, j, NULL, 5.0));
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    ck_assert_int_eq(lrpot_nlist_rebuild(list, &atoms), LRPOT_E_STATE);
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(shifts_without_a_cell_are_refused)
{
    const double positions[9] = { 1, 1, 1, 3, 3, 3, 4, 1, 1 };
    const int64_t offsets[4] = { 0, 1, 1, 1 };
    const int32_t j[1] = { 1 }, shifts[3] = { 1, 0, 0 };
    lrpot_atoms atoms = three_atoms(positions);
    lrpot_nlist *list = NULL;
    lrpot__rows rows;
    ck_ok(lrpot_nlist_wrap_csr(&list, 3, offsets, j, shifts, 5.0));
    ck_assert_int_eq(lrpot__nlist_rows(list, &atoms, 5.0, &rows), LRPOT_E_CELL);
    atoms.cell = cell;
    ck_ok(lrpot__nlist_rows(list, &atoms, 5.0, &rows));
    ck_assert_int_eq(rows.max_count, 1);
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(a_short_buffer_gets_the_first_neighbours_and_the_whole_count)
{
    const double positions[9] = { 1, 1, 1, 3, 3, 3, 4, 1, 1 };
    lrpot_atoms atoms = three_atoms(positions);
    lrpot_nlist *list = NULL;
    int32_t j[2] = { -7, -7 };
    double vectors[6] = { 0 };
    ck_ok(lrpot_nlist_build(&list, &atoms, 6.0, 0.0));
    ck_assert_int_eq(lrpot_nlist_row(list, &atoms, 0, 1, j, vectors), 2);
    ck_assert_int_ge(j[0], 0);
    ck_assert_int_eq(j[1], -7);
    ck_assert_int_eq(lrpot_nlist_row(list, &atoms, 0, 0, NULL, NULL), 2);
    ck_assert_int_eq(lrpot_nlist_row(list, &atoms, 3, 2, j, vectors), -1);
    ck_assert_int_eq(lrpot_nlist_row(list, &atoms, 0, 2, NULL, vectors), -1);
    lrpot_nlist_free(list);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nlist");
    TCase *tests = tcase_create("nlist");
    tcase_add_test(tests, coincident_atoms_are_named);
    tcase_add_test(tests, a_longer_cutoff_than_the_list_is_refused);
    tcase_add_test(tests, a_list_of_other_atoms_is_refused);
    tcase_add_test(tests, bad_arguments_of_a_search_are_refused);
    tcase_add_test(tests, bad_lent_lists_are_refused);
    tcase_add_test(tests, shifts_without_a_cell_are_refused);
    tcase_add_test(tests, a_short_buffer_gets_the_first_neighbours_and_the_whole_count);
    suite_add_tcase(suite, tests);
    return suite;
}
