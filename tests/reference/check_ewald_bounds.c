/* Predicted errors of energy, pressure and potential, against converged sums. */
#include "coulomb.h"

#define MAX 1000
#define BAR 6.2415e-7 /* eV/A^3 */

enum { ROCK_SALT, CAESIUM_CHLORIDE, ZINC_BLENDE, PEROVSKITE, FLUORITE, MELT, RANDOM, KINDS };

typedef struct {
    int64_t n;
    double positions[3 * MAX], q[MAX], cell[9], volume;
    int32_t species[MAX];
} box;

typedef struct {
    double energy, virial[9], potential[MAX], forces[3 * MAX];
} sums;

typedef struct {
    double s[3], q;
} site;

static const site ROCK_SALT_CELL[] = { { { 0, 0, 0 }, 1 },   { { 0, .5, .5 }, 1 },
                                       { { .5, 0, .5 }, 1 }, { { .5, .5, 0 }, 1 },
                                       { { .5, 0, 0 }, -1 }, { { .5, .5, .5 }, -1 },
                                       { { 0, 0, .5 }, -1 }, { { 0, .5, 0 }, -1 } },
                  CAESIUM_CELL[] = { { { 0, 0, 0 }, 1 }, { { .5, .5, .5 }, -1 } },
                  ZINC_CELL[] = { { { 0, 0, 0 }, 2 },        { { 0, .5, .5 }, 2 },
                                  { { .5, 0, .5 }, 2 },      { { .5, .5, 0 }, 2 },
                                  { { .25, .25, .25 }, -2 }, { { .25, .75, .75 }, -2 },
                                  { { .75, .25, .75 }, -2 }, { { .75, .75, .25 }, -2 } },
                  PEROVSKITE_CELL[] = { { { 0, 0, 0 }, 2 },
                                        { { .5, .5, .5 }, 4 },
                                        { { 0, .5, .5 }, -2 },
                                        { { .5, 0, .5 }, -2 },
                                        { { .5, .5, 0 }, -2 } },
                  FLUORITE_CELL[] = { { { 0, 0, 0 }, 2 },        { { 0, .5, .5 }, 2 },
                                      { { .5, 0, .5 }, 2 },      { { .5, .5, 0 }, 2 },
                                      { { .25, .25, .25 }, -1 }, { { .25, .75, .75 }, -1 },
                                      { { .75, .25, .75 }, -1 }, { { .75, .75, .25 }, -1 },
                                      { { .75, .75, .75 }, -1 }, { { .75, .25, .25 }, -1 },
                                      { { .25, .75, .25 }, -1 }, { { .25, .25, .75 }, -1 } };

#define CELL(array) array, sizeof array / sizeof *array
static const struct {
    const site *sites;
    size_t count;
    double edge, rattle;
    int copies;
} CRYSTALS[KINDS] = { { CELL(ROCK_SALT_CELL), 5.64, 0, 4 }, { CELL(CAESIUM_CELL), 4.12, .05, 7 },
                      { CELL(ZINC_CELL), 5.41, 0, 4 },      { CELL(PEROVSKITE_CELL), 3.9, .08, 5 },
                      { CELL(FLUORITE_CELL), 5.46, 0, 4 },  { CELL(ROCK_SALT_CELL), 5.64, .5, 4 },
                      { CELL(ROCK_SALT_CELL), 5.64, .5, 4 } };

static void make_rattled(int kind, int copies, double rattle, unsigned seed, box *b)
{
    double edge = CRYSTALS[kind].edge, excess = 0;
    support_random random = { seed };
    memset(b, 0, sizeof *b);
    double origin[3];
    for (int a = 0; a < 3; a++) origin[a] = support_uniform(&random, 0, 1);
    for (int c = 0; c < copies * copies * copies; c++)
        for (size_t k = 0; k < CRYSTALS[kind].count; k++) {
            const site *s = CRYSTALS[kind].sites + k;
            double at[3] = { c % copies, c / copies % copies, c / copies / copies };
            for (int a = 0; a < 3; a++)
                b->positions[3 * b->n + a] = edge * (at[a] + s->s[a] + origin[a])
                                             + support_uniform(&random, -rattle, rattle);
            b->q[b->n++] = kind == RANDOM ? support_uniform(&random, -1, 1) : s->q;
        }
    for (int64_t i = 0; i < b->n; i++) excess += b->q[i];
    for (int64_t i = 0; i < b->n; i++) b->q[i] -= excess / (double)b->n;
    for (int a = 0; a < 3; a++) b->cell[4 * a] = edge * copies;
    b->cell[3] = seed % 2 ? 0 : edge; /* the same crystal, another cell */
    b->volume = pow(edge * copies, 3);
}

static void make(int kind, unsigned seed, box *b)
{
    make_rattled(kind, CRYSTALS[kind].copies, CRYSTALS[kind].rattle, seed, b);
}

static lrpot_atoms view(const box *b)
{
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    atoms.n_owned = atoms.n_all = b->n;
    atoms.positions = b->positions, atoms.species = b->species, atoms.cell = b->cell;
    atoms.periodic_mask = LRPOT_PERIODIC_ALL;
    return atoms;
}

static lrpot_ewald_report evaluate(const box *b, lrpot_ewald_options options, sums *s,
                                   lrpot_ewald_error_report *measured)
{
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_atoms atoms = view(b);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    out.energy = &s->energy, out.virial = s->virial, out.potential = s->potential;
    out.forces = s->forces;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b->q, &out));
    ck_ok(lrpot_ewald_plan(ewald, work, &atoms, &report));
    if (measured != NULL) ck_ok(lrpot_ewald_error(ewald, work, &atoms, NULL, b->q, 0, measured));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
    return report;
}

typedef struct {
    double potential, energy, pressure, forces;
} errors;

static errors difference(const box *b, const sums *a, const sums *exact)
{
    errors e = { 0, (a->energy - exact->energy) / (double)b->n, 0, 0 };
    for (int64_t k = 0; k < 3 * b->n; k++) e.forces += pow(a->forces[k] - exact->forces[k], 2);
    e.forces = sqrt(e.forces / (double)b->n);
    for (int64_t i = 0; i < b->n; i++) e.potential += pow(a->potential[i] - exact->potential[i], 2);
    e.potential = sqrt(e.potential / (double)b->n);
    for (int x = 0; x < 9; x += 4) e.pressure += (a->virial[x] - exact->virial[x]) / 3 / b->volume;
    return e;
}

static lrpot_ewald_options options_of(double accuracy, int32_t method)
{
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    options.accuracy = accuracy, options.method = method;
    return options;
}

static box b;
static sums exact, s;

/* every kind; methods and accuracies within */
START_TEST(the_bounds_hold_and_are_no_more_than_what_crystals_need)
{
    double largest[3] = { 0 };
    make(_i, 17u + (unsigned)_i, &b);
    evaluate(&b, options_of(1e-10, LRPOT_EWALD_EXACT), &exact, NULL);
    for (int32_t method = LRPOT_EWALD_EXACT; method <= LRPOT_EWALD_SPLINE; method++)
        for (double accuracy = 1e-2; accuracy > 5e-8; accuracy *= 0.1) {
            lrpot_ewald_report r = evaluate(&b, options_of(accuracy, method), &s, NULL);
            errors e = difference(&b, &s, &exact);
            double ratio[3] = { e.potential / r.predicted_potential,
                                fabs(e.energy) / r.predicted_energy,
                                fabs(e.pressure) / r.predicted_pressure };
            ck_assert_msg(e.forces < accuracy, "method %d: forces %g of %g", method, e.forces,
                          accuracy);
            for (int k = 0; k < 3; k++) {
                ck_assert_msg(ratio[k] < 1.0,
                              "method %d, accuracy %g, quantity %d: %g of the bound", method,
                              accuracy, k, ratio[k]);
                largest[k] = fmax(largest[k], ratio[k]);
            }
        }
    /* what the bounds are for: sums that add up; the others lie below by what they do not */
    double least = _i == MELT || _i == RANDOM ? 0.004 : 0.1;
    for (int k = 0; k < 3; k++)
        ck_assert_msg(largest[k] > least, "quantity %d: at most %g of the bound", k, largest[k]);
}
END_TEST

/* crystals x displacements x sizes: few stars of vectors make the whole error, wherever the sites
 * lie between the points of the mesh */
START_TEST(rattled_crystals_keep_the_accuracy_of_forces)
{
    static const double rattles[3] = { 0.02, 0.1, 0.2 };
    int kind = _i % (FLUORITE + 1), more = _i / (FLUORITE + 1) / 3;
    int copies = CRYSTALS[kind].copies - 1 - more;
    for (unsigned seed = 70; seed < 72; seed++) {
        make_rattled(kind, copies, rattles[_i / (FLUORITE + 1) % 3], seed, &b);
        evaluate(&b, options_of(1e-10, LRPOT_EWALD_EXACT), &exact, NULL);
        for (int32_t method = LRPOT_EWALD_MESH; method <= LRPOT_EWALD_SPLINE; method++)
            for (double accuracy = 1e-2; accuracy > 5e-9; accuracy *= 0.1) {
                evaluate(&b, options_of(accuracy, method), &s, NULL);
                errors e = difference(&b, &s, &exact);
                ck_assert_msg(e.forces < accuracy, "method %d, %d copies: forces %g of %g", method,
                              copies, e.forces, accuracy);
            }
    }
}
END_TEST

START_TEST(the_error_of_energy_and_pressure_is_measured)
{
    make(_i, 40u + (unsigned)_i, &b);
    evaluate(&b, options_of(1e-10, LRPOT_EWALD_EXACT), &exact, NULL);
    for (int32_t method = LRPOT_EWALD_EXACT; method <= LRPOT_EWALD_SPLINE; method++) {
        lrpot_ewald_error_report measured = LRPOT_EWALD_ERROR_REPORT_INIT;
        lrpot_ewald_report r = evaluate(&b, options_of(1e-2, method), &s, &measured);
        errors e = difference(&b, &s, &exact);
        ck_close(measured.potential, e.potential, 0.1, 1e-6);
        ck_close(measured.energy, e.energy, 0.1, 2e-2 * r.predicted_energy);
        ck_close(measured.pressure, e.pressure, 0.1, 2e-2 * r.predicted_pressure);
    }
}
END_TEST

/* 512 ions at 1e-3 eV/A: energy to 1e-6 eV per atom, pressure to 0.1 bar, potential to 1e-6 V */
START_TEST(what_is_asked_for_is_kept)
{
    int quantity = _i % 3;
    int32_t method = _i / 3;
    make(quantity == 1 ? ROCK_SALT : MELT, 8u, &b);
    evaluate(&b, options_of(1e-11, LRPOT_EWALD_EXACT), &exact, NULL);
    lrpot_ewald_options options = options_of(1e-3, method);
    lrpot_ewald_report loose = evaluate(&b, options, &s, NULL);
    if (quantity == 0) options.energy_accuracy = 1e-6;
    if (quantity == 1) options.pressure_accuracy = 0.1 * BAR;
    if (quantity == 2) options.potential_accuracy = 1e-6;
    lrpot_ewald_report r = evaluate(&b, options, &s, NULL);
    errors e = difference(&b, &s, &exact);
    if (quantity == 0) {
        ck_assert(loose.predicted_energy > 1e-6 && r.predicted_energy <= 1e-6);
        ck_assert_msg(fabs(e.energy) < 1e-6, "energy %g", e.energy);
    } else if (quantity == 1) {
        ck_assert(loose.predicted_pressure > 0.1 * BAR && r.predicted_pressure <= 0.1 * BAR);
        ck_assert_msg(fabs(e.pressure) < 0.1 * BAR, "pressure %g bar", e.pressure / BAR);
    } else {
        ck_assert(loose.predicted_potential > 1e-6 && r.predicted_potential <= 1e-6);
        ck_assert_msg(e.potential < 1e-6, "potential %g", e.potential);
    }
    ck_assert(r.predicted_error < 1e-3);
}
END_TEST

/* one workspace, one solver after another: what was chosen for the forces is not enough */
START_TEST(a_plan_does_not_outlive_what_it_was_chosen_for)
{
    lrpot_workspace *work = NULL;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    make(ROCK_SALT, 8u, &b);
    lrpot_atoms atoms = view(&b);
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int round = 0; round < 2; round++) {
        lrpot_ewald_options options = options_of(1e-3, LRPOT_EWALD_MESH);
        lrpot_ewald *ewald = NULL;
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.energy = &s.energy;
        options.pressure_accuracy = round * 1e-7;
        ck_ok(lrpot_ewald_create(&ewald, &options));
        ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b.q, &out));
        ck_ok(lrpot_ewald_plan(ewald, work, &atoms, &report));
        ck_assert((report.predicted_pressure <= 1e-7) == (round == 1));
        lrpot_ewald_free(ewald);
    }
    lrpot_workspace_free(work);
}
END_TEST

START_TEST(what_cannot_be_kept_is_refused_by_name)
{
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    make(ROCK_SALT, 8u, &b);
    lrpot_atoms atoms = view(&b);
    out.energy = &s.energy;
    lrpot_ewald_options options = options_of(1e-3, LRPOT_EWALD_AUTO);
    options.pressure_accuracy = 1e-22;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_assert_int_eq(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b.q, &out),
                     LRPOT_E_ACCURACY);
    ck_assert_msg(strstr(lrpot_last_error(), "pressure_accuracy") != NULL, "%s",
                  lrpot_last_error());
    lrpot_ewald_free(ewald);
    double *bounds[] = { &options.energy_accuracy, &options.pressure_accuracy,
                         &options.potential_accuracy };
    const double bad[] = { -1, NAN, INFINITY };
    for (int k = 0; k < 9; k++) {
        options = options_of(1e-3, LRPOT_EWALD_AUTO);
        *bounds[k % 3] = bad[k / 3];
        ck_assert_int_eq(lrpot_ewald_create(&ewald, &options), LRPOT_E_ARGUMENT);
        ck_assert(strstr(lrpot_last_error(), "_accuracy") != NULL);
    }
    lrpot_workspace_free(work);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_bounds");
    TCase *tcase = tcase_create("reference"), *slow = tcase_create("slow");
    tcase_set_timeout(tcase, 240);
    support_add_cases(tcase, the_bounds_hold_and_are_no_more_than_what_crystals_need, 0, KINDS);
    support_add_cases(tcase, rattled_crystals_keep_the_accuracy_of_forces, 0, FLUORITE + 1);
    support_add_cases(tcase, what_is_asked_for_is_kept, 3, 12);
    tcase_add_test(tcase, a_plan_does_not_outlive_what_it_was_chosen_for);
    tcase_add_test(tcase, what_cannot_be_kept_is_refused_by_name);
    suite_add_tcase(suite, tcase);
    tcase_set_tags(slow, "slow"); /* the same code on more crystals */
    tcase_set_timeout(slow, 240);
    support_add_cases(slow, rattled_crystals_keep_the_accuracy_of_forces, FLUORITE + 1,
                      6 * (FLUORITE + 1));
    support_add_cases(slow, the_error_of_energy_and_pressure_is_measured, 0, KINDS);
    suite_add_tcase(suite, slow);
    return suite;
}
