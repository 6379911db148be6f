/* Extended XYZ in the dialects that public data sets are written in. */
#include "support.h"

#include "io/text/keys.h"
#include "io/files/reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lrpot_reader *reader_of(const char *text)
{
    lrpot_reader *reader = NULL;
    ck_ok(lrpot__reader_open_memory(&reader, "memory.xyz", text, (int64_t)strlen(text)));
    return reader;
}

/* First frame of a text. */
static lrpot_structure *frame_of(const char *text)
{
    lrpot_structure *structure = NULL;
    lrpot_reader *reader = reader_of(text);
    ck_ok(lrpot_reader_next(reader, &structure));
    lrpot_reader_close(reader);
    return structure;
}

static void ck_values(const lrpot_structure *structure, int32_t quantity, int n,
                      const double *expected)
{
    const double *values = lrpot_structure_get(structure, quantity);
    ck_assert_msg(values != NULL, "%s is absent", lrpot_quantity_name(quantity));
    for (int i = 0; i < n; i++) ck_close(values[i], expected[i], TOL_EXACT, 1e-300);
}

/* A frame of one atom with this comment line. */
static lrpot_structure *with_comment(const char *comment)
{
    char text[1000];
    snprintf(text, sizeof text, "1\n%s\nH 0 0 0\n", comment);
    return frame_of(text);
}

static lrpot_structure *with_column(const char *column, const char *values)
{
    char text[1000];
    snprintf(text, sizeof text, "1\nProperties=species:S:1:pos:R:3:%s\nH 0 0 0 %s\n", column,
             values);
    return frame_of(text);
}

START_TEST(plain_xyz_is_a_molecule_with_its_comment_kept)
{
    lrpot_structure *s = frame_of("2\n water like thing \nO 0 0 0.5\nH 1 2 -3e-1 9\n");
    ck_assert_int_eq(lrpot_structure_count(s), 2);
    ck_assert_str_eq(lrpot_structure_symbol(s, 1), "H");
    ck_close(lrpot_structure_positions_const(s)[5], -0.3, TOL_EXACT, 0);
    ck_assert_ptr_null(lrpot_structure_cell(s));
    ck_assert_int_eq(lrpot_structure_periodic_mask(s), 0);
    ck_assert_str_eq(lrpot_structure_info(s, "comment"), "water like thing ");
    lrpot_structure_free(s);
}
END_TEST

START_TEST(columns_may_stand_in_any_order)
{
    lrpot_structure *s =
        frame_of("1\nProperties=forces:R:3:id:I:1:tag:L:1:pos:R:3:species:S:1:bec:R:9\n"
                 "1 2 3 77 T 4 5 6 Cl 1 2 3 4 5 6 7 8 9\n");
    ck_assert_str_eq(lrpot_structure_symbol(s, 0), "Cl");
    ck_close(lrpot_structure_positions_const(s)[2], 6, 0, 0);
    ck_values(s, LRPOT_QUANTITY_FORCES, 3, (double[]){ 1, 2, 3 });
    ck_values(s, LRPOT_QUANTITY_BORN_CHARGES, 9, (double[]){ 1, 2, 3, 4, 5, 6, 7, 8, 9 });
    lrpot_structure_free(s);
}
END_TEST

START_TEST(case_of_known_keys_does_not_matter)
{
    lrpot_structure *s = frame_of("1\nlattice=\"4 0 0 0 5 0 0 0 6\" PBC=\"T F T\" "
                                  "properties=Species:s:1:Pos:r:3:Force:r:3 ENERGY=-1.5\n"
                                  "Na 1 1 1 0.5 0.25 0.125\n");
    ck_close(lrpot_structure_volume(s), 120, TOL_EXACT, 0);
    ck_assert_int_eq(lrpot_structure_periodic_mask(s), 5);
    ck_values(s, LRPOT_QUANTITY_ENERGY, 1, (double[]){ -1.5 });
    ck_values(s, LRPOT_QUANTITY_FORCES, 3, (double[]){ 0.5, 0.25, 0.125 });
    lrpot_structure_free(s);
}
END_TEST

START_TEST(periodicity_is_read_in_all_spellings)
{
    static const struct {
        const char *value;
        int32_t mask;
    } cases[] = { { "pbc=\"T T F\"", 3 },
                  { "pbc='True False true'", 5 },
                  { "pbc=\"1 1 1\"", 7 },
                  { "pbc=[T,F,F]", 1 },
                  { "pbc=\"_JSON [true, true, true]\"", 7 },
                  { "pbc={F F F}", 0 },
                  { "pbc=T", 7 },
                  { "pbc=TFT", 5 },
                  { "", 7 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char comment[200];
        snprintf(comment, sizeof comment,
                 "Lattice=\"3 0 0 0 3 0 0 0 3\" %s Properties=species:S:1:pos:R:3", cases[i].value);
        lrpot_structure *s = with_comment(comment);
        ck_assert_msg(lrpot_structure_periodic_mask(s) == cases[i].mask, "%s: %d", cases[i].value,
                      lrpot_structure_periodic_mask(s));
        lrpot_structure_free(s);
    }
}
END_TEST

START_TEST(quantities_of_the_frame_are_found_under_their_aliases)
{
    static const struct {
        const char *comment;
        int32_t quantity, n;
        double values[9];
    } cases[] = {
        { "energy=1.5", LRPOT_QUANTITY_ENERGY, 1, { 1.5 } },
        { "Energy = -2", LRPOT_QUANTITY_ENERGY, 1, { -2 } },
        { "free_energy=3", LRPOT_QUANTITY_ENERGY, 1, { 3 } },
        { "REF_energy=4 free_energy=5", LRPOT_QUANTITY_ENERGY, 1, { 4 } },
        { "dipole=\"1 2 3\"", LRPOT_QUANTITY_DIPOLE, 3, { 1, 2, 3 } },
        { "dipole=\"_JSON [[1.0, 2, 3]]\"", LRPOT_QUANTITY_DIPOLE, 3, { 1, 2, 3 } },
        { "REF_dipole={1 2 3}", LRPOT_QUANTITY_DIPOLE, 3, { 1, 2, 3 } },
        { "dipole=[1, 2, 3]", LRPOT_QUANTITY_DIPOLE, 3, { 1, 2, 3 } },
        { "charge=-1", LRPOT_QUANTITY_TOTAL_CHARGE, 1, { -1 } },
        { "overall_charge=2", LRPOT_QUANTITY_TOTAL_CHARGE, 1, { 2 } },
        { "total_charge=+1.0 charge=7", LRPOT_QUANTITY_TOTAL_CHARGE, 1, { 1 } },
        { "eps_inf='2 0 0 0 3 0 0 0 4'",
          LRPOT_QUANTITY_EPSILON_INF,
          9,
          { 2, 0, 0, 0, 3, 0, 0, 0, 4 } },
        { "epsilon_inf=2.5", LRPOT_QUANTITY_EPSILON_INF, 9, { 2.5, 0, 0, 0, 2.5, 0, 0, 0, 2.5 } },
        { "quadrupole='1 2 3 2 4 5 3 5 6'",
          LRPOT_QUANTITY_QUADRUPOLE,
          9,
          { 1, 2, 3, 2, 4, 5, 3, 5, 6 } },
        { "stress='1 2 3 4 5 6'", LRPOT_QUANTITY_STRESS, 9, { 1, 6, 5, 6, 2, 4, 5, 4, 3 } },
        { "REF_stress='1 2 3 4 5 6 7 8 9'",
          LRPOT_QUANTITY_STRESS,
          9,
          { 1, 2, 3, 4, 5, 6, 7, 8, 9 } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lrpot_structure *s = with_comment(cases[i].comment);
        ck_values(s, cases[i].quantity, cases[i].n, cases[i].values);
        lrpot_structure_free(s);
    }
}
END_TEST

START_TEST(quantities_of_atoms_are_found_under_their_aliases)
{
    static const struct {
        const char *column, *values;
        int32_t quantity, n;
    } cases[] = {
        { "forces:R:3", "1 2 3", LRPOT_QUANTITY_FORCES, 3 },
        { "REF_forces:R:3", "1 2 3", LRPOT_QUANTITY_FORCES, 3 },
        { "charge:R:1", "1", LRPOT_QUANTITY_CHARGES, 1 },
        { "mbis_charges:R:1", "1", LRPOT_QUANTITY_CHARGES, 1 },
        { "initial_charges:I:1", "1", LRPOT_QUANTITY_CHARGES, 1 },
        { "BEC:R:9", "1 2 3 4 5 6 7 8 9", LRPOT_QUANTITY_BORN_CHARGES, 9 },
        { "born_effective_charges:R:9", "1 2 3 4 5 6 7 8 9", LRPOT_QUANTITY_BORN_CHARGES, 9 },
        { "REF_bec:R:9", "1 2 3 4 5 6 7 8 9", LRPOT_QUANTITY_BORN_CHARGES, 9 },
        { "energies:R:1", "1", LRPOT_QUANTITY_ENERGY_ATOM, 1 },
        { "potential:R:1", "1", LRPOT_QUANTITY_POTENTIAL, 1 },
        { "velo:R:3", "1 2 3", LRPOT_QUANTITY_VELOCITIES, 3 },
        { "masses:R:1", "1", LRPOT_QUANTITY_MASSES, 1 },
        { "sigma:R:1", "1", LRPOT_QUANTITY_SIGMA, 1 },
        { "field:R:3", "1 2 3", LRPOT_QUANTITY_FIELD, 3 },
        { "fragment:I:1", "1", LRPOT_QUANTITY_FRAGMENT, 1 },
        { "atomic_dipoles:R:3", "1 2 3", LRPOT_QUANTITY_ATOMIC_DIPOLES, 3 },
        { "mbis_dipoles:R:3", "1 2 3", LRPOT_QUANTITY_ATOMIC_DIPOLES, 3 },
        { "mbis_quadrupoles:R:9", "1 2 3 4 5 6 7 8 9", LRPOT_QUANTITY_ATOMIC_QUADRUPOLES, 9 },
    };
    static const double counting[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lrpot_structure *s = with_column(cases[i].column, cases[i].values);
        ck_values(s, cases[i].quantity, cases[i].n, counting);
        lrpot_structure_free(s);
    }
}
END_TEST

START_TEST(a_virial_becomes_minus_the_stress_times_the_volume)
{
    lrpot_structure *s =
        with_comment("Lattice=\"2 0 0 0 2 0 0 0 2\" REF_virial=\"8 0 16 0 -8 0 16 0 24\"");
    ck_values(s, LRPOT_QUANTITY_STRESS, 9, (double[]){ -1, 0, -2, 0, 1, 0, -2, 0, -3 });
    lrpot_structure_free(s);
    s = with_comment("virial=\"8 0 16 0 -8 0 16 0 24\"");
    ck_assert_ptr_null(lrpot_structure_get(s, LRPOT_QUANTITY_STRESS));
    ck_assert_str_eq(lrpot_structure_info(s, "virial"), "8 0 16 0 -8 0 16 0 24");
    lrpot_structure_free(s);
}
END_TEST

START_TEST(potentials_of_fragments_have_gaps_and_a_reference)
{
    static const char *const lines[] = { "fragment_potentials=\"1.5 nan -0.5\"",
                                         "fragment_potentials=[1.5, null, -0.5]",
                                         ("fragment_potentials={1.5 NaN -0.5} "
                                          "potential_reference=vacuum") };
    for (int k = 0; k < 3; k++) {
        lrpot_structure *s = with_comment(lines[k]);
        int32_t n = 0, reference = -1;
        const double *held = lrpot_structure_fragment_potentials(s, &n, &reference);
        ck_assert(n == 3 && held[0] == 1.5 && isnan(held[1]) && held[2] == -0.5);
        ck_assert_int_eq(reference, k == 2 ? LRPOT_POTENTIALS_VACUUM : LRPOT_POTENTIALS_SHARED);
        ck_assert_ptr_null(lrpot_structure_info(s, "fragment_potentials"));
        lrpot_structure_free(s);
    }
}
END_TEST

static void expect_refused(const char *comment, const char *message)
{
    char text[1000];
    lrpot_structure *structure = NULL;
    snprintf(text, sizeof text, "1\n%s\nH 0 0 0\n", comment);
    lrpot_reader *reader = reader_of(text);
    ck_assert_int_eq(lrpot_reader_next(reader, &structure), LRPOT_E_PARSE);
    ck_assert_msg(strstr(lrpot_last_error(), message) != NULL, "%s", lrpot_last_error());
    lrpot_reader_close(reader);
}

START_TEST(potentials_of_fragments_that_are_none_are_refused)
{
    expect_refused("fragment_potentials=\"1 high\"",
                   "a value of 'fragment_potentials' is 'high', expected a number");
    expect_refused("fragment_potentials=\"1 inf\"", "'fragment_potentials' is 'inf'");
    expect_refused("fragment_potentials=\"\"", "fragment_potentials has 0 numbers");
    expect_refused("fragment_potentials=1 potential_reference=earth",
                   "potential_reference is 'earth', expected shared or vacuum");
    expect_refused("potential_reference=vacuum", "stands without fragment_potentials");
}
END_TEST

START_TEST(a_total_charge_is_never_assumed)
{
    lrpot_structure *s = with_comment("Lattice=\"2 0 0 0 2 0 0 0 2\" energy=1");
    ck_assert_ptr_null(lrpot_structure_get(s, LRPOT_QUANTITY_TOTAL_CHARGE));
    lrpot_structure_free(s);
}
END_TEST

START_TEST(unknown_keys_are_kept_as_they_are)
{
    lrpot_structure *s = with_comment("energy=1 config_type=melt smiles=\"[H]/C=C\\F\" flag "
                                      "note='say \\'hi\\'' empty=\"\" virial_dEdstrain=\"1 2\"");
    ck_assert_str_eq(lrpot_structure_info(s, "config_type"), "melt");
    ck_assert_str_eq(lrpot_structure_info(s, "smiles"), "[H]/C=C\\F");
    ck_assert_str_eq(lrpot_structure_info(s, "flag"), "T");
    ck_assert_str_eq(lrpot_structure_info(s, "note"), "say 'hi'");
    ck_assert_str_eq(lrpot_structure_info(s, "empty"), "");
    ck_assert_str_eq(lrpot_structure_info(s, "virial_dEdstrain"), "1 2");
    ck_assert_ptr_null(lrpot_structure_info(s, "energy"));
    lrpot_structure_free(s);
}
END_TEST

START_TEST(atomic_numbers_serve_as_species)
{
    lrpot_structure *s = frame_of("2\nProperties=Z:I:1:pos:R:3\n17 0 0 0\n8 1 1 1\n");
    ck_assert_str_eq(lrpot_structure_symbol(s, 0), "Cl");
    ck_assert_str_eq(lrpot_structure_symbol(s, 1), "O");
    lrpot_structure_free(s);
}
END_TEST

START_TEST(all_line_ends_and_blank_lines_at_the_end_are_accepted)
{
    static const char *const texts[] = { "1\r\nenergy=1\r\nH 0 0 1\r\n\r\n  \r\n",
                                         "1\renergy=1\rH 0 0 1\r\r",
                                         "1\nenergy=1\nH 0 0 1\n\n\n\t\n", "1\nenergy=1\nH 0 0 1",
                                         "\n1\nenergy=1\nH 0 0 1\r" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        lrpot_structure *s = NULL;
        lrpot_reader *reader = reader_of(texts[i]);
        ck_ok(lrpot_reader_next(reader, &s));
        ck_values(s, LRPOT_QUANTITY_ENERGY, 1, (double[]){ 1 });
        lrpot_structure_free(s);
        ck_assert_int_eq(lrpot_reader_next(reader, &s), LRPOT_E_END);
        lrpot_reader_close(reader);
    }
}
END_TEST

START_TEST(the_reader_tells_which_keys_it_found_and_what_it_skipped)
{
    const char *key = NULL;
    lrpot_structure *s = NULL;
    lrpot_reader *reader =
        reader_of("1\nProperties=species:S:1:pos:R:3:force:R:3:tags:I:1 energy=1\nH 0 0 0 0 0 0 5\n"
                  "1\nREF_energy=2\nH 0 0 0\n"
                  "1\nProperties=species:S:1:pos:R:3:momenta:R:3:tags:I:1\nH 0 0 0 0 0 0 5\n");
    for (int i = 0; i < 3; i++) {
        ck_ok(lrpot_reader_next(reader, &s));
        lrpot_structure_free(s);
    }
    ck_assert_int_eq(lrpot_reader_frames(reader), 3);
    ck_assert_int_eq(lrpot_reader_found(reader, LRPOT_QUANTITY_ENERGY, &key), 2);
    ck_assert_str_eq(key, "energy, REF_energy");
    ck_assert_int_eq(lrpot_reader_found(reader, LRPOT_QUANTITY_FORCES, &key), 1);
    ck_assert_str_eq(key, "force");
    ck_assert_int_eq(lrpot_reader_found(reader, LRPOT_QUANTITY_TOTAL_CHARGE, &key), 0);
    ck_assert_ptr_null(key);
    ck_assert_int_eq(lrpot_reader_skipped(reader, 0, &key), 2);
    ck_assert_str_eq(key, "tags");
    ck_assert_int_eq(lrpot_reader_skipped(reader, 1, &key), 1);
    ck_assert_str_eq(key, "momenta");
    ck_assert_int_eq(lrpot_reader_skipped(reader, 2, &key), 0);
    lrpot_reader_close(reader);
}
END_TEST

START_TEST(a_key_asked_for_must_be_there)
{
    const char *text = "1\nProperties=species:S:1:pos:R:3:forces:R:3:MACE_forces:R:3 energy=1 "
                       "my_energy=7 my_virial='1 0 0 0 1 0 0 0 1'"
                       " Lattice='1 0 0 0 1 0 0 0 1'\nH 0 0 0 1 2 3 4 5 6\n";
    lrpot_structure *s = NULL;
    lrpot_reader *reader = reader_of(text);
    ck_ok(lrpot_reader_set_key(reader, LRPOT_QUANTITY_ENERGY, "my_energy"));
    ck_ok(lrpot_reader_set_key(reader, LRPOT_QUANTITY_FORCES, "MACE_forces"));
    ck_ok(lrpot_reader_set_key(reader, LRPOT_QUANTITY_STRESS, "my_virial"));
    ck_ok(lrpot_reader_next(reader, &s));
    ck_values(s, LRPOT_QUANTITY_ENERGY, 1, (double[]){ 7 });
    ck_values(s, LRPOT_QUANTITY_FORCES, 3, (double[]){ 4, 5, 6 });
    ck_values(s, LRPOT_QUANTITY_STRESS, 1, (double[]){ -1 });
    ck_assert_str_eq(lrpot_structure_info(s, "energy"), "1");
    lrpot_structure_free(s);
    lrpot_reader_close(reader);
    for (int32_t q = LRPOT_QUANTITY_ENERGY; q <= LRPOT_QUANTITY_FORCES; q++) {
        reader = reader_of(text);
        ck_ok(lrpot_reader_set_key(reader, q, "absent_key"));
        ck_assert_int_eq(lrpot_reader_next(reader, &s), LRPOT_E_PARSE);
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "memory.xyz:2: "));
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "absent_key"));
        lrpot_reader_close(reader);
    }
}
END_TEST

START_TEST(lines_may_be_megabytes_long)
{
    int64_t size = 3000000;
    char *text = malloc((size_t)size + 100);
    int n = sprintf(text, "1\nlong=\"");
    memset(text + n, 'x', (size_t)size);
    strcpy(text + n + size, "\" energy=4\nH 0 0 0\n");
    lrpot_structure *s = frame_of(text);
    ck_assert_uint_eq(strlen(lrpot_structure_info(s, "long")), (size_t)size);
    ck_values(s, LRPOT_QUANTITY_ENERGY, 1, (double[]){ 4 });
    lrpot_structure_free(s);
    free(text);
}
END_TEST

START_TEST(names_of_quantities_are_the_keys_that_are_written)
{
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++)
        ck_assert_str_eq(lrpot__key_aliases(q)[0], lrpot_quantity_name(q));
}
END_TEST

START_TEST(atoms_are_read_in_the_order_of_their_ids)
{
    lrpot_structure *s =
        frame_of("3\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=id:I:1:species:S:1:x:R:1:y:R:1:z:R:1:"
                 "ix:I:1:iy:I:1:iz:I:1:charge:R:1\n"
                 "30 Na 1 2 3 0 0 1 0.5\n1 Cl 1 2 4 0 -1 0 -0.7\n2 O 5 6 7 2 0 0 0.2\n");
    ck_assert_str_eq(lrpot_structure_symbol(s, 0), "Cl");
    ck_assert_str_eq(lrpot_structure_symbol(s, 2), "Na");
    ck_values(s, LRPOT_QUANTITY_ID, 3, (double[]){ 1, 2, 30 });
    ck_values(s, LRPOT_QUANTITY_CHARGES, 3, (double[]){ -0.7, 0.2, 0.5 });
    ck_values(s, LRPOT_QUANTITY_IMAGE, 9, (double[]){ 0, -1, 0, 2, 0, 0, 0, 0, 1 });
    ck_assert(lrpot_structure_positions_const(s)[3] == 5.0);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(unwrapped_positions_become_image_flags)
{
    lrpot_structure *s = frame_of(
        "1\nLattice=\"9 0 0 3 8 0 0 0 9\" Properties=species:S:1:pos:R:3:xu:R:1:yu:R:1:zu:R:1"
        "\nNa 1 2 3 13 10 -15\n");
    ck_values(s, LRPOT_QUANTITY_IMAGE, 3, (double[]){ 1, 1, -2 });
    lrpot_structure_free(s);
    s = frame_of("1\nLattice=\"9 0 0 3 8 0 0 0 9\" Properties=species:S:1:xu:R:1:yu:R:1:zu:R:1"
                 "\nNa 13 10 -15\n");
    ck_values(s, LRPOT_QUANTITY_IMAGE, 3, (double[]){ 0, 0, 0 });
    ck_assert(lrpot_structure_positions_const(s)[2] == -15.0);
    lrpot_structure_free(s);
    lrpot_reader *reader = reader_of(
        "1\nLattice=\"9 0 0 3 8 0 0 0 9\" Properties=species:S:1:pos:R:3:xu:R:1:yu:R:1:zu:R:1"
        "\nNa 1 2 3 13 10 -14\n");
    ck_assert_int_eq(lrpot_reader_next(reader, &s), LRPOT_E_PARSE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "whole number"));
    lrpot_reader_close(reader);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("io_xyz");
    TCase *tcase = tcase_create("reading");
    tcase_add_test(tcase, plain_xyz_is_a_molecule_with_its_comment_kept);
    tcase_add_test(tcase, columns_may_stand_in_any_order);
    tcase_add_test(tcase, case_of_known_keys_does_not_matter);
    tcase_add_test(tcase, periodicity_is_read_in_all_spellings);
    tcase_add_test(tcase, quantities_of_the_frame_are_found_under_their_aliases);
    tcase_add_test(tcase, quantities_of_atoms_are_found_under_their_aliases);
    tcase_add_test(tcase, a_virial_becomes_minus_the_stress_times_the_volume);
    tcase_add_test(tcase, a_total_charge_is_never_assumed);
    tcase_add_test(tcase, potentials_of_fragments_have_gaps_and_a_reference);
    tcase_add_test(tcase, potentials_of_fragments_that_are_none_are_refused);
    tcase_add_test(tcase, unknown_keys_are_kept_as_they_are);
    tcase_add_test(tcase, atomic_numbers_serve_as_species);
    tcase_add_test(tcase, all_line_ends_and_blank_lines_at_the_end_are_accepted);
    tcase_add_test(tcase, the_reader_tells_which_keys_it_found_and_what_it_skipped);
    tcase_add_test(tcase, a_key_asked_for_must_be_there);
    tcase_add_test(tcase, atoms_are_read_in_the_order_of_their_ids);
    tcase_add_test(tcase, unwrapped_positions_become_image_flags);
    tcase_add_test(tcase, lines_may_be_megabytes_long);
    tcase_add_test(tcase, names_of_quantities_are_the_keys_that_are_written);
    suite_add_tcase(suite, tcase);
    return suite;
}
