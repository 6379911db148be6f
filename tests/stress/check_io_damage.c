/* Damaged files: the right status, and a message with file, line and what is wrong. The files are
 * in corpus/. */
#include "comma_locale.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *file;
    int good; /* frames before the failure */
    lrpot_status status;
    const char *message; /* part of it */
} cases[] = {
    { "cut_in_atoms.xyz", 1, LRPOT_E_PARSE,
      ".xyz:8: frame 1 has 3 atoms but the file ends after 2 lines of atoms" },
    { "cut_before_comment.xyz", 1, LRPOT_E_PARSE,
      ".xyz:5: the file ends before the comment line of frame 1" },
    { "fewer_lines_than_atoms.xyz", 0, LRPOT_E_PARSE,
      ".xyz:5: atom 2 of 3 in frame 0: the line has 1 fields, expected 7" },
    { "blank_among_atoms.xyz", 0, LRPOT_E_PARSE,
      ".xyz:4: frame 0 has 2 atoms but a blank line after 1 lines of atoms" },
    { "column_too_few.xyz", 0, LRPOT_E_PARSE,
      ".xyz:4: atom 1 of 2 in frame 0: the line has 6 fields, expected 7" },
    { "column_too_many.xyz", 0, LRPOT_E_PARSE,
      ".xyz:3: atom 0 of 2 in frame 0: the line has 8 fields, expected 7" },
    { "nan_position.xyz", 0, LRPOT_E_PARSE, ".xyz:4: pos is 'nan', expected a number" },
    { "infinite_force.xyz", 0, LRPOT_E_PARSE, ".xyz:3: forces is '-inf', expected a number" },
    { "overflowing_number.xyz", 0, LRPOT_E_PARSE, ".xyz:3: pos is '1e999', beyond the range" },
    { "decimal_comma.xyz", 0, LRPOT_E_PARSE, ".xyz:3: pos is '1,5', expected a number" },
    { "text_energy.xyz", 0, LRPOT_E_PARSE,
      ".xyz:2: a value of 'energy' is 'low', expected a number" },
    { "nan_energy.xyz", 0, LRPOT_E_PARSE,
      ".xyz:2: a value of 'energy' is 'NaN', expected a number" },
    { "unknown_columns.xyz", 1, LRPOT_E_END, "no further frame" },
    { "column_twice.xyz", 0, LRPOT_E_PARSE, ".xyz:2: column 'forces' stands twice" },
    { "key_twice.xyz", 0, LRPOT_E_PARSE, ".xyz:2: key 'energy' stands twice" },
    { "properties_cut.xyz", 0, LRPOT_E_PARSE, ".xyz:2: column 'pos' has '' components" },
    { "properties_bad_type.xyz", 0, LRPOT_E_PARSE,
      ".xyz:2: column 'pos' is of type 'Q', expected S, R, I or L" },
    { "properties_huge_count.xyz", 0, LRPOT_E_PARSE,
      ".xyz:2: column 'x' has '99999999999' components" },
    { "forces_of_wrong_shape.xyz", 0, LRPOT_E_PARSE,
      ".xyz:2: column 'forces' is R:2, expected R:3" },
    { "no_positions.xyz", 0, LRPOT_E_PARSE, ".xyz:2: Properties has 0 columns of positions" },
    { "no_species.xyz", 0, LRPOT_E_PARSE, ".xyz:2: Properties has 0 columns of species" },
    { "huge_count.xyz", 0, LRPOT_E_PARSE,
      ".xyz:3: frame 0 has 99999999999 atoms but the file ends after 1 lines" },
    { "count_beyond_64_bits.xyz", 0, LRPOT_E_PARSE,
      ".xyz:1: the number of atoms is '99999999999999999999'" },
    { "no_atoms.xyz", 0, LRPOT_E_PARSE, ".xyz:1: the number of atoms is 0" },
    { "negative_count.xyz", 0, LRPOT_E_PARSE, ".xyz:1: the number of atoms is -4" },
    { "count_is_text.xyz", 0, LRPOT_E_PARSE,
      ".xyz:1: the number of atoms is 'two', expected an integer" },
    { "zero_volume.xyz", 0, LRPOT_E_CELL, ".xyz:1: " },
    { "lattice_of_eight.xyz", 0, LRPOT_E_PARSE, ".xyz:2: Lattice has 8 numbers, expected 9" },
    { "periodic_without_lattice.xyz", 0, LRPOT_E_PARSE,
      ".xyz:2: pbc is 'T T T' but the frame has no Lattice" },
    { "bad_pbc.xyz", 0, LRPOT_E_PARSE, ".xyz:2: pbc is 'T T maybe'" },
    { "open_quote.xyz", 0, LRPOT_E_PARSE, ".xyz:2: a value that starts with \" has no end" },
    { "dipole_of_two.xyz", 0, LRPOT_E_PARSE, ".xyz:2: key 'dipole' has 2 numbers, expected 3" },
    { "points_of_five.xyz", 0, LRPOT_E_PARSE,
      ".xyz:2: potential_points has 5 numbers, expected groups of 4" },
    { "zero_byte.xyz", 0, LRPOT_E_PARSE, ".xyz:3: the line holds a zero byte" },
    { "long_species.xyz", 0, LRPOT_E_PARSE,
      ".xyz:3: species 'UnobtainiumUnobtainium' has 22 characters" },
    { "number_out_of_elements.xyz", 0, LRPOT_E_PARSE, ".xyz:3: atomic number 400" },
    { "crlf.xyz", 1, LRPOT_E_END, "no further frame" },
    { "empty.xyz", 0, LRPOT_E_END, "no further frame" },
    { "blank.xyz", 0, LRPOT_E_END, "no further frame" },
    { "good_crlf.cfg", 2, LRPOT_E_END, "no further frame" },
    { "cut.cfg", 1, LRPOT_E_PARSE, "the file ends inside frame 1" },
    { "fewer_atoms.cfg", 0, LRPOT_E_PARSE, ".cfg:15: frame 0 has Size 2 but 1 lines of AtomData" },
    { "more_atoms.cfg", 0, LRPOT_E_PARSE, ".cfg:16: frame 0 has Size 1 but 2 lines of AtomData" },
    { "huge_size.cfg", 0, LRPOT_E_PARSE, "Size 99999999999 but 2 lines" },
    { "no_size.cfg", 0, LRPOT_E_PARSE, "Size 0 but 2 lines" },
    { "unknown_block.cfg", 0, LRPOT_E_PARSE, ".cfg:11: 'Temperature' is no block" },
    { "virial_block.cfg", 0, LRPOT_E_PARSE,
      ".cfg:13: block 'Virial:' has no defined sign; expected PlusStress:" },
    { "unknown_column.cfg", 0, LRPOT_E_PARSE, ".cfg:8: AtomData has the unknown column 'colour'" },
    { "half_of_the_forces.cfg", 0, LRPOT_E_PARSE,
      ".cfg:8: AtomData: expected all of fx, fy, fz or none" },
    { "nan.cfg", 0, LRPOT_E_PARSE, ".cfg:10: cartes_x is 'nan'" },
    { "wrong_id.cfg", 0, LRPOT_E_PARSE, ".cfg:10: id is 3, expected 2" },
    { "field_missing.cfg", 0, LRPOT_E_PARSE,
      ".cfg:10: AtomData: the line has 7 fields, expected 8" },
    { "negative_type.cfg", 0, LRPOT_E_PARSE, ".cfg:10: type is -1" },
    { "two_energies.cfg", 0, LRPOT_E_PARSE, ".cfg:13: block Energy stands twice in frame 0" },
    { "zero_volume.cfg", 0, LRPOT_E_CELL, ".cfg:1: " },
    { "direct_without_cell.cfg", 0, LRPOT_E_PARSE, "direct coordinates but no Supercell" },
    { "stress_of_five.cfg", 0, LRPOT_E_PARSE, ".cfg:13: PlusStress: expected the components" },
    { "no_begin.cfg", 0, LRPOT_E_PARSE, ".cfg:1: the line begins with 'Size', expected BEGIN_CFG" },
};
#define N_CASES ((int)(sizeof cases / sizeof cases[0]))

static lrpot_reader *open_case(const char *file)
{
    char name[200];
    lrpot_reader *reader = NULL;
    snprintf(name, sizeof name, "tests/stress/corpus/%s", file);
    char *path = support_source(name);
    ck_ok(lrpot_reader_open(&reader, path));
    free(path);
    return reader;
}

START_TEST(damage_is_reported_with_file_line_and_value)
{
    lrpot_structure *structure = NULL;
    lrpot_status status = LRPOT_OK;
    lrpot_reader *reader = open_case(cases[_i].file);
    while ((status = lrpot_reader_next(reader, &structure)) == LRPOT_OK)
        lrpot_structure_free(structure);
    ck_assert_msg(status == cases[_i].status && lrpot_reader_frames(reader) == cases[_i].good
                      && strstr(lrpot_last_error(), cases[_i].message) != NULL
                      && strstr(lrpot_last_error(), cases[_i].file) != NULL,
                  "%s: %d frames, then %s: %s", cases[_i].file, (int)lrpot_reader_frames(reader),
                  lrpot_status_name(status), lrpot_last_error());
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(unknown_columns_are_skipped_and_named)
{
    const char *name = NULL;
    lrpot_structure *structure = NULL;
    lrpot_reader *reader = open_case("unknown_columns.xyz");
    ck_ok(lrpot_reader_next(reader, &structure));
    ck_close(lrpot_structure_get(structure, LRPOT_QUANTITY_FORCES)[2], 3, 0, 0);
    ck_assert_int_eq(lrpot_reader_skipped(reader, 0, &name), 1);
    ck_assert_str_eq(name, "mystery");
    ck_assert_int_eq(lrpot_reader_skipped(reader, 1, &name), 1);
    ck_assert_str_eq(name, "name");
    lrpot_structure_free(structure);
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(a_locale_with_a_decimal_comma_changes_nothing)
{
    lrpot_structure *structure = NULL;
    if (!support_comma_locale()) return;
    lrpot_reader *reader = open_case("crlf.xyz");
    ck_ok(lrpot_reader_next(reader, &structure));
    support_point_locale();
    ck_assert(lrpot_structure_get(structure, LRPOT_QUANTITY_ENERGY)[0] == -1.5);
    ck_assert(lrpot_structure_positions_const(structure)[3] == 2.8);
    lrpot_structure_free(structure);
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(frames_that_do_not_exist_are_reported)
{
    lrpot_structure *structure = NULL;
    char *path = support_source("tests/stress/corpus/crlf.xyz");
    ck_ok(lrpot_structure_read(&structure, path, 0));
    lrpot_structure_free(structure);
    ck_assert_int_eq(lrpot_structure_read(&structure, path, 1), LRPOT_E_END);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "frame 1 does not exist, the file has 1"));
    ck_assert_int_eq(lrpot_structure_read(&structure, path, -1), LRPOT_E_ARGUMENT);
    free(path);
    path = support_source("tests/stress/corpus");
    ck_assert_int_eq(lrpot_structure_read(&structure, path, 0), LRPOT_E_READ);
    free(path);
    ck_assert_int_eq(lrpot_structure_read(&structure, "absent.xyz", 0), LRPOT_E_OPEN);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "absent.xyz"));
}
END_TEST

START_TEST(null_arguments_are_refused)
{
    lrpot_reader *reader = NULL;
    lrpot_writer *writer = NULL;
    lrpot_structure *structure = NULL;
    ck_assert_int_eq(lrpot_reader_open(NULL, "x"), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_reader_open(&reader, NULL), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_reader_next(NULL, &structure), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_reader_set_key(NULL, 1, "x"), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_writer_open(&writer, NULL), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_writer_append(NULL, NULL), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_writer_close(NULL), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_structure_read(NULL, "x", 0), LRPOT_E_NULL);
    lrpot_reader_close(NULL);
    lrpot_writer_abandon(NULL);
    ck_assert_int_eq(lrpot_reader_found(NULL, 1, NULL), 0);
    ck_assert_int_eq(lrpot_reader_frames(NULL), 0);
    reader = open_case("crlf.xyz");
    ck_assert_int_eq(lrpot_reader_set_key(reader, 0, "x"), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_reader_set_key(reader, LRPOT_QUANTITY_COUNT, "x"), LRPOT_E_ARGUMENT);
    lrpot_reader_close(reader);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_damage");
    TCase *tcase = tcase_create("damage");
    tcase_set_timeout(tcase, 120); /* a locale is made */
    support_add_cases(tcase, damage_is_reported_with_file_line_and_value, 0, N_CASES);
    tcase_add_test(tcase, unknown_columns_are_skipped_and_named);
    tcase_add_test(tcase, a_locale_with_a_decimal_comma_changes_nothing);
    tcase_add_test(tcase, frames_that_do_not_exist_are_reported);
    tcase_add_test(tcase, null_arguments_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
