/* Units of files through the library's own calls. What is recognised is tested from outside, in
 * tests/tools/check_units.py. */
#include "support.h"

#include "io/files/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lrpot_reader *reader_of(const char *text)
{
    lrpot_reader *reader = NULL;
    ck_ok(lrpot__reader_open_memory(&reader, "memory.xyz", text, (int64_t)strlen(text)));
    return reader;
}

static lrpot_structure *next(lrpot_reader *reader)
{
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_reader_next(reader, &structure));
    return structure;
}

/* Two frames of LAMMPS' dump extxyz, units metal: one step of 1 fs, velocity 2 A/ps. */
static const char lammps[] =
    "1\nTimestep=0 Time=0.000 pbc=\"T T T\" Lattice=\"9 0 0 0 9 0 0 0 9\" Potential_energy=-1 "
    "Stress=\"100 0 0 0 100 0 0 0 100\" Properties=species:S:1:pos:R:3:vel:R:3\nNa 1 1 1 2 0 0\n"
    "1\nTimestep=1 Time=0.001 pbc=\"T T T\" Lattice=\"9 0 0 0 9 0 0 0 9\" Potential_energy=-1 "
    "Stress=\"100 0 0 0 100 0 0 0 100\" Properties=species:S:1:pos:R:3:vel:R:3\nNa 1.002 1 1 2 0 "
    "0\n";

START_TEST(a_dump_of_lammps_comes_in_fs_without_its_pressure)
{
    lrpot_reader *reader = reader_of(lammps);
    lrpot_structure *first = next(reader), *second = next(reader);
    ck_close(lrpot_structure_get(second, LRPOT_QUANTITY_VELOCITIES)[0], 2e-3, TOL_EXACT, 0);
    ck_assert_str_eq(lrpot_structure_info(second, "time"), "1");
    ck_assert_str_eq(lrpot_structure_info(second, "timestep"), "1");
    ck_assert_ptr_null(lrpot_structure_info(second, "Time"));
    ck_assert_ptr_null(lrpot_structure_info(second, "Timestep"));
    ck_close(*lrpot_structure_get(first, LRPOT_QUANTITY_ENERGY), -1.0, TOL_EXACT, 0);
    ck_assert_ptr_null(lrpot_structure_get(first, LRPOT_QUANTITY_STRESS));
    ck_assert_int_eq(lrpot_reader_found(reader, LRPOT_QUANTITY_STRESS, NULL), 0);
    ck_assert_int_eq(lrpot_reader_found(reader, LRPOT_QUANTITY_VELOCITIES, NULL), 2);
    int32_t notes = 0, stress = 0;
    for (const char *note; (note = lrpot_reader_note(reader, notes)) != NULL; notes++)
        stress += strstr(note, "stress is not taken") != NULL;
    ck_assert_int_eq(notes, 3);
    ck_assert_int_eq(stress, 1);
    lrpot_structure_free(first);
    lrpot_structure_free(second);
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(one_frame_of_a_file_is_converted_too)
{
    char path[] = "lrpot-units-XXXXXX";
    lrpot_structure *structure = NULL;
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, lammps, strlen(lammps)), (int)strlen(lammps));
    close(file);
    ck_ok(lrpot_structure_read(&structure, path, 1));
    ck_close(lrpot_structure_get(structure, LRPOT_QUANTITY_VELOCITIES)[0], 2e-3, TOL_EXACT, 0);
    ck_assert_ptr_null(lrpot_structure_get(structure, LRPOT_QUANTITY_STRESS));
    lrpot_structure_free(structure);
    unlink(path);
}
END_TEST

START_TEST(stated_units_are_taken_at_their_word)
{
    lrpot_reader *reader = reader_of(lammps);
    ck_ok(lrpot_reader_set_units(reader, "metal"));
    lrpot_structure *first = next(reader);
    /* 1 bar is 1e5 Pa, and 1 eV/A^3 is 1.602176634e11 Pa */
    ck_close(lrpot_structure_get(first, LRPOT_QUANTITY_STRESS)[4], -100e5 / 1.602176634e11, 1e-9,
             0);
    ck_assert_ptr_null(lrpot_reader_note(reader, 0));
    lrpot_structure_free(first);
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(wrong_units_are_named)
{
    static const struct {
        const char *units, *message;
    } cases[] = { { "stress=torr", "unit 'torr' of stress is not known; there are eV/A^3, GPa" },
                  { "charges=e", "units of 'charges' cannot be chosen" },
                  { "stress", "units 'stress', expected quantity=unit" },
                  { "energy=", "unit '' of energy is not known" },
                  { "energy=eV,,forces=eV/A", "units '', expected quantity=unit" } };
    lrpot_reader *reader = reader_of(lammps);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        ck_assert_int_eq(lrpot_reader_set_units(reader, cases[k].units), LRPOT_E_ARGUMENT);
        ck_assert_msg(strstr(lrpot_last_error(), cases[k].message) != NULL, "%s: %s",
                      cases[k].units, lrpot_last_error());
    }
    lrpot_structure_free(next(reader));
    ck_assert_int_eq(lrpot_reader_set_units(reader, "time=ps"), LRPOT_E_ARGUMENT);
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(a_key_asked_for_is_not_left_out)
{
    lrpot_reader *reader = reader_of(lammps);
    lrpot_structure *structure = NULL;
    ck_ok(lrpot_reader_set_key(reader, LRPOT_QUANTITY_STRESS, "Stress"));
    ck_assert_int_eq(lrpot_reader_next(reader, &structure), LRPOT_E_PARSE);
    ck_assert_msg(strstr(lrpot_last_error(), "the unit of key 'Stress'") != NULL, "%s",
                  lrpot_last_error());
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(lines_are_counted_behind_what_was_looked_at)
{
    static const char *const ends[] = { "\n", "\r\n", "\r" };
    for (int k = 0; k < 3; k++) {
        char text[200];
        snprintf(text, sizeof text, "1%sa%sNa 0 0 0%s1%sb%sNa 0 0 x%s", ends[k], ends[k], ends[k],
                 ends[k], ends[k], ends[k]);
        lrpot_reader *reader = reader_of(text);
        lrpot_structure *structure = NULL;
        lrpot_structure_free(next(reader));
        ck_assert_int_eq(lrpot_reader_next(reader, &structure), LRPOT_E_PARSE);
        ck_assert_msg(strstr(lrpot_last_error(), "memory.xyz:6: pos is 'x'") != NULL, "%d: %s", k,
                      lrpot_last_error());
        lrpot_reader_close(reader);
    }
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_units");
    TCase *tcase = tcase_create("units");
    tcase_add_test(tcase, a_dump_of_lammps_comes_in_fs_without_its_pressure);
    tcase_add_test(tcase, one_frame_of_a_file_is_converted_too);
    tcase_add_test(tcase, stated_units_are_taken_at_their_word);
    tcase_add_test(tcase, wrong_units_are_named);
    tcase_add_test(tcase, a_key_asked_for_is_not_left_out);
    tcase_add_test(tcase, lines_are_counted_behind_what_was_looked_at);
    suite_add_tcase(suite, tcase);
    return suite;
}
