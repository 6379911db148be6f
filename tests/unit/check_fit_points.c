/* The electrostatic potential at points: what it is, and as a target of fits. */
#include "models.h"
#include "support.h"

#include <lrpot/fit.h>

enum { POINTS = 40, ATOMS = 8, FRAMES = 8 };

/* Kinds with one charge per atom; latent and equilibrated ones are Gaussians, the others get them
 * where widths are given. */
static lrpot_potential *model_of(support_random *random, int32_t kind)
{
    return models_random_potential(random, kind);
}

static double distance(const double *a, const double *b)
{
    double d[3] = { a[0] - b[0], a[1] - b[1], a[2] - b[2] };
    return sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
}

/* Not nearer than 1 A to an atom of an isolated structure; anywhere in a periodic one, where points
 * on an atom have no measure. */
static void draw_points(support_random *random, const lrpot_structure *s, double *points)
{
    const double *cell = lrpot_structure_cell(s), *r = lrpot_structure_positions_const(s);
    for (int p = 0; p < POINTS; p++) {
        double *x = points + 3 * p, least = 0.0;
        while (least < 1.0) {
            double f[3];
            for (int a = 0; a < 3; a++) f[a] = support_uniform(random, -0.5, 1.5);
            for (int a = 0; a < 3; a++)
                x[a] = cell != NULL ? f[0] * cell[a] + f[1] * cell[3 + a] + f[2] * cell[6 + a]
                                    : 8 * f[a];
            least = INFINITY;
            for (int i = 0; i < ATOMS && cell == NULL; i++)
                least = fmin(least, distance(x, r + 3 * i));
        }
    }
}

/* Points and their potential by a model. */
static void add_points(support_random *random, const lrpot_potential *truth, lrpot_structure *s)
{
    double points[3 * POINTS], values[POINTS];
    lrpot_workspace *work = NULL;
    draw_points(random, s, points);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_points_structure(truth, work, s, POINTS, points, values));
    ck_ok(lrpot_structure_set_points(s, POINTS, points, values));
    lrpot_workspace_free(work);
}

/* erf(r/(sqrt2 width))/r */
static double smeared(double r, double width)
{
    return LRPOT_COULOMB_CONSTANT / r * (width > 0.0 ? erf(r / (sqrt(2.0) * width)) : 1.0);
}

static double width_of(int32_t kind)
{
    return kind == LRPOT_CHARGES_LATENT         ? 1.0 / sqrt(2.0)
           : kind == LRPOT_CHARGES_EQUILIBRATED ? 1.0
                                                : 0.0; /* by default */
}

START_TEST(potential_of_an_isolated_system_is_the_sum_over_its_charges)
{
    support_random random = { 410 + (uint64_t)_i };
    lrpot_potential *potential = model_of(&random, _i);
    lrpot_structure *s = models_random_structure(&random, CELL_NONE, ATOMS, 0);
    const double *r = lrpot_structure_positions_const(s), *points = NULL, *values = NULL;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    double q[ATOMS];
    int64_t n = 0;
    out.charges = q;
    add_points(&random, potential, s);
    points = lrpot_structure_points(s, &n, &values);
    ck_assert_int_eq(n, POINTS);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, s, &out));
    for (int p = 0; p < POINTS; p++) {
        double sum = 0.0;
        for (int i = 0; i < ATOMS; i++)
            sum += q[i] * smeared(distance(points + 3 * p, r + 3 * i), width_of(_i));
        ck_close(values[p], sum, TOL_REF, 1.0);
    }
    lrpot_workspace_free(work);
    lrpot_structure_free(s);
    lrpot_potential_free(potential);
}
END_TEST

/* Sums over meshes are exact for what is as smooth as these Gaussians. The net charge is not zero.
 */
START_TEST(potential_of_a_crystal_has_no_mean)
{
    enum { MESH = 12 };
    support_random random = { 420 };
    lrpot_potential *potential = model_of(&random, LRPOT_CHARGES_EQUILIBRATED);
    lrpot_structure *s = models_random_structure(&random, CELL_TINY, 4, 1);
    const double *cell = lrpot_structure_cell(s);
    static double points[3 * MESH * MESH * MESH], values[MESH * MESH * MESH];
    lrpot_workspace *work = NULL;
    double mean = 0.0, square = 0.0;
    for (int p = 0; p < MESH * MESH * MESH; p++)
        for (int a = 0; a < 3; a++)
            points[3 * p + a] = (p % MESH * cell[a] + p / MESH % MESH * cell[3 + a]
                                 + p / (MESH * MESH) * cell[6 + a])
                                / MESH;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_points_structure(potential, work, s, MESH * MESH * MESH, points, values));
    for (int p = 0; p < MESH * MESH * MESH; p++) {
        mean += values[p] / (MESH * MESH * MESH);
        square += values[p] * values[p] / (MESH * MESH * MESH);
    }
    ck_assert_msg(sqrt(square) > 0.1, "potential of %g V", sqrt(square));
    ck_assert_msg(fabs(mean) < 1e-8, "mean %g V", mean);
    lrpot_workspace_free(work);
    lrpot_structure_free(s);
    lrpot_potential_free(potential);
}
END_TEST

/* The fit has a matrix, the evaluation a sum. */
START_TEST(fit_and_evaluation_agree_for_every_kind_of_charges)
{
    support_random random = { 430 + (uint64_t)_i };
    lrpot_potential *potential = model_of(&random, _i);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    double rmse = 1, mae = 1;
    int64_t n = 0;
    options.targets = LRPOT_FIT_TARGET_POTENTIAL;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        lrpot_structure *s = models_random_structure(&random, cell, ATOMS, cell % 2);
        add_points(&random, potential, s);
        ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
        lrpot_structure_free(s);
    }
    ck_ok(support_fit_error(fit, LRPOT_FIT_TRAIN, LRPOT_FIT_TARGET_POTENTIAL, &rmse, &mae, &n));
    ck_assert_int_eq(n, CELL_KINDS * POINTS);
    ck_assert_msg(rmse < 1e-7 && mae <= rmse, "potentials differ by %g V", rmse);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
}
END_TEST

static void set_species_charges(lrpot_potential *potential, const double *charges)
{
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0;
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++)
        if (strcmp(name, "charges.species") == 0)
            memcpy(params + offset, charges, (size_t)count * sizeof *charges);
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
}

/* Isolated frames and crystals, with the sign, which energies alone do not tell. */
START_TEST(charges_are_recovered_from_the_potential_alone)
{
    static const double given[MODEL_SPECIES] = { -0.7, 0.4, 0.9 };
    support_random random = { 440 };
    lrpot_potential *truth = model_of(&random, LRPOT_CHARGES_FIXED),
                    *potential = model_of(&random, LRPOT_CHARGES_FIXED);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    double found[MODEL_SPECIES];
    set_species_charges(truth, given);
    options.targets = LRPOT_FIT_TARGET_POTENTIAL, options.regularization = -1, options.starts = 1,
    options.sum_rule_error = INFINITY;
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < FRAMES; f++) {
        lrpot_structure *s =
            models_random_structure(&random, f % 2 ? CELL_NONE : CELL_TRICLINIC, ATOMS, 0);
        add_points(&random, truth, s);
        ck_ok(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1));
        lrpot_structure_free(s);
    }
    ck_ok(lrpot_fit_run(fit, NULL, NULL));
    ck_ok(lrpot_charges_get_params(lrpot_potential_charges(potential), MODEL_SPECIES, found));
    for (int z = 0; z < MODEL_SPECIES; z++) ck_close(found[z], given[z], 1e-6, 1.0);
    lrpot_fit_free(fit);
    lrpot_potential_free(potential);
    lrpot_potential_free(truth);
}
END_TEST

START_TEST(frames_without_points_or_with_points_on_atoms_are_refused_by_name)
{
    support_random random = { 450 };
    lrpot_potential *potential = model_of(&random, LRPOT_CHARGES_EDQRD),
                    *local = model_of(&random, LRPOT_CHARGES_NONE);
    lrpot_structure *s = models_random_structure(&random, CELL_CUBIC, ATOMS, 0);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    lrpot_workspace *work = NULL;
    double value = 0.5;
    options.targets = LRPOT_FIT_TARGET_POTENTIAL;
    ck_assert_int_eq(lrpot_fit_create(&fit, local, &options), LRPOT_E_ARGUMENT);
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    ck_assert_int_eq(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "potential at points"));
    ck_ok(lrpot_structure_set_points(s, 1, lrpot_structure_positions_const(s) + 9, &value));
    ck_assert_int_eq(lrpot_fit_add(fit, s, LRPOT_FIT_TRAIN, 1), LRPOT_E_COINCIDENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "points 0 to 0"));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_potential_points_structure(local, work, s, 1, &value, &value),
                     LRPOT_E_UNSUPPORTED);
    value = NAN;
    ck_assert_int_eq(lrpot_structure_set_points(s, 1, lrpot_structure_positions_const(s), &value),
                     LRPOT_E_NOT_FINITE);
    lrpot_workspace_free(work);
    lrpot_fit_free(fit);
    lrpot_structure_free(s);
    lrpot_potential_free(local);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("fit_points");
    TCase *tcase = tcase_create("fit_points");
    tcase_set_timeout(tcase, 300);
    support_add_cases(tcase, potential_of_an_isolated_system_is_the_sum_over_its_charges,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_EQUILIBRATED + 1);
    tcase_add_test(tcase, charges_are_recovered_from_the_potential_alone);
    tcase_add_test(tcase, frames_without_points_or_with_points_on_atoms_are_refused_by_name);
    suite_add_tcase(suite, tcase);
    TCase *slow = tcase_create(
        "slow"); /* left out where every access to memory is watched: many matrices of many cells */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 300);
    tcase_add_test(slow, potential_of_a_crystal_has_no_mean);
    support_add_cases(slow, fit_and_evaluation_agree_for_every_kind_of_charges, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    suite_add_tcase(suite, slow);
    return suite;
}
