/* Active sets: what the grade of a neighbourhood means, whatever order they are seen in, and what
 * files keep of them. */
#include "models.h"

#include <stdio.h>
#include <unistd.h>

#define FRAMES 40
#define ATOMS 12
#define SPREAD 1.001
#define KINDS 2 /* LRPOT_ACTIVE_SET_* */

#define refused(call, status, word)                              \
    do {                                                         \
        ck_assert_int_eq(call, status);                          \
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), word)); \
    } while (0)

static lrpot_structure *frames[FRAMES];
static lrpot_potential *model;
static lrpot_workspace *work;

static void setup(void)
{
    support_random random = { 21 };
    model = models_random_potential(&random, LRPOT_CHARGES_EDQ);
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int f = 0; f < FRAMES; f++)
        frames[f] = support_random_structure(&random, f % CELL_KINDS, ATOMS, MODEL_SPECIES,
                                             model_symbols, MODEL_DISTANCE);
}

static void teardown(void)
{
    for (int f = 0; f < FRAMES; f++) lrpot_structure_free(frames[f]);
    lrpot_workspace_free(work);
    lrpot_potential_free(model);
}

/* Passes over the frames until none changes anything. */
static lrpot_active_set *set_of_kind(int32_t kind, int first, int step)
{
    lrpot_active_set *set = NULL;
    ck_ok(lrpot_active_set_create_kind(&set, model, kind, 0));
    ck_assert_int_eq(lrpot_active_set_kind(set), kind);
    for (int64_t changes = 1, total = 0; changes > 0; total += changes) {
        changes = 0;
        for (int f = 0; f < FRAMES; f++) {
            int64_t here = 0;
            ck_ok(lrpot_active_set_add_structure(set, model, work,
                                                 frames[(first + f * step) % FRAMES],
                                                 (first + f * step) % FRAMES, SPREAD, &here));
            changes += here;
        }
        ck_assert_msg(total < 100000, "the set goes on changing");
    }
    return set;
}

static lrpot_active_set *set_of(int first, int step)
{
    return set_of_kind(LRPOT_ACTIVE_SET_FEATURES, first, step);
}

static double grade_of(const lrpot_active_set *set, const lrpot_structure *structure,
                       double *grades)
{
    double largest = 0;
    ck_ok(lrpot_active_set_grade_structure(set, model, work, structure, grades));
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++)
        largest = fmax(largest, grades[i]);
    return largest;
}

START_TEST(what_was_seen_is_interpolated_and_what_is_new_is_not)
{
    double grades[ATOMS];
    lrpot_active_set *set = set_of(0, 1);
    support_random random = { 5 };
    for (int f = 0; f < FRAMES; f++)
        ck_assert_double_le(grade_of(set, frames[f], grades), SPREAD * (1 + 1e-6));
    lrpot_structure *dense =
        support_random_structure(&random, CELL_CUBIC, ATOMS, MODEL_SPECIES, model_symbols, 1.3);
    ck_assert_double_gt(grade_of(set, dense, grades), 2);
    lrpot_structure_free(dense);
    lrpot_active_set_free(set);
}
END_TEST

/* The determinant of a row in terms of the rows is the factor of the volume: an active row has
 * grade 1 itself. */
START_TEST(rows_are_atoms_of_the_frames_and_have_grade_one)
{
    double grades[ATOMS];
    lrpot_active_set *set = set_of(0, 1);
    int64_t n = lrpot_active_set_size(set), filled = 0,
            *from = calloc((size_t)(2 * n), sizeof *from), *atom = from + n;
    for (int32_t z = 0; z < MODEL_SPECIES; z++) {
        ck_ok(lrpot_active_set_rows(set, z, from, atom));
        for (int64_t k = 0; k < n; k++) {
            if (from[k] < 0) continue;
            ck_assert(from[k] < FRAMES && atom[k] >= 0 && atom[k] < ATOMS);
            grade_of(set, frames[from[k]], grades);
            ck_close(grades[atom[k]], 1.0, 1e-6, 1);
            filled++;
        }
    }
    ck_assert_msg(filled > n, "%lld rows of %lld filled", (long long)filled,
                  (long long)(n * MODEL_SPECIES));
    free(from);
    lrpot_active_set_free(set);
}
END_TEST

/* Volumes of different orders are within what the threshold lets pass, so grades agree within a
 * factor. */
START_TEST(grades_hardly_depend_on_the_order_of_the_frames)
{
    double grades[2][ATOMS];
    lrpot_active_set *forth = set_of(0, 1), *back = set_of(FRAMES - 1, FRAMES - 1);
    support_random random = { 6 };
    for (int k = 0; k < 5; k++) {
        lrpot_structure *other =
            support_random_structure(&random, CELL_CUBIC, ATOMS, MODEL_SPECIES, model_symbols, 1.5);
        double a = grade_of(forth, other, grades[0]), b = grade_of(back, other, grades[1]);
        ck_assert_msg(a < 5 * b && b < 5 * a, "grades %g and %g", a, b);
        lrpot_structure_free(other);
    }
    lrpot_active_set_free(forth);
    lrpot_active_set_free(back);
}
END_TEST

START_TEST(files_keep_the_set)
{
    char path[] = "active_set_XXXXXX";
    double grades[2][ATOMS];
    lrpot_active_set *set = set_of_kind(_i, 0, 1), *again = NULL;
    support_random random = { 8 };
    lrpot_structure *other =
        support_random_structure(&random, CELL_CUBIC, ATOMS, MODEL_SPECIES, model_symbols, 1.5);
    close(mkstemp(path));
    ck_ok(lrpot_active_set_save(set, path));
    ck_ok(lrpot_active_set_load(&again, path));
    grade_of(set, other, grades[0]), grade_of(again, other, grades[1]);
    for (int i = 0; i < ATOMS; i++) ck_close(grades[0][i], grades[1][i], 1e-5, grades[0][i]);
    ck_assert_int_eq(lrpot_active_set_size(set), lrpot_active_set_size(again));
    ck_assert_int_eq(lrpot_active_set_kind(again), _i);
    FILE *file = fopen(path, "r+");
    fseek(file, 200, SEEK_SET);
    fputc('7', file), fputc('7', file);
    fclose(file);
    lrpot_active_set_free(again);
    again = NULL;
    ck_assert(lrpot_active_set_load(&again, path) != LRPOT_OK && again == NULL);
    remove(path);
    lrpot_structure_free(other);
    lrpot_active_set_free(set);
}
END_TEST

START_TEST(other_models_thresholds_and_frames_are_refused)
{
    support_random random = { 9 };
    double grades[ATOMS];
    lrpot_active_set *set = NULL;
    lrpot_potential *other = models_random_potential(&random, LRPOT_CHARGES_EDQ);
    ck_ok(lrpot_active_set_create(&set, model));
    refused(lrpot_active_set_grade_structure(set, other, work, frames[0], grades), LRPOT_E_ARGUMENT,
            "other features");
    refused(lrpot_active_set_add_structure(set, model, work, frames[0], 0, 1.0, NULL),
            LRPOT_E_ARGUMENT, "threshold");
    refused(lrpot_active_set_add_structure(set, model, work, frames[0], -1, 2.0, NULL),
            LRPOT_E_ARGUMENT, "frame");
    refused(lrpot_active_set_rows(set, MODEL_SPECIES, NULL, NULL), LRPOT_E_ARGUMENT, "species");
    ck_assert(isinf(grade_of(set, frames[0], grades)));
    lrpot_potential_free(other);
    lrpot_active_set_free(set);
}
END_TEST

START_TEST(a_model_carries_its_set_into_its_file_and_copies)
{
    char path[] = "model_set_XXXXXX";
    double grades[4][ATOMS];
    lrpot_active_set *set = set_of_kind(_i, 0, 1);
    lrpot_potential *copy = NULL, *again = NULL;
    support_random random = { 10 };
    lrpot_structure *other =
        support_random_structure(&random, CELL_CUBIC, ATOMS, MODEL_SPECIES, model_symbols, 1.5);
    ck_assert_ptr_null(lrpot_potential_active_set(model));
    ck_ok(lrpot_potential_set_active_set(model, set));
    close(mkstemp(path));
    ck_ok(lrpot_potential_save(model, path));
    ck_ok(lrpot_potential_load(&again, path));
    ck_ok(lrpot_potential_clone(&copy, model));
    grade_of(set, other, grades[0]);
    grade_of(lrpot_potential_active_set(model), other, grades[1]);
    grade_of(lrpot_potential_active_set(again), other, grades[2]);
    grade_of(lrpot_potential_active_set(copy), other, grades[3]);
    for (int i = 0; i < ATOMS; i++) {
        /* rows in single precision; there are more of them by parameters */
        ck_close(grades[1][i], grades[0][i], 1e-2, _i == 0 ? 1 : 10 * grades[0][i]);
        ck_close(grades[2][i], grades[1][i], 1e-9, 1);
        ck_close(grades[3][i], grades[1][i], 1e-12, 1);
    }
    ck_assert_int_eq(lrpot_active_set_kind(lrpot_potential_active_set(again)), _i);
    int64_t n = lrpot_active_set_size(set), *from = calloc((size_t)(2 * n), sizeof *from);
    ck_ok(lrpot_active_set_rows(set, 0, from, NULL));
    ck_ok(lrpot_active_set_rows(lrpot_potential_active_set(again), 0, from + n, NULL));
    ck_assert_mem_eq(from, from + n, (size_t)n * sizeof *from);
    free(from);
    ck_ok(lrpot_potential_set_active_set(model, NULL));
    ck_assert_ptr_null(lrpot_potential_active_set(model));
    remove(path);
    lrpot_potential_free(copy);
    lrpot_potential_free(again);
    lrpot_structure_free(other);
    lrpot_active_set_free(set);
}
END_TEST

/* By parameters rows depend on what multiplies the features, too; never on constants. */
START_TEST(a_set_is_of_no_use_once_its_columns_have_changed)
{
    lrpot_active_set *set = set_of_kind(_i, 0, 1);
    int64_t n = lrpot_potential_param_count(model), offset = 0, count = 0;
    const char *name = NULL;
    double *params = calloc((size_t)n, sizeof *params);
    ck_ok(lrpot_potential_set_active_set(model, set));
    ck_ok(lrpot_potential_get_params(model, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(model, b, &name, &offset, &count); b++) {
        double kept = params[offset];
        params[offset] += 0.1;
        ck_ok(lrpot_potential_set_params(model, n, params));
        int counts = strstr(name, "radial") != NULL || (_i == 1 && strstr(name, "linear") != NULL);
        ck_assert_msg((lrpot_potential_active_set(model) == NULL) == counts, "block %s", name);
        params[offset] = kept;
    }
    ck_ok(lrpot_potential_set_params(model, n, params));
    ck_assert_ptr_nonnull(lrpot_potential_active_set(model));
    params[0] += 0.1;
    ck_ok(lrpot_potential_set_params(model, n, params));
    refused(lrpot_potential_set_active_set(model, set), LRPOT_E_ARGUMENT,
            "was made for a model with other");
    free(params);
    lrpot_active_set_free(set);
}
END_TEST

/* Rows of the first features alone: their grades are bounded by nothing, but what was seen has 1.
 */
START_TEST(a_limited_set_grades_by_fewer_features)
{
    enum { MOST = 12 };
    double grades[ATOMS];
    lrpot_active_set *set = NULL, *copy = NULL;
    support_random random = { 12 };
    refused(lrpot_active_set_create_kind(&set, model, 0, 1), LRPOT_E_ARGUMENT, "at least 2");
    refused(lrpot_active_set_create_kind(&set, model, KINDS, 0), LRPOT_E_ARGUMENT, "kind");
    ck_ok(lrpot_active_set_create_kind(&set, model, 0, 1000000));
    lrpot_active_set *whole = set_of(0, 1);
    ck_assert_int_eq(lrpot_active_set_size(set), lrpot_active_set_size(whole));
    lrpot_active_set_free(set);
    ck_assert_int_gt(lrpot_active_set_size(whole), MOST);
    ck_ok(lrpot_active_set_create_kind(&set, model, 0, MOST));
    ck_assert_int_eq(lrpot_active_set_size(set), MOST);
    for (int64_t changes = 1; changes > 0;) {
        changes = 0;
        for (int f = 0; f < FRAMES; f++) {
            int64_t here = 0;
            ck_ok(lrpot_active_set_add_structure(set, model, work, frames[f], f, SPREAD, &here));
            changes += here;
        }
    }
    ck_ok(lrpot_active_set_clone(&copy, set));
    for (int f = 0; f < FRAMES; f++)
        ck_assert_double_le(grade_of(copy, frames[f], grades), SPREAD * (1 + 1e-6));
    lrpot_structure *dense =
        support_random_structure(&random, CELL_CUBIC, ATOMS, MODEL_SPECIES, model_symbols, 1.3);
    ck_assert_double_gt(grade_of(copy, dense, grades), 2);
    ck_assert_double_eq(grade_of(copy, dense, grades), grade_of(set, dense, grades));
    lrpot_structure_free(dense);
    lrpot_active_set_free(whole);
    lrpot_active_set_free(copy);
    lrpot_active_set_free(set);
}
END_TEST

/* No column depends on the others: atoms of the frames fill all rows. */
START_TEST(a_set_by_parameters_has_no_empty_direction)
{
    double grades[ATOMS];
    lrpot_active_set *set = set_of_kind(LRPOT_ACTIVE_SET_PARAMETERS, 0, 1),
                     *features = set_of(0, 1);
    int64_t n = lrpot_active_set_size(set), *from = calloc((size_t)n, sizeof *from);
    ck_assert_int_gt(n, 2 * lrpot_active_set_size(features));
    for (int32_t z = 0; z < MODEL_SPECIES; z++) {
        ck_ok(lrpot_active_set_rows(set, z, from, NULL));
        for (int64_t k = 0; k < n; k++)
            ck_assert_msg(from[k] >= 0, "row %lld of species %d is empty", (long long)k, z);
    }
    for (int f = 0; f < FRAMES; f++)
        ck_assert_double_le(grade_of(set, frames[f], grades), SPREAD * (1 + 1e-6));
    free(from);
    lrpot_active_set_free(features);
    lrpot_active_set_free(set);
}
END_TEST

enum { PAIRS = 30 };

/* Na with one or two Cl at these distances, 0 for none. */
static lrpot_structure *cluster(double first, double second)
{
    const double cell[9] = { 30, 0, 0, 0, 30, 0, 0, 0, 30 };
    const char *symbols[3] = { "Na", "Cl", "Cl" };
    double positions[9] = { 0, 0, 0, first, 0, 0, 0, second, 0 };
    lrpot_structure *out = NULL;
    ck_ok(lrpot_structure_create(&out, second > 0 ? 3 : 2, symbols, positions, cell, 0));
    return out;
}

static lrpot_potential *one_feature(void)
{
    lrpot_potential *out = NULL;
    lrpot_potential_options options = LRPOT_POTENTIAL_OPTIONS_INIT;
    lrpot_basis_options basis = LRPOT_BASIS_OPTIONS_INIT;
    basis.level = 2;
    basis.min_distance = 1.5;
    basis.cutoff = 5;
    basis.radial_size = 6;
    options.basis = &basis;
    options.symbols = model_symbols;
    options.n_species = 2;
    options.charges = LRPOT_CHARGES_NONE;
    ck_ok(lrpot_potential_create(&out, &options));
    int64_t n = lrpot_potential_param_count(out), offset = 0, count = 0;
    const char *name = NULL;
    double *params = calloc((size_t)n, sizeof *params);
    ck_ok(lrpot_potential_get_params(out, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(out, b, &name, &offset, &count); b++)
        if (strstr(name, "linear") != NULL) params[offset] = 1.0;
    ck_ok(lrpot_potential_set_params(out, n, params));
    free(params);
    return out;
}

/* One feature, the sum of f over the neighbours: pairs at 2.0 to 2.6 A cover the value that two
 * neighbours at 3.2 A make, but nothing is known of f there. */
START_TEST(radial_functions_that_no_data_determined_are_seen)
{
    double features, grades[2][3];
    lrpot_active_set *sets[2] = { NULL, NULL };
    lrpot_potential_free(model);
    model = one_feature();
    for (int32_t kind = 0; kind < 2; kind++) {
        ck_ok(lrpot_active_set_create_kind(&sets[kind], model, kind, 0));
        for (int pass = 0; pass < 10; pass++)
            for (int k = 0; k < PAIRS; k++) {
                lrpot_structure *pair = cluster(2.0 + 0.02 * k, 0);
                ck_ok(
                    lrpot_active_set_add_structure(sets[kind], model, work, pair, k, SPREAD, NULL));
                lrpot_structure_free(pair);
            }
    }
    lrpot_structure *other = cluster(3.2, 3.3);
    for (int32_t kind = 0; kind < 2; kind++)
        ck_ok(lrpot_active_set_grade_structure(sets[kind], model, work, other, grades[kind]));
    features = grades[LRPOT_ACTIVE_SET_FEATURES][0];
    ck_assert_msg(features < LRPOT_GRADE_NEW, "grade by features %g", features);
    ck_assert_msg(grades[LRPOT_ACTIVE_SET_PARAMETERS][0] > LRPOT_GRADE_FAR, "by parameters %g",
                  grades[LRPOT_ACTIVE_SET_PARAMETERS][0]);
    lrpot_structure_free(other);
    for (int kind = 0; kind < 2; kind++) lrpot_active_set_free(sets[kind]);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("active_set");
    TCase *tcase = tcase_create("property");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, what_was_seen_is_interpolated_and_what_is_new_is_not);
    tcase_add_test(tcase, rows_are_atoms_of_the_frames_and_have_grade_one);
    tcase_add_test(tcase, grades_hardly_depend_on_the_order_of_the_frames);
    support_add_cases(tcase, files_keep_the_set, 0, KINDS);
    tcase_add_test(tcase, other_models_thresholds_and_frames_are_refused);
    support_add_cases(tcase, a_model_carries_its_set_into_its_file_and_copies, 0, KINDS);
    support_add_cases(tcase, a_set_is_of_no_use_once_its_columns_have_changed, 0, KINDS);
    tcase_add_test(tcase, a_limited_set_grades_by_fewer_features);
    tcase_add_test(tcase, a_set_by_parameters_has_no_empty_direction);
    tcase_add_test(tcase, radial_functions_that_no_data_determined_are_seen);
    suite_add_tcase(suite, tcase);
    return suite;
}
