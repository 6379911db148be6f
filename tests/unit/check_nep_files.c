/* NEPs through files: nep.txt to the library's own format and back, without a changed bit; parts
 * that nep.txt cannot hold are refused by name. */
#include "models.h"
#include "nep_system.h"

#include "core/memory.h"
#include "io/models/model_read.h"
#include "io/text/text.h"

#include <lrpot/io.h>
#include <unistd.h>

static const char *const names[] = { "nep2_one",
                                     "nep2_two_zbl",
                                     "nep3_zbl",
                                     "nep4_allflags",
                                     "nep4_charge1_q112_trainerflags",
                                     "nep4_typecut",
                                     "nep4_zbl_charge1",
                                     "nep4_zbl_charge2",
                                     "nep4_zbl_charge3",
                                     "nep4_zbl_flexible",
                                     "nep4_zbl_typewise",
                                     "nep5" };
enum { NAMES = sizeof names / sizeof names[0] };

typedef lrpot_status (*saver)(const lrpot_potential *potential, const char *path);

/* A model as a file of a format brings it back. */
static lrpot_potential *through_file(const lrpot_potential *model, saver save)
{
    char path[] = "check-nep-files-XXXXXX";
    int file = mkstemp(path);
    lrpot_potential *back = NULL;
    ck_assert_int_ge(file, 0);
    close(file);
    ck_ok(save(model, path));
    ck_ok(lrpot_potential_load(&back, path));
    unlink(path);
    return back;
}

static nep_result evaluate_file(lrpot_potential *model, const char *name)
{
    char *path = nep_own_file(
        strcmp(name, "nep4_charge1_q112_trainerflags") == 0 ? "nep4_charge1_q112" : name, ".xyz");
    lrpot_structure *structure = NULL;
    nep_system s;
    ck_ok(lrpot_structure_read(&structure, path, 0));
    free(path);
    nep_bind(&s, model, structure, 1);
    nep_result r = nep_evaluate(&s);
    nep_free(&s);
    return r;
}

static void same_bits(const nep_result *a, const nep_result *b, const lrpot_structure *structure)
{
    size_t n = (size_t)lrpot_structure_count(structure) * sizeof(double);
    ck_assert(memcmp(&a->energy, &b->energy, sizeof a->energy) == 0);
    ck_assert(memcmp(a->virial, b->virial, sizeof a->virial) == 0);
    ck_assert(memcmp(a->forces, b->forces, 3 * n) == 0);
    ck_assert(memcmp(a->charges, b->charges, n) == 0);
    ck_assert(memcmp(a->born, b->born, 9 * n) == 0);
}

START_TEST(files_bring_the_same_bits_back)
{
    const char *name = names[_i];
    char *path = nep_own_file(name, ".txt"), *frame;
    lrpot_structure *structure = NULL;
    lrpot_potential *given = NULL;
    ck_ok(lrpot_potential_load(&given, path));
    lrpot_potential *own = through_file(given, lrpot_potential_save),
                    *back = through_file(own, lrpot_potential_save_nep),
                    *again = through_file(back, lrpot_potential_save_nep);
    ck_assert_int_eq(lrpot_nep_version(own), lrpot_nep_version(given));
    ck_assert_int_eq(lrpot_nep_charge_mode(own), lrpot_nep_charge_mode(given));
    ck_assert_str_eq(lrpot__nep_of(again)->header, lrpot__nep_of(given)->header);
    frame = nep_own_file(
        strcmp(name, "nep4_charge1_q112_trainerflags") == 0 ? "nep4_charge1_q112" : name, ".xyz");
    ck_ok(lrpot_structure_read(&structure, frame, 0));
    nep_result wanted = evaluate_file(given, name), found = evaluate_file(own, name),
               last = evaluate_file(again, name);
    same_bits(&wanted, &found, structure);
    same_bits(&wanted, &last, structure);
    nep_result_free(&wanted);
    nep_result_free(&found);
    nep_result_free(&last);
    lrpot_structure_free(structure);
    lrpot_potential_free(back);
    free(path);
    free(frame);
}
END_TEST

static void refused(const lrpot_potential *model, const char *part)
{
    lrpot_status status = lrpot_potential_save_nep(model, "never_written_nep.txt");
    ck_assert_int_eq(status, LRPOT_E_UNSUPPORTED);
    ck_assert_msg(strstr(lrpot_last_error(), part) != NULL, "'%s' lacks '%s'", lrpot_last_error(),
                  part);
    ck_assert_int_ne(access("never_written_nep.txt", F_OK), 0);
}

START_TEST(what_a_nep_txt_cannot_hold_is_refused_by_name)
{
    char *path = nep_own_file("nep4_zbl_charge1", ".txt");
    lrpot_potential *model = NULL, *other;
    support_random random = { 3 };
    other = models_random_potential(&random, LRPOT_CHARGES_NONE);
    refused(other, "the energy of the model is of moment tensors");
    ck_ok(lrpot_potential_load(&model, path));
    ck_ok(lrpot_nep_set_forces(model, LRPOT_NEP_FORCES_PLAIN));
    refused(model, "plain forces");
    ck_ok(lrpot_nep_set_forces(model, LRPOT_NEP_FORCES_GRADIENT));
    ck_ok(lrpot_nep_set_sum(model, LRPOT_NEP_SUM_AS_FITTED));
    refused(model, "the fitted sum");
    ck_ok(lrpot_nep_set_sum(model, LRPOT_NEP_SUM_CONVERGED));
    ck_ok(lrpot_potential_set_accuracy(model, 1e-5));
    refused(model, "an accuracy");
    ck_ok(lrpot_potential_set_accuracy(model, 0.0));
    ck_ok(lrpot_potential_set_note(model, "origin", "a test"));
    refused(model, "notes");
    lrpot_potential_free(model);
    lrpot_potential_free(other);
    free(path);
}
END_TEST

START_TEST(conventions_are_kept_by_the_own_format)
{
    char *path = nep_own_file("nep4_zbl_charge1", ".txt");
    lrpot_potential *model = NULL;
    ck_ok(lrpot_potential_load(&model, path));
    ck_ok(lrpot_nep_set_forces(model, LRPOT_NEP_FORCES_PLAIN));
    ck_ok(lrpot_nep_set_sum(model, LRPOT_NEP_SUM_AS_FITTED));
    lrpot_potential *back = through_file(model, lrpot_potential_save);
    ck_assert_int_eq(lrpot_nep_forces(back), LRPOT_NEP_FORCES_PLAIN);
    ck_assert_int_eq(lrpot_nep_sum(back), LRPOT_NEP_SUM_AS_FITTED);
    nep_result wanted = evaluate_file(model, "nep4_zbl_charge1"),
               found = evaluate_file(back, "nep4_zbl_charge1");
    ck_assert(wanted.energy == found.energy);
    nep_result_free(&wanted);
    nep_result_free(&found);
    free(path);
}
END_TEST

START_TEST(elements_of_a_nep_are_not_renamed)
{
    static const char *const same[] = { "Ba", "Ti", "O" }, *const others[] = { "Ba", "Zr", "O" };
    char *path = nep_own_file("nep4_zbl_charge1", ".txt");
    lrpot_potential *model = NULL;
    ck_ok(lrpot_potential_load(&model, path));
    ck_ok(lrpot_potential_set_symbols(model, 3, same));
    ck_assert_int_eq(lrpot_potential_set_symbols(model, 3, others), LRPOT_E_ARGUMENT);
    ck_assert(strstr(lrpot_last_error(), "species 1 is Ti") != NULL);
    ck_assert_str_eq(lrpot_potential_symbols(model)[1], "Ti");
    lrpot_potential_free(model);
    free(path);
}
END_TEST

/* Text of a file with one part replaced; the checksum is left out of the reading. */
static lrpot_status parse_changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    size_t size = strlen(text) + strlen(to) + 1;
    char *changed = calloc(size, 1);
    lrpot_potential *model = NULL;
    ck_assert(at != NULL);
    snprintf(changed, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    lrpot_status status = lrpot__model_parse(&model, "x", changed, (int64_t)strlen(changed), 0);
    lrpot_potential_free(model);
    free(changed);
    return status;
}

START_TEST(damaged_neps_in_the_own_format_are_refused_with_their_place)
{
    static const struct {
        const char *from, *to, *message;
    } cases[] = {
        { "nep4_zbl_charge1 3", "nep6 3", "key 'energy.nep.header':1: the kind of the model" },
        { "\"n_max", "\"m_max", "key 'energy.nep.header':4: the line begins with 'm_max'" },
        { "ANN 10 0\"", "ANN 11 0\"", "key 'energy.nep.numbers' has 1522 values, expected" },
        { "ANN 10 0\"", "ANN 10 0\", \"more\"", "'more' follows the header of a NEP" },
        { "\"gradient\"", "\"slope\"", "key 'energy.nep.forces' is 'slope'" },
        { "\"Ba\", \"Ti\"", "\"Ti\", \"Ba\"", "is not the species of the model in its order" },
        { "\"numbers\": [", "\"numbers\": [true, ", "key 'energy.nep.numbers' has 1523 values" },
    };
    char *path = nep_own_file("nep4_zbl_charge1", ".txt"), *text = NULL;
    char file[] = "check-nep-files-XXXXXX";
    int64_t size = 0;
    lrpot_potential *model = NULL;
    ck_ok(lrpot_potential_load(&model, path));
    close(mkstemp(file));
    ck_ok(lrpot_potential_save(model, file));
    ck_ok(lrpot__file_load(file, &text, &size));
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        lrpot_status status = parse_changed(text, cases[k].from, cases[k].to);
        ck_assert_int_ne(status, LRPOT_OK);
        ck_assert_msg(strstr(lrpot_last_error(), cases[k].message) != NULL, "'%s' lacks '%s'",
                      lrpot_last_error(), cases[k].message);
    }
    unlink(file);
    lrpot__free(text);
    lrpot_potential_free(model);
    free(path);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("nep_files");
    TCase *tc = tcase_create("unit");
    support_add_cases(tc, files_bring_the_same_bits_back, 0, NAMES);
    tcase_add_test(tc, what_a_nep_txt_cannot_hold_is_refused_by_name);
    tcase_add_test(tc, conventions_are_kept_by_the_own_format);
    tcase_add_test(tc, elements_of_a_nep_are_not_renamed);
    tcase_add_test(tc, damaged_neps_in_the_own_format_are_refused_with_their_place);
    suite_add_tcase(suite, tc);
    return suite;
}
