/* The structure handle, its views, and the table of elements. */
#include "support.h"

#include "structure/atoms_check.h"

#include <math.h>
#include <string.h>

static const char *const rock_salt[] = { "Na", "Cl" };
static const double positions[6] = { 0.1, 0, 0, 2.82, 0, 0.2 };
static const double cell[9] = { 0, 2.82, 2.82, 2.82, 0, 2.82, 2.82, 2.82, 0 };

static lrpot_structure *pair(void)
{
    lrpot_structure *s = NULL;
    ck_ok(lrpot_structure_create(&s, 2, rock_salt, positions, cell, LRPOT_PERIODIC_ALL));
    return s;
}

START_TEST(a_structure_keeps_what_it_was_made_of)
{
    lrpot_structure *s = pair();
    ck_assert_int_eq(lrpot_structure_count(s), 2);
    ck_assert_str_eq(lrpot_structure_symbol(s, 0), "Na");
    ck_assert_str_eq(lrpot_structure_symbol(s, 1), "Cl");
    ck_assert_ptr_null(lrpot_structure_symbol(s, 2));
    ck_assert_ptr_null(lrpot_structure_symbol(s, -1));
    ck_assert(memcmp(lrpot_structure_positions_const(s), positions, sizeof positions) == 0);
    ck_assert(memcmp(lrpot_structure_cell(s), cell, sizeof cell) == 0);
    ck_assert_int_eq(lrpot_structure_periodic_mask(s), 7);
    ck_close(lrpot_structure_volume(s), 2 * 2.82 * 2.82 * 2.82, TOL_EXACT, 0.0);
    lrpot_structure_free(s);
    lrpot_structure_free(NULL);
}
END_TEST

START_TEST(a_left_handed_cell_has_a_positive_volume)
{
    const double left[9] = { 0, 3, 0, 4, 0, 0, 0, 0, 5 };
    lrpot_structure *s = pair();
    ck_ok(lrpot_structure_set_cell(s, left, 3));
    ck_close(lrpot_structure_volume(s), 60.0, TOL_EXACT, 0.0);
    ck_assert_int_eq(lrpot_structure_periodic_mask(s), 3);
    ck_ok(lrpot_structure_set_cell(s, NULL, 0));
    ck_assert_ptr_null(lrpot_structure_cell(s));
    ck_assert_double_eq(lrpot_structure_volume(s), 0.0);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(bad_geometry_is_refused_and_leaves_the_output_alone)
{
    lrpot_structure *s = NULL;
    const double flat[9] = { 1, 0, 0, 2, 0, 0, 0, 0, 3 };
    double bad[6] = { 0, 0, 0, 1, INFINITY, 0 }, wild[9] = { 1, 0, 0, 0, NAN, 0, 0, 0, 1 };
    ck_assert_int_eq(lrpot_structure_create(&s, 0, rock_salt, positions, cell, 7),
                     LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_structure_create(&s, 2, NULL, positions, cell, 7), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_structure_create(&s, 2, rock_salt, NULL, cell, 7), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_structure_create(NULL, 2, rock_salt, positions, cell, 7), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot_structure_create(&s, 2, rock_salt, bad, cell, 7), LRPOT_E_NOT_FINITE);
    ck_assert_str_eq(lrpot_last_error(), "positions[1][1] is inf");
    ck_assert_int_eq(lrpot_structure_create(&s, 2, rock_salt, positions, wild, 7),
                     LRPOT_E_NOT_FINITE);
    ck_assert_int_eq(lrpot_structure_create(&s, 2, rock_salt, positions, flat, 7), LRPOT_E_CELL);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "volume: 0 A^3"));
    ck_assert_int_eq(lrpot_structure_create(&s, 2, rock_salt, positions, flat, 3), LRPOT_E_CELL);
    ck_assert_int_eq(lrpot_structure_create(&s, 2, rock_salt, positions, NULL, 7), LRPOT_E_CELL);
    ck_assert_int_eq(lrpot_structure_create(&s, 2, rock_salt, positions, cell, 8),
                     LRPOT_E_ARGUMENT);
    ck_assert_ptr_null(s);
}
END_TEST

START_TEST(a_flat_cell_is_fine_where_it_does_not_repeat)
{
    const double flat[9] = { 1, 0, 0, 2, 0, 0, 0, 0, 3 };
    lrpot_structure *s = NULL;
    ck_ok(lrpot_structure_create(&s, 2, rock_salt, positions, flat, 5));
    lrpot_structure_free(s);
}
END_TEST

START_TEST(a_cell_of_any_size_is_fine)
{
    double scaled[9];
    for (double scale = 1e-8; scale < 1e9; scale *= 1e4) {
        lrpot_structure *s = NULL;
        for (int x = 0; x < 9; x++) scaled[x] = scale * cell[x];
        ck_ok(lrpot_structure_create(&s, 2, rock_salt, positions, scaled, 7));
        lrpot_structure_free(s);
    }
}
END_TEST

START_TEST(symbols_are_labels_of_1_to_15_printable_characters)
{
    static const char *const bad[] = { "", "sixteen_letters_", "N a", "Na\n" };
    static const char *const good[] = { "fifteen_letters", "\xc3\x85" };
    lrpot_structure *s = NULL;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        const char *symbols[2] = { "Na", bad[k] };
        ck_assert_int_eq(lrpot_structure_create(&s, 2, symbols, positions, NULL, 0),
                         LRPOT_E_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "atom 1"));
    }
    const char *missing[2] = { "Na", NULL };
    ck_assert_int_eq(lrpot_structure_create(&s, 2, missing, positions, NULL, 0), LRPOT_E_NULL);
    ck_ok(lrpot_structure_create(&s, 2, good, positions, NULL, 0));
    ck_assert_str_eq(lrpot_structure_symbol(s, 0), good[0]);
    ck_assert_str_eq(lrpot_structure_symbol(s, 1), good[1]);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(every_quantity_is_stored_read_back_and_removed)
{
    double values[18];
    lrpot_structure *s = pair();
    for (int32_t q = 1; q < LRPOT_QUANTITY_COUNT; q++) {
        int64_t size = lrpot_quantity_size(q, 2);
        for (int k = 0; k < 18; k++) values[k] = q == LRPOT_QUANTITY_FRAGMENT ? k : 0.5 + k;
        ck_assert_int_gt(size, 0);
        ck_assert_int_le(size, 18);
        ck_assert_ptr_nonnull(lrpot_quantity_name(q));
        ck_assert_ptr_null(lrpot_structure_get(s, q));
        ck_ok(lrpot_structure_set(s, q, values));
        ck_assert(memcmp(lrpot_structure_get(s, q), values, (size_t)size * sizeof *values) == 0);
        ck_ok(lrpot_structure_set(s, q, NULL));
        ck_assert_ptr_null(lrpot_structure_get(s, q));
    }
    lrpot_structure_free(s);
}
END_TEST

START_TEST(fragments_reach_views_copies_and_repetitions)
{
    const char *species[2];
    const double columns[2] = { 2, 0 }, charges[3] = { -1, 0, 0.5 }, held[3] = { 2, NAN, -2 };
    const int32_t repeat[3] = { 1, 2, 1 };
    int32_t kinds[4], n = 0;
    lrpot_structure *s = pair(), *copy = NULL, *repeated = NULL;
    lrpot_atoms view = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_set_cell(s, cell, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FRAGMENT, columns));
    ck_ok(lrpot_structure_set_fragment_charges(s, 3, charges));
    ck_ok(lrpot_structure_set_fragment_potentials(s, 3, held, LRPOT_POTENTIALS_SHARED));
    ck_ok(lrpot_structure_clone(&copy, s));
    lrpot_structure_free(s);
    ck_assert(lrpot_structure_fragment_charges(copy, &n)[2] == 0.5 && n == 3);
    ck_ok(lrpot_structure_repeat(&repeated, copy, repeat));
    for (int i = 0; i < 2; i++) species[i] = lrpot_structure_symbol(copy, i);
    ck_ok(lrpot_structure_view(repeated, 2, species, kinds, &view));
    ck_assert_int_eq(view.n_fragments, 6);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(view.fragments[i], (int32_t)columns[i % 2] + 3 * (i / 2));
    for (int f = 0; f < 6; f++) {
        ck_assert(view.fragment_charges[f] == charges[f % 3]);
        if (f % 3 == 1) ck_assert(isnan(view.fragment_potentials[f]));
        else ck_assert(view.fragment_potentials[f] == held[f % 3]);
    }
    ck_assert(view.total_charge == -1.0);
    lrpot_structure_free(copy);
    lrpot_structure_free(repeated);
}
END_TEST

START_TEST(fragments_with_mistakes_are_refused)
{
    const double half[2] = { 0, 0.5 }, negative[2] = { -1, 0 }, good[2] = { 1, 0 }, one = 1;
    const char *names[2];
    int32_t kinds[2];
    lrpot_structure *s = pair();
    lrpot_atoms view = LRPOT_ATOMS_INIT;
    ck_assert_int_eq(lrpot_structure_set(s, LRPOT_QUANTITY_FRAGMENT, half), LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "atom 1 is 0.5") != NULL, "%s", lrpot_last_error());
    ck_assert_int_eq(lrpot_structure_set(s, LRPOT_QUANTITY_FRAGMENT, negative), LRPOT_E_ARGUMENT);
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FRAGMENT, good));
    ck_ok(lrpot_structure_set_fragment_charges(s, 1, &one));
    for (int i = 0; i < 2; i++) names[i] = lrpot_structure_symbol(s, i);
    ck_assert_int_eq(lrpot_structure_view(s, 2, names, kinds, &view), LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "atom 0 is of fragment 1") != NULL, "%s",
                  lrpot_last_error());
    lrpot_structure_free(s);
}
END_TEST

START_TEST(sizes_and_names_of_quantities_are_as_documented)
{
    ck_assert_int_eq(lrpot_quantity_size(LRPOT_QUANTITY_ENERGY, 5), 1);
    ck_assert_int_eq(lrpot_quantity_size(LRPOT_QUANTITY_FORCES, 5), 15);
    ck_assert_int_eq(lrpot_quantity_size(LRPOT_QUANTITY_STRESS, 5), 9);
    ck_assert_int_eq(lrpot_quantity_size(LRPOT_QUANTITY_BORN_CHARGES, 5), 45);
    ck_assert_int_eq(lrpot_quantity_size(LRPOT_QUANTITY_FORCES, INT64_C(3000000000)),
                     INT64_C(9000000000));
    ck_assert_int_eq(lrpot_quantity_size(0, 5), 0);
    ck_assert_int_eq(lrpot_quantity_size(LRPOT_QUANTITY_COUNT, 5), 0);
    ck_assert_str_eq(lrpot_quantity_name(LRPOT_QUANTITY_FORCES), "forces");
    ck_assert_ptr_null(lrpot_quantity_name(-1));
}
END_TEST

START_TEST(bad_quantities_are_refused_and_the_old_value_stays)
{
    double energy = -3.5, bad = NAN;
    lrpot_structure *s = pair();
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_assert_int_eq(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &bad), LRPOT_E_NOT_FINITE);
    ck_assert_double_eq(lrpot_structure_get(s, LRPOT_QUANTITY_ENERGY)[0], -3.5);
    ck_assert_int_eq(lrpot_structure_set(s, 99, &energy), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_structure_set(NULL, LRPOT_QUANTITY_ENERGY, &energy), LRPOT_E_NULL);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(info_keys_keep_their_order_and_can_be_replaced_and_removed)
{
    const char *key, *value;
    lrpot_structure *s = pair();
    ck_ok(lrpot_structure_set_info(s, "config_type", "bulk"));
    ck_ok(lrpot_structure_set_info(s, "source", "made \"by hand\""));
    ck_ok(lrpot_structure_set_info(s, "empty", ""));
    ck_ok(lrpot_structure_set_info(s, "config_type", "liquid"));
    ck_assert_str_eq(lrpot_structure_info(s, "config_type"), "liquid");
    ck_assert_int_eq(lrpot_structure_info_at(s, 1, &key, &value), 1);
    ck_assert_str_eq(key, "source");
    ck_assert_str_eq(value, "made \"by hand\"");
    ck_ok(lrpot_structure_set_info(s, "config_type", NULL));
    ck_ok(lrpot_structure_set_info(s, "never_there", NULL));
    ck_assert_ptr_null(lrpot_structure_info(s, "config_type"));
    ck_assert_int_eq(lrpot_structure_info_at(s, 0, &key, NULL), 1);
    ck_assert_str_eq(key, "source");
    ck_assert_int_eq(lrpot_structure_info_at(s, 2, &key, &value), 0);
    ck_assert_int_eq(lrpot_structure_set_info(s, "", "x"), LRPOT_E_ARGUMENT);
    lrpot_structure_free(s);
}
END_TEST

START_TEST(a_clone_is_equal_and_independent)
{
    double forces[6] = { 1, 2, 3, 4, 5, 6 };
    lrpot_structure *s = pair(), *copy = NULL;
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
    ck_ok(lrpot_structure_set_info(s, "config_type", "bulk"));
    ck_ok(lrpot_structure_clone(&copy, s));
    lrpot_structure_positions(s)[0] = 99;
    lrpot_structure_free(s);
    ck_assert(memcmp(lrpot_structure_positions_const(copy), positions, sizeof positions) == 0);
    ck_assert(memcmp(lrpot_structure_get(copy, LRPOT_QUANTITY_FORCES), forces, sizeof forces) == 0);
    ck_assert(memcmp(lrpot_structure_cell(copy), cell, sizeof cell) == 0);
    ck_assert_str_eq(lrpot_structure_info(copy, "config_type"), "bulk");
    ck_assert_str_eq(lrpot_structure_symbol(copy, 1), "Cl");
    lrpot_structure_free(copy);
}
END_TEST

START_TEST(repeating_multiplies_atoms_volume_and_total_charge)
{
    const int32_t repeat[3] = { 2, 1, 3 }, none[3] = { 1, 0, 1 };
    double charge = -0.5, energy = 1;
    lrpot_structure *s = pair(), *large = NULL;
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_repeat(&large, s, repeat));
    ck_assert_int_eq(lrpot_structure_count(large), 12);
    ck_close(lrpot_structure_volume(large), 6 * lrpot_structure_volume(s), TOL_EXACT, 0.0);
    ck_assert_double_eq(lrpot_structure_get(large, LRPOT_QUANTITY_TOTAL_CHARGE)[0], -3.0);
    ck_assert_ptr_null(lrpot_structure_get(large, LRPOT_QUANTITY_ENERGY));
    const double *r = lrpot_structure_positions_const(large);
    for (int x = 0; x < 3; x++)
        ck_close(r[33 + x], positions[3 + x] + cell[x] + 2 * cell[6 + x], TOL_EXACT, 10.0);
    ck_assert_str_eq(lrpot_structure_symbol(large, 11), "Cl");
    lrpot_structure_free(large);
    ck_assert_int_eq(lrpot_structure_repeat(&large, s, none), LRPOT_E_ARGUMENT);
    ck_ok(lrpot_structure_set_cell(s, cell, 6));
    ck_assert_int_eq(lrpot_structure_repeat(&large, s, repeat), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "not periodic"));
    lrpot_structure_free(s);
}
END_TEST

START_TEST(a_view_maps_symbols_to_the_species_of_a_model)
{
    static const char *const model[] = { "Cl", "K", "Na" };
    int32_t species[2];
    double charge = 2;
    lrpot_atoms view = LRPOT_ATOMS_INIT;
    lrpot_structure *s = pair();
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_structure_view(s, 3, model, species, &view));
    ck_assert_int_eq(species[0], 2);
    ck_assert_int_eq(species[1], 0);
    ck_assert_int_eq(view.n_owned, 2);
    ck_assert_int_eq(view.n_all, 2);
    ck_assert_int_eq(view.periodic_mask, 7);
    ck_assert_double_eq(view.total_charge, 2.0);
    ck_assert_ptr_eq(view.positions, lrpot_structure_positions_const(s));
    ck_ok(lrpot__atoms_check(&view, 3));
    ck_assert_int_eq(lrpot_structure_view(s, 2, model, species, &view), LRPOT_E_SPECIES);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "atom 0 is 'Na'"));
    lrpot_structure_free(s);
}
END_TEST

START_TEST(a_bad_view_is_refused_with_the_value)
{
    int32_t species[2] = { 0, 1 };
    const int64_t owner[2] = { 0, 1 };
    lrpot_atoms good = LRPOT_ATOMS_INIT, bad;
    good.n_owned = good.n_all = 2;
    good.positions = positions;
    good.species = species;
    good.cell = cell;
    good.periodic_mask = 7;
    ck_ok(lrpot__atoms_check(&good, 2));
    ck_assert_int_eq(lrpot__atoms_check(NULL, 2), LRPOT_E_NULL);
    ck_assert_int_eq(lrpot__atoms_check(&good, 1), LRPOT_E_SPECIES);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "atom 1 is 1"));
    bad = good, bad.struct_size = 64;
    ck_assert_int_eq(lrpot__atoms_check(&bad, 2), LRPOT_E_SIZE);
    bad = good, bad.n_owned = 3;
    ck_assert_int_eq(lrpot__atoms_check(&bad, 2), LRPOT_E_ARGUMENT);
    bad = good, bad.stride = 2;
    ck_assert_int_eq(lrpot__atoms_check(&bad, 2), LRPOT_E_ARGUMENT);
    bad = good, bad.positions = NULL;
    ck_assert_int_eq(lrpot__atoms_check(&bad, 2), LRPOT_E_NULL);
    bad = good, bad.species = NULL;
    ck_assert_int_eq(lrpot__atoms_check(&bad, 2), LRPOT_E_NULL);
    ck_ok(lrpot__atoms_check(&bad, 0));
    bad = good, bad.cell = NULL;
    ck_assert_int_eq(lrpot__atoms_check(&bad, 2), LRPOT_E_CELL);
    bad = good, bad.total_charge = NAN;
    ck_assert_int_eq(lrpot__atoms_check(&bad, 2), LRPOT_E_NOT_FINITE);
    bad = good, bad.n_owned = 1, bad.ghost_owner = owner;
    ck_assert_int_eq(lrpot__atoms_check(&bad, 2), LRPOT_E_ARGUMENT);
}
END_TEST

START_TEST(elements_are_known_by_symbol)
{
    ck_assert_int_eq(lrpot_element_number("H"), 1);
    ck_assert_int_eq(lrpot_element_number("Cl"), 17);
    ck_assert_int_eq(lrpot_element_number("Og"), 118);
    ck_assert_int_eq(lrpot_element_number("cl"), 0);
    ck_assert_int_eq(lrpot_element_number("Na1"), 0);
    ck_assert_int_eq(lrpot_element_number(""), 0);
    ck_assert_int_eq(lrpot_element_number(NULL), 0);
    ck_assert_double_eq(lrpot_element_mass("Na"), 22.98976928);
    ck_assert_double_eq(lrpot_element_mass("Xx"), 0.0);
    ck_assert_double_eq(lrpot_element_electronegativity("F"), 3.98);
    ck_assert_double_eq(lrpot_element_electronegativity("He"), 0.0);
    ck_assert_double_eq(lrpot_element_radius("H"), 0.31);
    ck_assert_double_eq(lrpot_element_radius("Cm"), 1.69);
    ck_assert_double_eq(lrpot_element_radius("Bk"), 0.0);
    ck_assert_double_eq(lrpot_element_radius("X"), 0.0);
}
END_TEST

/* Argon, cobalt and tellurium are heavier than the element after them. */
START_TEST(masses_rise_with_the_atomic_number_but_for_the_known_exceptions)
{
    static const char *const stable[] = {
        "H",  "He", "Li", "Be", "B",  "C",  "N",  "O",  "F",  "Ne", "Na", "Mg", "Al", "Si",
        "P",  "S",  "Cl", "Ar", "K",  "Ca", "Sc", "Ti", "V",  "Cr", "Mn", "Fe", "Co", "Ni",
        "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr", "Rb", "Sr", "Y",  "Zr", "Nb", "Mo",
        "Tc", "Ru", "Rh", "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I",  "Xe", "Cs", "Ba",
        "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb",
        "Lu", "Hf", "Ta", "W",  "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi"
    };
    int falls = 0;
    for (int z = 1; z <= 83; z++) {
        ck_assert_int_eq(lrpot_element_number(stable[z - 1]), z);
        if (z > 1 && lrpot_element_mass(stable[z - 1]) < lrpot_element_mass(stable[z - 2])) falls++;
    }
    ck_assert_int_eq(falls, 3);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("structure");
    TCase *tests = tcase_create("structure");
    tcase_add_test(tests, a_structure_keeps_what_it_was_made_of);
    tcase_add_test(tests, a_left_handed_cell_has_a_positive_volume);
    tcase_add_test(tests, bad_geometry_is_refused_and_leaves_the_output_alone);
    tcase_add_test(tests, a_flat_cell_is_fine_where_it_does_not_repeat);
    tcase_add_test(tests, a_cell_of_any_size_is_fine);
    tcase_add_test(tests, symbols_are_labels_of_1_to_15_printable_characters);
    tcase_add_test(tests, every_quantity_is_stored_read_back_and_removed);
    tcase_add_test(tests, fragments_reach_views_copies_and_repetitions);
    tcase_add_test(tests, fragments_with_mistakes_are_refused);
    tcase_add_test(tests, sizes_and_names_of_quantities_are_as_documented);
    tcase_add_test(tests, bad_quantities_are_refused_and_the_old_value_stays);
    tcase_add_test(tests, info_keys_keep_their_order_and_can_be_replaced_and_removed);
    tcase_add_test(tests, a_clone_is_equal_and_independent);
    tcase_add_test(tests, repeating_multiplies_atoms_volume_and_total_charge);
    tcase_add_test(tests, a_view_maps_symbols_to_the_species_of_a_model);
    tcase_add_test(tests, a_bad_view_is_refused_with_the_value);
    tcase_add_test(tests, elements_are_known_by_symbol);
    tcase_add_test(tests, masses_rise_with_the_atomic_number_but_for_the_known_exceptions);
    suite_add_tcase(suite, tests);
    return suite;
}
