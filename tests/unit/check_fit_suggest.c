/* Models that lrpot_fit_suggest() proposes: against counts and distances of the data themselves. */
#include "models.h"
#include "support.h"

enum { ATOMS = 8, FRAMES = 40 };

/* Two rows of atoms 2.5 A apart but for one pair, with energies and forces of zero. */
static lrpot_structure *row(int32_t n_labels, const char *const *labels, double shortest)
{
    const char *symbols[ATOMS];
    double positions[3 * ATOMS] = { 0 }, forces[3 * ATOMS] = { 0 }, energy = 0;
    lrpot_structure *s = NULL;
    for (int i = 0; i < ATOMS; i++) {
        symbols[i] = labels[i % n_labels];
        positions[3 * i] = 2.5 * i;
    }
    positions[3 * (ATOMS - 1)] = 2.5 * (ATOMS - 2) + shortest;
    ck_ok(lrpot_structure_create(&s, ATOMS, symbols, positions, NULL, 0));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(s, LRPOT_QUANTITY_FORCES, forces));
    return s;
}

static void free_all(int64_t n, lrpot_structure **frames)
{
    for (int64_t f = 0; f < n; f++) lrpot_structure_free(frames[f]);
}

static int has_reason(const lrpot_fit_suggestion *s, const char *wanted)
{
    const char *member = NULL;
    for (int32_t k = 0; lrpot_fit_suggestion_reason(s, k, &member) != NULL; k++)
        if (strcmp(member, wanted) == 0) return 1;
    return 0;
}

START_TEST(species_and_distance_are_those_of_the_data)
{
    static const char *const labels[2] = { "Na", "F" };
    lrpot_structure *frames[3] = { row(2, labels, 2.2), row(2, labels, 1.913), row(2, labels, 2) };
    lrpot_fit_suggestion *s = NULL;
    lrpot_fit_suggestion_facts facts = LRPOT_FIT_SUGGESTION_FACTS_INIT;
    ck_ok(lrpot_fit_suggest(&s, NULL, 3, frames, NULL));
    const lrpot_potential_options *o = lrpot_fit_suggestion_options(s);
    ck_ok(lrpot_fit_suggestion_get_facts(s, &facts));
    ck_assert_int_eq(o->n_species, 2);
    ck_assert_str_eq(o->symbols[0], "F");
    ck_assert_str_eq(o->symbols[1], "Na");
    ck_assert_int_eq(o->charges, lrpot_charges_kind_default(2));
    ck_close(facts.shortest_distance, 1.913, 1e-12, 1);
    ck_assert_int_eq(facts.shortest_frame, 1);
    ck_close(o->basis->min_distance, 1.81, 1e-12, 1);
    ck_assert_int_eq(facts.equations, 3 * (1 + 3 * ATOMS));
    ck_assert(has_reason(s, "charges") && has_reason(s, "level"));
    lrpot_potential *model = NULL;
    ck_ok(lrpot_potential_create(&model, o));
    lrpot_potential_free(model);
    lrpot_fit_suggestion_free(s);
    free_all(3, frames);
}
END_TEST

/* Parameters of the model that is suggested, at another level. */
static int64_t parameters_at(const lrpot_fit_suggestion *s, int32_t level)
{
    lrpot_potential_options o = *lrpot_fit_suggestion_options(s);
    lrpot_basis_options basis = *o.basis;
    lrpot_potential *model = NULL;
    basis.level = level;
    o.basis = &basis;
    ck_ok(lrpot_potential_create(&model, &o));
    int64_t n = lrpot_potential_param_count(model);
    lrpot_potential_free(model);
    return n;
}

START_TEST(the_level_is_the_highest_that_the_data_determine)
{
    static const char *const labels[1] = { "Ar" };
    lrpot_structure *frames[FRAMES];
    for (int f = 0; f < FRAMES; f++) frames[f] = row(1, labels, 2.0);
    for (int n = 1; n <= FRAMES; n += 3) {
        lrpot_fit_suggestion *s = NULL;
        ck_ok(lrpot_fit_suggest(&s, NULL, n, frames, NULL));
        const int64_t equations = n * (1 + 3 * ATOMS);
        int32_t level = lrpot_fit_suggestion_options(s)->basis->level;
        /* one parameter per species is counted twice: charges would have it */
        if (level > 6) ck_assert(equations >= 25 * parameters_at(s, level));
        ck_assert(equations < 25 * (parameters_at(s, level + 2) + 1));
        lrpot_fit_suggestion_free(s);
    }
    free_all(FRAMES, frames);
}
END_TEST

START_TEST(what_is_wanted_is_kept)
{
    static const char *const labels[2] = { "Na", "F" }, *const order[3] = { "Na", "Cl", "F" };
    lrpot_structure *frame = row(2, labels, 2.0);
    lrpot_potential_options wanted = LRPOT_FIT_ANY_MODEL;
    lrpot_basis_options basis = LRPOT_FIT_ANY_BASIS;
    double widths[3] = { 0.5, 0.6, 0.7 };
    lrpot_fit_suggestion *s = NULL;
    wanted.symbols = order;
    wanted.n_species = 3;
    wanted.basis = &basis;
    basis.level = 4;
    basis.cutoff = 3.5;
    basis.min_distance = 0.0;
    wanted.charges = LRPOT_CHARGES_EQUILIBRATED;
    wanted.widths = widths;
    wanted.species_coefficients = 0;
    ck_ok(lrpot_fit_suggest(&s, &wanted, 1, &frame, NULL));
    const lrpot_potential_options *o = lrpot_fit_suggestion_options(s);
    widths[1] = 9.0;
    ck_assert_str_eq(o->symbols[1], "Cl");
    ck_assert_int_eq(o->basis->level, 4);
    ck_close(o->basis->cutoff, 3.5, 0, 1);
    ck_close(o->charge_basis->cutoff, 3.5, 0, 1);
    ck_close(o->basis->min_distance, 0.0, 0, 1);
    ck_assert_int_eq(o->charges, LRPOT_CHARGES_EQUILIBRATED);
    ck_close(o->widths[1], 0.6, 0, 1);
    ck_assert_int_eq(o->species_coefficients, 0);
    ck_assert(!has_reason(s, "level") && !has_reason(s, "charges"));
    lrpot_fit_suggestion_free(s);
    lrpot_structure_free(frame);
}
END_TEST

START_TEST(validation_tells_of_distances_alone)
{
    static const char *const labels[2] = { "Na", "F" };
    lrpot_structure *frames[2] = { row(2, labels, 2.2), row(1, labels, 1.7) };
    lrpot_fit_frame how[2] = { LRPOT_FIT_FRAME_INIT, LRPOT_FIT_FRAME_INIT };
    lrpot_fit_suggestion_facts facts = LRPOT_FIT_SUGGESTION_FACTS_INIT;
    lrpot_fit_suggestion *s = NULL;
    how[1].set = LRPOT_FIT_VALID;
    ck_ok(lrpot_fit_suggest(&s, NULL, 2, frames, how));
    ck_ok(lrpot_fit_suggestion_get_facts(s, &facts));
    ck_assert_int_eq(facts.equations, 1 + 3 * ATOMS);
    ck_close(facts.shortest_distance, 1.7, 1e-12, 1);
    lrpot_fit_suggestion_free(s);
    how[0].set = LRPOT_FIT_VALID, how[1].set = LRPOT_FIT_TRAIN; /* F is then not a species */
    ck_assert_int_eq(lrpot_fit_suggest(&s, NULL, 2, frames, how), LRPOT_E_SPECIES);
    how[1].set = LRPOT_FIT_VALID;
    ck_assert_int_eq(lrpot_fit_suggest(&s, NULL, 2, frames, how), LRPOT_E_ARGUMENT);
    free_all(2, frames);
}
END_TEST

START_TEST(weights_in_a_structure_multiply_those_of_the_caller)
{
    static const char *const labels[1] = { "Ar" };
    lrpot_structure *s = row(1, labels, 2.0);
    lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
    lrpot_fit_target forces = LRPOT_FIT_TARGET_INIT;
    int32_t taken = 0;
    ck_ok(lrpot_fit_target_facts(LRPOT_FIT_FORCES, &forces));
    how.weight = 3.0;
    ck_ok(lrpot_structure_set_info(s, "config_weight", "0.5"));
    ck_ok(lrpot_structure_set_info(s, forces.weight_key, "0"));
    ck_ok(lrpot_fit_frame_weights(s, &how, &taken));
    ck_assert_int_eq(taken, 1);
    ck_close(how.weight, 1.5, 0, 1);
    ck_close(how.target_weights[LRPOT_FIT_FORCES], -1.0, 0, 1);
    ck_close(how.target_weights[LRPOT_FIT_ENERGY], 1.0, 0, 1);
    ck_ok(lrpot_structure_set_info(s, "config_weight", "0"));
    ck_ok(lrpot_fit_frame_weights(s, &how, &taken));
    ck_assert_int_eq(taken, 0);
    ck_ok(lrpot_structure_set_info(s, "config_weight", "-1"));
    ck_assert_int_eq(lrpot_fit_frame_weights(s, &how, &taken), LRPOT_E_ARGUMENT);
    lrpot_structure_free(s);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_suggest");
    TCase *tcase = tcase_create("fit_suggest");
    tcase_add_test(tcase, species_and_distance_are_those_of_the_data);
    tcase_add_test(tcase, the_level_is_the_highest_that_the_data_determine);
    tcase_add_test(tcase, what_is_wanted_is_kept);
    tcase_add_test(tcase, validation_tells_of_distances_alone);
    tcase_add_test(tcase, weights_in_a_structure_multiply_those_of_the_caller);
    suite_add_tcase(suite, tcase);
    return suite;
}
