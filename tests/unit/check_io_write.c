/* Writing structures: what is read back is the same to the last bit, and a file is there whole or
 * not at all. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "lrpot-io-XXXXXX";

/* A path in a folder of this run; static storage, two at a time. */
static const char *scratch(const char *name)
{
    static char paths[2][200];
    static int turn;
    turn = !turn;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
    return paths[turn];
}

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[200];
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
    strcpy(folder + sizeof folder - 7, "XXXXXX");
}

static char *content_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    char *text = calloc(1, 1000000);
    size_t n = fread(text, 1, 999999, file);
    text[n] = '\0';
    fclose(file);
    return text;
}

static int exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Files in the folder, temporaries included. */
static int count_files(void)
{
    char command[200];
    int n = -1;
    snprintf(command, sizeof command, "ls -A %s | wc -l", folder);
    FILE *pipe = popen(command, "r");
    ck_assert_int_eq(fscanf(pipe, "%d", &n), 1);
    pclose(pipe);
    return n;
}

static void write_one(const char *path, const lrpot_structure *s)
{
    lrpot_writer *writer = NULL;
    ck_ok(lrpot_writer_open(&writer, path));
    ck_ok(lrpot_writer_append(writer, s));
    ck_ok(lrpot_writer_close(writer));
}

static const char *const symbols[] = { "Na", "Cl", "O" };

static double odd_number(support_random *random)
{
    return ldexp(support_uniform(random, -1, 1), (int)support_uniform(random, -60, 30));
}

static lrpot_structure *full_structure(support_random *random, int kind)
{
    lrpot_structure *s = support_random_structure(random, kind, 7, 3, symbols, 1.0);
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        double values[7 * 9];
        for (int i = 0; i < 63; i++)
            values[i] = q == LRPOT_QUANTITY_FRAGMENT ? 6 - i % 7
                        : q == LRPOT_QUANTITY_ID     ? 3 * i
                                                     : odd_number(random);
        ck_ok(lrpot_structure_set(s, q, values));
    }
    double charges[7];
    for (int f = 0; f < 7; f++) charges[f] = odd_number(random);
    ck_ok(lrpot_structure_set_fragment_charges(s, 7, charges));
    charges[2] = charges[5] = NAN; /* these keep their charge */
    ck_ok(lrpot_structure_set_fragment_potentials(s, 7, charges, LRPOT_POTENTIALS_VACUUM));
    double points[9], potentials[3];
    for (int k = 0; k < 9; k++) points[k] = odd_number(random);
    for (int k = 0; k < 3; k++) potentials[k] = odd_number(random);
    ck_ok(lrpot_structure_set_points(s, 3, points, potentials));
    ck_ok(lrpot_structure_set_info(s, "config_type", "a b=c"));
    ck_ok(lrpot_structure_set_info(s, "smiles", "[H]\\C=C/F\"'{}"));
    ck_ok(lrpot_structure_set_info(s, "odd key=", ""));
    ck_ok(lrpot_structure_set_info(s, "list", "_JSON [[1, 2], [3, 4]]"));
    return s;
}

static void ck_same_structure(const lrpot_structure *a, const lrpot_structure *b)
{
    int64_t n = lrpot_structure_count(a);
    ck_assert_int_eq(n, lrpot_structure_count(b));
    ck_assert_int_eq(lrpot_structure_periodic_mask(a), lrpot_structure_periodic_mask(b));
    ck_assert_int_eq(lrpot_structure_cell(a) != NULL, lrpot_structure_cell(b) != NULL);
    if (lrpot_structure_cell(a) != NULL)
        ck_assert_mem_eq(lrpot_structure_cell(a), lrpot_structure_cell(b), 9 * sizeof(double));
    ck_assert_mem_eq(lrpot_structure_positions_const(a), lrpot_structure_positions_const(b),
                     (size_t)n * 3 * sizeof(double));
    for (int64_t i = 0; i < n; i++)
        ck_assert_str_eq(lrpot_structure_symbol(a, i), lrpot_structure_symbol(b, i));
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        const double *x = lrpot_structure_get(a, q), *y = lrpot_structure_get(b, q);
        ck_assert_msg((x != NULL) == (y != NULL), "%s", lrpot_quantity_name(q));
        if (x != NULL) ck_assert_mem_eq(x, y, (size_t)lrpot_quantity_size(q, n) * sizeof(double));
    }
    int32_t n_charges[2];
    const double *charges[2] = { lrpot_structure_fragment_charges(a, n_charges),
                                 lrpot_structure_fragment_charges(b, n_charges + 1) };
    ck_assert_int_eq(n_charges[0], n_charges[1]);
    if (n_charges[0] > 0)
        ck_assert_mem_eq(charges[0], charges[1], (size_t)n_charges[0] * sizeof(double));
    int32_t n_held[2], reference[2];
    const double *held[2] = { lrpot_structure_fragment_potentials(a, n_held, reference),
                              lrpot_structure_fragment_potentials(b, n_held + 1, reference + 1) };
    ck_assert(n_held[0] == n_held[1] && reference[0] == reference[1]);
    for (int f = 0; f < n_held[0]; f++)
        ck_assert(held[0][f] == held[1][f] || (isnan(held[0][f]) && isnan(held[1][f])));
    int64_t n_points[2];
    const double *potentials[2],
        *points[2] = { lrpot_structure_points(a, n_points, potentials),
                       lrpot_structure_points(b, n_points + 1, potentials + 1) };
    ck_assert_int_eq(n_points[0], n_points[1]);
    if (n_points[0] > 0)
        ck_assert_mem_eq(points[0], points[1], 3 * (size_t)n_points[0] * sizeof(double));
    if (n_points[0] > 0)
        ck_assert_mem_eq(potentials[0], potentials[1], (size_t)n_points[0] * sizeof(double));
    const char *key, *value;
    for (int64_t i = 0; lrpot_structure_info_at(a, i, &key, &value); i++)
        ck_assert_pstr_eq(lrpot_structure_info(b, key), value);
    for (int64_t i = 0; lrpot_structure_info_at(b, i, &key, &value); i++)
        ck_assert_pstr_eq(lrpot_structure_info(a, key), value);
}

START_TEST(extended_xyz_comes_back_with_the_same_bits)
{
    support_random random = { 21 };
    lrpot_structure *written[CELL_KINDS], *read = NULL;
    lrpot_writer *writer = NULL;
    lrpot_reader *reader = NULL;
    const char *path = scratch("all.xyz");
    ck_ok(lrpot_writer_open(&writer, path));
    for (int kind = 0; kind < CELL_KINDS; kind++) {
        written[kind] = full_structure(&random, kind);
        ck_ok(lrpot_writer_append(writer, written[kind]));
    }
    ck_assert(!exists(path));
    ck_ok(lrpot_writer_close(writer));
    ck_ok(lrpot_reader_open(&reader, path));
    /* random numbers are no stresses and velocities of matter */
    ck_ok(lrpot_reader_set_units(reader, "stress=eV/A^3,velocities=A/fs"));
    for (int kind = 0; kind < CELL_KINDS; kind++) {
        ck_ok(lrpot_reader_next(reader, &read));
        ck_same_structure(written[kind], read);
        lrpot_structure_free(read);
        lrpot_structure_free(written[kind]);
    }
    ck_assert_int_eq(lrpot_reader_next(reader, &read), LRPOT_E_END);
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(partial_periodicity_comes_back)
{
    double cell[9] = { 3, 0, 0, 0, 4, 0, 0, 0, 5 }, position[3] = { 1, 2, 3 };
    for (int32_t mask = 0; mask < 8; mask++) {
        lrpot_structure *s = NULL, *read = NULL;
        ck_ok(lrpot_structure_create(&s, 1, symbols, position, cell, mask));
        write_one(scratch("mask.xyz"), s);
        ck_ok(lrpot_structure_read(&read, scratch("mask.xyz"), 0));
        ck_same_structure(s, read);
        lrpot_structure_free(s);
        lrpot_structure_free(read);
    }
}
END_TEST

START_TEST(cfg_comes_back_with_the_quantities_that_it_knows)
{
    support_random random = { 5 };
    for (int kind = CELL_TRICLINIC; kind <= CELL_NONE; kind += CELL_NONE - CELL_TRICLINIC) {
        lrpot_structure *s = support_random_structure(&random, kind, 5, 3, symbols, 1.0),
                        *read = NULL;
        double values[15], stress[9] = { 1, 2, 3, 2, 4, 5, 3, 5, 6 };
        for (int i = 0; i < 15; i++) values[i] = odd_number(&random);
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, values));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, values));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_CHARGES, values));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY_ATOM, values));
        ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, values));
        ck_ok(lrpot_structure_set_info(s, "EFS_by", "some code\nsecond line"));
        if (kind == CELL_NONE) ck_ok(lrpot_structure_set_info(s, "PlusStress", "1 2 3 4 5 6"));
        lrpot_writer *writer = NULL;
        lrpot_reader *reader = NULL;
        ck_ok(lrpot_writer_open(&writer, scratch("all.cfg")));
        ck_ok(lrpot_writer_set_types(writer, 3, symbols));
        ck_ok(lrpot_writer_append(writer, s));
        ck_ok(lrpot_writer_append(writer, s));
        ck_ok(lrpot_writer_close(writer));
        ck_ok(lrpot_reader_open(&reader, scratch("all.cfg")));
        ck_ok(lrpot_reader_set_types(reader, 3, symbols));
        for (int frame = 0; frame < 2; frame++) {
            ck_ok(lrpot_reader_next(reader, &read));
            ck_same_structure(s, read);
            lrpot_structure_free(read);
        }
        lrpot_reader_close(reader);
        if (kind != CELL_NONE) {
            ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_STRESS, stress));
            write_one(scratch("stress.cfg"), s);
            ck_ok(lrpot_structure_read(&read, scratch("stress.cfg"), 0));
            for (int i = 0; i < 9; i++)
                ck_close(lrpot_structure_get(read, LRPOT_QUANTITY_STRESS)[i], stress[i], TOL_EXACT,
                         0);
            lrpot_structure_free(read);
        }
        lrpot_structure_free(s);
    }
}
END_TEST

START_TEST(cfg_types_are_numbered_by_appearance_or_as_set)
{
    double positions[6] = { 0, 0, 0, 2, 0, 0 };
    const char *const two[] = { "Cl", "Na" };
    lrpot_structure *s = NULL, *read = NULL;
    lrpot_writer *writer = NULL;
    ck_ok(lrpot_structure_create(&s, 2, two, positions, NULL, 0));
    write_one(scratch("a.cfg"), s);
    ck_ok(lrpot_structure_read(&read, scratch("a.cfg"), 0));
    ck_assert_str_eq(lrpot_structure_symbol(read, 0), "0");
    lrpot_structure_free(read);
    ck_ok(lrpot_writer_open(&writer, scratch("b.cfg")));
    ck_ok(lrpot_writer_set_types(writer, 2, symbols));
    ck_ok(lrpot_writer_append(writer, s));
    ck_ok(lrpot_writer_close(writer));
    ck_ok(lrpot_structure_read(&read, scratch("b.cfg"), 0));
    ck_assert_str_eq(lrpot_structure_symbol(read, 0), "1");
    lrpot_structure_free(read);
    ck_ok(lrpot_writer_open(&writer, scratch("c.cfg")));
    ck_ok(lrpot_writer_set_types(writer, 1, symbols));
    ck_assert_int_eq(lrpot_writer_append(writer, s), LRPOT_E_SPECIES);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "'Cl'"));
    lrpot_writer_abandon(writer);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(an_abandoned_file_leaves_the_old_one_and_nothing_else)
{
    support_random random = { 8 };
    lrpot_structure *s = full_structure(&random, CELL_CUBIC);
    lrpot_writer *writer = NULL;
    write_one(scratch("kept.xyz"), s);
    char *before = content_of(scratch("kept.xyz"));
    ck_ok(lrpot_writer_open(&writer, scratch("kept.xyz")));
    ck_ok(lrpot_writer_append(writer, s));
    ck_ok(lrpot_writer_append(writer, s));
    ck_assert_int_eq(count_files(), 2);
    lrpot_writer_abandon(writer);
    ck_assert_int_eq(count_files(), 1);
    char *after = content_of(scratch("kept.xyz"));
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
    support_random random = { 8 };
    if (!exists("/dev/full")) {
        printf("# SKIP no /dev/full on this system\n");
        return;
    }
    lrpot_structure *s = full_structure(&random, CELL_CUBIC);
    lrpot_writer *writer = NULL;
    ck_ok(lrpot_writer_open(&writer, "/dev/full"));
    (void)!lrpot_writer_append(writer, s);
    ck_assert_int_eq(lrpot_writer_close(writer), LRPOT_E_WRITE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "/dev/full"));
    lrpot_structure_free(s);
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_reported)
{
    lrpot_writer *writer = NULL;
    ck_assert_int_eq(lrpot_writer_open(&writer, scratch("absent/file.xyz")), LRPOT_E_WRITE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "absent/file.xyz"));
    ck_assert_int_eq(count_files(), 0);
}
END_TEST

START_TEST(links_devices_and_permissions_survive)
{
    support_random random = { 8 };
    struct stat status;
    lrpot_structure *s = full_structure(&random, CELL_CUBIC);
    write_one(scratch("target.xyz"), s);
    ck_assert_int_eq(chmod(scratch("target.xyz"), 0640), 0);
    ck_assert_int_eq(symlink("target.xyz", scratch("link.xyz")), 0);
    write_one(scratch("link.xyz"), s);
    ck_assert_int_eq(lstat(scratch("link.xyz"), &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
    ck_assert_int_eq(stat(scratch("target.xyz"), &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0640);
    write_one("/dev/null", s);
    ck_assert_int_eq(stat("/dev/null", &status), 0);
    ck_assert(S_ISCHR(status.st_mode));
    lrpot_structure_free(s);
}
END_TEST

static void ck_content(const char *name, const char *expected)
{
    char *text = content_of(scratch(name));
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(phonopy_files_have_the_documented_form)
{
    double D[36], forces[12] = { 0.5, 0, 0, -0.5, 0, 0, 0, 0.25, 0, 0, -0.25, 0 },
                  displacements[6] = { 0.01, 0, 0, 0, 0.01, 0 };
    double epsilon[9] = { 2, 0, 0, 0, 2, 0, 0, 0, 2 },
           Z[18] = { 1, 0, 0, 0, 1, 0, 0, 0, 1, -1, 0, 0, 0, -1, 0, 0, 0, -1 };
    int64_t atoms[2] = { 0, 1 };
    for (int i = 0; i < 36; i++) D[i] = i;
    ck_ok(lrpot_phonopy_write_force_constants(scratch("FORCE_CONSTANTS"), 2, D));
    ck_content("FORCE_CONSTANTS",
               "2 2\n1 1\n0 1 2\n6 7 8\n12 13 14\n1 2\n3 4 5\n9 10 11\n15 16 17\n"
               "2 1\n18 19 20\n24 25 26\n30 31 32\n2 2\n21 22 23\n27 28 29\n33 34 35\n");
    ck_ok(
        lrpot_phonopy_write_force_sets(scratch("FORCE_SETS"), 2, 2, atoms, displacements, forces));
    ck_content("FORCE_SETS",
               "2\n2\n\n1\n0.01 0 0\n0.5 0 0\n-0.5 0 0\n\n2\n0 0.01 0\n0 0.25 0\n0 -0.25 0\n");
    ck_ok(lrpot_phonopy_write_born(scratch("BORN"), LRPOT_COULOMB_CONSTANT, epsilon, 2, Z));
    ck_content("BORN",
               "14.3996454784255\n2 0 0 0 2 0 0 0 2\n1 0 0 0 1 0 0 0 1\n-1 0 0 0 -1 0 0 0 -1\n");
    ck_ok(lrpot_phonopy_write_born(scratch("BORN"), 0.0, epsilon, 1, Z));
    ck_content("BORN", "default\n2 0 0 0 2 0 0 0 2\n1 0 0 0 1 0 0 0 1\n");
    ck_assert_int_eq(lrpot_phonopy_write_born(scratch("BORN"), -2.0, epsilon, 2, Z),
                     LRPOT_E_ARGUMENT);
    epsilon[4] = NAN;
    ck_assert_int_eq(lrpot_phonopy_write_born(scratch("BORN"), 0.0, epsilon, 2, Z),
                     LRPOT_E_NOT_FINITE);
    atoms[1] = 2;
    ck_assert_int_eq(
        lrpot_phonopy_write_force_sets(scratch("FORCE_SETS"), 2, 2, atoms, displacements, forces),
        LRPOT_E_ARGUMENT);
}
END_TEST

START_TEST(a_poscar_groups_atoms_by_species)
{
    const char *const mixed[] = { "Na", "Cl", "Na", "O", "Cl" };
    double positions[15], cell[9] = { 4, 0, 0, 0, 5, 0, 1, 0, 6 };
    int64_t order[5];
    lrpot_structure *s = NULL;
    for (int i = 0; i < 15; i++) positions[i] = 0.25 * i;
    ck_ok(lrpot_structure_create(&s, 5, mixed, positions, cell, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_poscar_write(scratch("POSCAR"), s, order));
    ck_content("POSCAR", "structure\n1.0\n4 0 0\n0 5 0\n1 0 6\nNa Cl O\n2 2 1\nCartesian\n0 0.25 "
                         "0.5\n1.5 1.75 2\n0.75 1 1.25\n3 3.25 3.5\n2.25 2.5 2.75\n");
    int64_t expected[5] = { 0, 2, 1, 4, 3 };
    ck_assert_mem_eq(order, expected, sizeof order);
    ck_ok(lrpot_structure_species_order(s, order));
    ck_assert_mem_eq(order, expected, sizeof order);
    for (int i = 0; i < 3; i++) cell[i] = -cell[i];
    ck_ok(lrpot_structure_set_cell(s, cell, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_poscar_write(scratch("POSCAR"), s, NULL));
    ck_content("POSCAR", "structure\n1.0\n4 0 0\n0 -5 0\n-1 0 -6\nNa Cl O\n2 2 1\nCartesian\n0 "
                         "0.25 0.5\n1.5 1.75 2\n0.75 1 1.25\n3 3.25 3.5\n2.25 2.5 2.75\n");
    lrpot_structure_free(s);
    ck_ok(lrpot_structure_create(&s, 5, mixed, positions, NULL, 0));
    ck_assert_int_eq(lrpot_poscar_write(scratch("POSCAR"), s, NULL), LRPOT_E_CELL);
    lrpot_structure_free(s);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_write");
    TCase *tcase = tcase_create("writing");
    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, extended_xyz_comes_back_with_the_same_bits);
    tcase_add_test(tcase, partial_periodicity_comes_back);
    tcase_add_test(tcase, cfg_comes_back_with_the_quantities_that_it_knows);
    tcase_add_test(tcase, cfg_types_are_numbered_by_appearance_or_as_set);
    tcase_add_test(tcase, an_abandoned_file_leaves_the_old_one_and_nothing_else);
    tcase_add_test(tcase, a_full_disk_is_reported);
    tcase_add_test(tcase, a_place_that_cannot_be_written_is_reported);
    tcase_add_test(tcase, links_devices_and_permissions_survive);
    tcase_add_test(tcase, phonopy_files_have_the_documented_form);
    tcase_add_test(tcase, a_poscar_groups_atoms_by_species);
    suite_add_tcase(suite, tcase);
    return suite;
}
