/* A pair of atoms on a layer of salt, and a dopant in the layer beyond every cutoff of the model
 * (the case of Ko et al., Nat. Commun. 12, 398 (2021)): charges that follow their neighbourhood
 * cannot know of the dopant, those that see the potential do. */
#include "models.h"

/* A step of rock salt of 2 x 2 ions and five layers; the pair stands on the uppermost. */
enum { LAYERS = 5, ACROSS = 2, IONS = ACROSS * ACROSS * LAYERS, SIZE = IONS + 2 };
static const double spacing = 2.8;

static lrpot_structure *layer(int doped)
{
    const char *names[SIZE];
    double positions[3 * SIZE], edge = ACROSS * spacing,
                                cell[9] = { edge, 0, 0, 0, edge, 0, 0, 0, 1 };
    lrpot_structure *structure = NULL;
    for (int i = 0; i < IONS; i++) {
        int place[3] = { i % ACROSS, i / ACROSS % ACROSS, i / ACROSS / ACROSS };
        names[i] = model_symbols[(place[0] + place[1] + place[2]) % 2];
        for (int a = 0; a < 3; a++)
            positions[3 * i + a] = spacing * place[a] + 0.11 * ((7 * i + 3 * a) % 5 - 2);
    }
    if (doped) names[0] = "O";
    for (int k = 0; k < 2; k++) {
        names[IONS + k] = "O";
        positions[3 * (IONS + k)] = 0.3, positions[3 * (IONS + k) + 1] = 0.2;
        positions[3 * (IONS + k) + 2] = spacing * (LAYERS - 1) + 2.4 + 2.0 * k;
    }
    ck_ok(lrpot_structure_create(&structure, SIZE, names, positions, cell, 3));
    return structure;
}

/* Charges of the pair. */
static void pair_charges(const lrpot_potential *potential, int doped, double q[2])
{
    double all[SIZE];
    lrpot_structure *structure = layer(doped);
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.charges = all;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    memcpy(q, all + IONS, 2 * sizeof *q);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
}

/* Change of the charges of the pair by the dopant. */
static double change_by_dopant(const lrpot_potential *potential)
{
    double q[2][2];
    ck_assert(lrpot_potential_cutoff(potential) < spacing * (LAYERS - 2));
    for (int doped = 0; doped < 2; doped++) pair_charges(potential, doped, q[doped]);
    return fmax(fabs(q[1][0] - q[0][0]), fabs(q[1][1] - q[0][1]));
}

START_TEST(charges_of_the_neighbourhood_do_not_know_it)
{
    support_random random = { 8100 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQ);
    double change = change_by_dopant(potential);
    ck_assert_msg(change < 1e-12, "%g e", change);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(charges_that_see_the_potential_do)
{
    support_random random = { 8200 + (uint64_t)_i };
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.tolerance = 1e-11;
    int32_t kind = _i == 0 ? LRPOT_CHARGES_EQUILIBRATED : LRPOT_CHARGES_DENSITY;
    if (_i > 0) {
        options.order = (_i - 1) % 2, options.reach = 3.5, options.sigma = 1.1;
        options.response = _i <= 2 ? LRPOT_RESPONSE_ATOMS : LRPOT_RESPONSE_BONDS;
    }
    lrpot_potential *potential = models_random_with(&random, kind, &options);
    double change = change_by_dopant(potential);
    ck_assert_msg(change > 1e-7, "%g e", change); /* solved to 1e-11 */
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("distant dopant");
    TCase *tcase = tcase_create("distant dopant");
    tcase_add_test(tcase, charges_of_the_neighbourhood_do_not_know_it);
    support_add_cases(tcase, charges_that_see_the_potential_do, 0, 5);
    suite_add_tcase(suite, tcase);
    return suite;
}
