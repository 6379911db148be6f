/* Status numbers, and other constants that programs have compiled in: written out once more, so
 * that a change cannot pass unseen. */
#include "support.h"

#include <string.h>

/* clang-format off */
static const struct { const char *name; int32_t value, pinned; } numbers[] = {
    { "LRPOT_OK", LRPOT_OK, 0 },
    { "LRPOT_E_ARGUMENT", LRPOT_E_ARGUMENT, 1 },
    { "LRPOT_E_NULL", LRPOT_E_NULL, 2 },
    { "LRPOT_E_SIZE", LRPOT_E_SIZE, 3 },
    { "LRPOT_E_STATE", LRPOT_E_STATE, 4 },
    { "LRPOT_E_UNSUPPORTED", LRPOT_E_UNSUPPORTED, 5 },
    { "LRPOT_E_SPECIES", LRPOT_E_SPECIES, 6 },
    { "LRPOT_E_CUTOFF", LRPOT_E_CUTOFF, 7 },
    { "LRPOT_E_MEMORY", LRPOT_E_MEMORY, 20 },
    { "LRPOT_E_SYSTEM", LRPOT_E_SYSTEM, 21 },
    { "LRPOT_E_OPEN", LRPOT_E_OPEN, 40 },
    { "LRPOT_E_READ", LRPOT_E_READ, 41 },
    { "LRPOT_E_WRITE", LRPOT_E_WRITE, 42 },
    { "LRPOT_E_PARSE", LRPOT_E_PARSE, 43 },
    { "LRPOT_E_VERSION", LRPOT_E_VERSION, 44 },
    { "LRPOT_E_CHECKSUM", LRPOT_E_CHECKSUM, 45 },
    { "LRPOT_E_END", LRPOT_E_END, 46 },
    { "LRPOT_E_NOT_FINITE", LRPOT_E_NOT_FINITE, 60 },
    { "LRPOT_E_NOT_CONVERGED", LRPOT_E_NOT_CONVERGED, 61 },
    { "LRPOT_E_SINGULAR", LRPOT_E_SINGULAR, 62 },
    { "LRPOT_E_ACCURACY", LRPOT_E_ACCURACY, 63 },
    { "LRPOT_E_COINCIDENT", LRPOT_E_COINCIDENT, 64 },
    { "LRPOT_E_CELL", LRPOT_E_CELL, 65 },
    { "LRPOT_E_INTERRUPTED", LRPOT_E_INTERRUPTED, 66 },
    { "LRPOT_E_ASSUMPTION", LRPOT_E_ASSUMPTION, 67 },
    { "LRPOT_E_BUG", LRPOT_E_BUG, 255 },
};
/* clang-format on */

START_TEST(status_numbers_are_pinned)
{
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        ck_assert_msg(numbers[k].value == numbers[k].pinned, "%s is %d, pinned at %d",
                      numbers[k].name, numbers[k].value, numbers[k].pinned);
}
END_TEST

START_TEST(status_names_are_those_of_the_header)
{
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        ck_assert_str_eq(lrpot_status_name(numbers[k].pinned), numbers[k].name);
}
END_TEST

START_TEST(numbers_of_a_callback_have_a_name_too)
{
    ck_assert_ptr_nonnull(lrpot_status_name(-17));
    ck_assert_ptr_nonnull(lrpot_status_name(12345));
}
END_TEST

START_TEST(other_constants_are_pinned)
{
    static const int32_t quantities[] = { LRPOT_QUANTITY_ENERGY,
                                          LRPOT_QUANTITY_FORCES,
                                          LRPOT_QUANTITY_STRESS,
                                          LRPOT_QUANTITY_DIPOLE,
                                          LRPOT_QUANTITY_CHARGES,
                                          LRPOT_QUANTITY_BORN_CHARGES,
                                          LRPOT_QUANTITY_TOTAL_CHARGE,
                                          LRPOT_QUANTITY_ENERGY_ATOM,
                                          LRPOT_QUANTITY_POTENTIAL,
                                          LRPOT_QUANTITY_VELOCITIES,
                                          LRPOT_QUANTITY_MASSES,
                                          LRPOT_QUANTITY_SIGMA,
                                          LRPOT_QUANTITY_EPSILON_INF,
                                          LRPOT_QUANTITY_QUADRUPOLE,
                                          LRPOT_QUANTITY_FIELD,
                                          LRPOT_QUANTITY_FRAGMENT,
                                          LRPOT_QUANTITY_ID,
                                          LRPOT_QUANTITY_IMAGE,
                                          LRPOT_QUANTITY_FORCES_SPREAD,
                                          LRPOT_QUANTITY_POLARIZABILITY,
                                          LRPOT_QUANTITY_ATOMIC_DIPOLES,
                                          LRPOT_QUANTITY_ATOMIC_QUADRUPOLES };
    for (int32_t k = 0; k < 22; k++) ck_assert_int_eq(quantities[k], k + 1);
    static const int32_t kernels[] = { LRPOT_KERNEL_AUTO, LRPOT_KERNEL_REFERENCE,
                                       LRPOT_KERNEL_PORTABLE, LRPOT_KERNEL_AVX2,
                                       LRPOT_KERNEL_AVX512 };
    static const int32_t charges[] = { LRPOT_CHARGES_NONE,         LRPOT_CHARGES_FIXED,
                                       LRPOT_CHARGES_QRD,          LRPOT_CHARGES_EDQ,
                                       LRPOT_CHARGES_EDQRD,        LRPOT_CHARGES_LATENT,
                                       LRPOT_CHARGES_EQUILIBRATED, LRPOT_CHARGES_DENSITY };
    for (int32_t k = 0; k < 5; k++) ck_assert_int_eq(kernels[k], k);
    for (int32_t k = 0; k < 8; k++) ck_assert_int_eq(charges[k], k);
    ck_assert_int_eq(LRPOT_RESPONSE_BONDS, 0);
    ck_assert_int_eq(LRPOT_RESPONSE_ATOMS, 1);
    ck_assert_int_eq(LRPOT_RESPONSE_NONE, 2);
    ck_assert_int_eq(LRPOT_SOLVER_AUTO, 0);
    ck_assert_int_eq(LRPOT_SOLVER_DENSE, 1);
    ck_assert_int_eq(LRPOT_SOLVER_ITERATIVE, 2);
    ck_assert_int_eq(LRPOT_NEUTRALITY_EXACT, 0);
    ck_assert_int_eq(LRPOT_NEUTRALITY_OFF, 1);
    ck_assert_int_eq(LRPOT_CHARGES_SELF, 1);
    ck_assert_int_eq(LRPOT_CHARGES_MAX_CHANNELS, 16);
    ck_assert_int_eq(LRPOT_PERIODIC_ALL, 7);
    ck_assert_int_eq(LRPOT_ADD, 1);
    ck_assert_int_eq(LRPOT_EWALD_RELATIVE, 1);
    ck_assert_int_eq(LRPOT_EWALD_SELF, 2);
    ck_assert_int_eq(LRPOT_NEEDS_SUM, 1);
    ck_assert_int_eq(LRPOT_NEEDS_FORWARD, 2);
    ck_assert_int_eq(LRPOT_NEEDS_REVERSE, 4);
    ck_assert_int_eq(LRPOT_BORN_UNFOLDED, 0);
    ck_assert_int_eq(LRPOT_BORN_PHASE, 1);
    ck_assert_int_eq(LRPOT_FIT_TRAIN, 0);
    ck_assert_int_eq(LRPOT_FIT_VALID, 1);
}
END_TEST

START_TEST(version_begins_with_the_soname)
{
    ck_assert_int_eq(strncmp(lrpot_version(), "0.1.", 4), 0);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("abi_numbers");
    TCase *tcase = tcase_create("numbers");
    tcase_add_test(tcase, status_numbers_are_pinned);
    tcase_add_test(tcase, status_names_are_those_of_the_header);
    tcase_add_test(tcase, numbers_of_a_callback_have_a_name_too);
    tcase_add_test(tcase, other_constants_are_pinned);
    tcase_add_test(tcase, version_begins_with_the_soname);
    suite_add_tcase(suite, tcase);
    return suite;
}
