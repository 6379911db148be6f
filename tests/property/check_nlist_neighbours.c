/* Neighbour lists against brute force over images, for every kind of cell and periodicity. */
#include "support.h"

#include "core/algebra.h"
#include "structure/nlist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const symbols[] = { "Na", "Cl" };

typedef struct {
    int32_t j;
    double v[3];
} neighbour;

static int compare(const void *a, const void *b)
{
    const neighbour *p = a, *q = b;
    if (p->j != q->j) return p->j < q->j ? -1 : 1;
    for (int x = 0; x < 3; x++)
        if (fabs(p->v[x] - q->v[x]) > 1e-7) return p->v[x] < q->v[x] ? -1 : 1;
    return 0;
}

/* Translations to try along each row: enough for the cutoff and for positions outside of the cell.
 */
static void reaches(const lrpot_atoms *atoms, double cutoff, int *reach)
{
    double inverse[9], extent[3] = { 0, 0, 0 };
    for (int d = 0; d < 3; d++) reach[d] = 0;
    if (atoms->periodic_mask == 0) return;
    lrpot__inverse3(atoms->cell, inverse);
    for (int64_t i = 0; i < atoms->n_all; i++) {
        double f[3], df[3];
        for (int x = 0; x < 3; x++) df[x] = atoms->positions[3 * i + x] - atoms->positions[x];
        lrpot__row_times3(df, inverse, f);
        for (int d = 0; d < 3; d++) extent[d] = fmax(extent[d], fabs(f[d]));
    }
    for (int d = 0; d < 3; d++) {
        double height = 1.0
                        / sqrt(inverse[d] * inverse[d] + inverse[3 + d] * inverse[3 + d]
                               + inverse[6 + d] * inverse[6 + d]);
        if (atoms->periodic_mask & 1 << d) reach[d] = (int)(2 * extent[d] + cutoff / height) + 2;
    }
}

static int64_t brute_row(const lrpot_atoms *atoms, double cutoff, int64_t i, neighbour **row)
{
    int reach[3];
    int64_t n = 0, capacity = 64;
    reaches(atoms, cutoff, reach);
    *row = malloc((size_t)capacity * sizeof **row);
    for (int64_t j = 0; j < atoms->n_all; j++)
        for (int a = -reach[0]; a <= reach[0]; a++)
            for (int b = -reach[1]; b <= reach[1]; b++)
                for (int c = -reach[2]; c <= reach[2]; c++) {
                    double steps[3] = { a, b, c }, v[3] = { 0, 0, 0 };
                    if (i == j && a == 0 && b == 0 && c == 0) continue;
                    if (atoms->periodic_mask != 0) lrpot__row_times3(steps, atoms->cell, v);
                    for (int x = 0; x < 3; x++)
                        v[x] += atoms->positions[3 * j + x] - atoms->positions[3 * i + x];
                    if (v[0] * v[0] + v[1] * v[1] + v[2] * v[2] > cutoff * cutoff) continue;
                    if (n == capacity) *row = realloc(*row, (size_t)(capacity *= 2) * sizeof **row);
                    (*row)[n].j = (int32_t)j;
                    memcpy((*row)[n++].v, v, sizeof v);
                }
    qsort(*row, (size_t)n, sizeof **row, compare);
    return n;
}

static neighbour *list_row(const lrpot_nlist *list, const lrpot_atoms *atoms, int64_t i, int64_t *n)
{
    *n = lrpot_nlist_degree(list, i);
    int32_t *j = malloc((size_t)(*n + 1) * sizeof *j);
    double *vectors = malloc((size_t)(3 * *n + 1) * sizeof *vectors);
    neighbour *row = malloc((size_t)(*n + 1) * sizeof *row);
    ck_assert_int_eq(lrpot_nlist_row(list, atoms, i, *n, j, vectors), *n);
    for (int64_t k = 0; k < *n; k++) {
        row[k].j = j[k];
        memcpy(row[k].v, vectors + 3 * k, sizeof row[k].v);
    }
    qsort(row, (size_t)*n, sizeof *row, compare);
    free(j);
    free(vectors);
    return row;
}

static void same_rows(const neighbour *a, int64_t n_a, const neighbour *b, int64_t n_b)
{
    ck_assert_int_eq(n_a, n_b);
    for (int64_t k = 0; k < n_a; k++) {
        ck_assert_int_eq(a[k].j, b[k].j);
        for (int x = 0; x < 3; x++) ck_close(a[k].v[x], b[k].v[x], 100 * TOL_EXACT, 10.0);
    }
}

static void equals_brute_force(const lrpot_atoms *atoms, double cutoff)
{
    lrpot_nlist *list = NULL;
    int64_t pairs = 0;
    ck_ok(lrpot_nlist_build(&list, atoms, cutoff, 0.0));
    for (int64_t i = 0; i < atoms->n_owned; i++) {
        neighbour *expected;
        int64_t n_expected = brute_row(atoms, cutoff, i, &expected), n;
        neighbour *row = list_row(list, atoms, i, &n);
        same_rows(row, n, expected, n_expected);
        pairs += n;
        free(row);
        free(expected);
    }
    ck_assert_int_eq(lrpot_nlist_pairs(list), pairs);
    lrpot_nlist_free(list);
}

static lrpot_structure *random_atoms(support_random *random, int kind, int64_t n,
                                     lrpot_atoms *atoms, int32_t *species)
{
    lrpot_structure *s = support_random_structure(random, kind, n, 2, symbols, 1.8);
    *atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(s, 2, symbols, species, atoms));
    return s;
}

START_TEST(neighbours_equal_brute_force_for_every_cell_and_periodicity)
{
    support_random random = { 11 };
    int32_t species[24];
    for (int kind = 0; kind < CELL_KINDS; kind++)
        for (int64_t n = 1; n <= 24; n = 3 * n + 1) {
            lrpot_atoms atoms;
            lrpot_structure *s = random_atoms(&random, kind, n, &atoms, species);
            for (int32_t mask = 0; mask <= (kind == CELL_NONE ? 0 : 7); mask++) {
                atoms.periodic_mask = mask;
                equals_brute_force(&atoms, 2.1);
                equals_brute_force(&atoms, 5.3);
            }
            lrpot_structure_free(s);
        }
}
END_TEST

START_TEST(a_cutoff_of_many_cells_finds_all_images)
{
    support_random random = { 12 };
    int32_t species[2];
    for (int kind = 0; kind < CELL_NONE; kind++) {
        lrpot_atoms atoms;
        lrpot_structure *s = random_atoms(&random, kind, 2, &atoms, species);
        equals_brute_force(&atoms, 11.0);
        lrpot_structure_free(s);
    }
}
END_TEST

START_TEST(positions_far_outside_of_the_cell_have_the_same_neighbours)
{
    support_random random = { 13 };
    int32_t species[9];
    for (int kind = 0; kind < CELL_NONE; kind++) {
        lrpot_atoms atoms;
        lrpot_structure *s = random_atoms(&random, kind, 9, &atoms, species);
        double *r = lrpot_structure_positions(s);
        for (int64_t i = 0; i < 9; i++) {
            double steps[3], shift[3];
            for (int d = 0; d < 3; d++) steps[d] = floor(support_uniform(&random, -3, 4));
            lrpot__row_times3(steps, atoms.cell, shift);
            for (int x = 0; x < 3; x++) r[3 * i + x] += shift[x];
        }
        equals_brute_force(&atoms, 4.4);
        lrpot_structure_free(s);
    }
}
END_TEST

START_TEST(a_sheared_choice_of_the_same_lattice_has_the_same_neighbours)
{
    support_random random = { 14 };
    int32_t species[8];
    for (int32_t mask = 1; mask <= 7; mask++) {
        lrpot_atoms atoms;
        lrpot_structure *s = random_atoms(&random, CELL_TRICLINIC, 8, &atoms, species);
        double sheared[9];
        memcpy(sheared, atoms.cell, sizeof sheared);
        /* Other rows of the same lattice; only rows along which the structure repeats may be added.
         */
        for (int d = 0; d < 3; d++)
            for (int e = 0; e < 3; e++)
                if (d != e && (mask & 1 << d) && (mask & 1 << e))
                    for (int x = 0; x < 3; x++)
                        sheared[3 * d + x] += (d > e ? 3 : -2) * sheared[3 * e + x];
        lrpot_atoms other = atoms;
        lrpot_nlist *list = NULL, *other_list = NULL;
        atoms.periodic_mask = other.periodic_mask = mask;
        other.cell = sheared;
        ck_ok(lrpot_nlist_build(&list, &atoms, 5.0, 0.0));
        ck_ok(lrpot_nlist_build(&other_list, &other, 5.0, 0.0));
        for (int64_t i = 0; i < 8; i++) {
            int64_t n, n_other;
            neighbour *row = list_row(list, &atoms, i, &n),
                      *other_row = list_row(other_list, &other, i, &n_other);
            same_rows(row, n, other_row, n_other);
            free(row);
            free(other_row);
        }
        lrpot_nlist_free(list);
        lrpot_nlist_free(other_list);
        lrpot_structure_free(s);
    }
}
END_TEST

START_TEST(rows_of_zero_length_are_allowed_where_nothing_repeats)
{
    const double cell[9] = { 3.0, 0.5, 0, 0, 0, 0, 0.2, 0, 4.0 },
                 thick[9] = { 3.0, 0.5, 0, 0, 50, 0, 0.2, 0, 4.0 };
    const double positions[6] = { 0, 0, 0, 1.2, 1.1, 9.0 };
    lrpot_atoms atoms = LRPOT_ATOMS_INIT, full;
    lrpot_nlist *list = NULL;
    atoms.n_owned = atoms.n_all = 2;
    atoms.positions = positions;
    atoms.cell = cell;
    atoms.periodic_mask = 5;
    ck_ok(lrpot_nlist_build(&list, &atoms, 5.0, 0.0));
    full = atoms;
    full.cell = thick;
    for (int64_t i = 0; i < 2; i++) {
        neighbour *expected;
        int64_t n_expected = brute_row(&full, 5.0, i, &expected), n;
        neighbour *row = list_row(list, &atoms, i, &n);
        same_rows(row, n, expected, n_expected);
        free(row);
        free(expected);
    }
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(a_stride_between_positions_changes_nothing)
{
    support_random random = { 15 };
    int32_t species[10];
    double wide[50] = { 0 };
    lrpot_atoms atoms, strided;
    lrpot_structure *s = random_atoms(&random, CELL_TRICLINIC, 10, &atoms, species);
    lrpot_nlist *list = NULL, *strided_list = NULL;
    for (int64_t i = 0; i < 10; i++)
        memcpy(wide + 5 * i, atoms.positions + 3 * i, 3 * sizeof(double));
    strided = atoms;
    strided.positions = wide;
    strided.stride = 5;
    ck_ok(lrpot_nlist_build(&list, &atoms, 4.0, 0.5));
    ck_ok(lrpot_nlist_build(&strided_list, &strided, 4.0, 0.5));
    for (int64_t i = 0; i < 10; i++) {
        int64_t n, n_strided;
        neighbour *row = list_row(list, &atoms, i, &n),
                  *strided_row = list_row(strided_list, &strided, i, &n_strided);
        same_rows(row, n, strided_row, n_strided);
        free(row);
        free(strided_row);
    }
    lrpot_nlist_free(list);
    lrpot_nlist_free(strided_list);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(permuting_the_atoms_permutes_the_rows)
{
    support_random random = { 16 };
    enum { n = 15 };
    int32_t species[n];
    for (int kind = 0; kind < CELL_KINDS; kind++) {
        lrpot_atoms atoms, permuted;
        lrpot_structure *s = random_atoms(&random, kind, n, &atoms, species);
        double positions[3 * n];
        lrpot_nlist *list = NULL, *permuted_list = NULL;
        for (int64_t i = 0; i < n; i++)
            memcpy(positions + 3 * i, atoms.positions + 3 * (7 * i % n), 3 * sizeof(double));
        permuted = atoms;
        permuted.positions = positions;
        ck_ok(lrpot_nlist_build(&list, &atoms, 4.0, 0.0));
        ck_ok(lrpot_nlist_build(&permuted_list, &permuted, 4.0, 0.0));
        for (int64_t i = 0; i < n; i++) {
            int64_t count, permuted_count;
            neighbour *row = list_row(list, &atoms, 7 * i % n, &count),
                      *permuted_row = list_row(permuted_list, &permuted, i, &permuted_count);
            for (int64_t k = 0; k < permuted_count; k++)
                permuted_row[k].j = 7 * permuted_row[k].j % n;
            qsort(permuted_row, (size_t)permuted_count, sizeof *permuted_row, compare);
            same_rows(row, count, permuted_row, permuted_count);
            free(row);
            free(permuted_row);
        }
        lrpot_nlist_free(list);
        lrpot_nlist_free(permuted_list);
        lrpot_structure_free(s);
    }
}
END_TEST

/* A small homogeneous strain: the pairs stay, their vectors follow. */
START_TEST(a_list_follows_positions_and_cell_under_strain)
{
    static const double strain[9] = { 1.003, 0.002,  -0.001, 0.002, 0.998,
                                      0.004, -0.001, 0.004,  1.001 };
    support_random random = { 17 };
    int32_t species[12];
    for (int kind = 0; kind < CELL_KINDS; kind++) {
        lrpot_atoms atoms, strained;
        lrpot_structure *s = random_atoms(&random, kind, 12, &atoms, species);
        lrpot_nlist *list = NULL;
        double positions[36], cell[9] = { 0 };
        ck_ok(lrpot_nlist_build(&list, &atoms, 4.5, 0.3));
        for (int64_t i = 0; i < 12; i++)
            lrpot__row_times3(atoms.positions + 3 * i, strain, positions + 3 * i);
        for (int d = 0; d < 3 && atoms.cell != NULL; d++)
            lrpot__row_times3(atoms.cell + 3 * d, strain, cell + 3 * d);
        strained = atoms;
        strained.positions = positions;
        if (atoms.cell != NULL) strained.cell = cell;
        for (int64_t i = 0; i < 12; i++) {
            double vectors[3 * 400], strained_vectors[3 * 400], expected[3];
            int32_t j[400], strained_j[400];
            int64_t n = lrpot_nlist_row(list, &atoms, i, 400, j, vectors);
            ck_assert_int_eq(lrpot_nlist_row(list, &strained, i, 400, strained_j, strained_vectors),
                             n);
            ck_assert_int_le(n, 400);
            for (int64_t k = 0; k < n; k++) {
                lrpot__row_times3(vectors + 3 * k, strain, expected);
                for (int x = 0; x < 3; x++)
                    ck_close(strained_vectors[3 * k + x], expected[x], 10 * TOL_EXACT, 10.0);
            }
        }
        lrpot_nlist_free(list);
        lrpot_structure_free(s);
    }
}
END_TEST

/* The same list lent in both ways gives the same rows. */
START_TEST(a_lent_list_equals_the_built_one)
{
    support_random random = { 18 };
    enum { n = 14 };
    int32_t species[n];
    for (int kind = 0; kind < CELL_KINDS; kind++) {
        lrpot_atoms atoms;
        lrpot_structure *s = random_atoms(&random, kind, n, &atoms, species);
        lrpot_nlist *list = NULL, *lent = NULL;
        lrpot__rows rows;
        int64_t offsets[n + 1] = { 0 };
        ck_ok(lrpot_nlist_build(&list, &atoms, 4.0, 0.0));
        ck_ok(lrpot__nlist_rows(list, &atoms, 4.0, &rows));
        int32_t *j = malloc((size_t)(lrpot_nlist_pairs(list) + 1) * sizeof *j);
        int32_t *shifts = malloc((size_t)(lrpot_nlist_pairs(list) + 1) * 3 * sizeof *shifts);
        for (int64_t i = 0; i < n; i++) {
            lrpot__row row = lrpot__nlist_get_row(&rows, i);
            offsets[i + 1] = offsets[i] + row.count;
            for (int64_t k = 0; k < row.count; k++) {
                j[offsets[i] + k] = row.j[k];
                for (int d = 0; d < 3 && row.image != NULL; d++)
                    shifts[3 * (offsets[i] + k) + d] = rows.images[3 * row.image[k] + d];
            }
        }
        ck_ok(lrpot_nlist_wrap_csr(&lent, n, offsets, j, kind == CELL_NONE ? NULL : shifts, 4.0));
        ck_assert_int_eq(lrpot_nlist_pairs(lent), lrpot_nlist_pairs(list));
        for (int64_t i = 0; i < n; i++) {
            int64_t count, lent_count;
            neighbour *row = list_row(list, &atoms, i, &count),
                      *lent_row = list_row(lent, &atoms, i, &lent_count);
            same_rows(row, count, lent_row, lent_count);
            free(row);
            free(lent_row);
        }
        lrpot_nlist_free(list);
        lrpot_nlist_free(lent);
        lrpot_structure_free(s);
        free(j);
        free(shifts);
    }
}
END_TEST

/* LAMMPS: rows in any order, high bits of an entry carry flags, ghosts instead of images. */
START_TEST(lent_rows_with_flags_in_the_high_bits_equal_the_built_ones)
{
    support_random random = { 19 };
    enum { n = 20, n_all = 26 };
    double positions[3 * n_all];
    int32_t order[n], count[n_all] = { 0 }, *pointers[n_all] = { NULL };
    for (int x = 0; x < 3 * n_all; x++) positions[x] = support_uniform(&random, 0, 7);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = n;
    atoms.n_all = n_all;
    atoms.positions = positions;
    lrpot_nlist *list = NULL, *lent = NULL;
    lrpot__rows rows;
    ck_ok(lrpot_nlist_build(&list, &atoms, 4.0, 0.0));
    ck_ok(lrpot__nlist_rows(list, &atoms, 4.0, &rows));
    for (int32_t i = 0; i < n; i++) {
        lrpot__row row = lrpot__nlist_get_row(&rows, i);
        order[i] = 7 * i % n;
        count[i] = (int32_t)row.count;
        pointers[i] = malloc((size_t)(row.count + 1) * sizeof **pointers);
        for (int64_t k = 0; k < row.count; k++)
            pointers[i][k] = (int32_t)((uint32_t)row.j[k] | (uint32_t)(k % 4) << 30);
    }
    ck_ok(lrpot_nlist_wrap_rows(&lent, n, order, count, pointers, 0x1FFFFFFF, 4.0));
    ck_assert_int_eq(lrpot_nlist_pairs(lent), lrpot_nlist_pairs(list));
    for (int64_t i = 0; i < n; i++) {
        int64_t size, lent_size;
        neighbour *row = list_row(list, &atoms, i, &size),
                  *lent_row = list_row(lent, &atoms, i, &lent_size);
        same_rows(row, size, lent_row, lent_size);
        free(row);
        free(lent_row);
        free(pointers[i]);
    }
    lrpot_nlist_free(list);
    lrpot_nlist_free(lent);
}
END_TEST

START_TEST(ghosts_get_no_rows_and_no_images_are_added)
{
    support_random random = { 20 };
    double positions[3 * 30];
    const double cell[9] = { 6, 0, 0, 0, 6, 0, 0, 0, 6 };
    for (int x = 0; x < 90; x++) positions[x] = support_uniform(&random, 0, 6);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = 12;
    atoms.n_all = 30;
    atoms.positions = positions;
    atoms.cell = cell;
    lrpot_atoms open = atoms;
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_nlist_build(&list, &atoms, 3.0, 0.0));
    for (int64_t i = 0; i < 12; i++) {
        neighbour *expected;
        int64_t n_expected = brute_row(&open, 3.0, i, &expected), n;
        neighbour *row = list_row(list, &atoms, i, &n);
        same_rows(row, n, expected, n_expected);
        free(row);
        free(expected);
    }
    ck_assert_int_eq(lrpot_nlist_degree(list, 12), -1);
    lrpot_nlist_free(list);
}
END_TEST

START_TEST(rebuilding_gives_the_same_list_as_building)
{
    support_random random = { 21 };
    int32_t species[40];
    lrpot_nlist *list = NULL;
    for (int step = 0; step < 12; step++) {
        lrpot_atoms atoms;
        int64_t n = 1 + (int64_t)support_uniform(&random, 0, 39);
        lrpot_structure *s = random_atoms(&random, step % CELL_KINDS, n, &atoms, species);
        lrpot_nlist *fresh = NULL;
        if (list == NULL) ck_ok(lrpot_nlist_build(&list, &atoms, 3.5, 0.5));
        else ck_ok(lrpot_nlist_rebuild(list, &atoms));
        ck_ok(lrpot_nlist_build(&fresh, &atoms, 3.5, 0.5));
        lrpot__rows rows, fresh_rows;
        ck_ok(lrpot__nlist_rows(list, &atoms, 3.5, &rows));
        ck_ok(lrpot__nlist_rows(fresh, &atoms, 3.5, &fresh_rows));
        ck_assert_int_eq(rows.n_images, fresh_rows.n_images);
        ck_assert_int_eq(rows.max_count, fresh_rows.max_count);
        for (int64_t i = 0; i < n; i++) {
            lrpot__row row = lrpot__nlist_get_row(&rows, i),
                       fresh_row = lrpot__nlist_get_row(&fresh_rows, i);
            ck_assert_int_eq(row.count, fresh_row.count);
            for (int64_t k = 0; k < row.count; k++) ck_assert_int_eq(row.j[k], fresh_row.j[k]);
            for (int64_t k = 0; k < row.count && row.image != NULL; k++)
                ck_assert_int_eq(row.image[k], fresh_row.image[k]);
        }
        lrpot_nlist_free(fresh);
        lrpot_structure_free(s);
    }
    lrpot_nlist_free(list);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nlist_neighbours");
    TCase *tests = tcase_create("neighbours");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, neighbours_equal_brute_force_for_every_cell_and_periodicity);
    tcase_add_test(tests, a_cutoff_of_many_cells_finds_all_images);
    tcase_add_test(tests, positions_far_outside_of_the_cell_have_the_same_neighbours);
    tcase_add_test(tests, a_sheared_choice_of_the_same_lattice_has_the_same_neighbours);
    tcase_add_test(tests, rows_of_zero_length_are_allowed_where_nothing_repeats);
    tcase_add_test(tests, a_stride_between_positions_changes_nothing);
    tcase_add_test(tests, permuting_the_atoms_permutes_the_rows);
    tcase_add_test(tests, a_list_follows_positions_and_cell_under_strain);
    tcase_add_test(tests, a_lent_list_equals_the_built_one);
    tcase_add_test(tests, lent_rows_with_flags_in_the_high_bits_equal_the_built_ones);
    tcase_add_test(tests, ghosts_get_no_rows_and_no_images_are_added);
    tcase_add_test(tests, rebuilding_gives_the_same_list_as_building);
    suite_add_tcase(suite, tests);
    return suite;
}
