/* Polar tensors coupled to charges by one factor or by one that follows the neighbourhood. */
#include "models.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lrpot_tensor_model *model_of(const lrpot_potential *potential, int32_t kind)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    options.potential = potential;
    options.kind = kind;
    options.levels[0] = options.levels[1] = 6;
    options.min_distance = 1.2;
    options.cutoff = 3.6;
    ck_ok(lrpot_tensor_model_create(&model, &options));
    return model;
}

/* amplitude 0: a factor of 1.3 for all atoms. */
static void set_factor(lrpot_tensor_model *model, double amplitude, uint64_t seed)
{
    support_random random = { seed };
    int64_t n = lrpot_tensor_model_param_count(model), width = n / MODEL_SPECIES;
    double *params = calloc((size_t)n, sizeof *params);
    for (int64_t k = 0; k < n;
         k++) /* of a global factor there is one, of a local one the constant comes last */
        params[k] =
            n == 1 || (k + 1) % width == 0 ? 1.3 : support_uniform(&random, -amplitude, amplitude);
    ck_ok(lrpot_tensor_model_set_params(model, n, params));
    free(params);
}

typedef struct {
    lrpot_potential *potential;
    lrpot_tensor_model *model;
    lrpot_structure *structure;
    lrpot_workspace *work;
    int64_t n;
    double *Z;
} system_of;

static void make(system_of *s, int32_t charges, int32_t kind, int cell, int64_t n, double amplitude)
{
    support_random random = { 41 + (uint64_t)cell };
    s->potential = models_random_potential(&random, charges);
    s->model = model_of(s->potential, kind);
    set_factor(s->model, amplitude, 3);
    s->structure =
        support_random_structure(&random, cell, n, MODEL_SPECIES, model_symbols, MODEL_DISTANCE);
    s->n = lrpot_structure_count(s->structure);
    s->Z = malloc((size_t)s->n * 9 * sizeof *s->Z);
    ck_ok(lrpot_workspace_create(&s->work, 1));
}

static void drop(system_of *s)
{
    lrpot_workspace_free(s->work);
    lrpot_structure_free(s->structure);
    lrpot_tensor_model_free(s->model);
    lrpot_potential_free(s->potential);
    free(s->Z);
}

static double largest(const double *values, int64_t n)
{
    double most = 0;
    for (int64_t k = 0; k < n; k++) most = fmax(most, fabs(values[k]));
    return most;
}

/* The sum of EDQRd charges is the total charge, whatever the atoms do, so that only the factor
 * counts. */
START_TEST(constant_factors_multiply_the_born_charges_of_the_potential)
{
    int32_t kind = _i % 2 ? LRPOT_TENSORS_LOCAL : LRPOT_TENSORS_GLOBAL;
    system_of s;
    make(&s, LRPOT_CHARGES_EDQRD, kind, _i / 2 % 2 ? CELL_TRICLINIC : CELL_NONE, 9, 0);
    double *expected = malloc((size_t)s.n * 9 * sizeof *expected);
    ck_ok(lrpot_response_born_charges_structure(s.potential, s.work, s.structure,
                                                LRPOT_BORN_UNFOLDED, expected, NULL));
    ck_ok(lrpot_tensor_model_born_charges_structure(s.model, s.work, s.structure, s.Z, NULL));
    for (int64_t k = 0; k < 9 * s.n; k++)
        ck_close(s.Z[k], 1.3 * expected[k], 50 * TOL_EXACT, largest(expected, 9 * s.n));
    free(expected);
    drop(&s);
}
END_TEST

START_TEST(tensors_of_molecules_obey_the_sum_rule_exactly)
{
    system_of s;
    double residual[9];
    make(&s, _i, LRPOT_TENSORS_LOCAL, CELL_NONE, 9, 0.2);
    double charge = 2.0;
    ck_ok(lrpot_structure_set(s.structure, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
    ck_ok(lrpot_tensor_model_born_charges_structure(s.model, s.work, s.structure, s.Z, residual));
    for (int k = 0; k < 9; k++) ck_close(residual[k], 0.0, 100 * TOL_EXACT, largest(s.Z, 9 * s.n));
    drop(&s);
}
END_TEST

typedef struct {
    system_of *s;
    int64_t moved, component; /* coordinate that moves; component of Z that is looked at */
} motion;

static double tensor_at(double x, void *ctx)
{
    motion *m = ctx;
    lrpot_structure_positions(m->s->structure)[m->moved] = x;
    ck_ok(lrpot_tensor_model_born_charges_structure(m->s->model, m->s->work, m->s->structure,
                                                    m->s->Z, NULL));
    return m->s->Z[m->component];
}

static double slope(system_of *s, int64_t moved, int64_t component)
{
    motion m = { s, moved, component };
    double x = lrpot_structure_positions(s->structure)[moved],
           value = support_difference(tensor_at, &m, x, 1e-3);
    lrpot_structure_positions(s->structure)[moved] = x;
    return value;
}

/* dZ_i[a][b]/dr_jc = dZ_j[a][c]/dr_ib: what only derivatives of one dipole obey. */
START_TEST(tensors_of_molecules_are_the_derivative_of_one_dipole)
{
    system_of s;
    make(&s, _i, LRPOT_TENSORS_LOCAL, CELL_NONE, 7, 0.2);
    support_random random = { 9 };
    for (int k = 0; k < 12; k++) {
        int64_t i = (int64_t)support_uniform(&random, 0, 6.999),
                j = (int64_t)support_uniform(&random, 0, 6.999);
        int64_t a = k % 3, b = k / 3 % 3, c = (k + 1) % 3;
        double left = slope(&s, 3 * j + c, 9 * i + 3 * a + b),
               right = slope(&s, 3 * i + b, 9 * j + 3 * a + c);
        ck_close(left, right, 10 * TOL_FD, 1.0);
    }
    drop(&s);
}
END_TEST

/* dZ of a periodic system is bounded by the neighbourhood, so far images do not matter and a
 * doubled cell has the same tensors. */
START_TEST(doubling_the_cell_changes_nothing)
{
    static const int32_t repeat[3] = { 2, 1, 2 };
    system_of s;
    make(&s, _i, LRPOT_TENSORS_LOCAL, CELL_TRICLINIC, 6, 0.2);
    lrpot_structure *large = NULL;
    double *Z = malloc((size_t)s.n * 36 * sizeof *Z);
    ck_ok(lrpot_structure_repeat(&large, s.structure, repeat));
    ck_ok(lrpot_tensor_model_born_charges_structure(s.model, s.work, s.structure, s.Z, NULL));
    ck_ok(lrpot_tensor_model_born_charges_structure(s.model, s.work, large, Z, NULL));
    for (int64_t i = 0; i < 4 * s.n; i++) {
        int found = 0; /* each atom of the large cell is like one of the small one */
        for (int64_t j = 0; j < s.n && !found; j++) {
            double difference = 0;
            for (int k = 0; k < 9; k++)
                difference = fmax(difference, fabs(Z[9 * i + k] - s.Z[9 * j + k]));
            found = difference < 1e-10;
        }
        ck_assert_msg(found, "atom %lld of the doubled cell has a tensor of its own", (long long)i);
    }
    free(Z);
    lrpot_structure_free(large);
    drop(&s);
}
END_TEST

/* Positions count from the atom itself there and from the centre here, so the two differ by (r_i -
 * centre) times the answer of the effective charges' sum: a matrix of rank one with a known left
 * side. */
START_TEST(periodic_tensors_of_a_lone_molecule_follow_from_those_without_cell)
{
    static const double cell[9] = { 40, 0, 0, 0, 40, 0, 0, 0, 40 };
    system_of s;
    make(&s, _i, LRPOT_TENSORS_LOCAL, CELL_NONE, 8, 0.2);
    double *crystal = malloc((size_t)s.n * 9 * sizeof *crystal), centre[3] = { 0, 0, 0 }, scale = 0;
    const double *x = lrpot_structure_positions(s.structure);
    for (int64_t k = 0; k < 3 * s.n; k++) centre[k % 3] += x[k] / (double)s.n;
    ck_ok(lrpot_tensor_model_born_charges_structure(s.model, s.work, s.structure, s.Z, NULL));
    ck_ok(lrpot_structure_set_cell(s.structure, cell, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_tensor_model_born_charges_structure(s.model, s.work, s.structure, crystal, NULL));
    for (int64_t k = 0; k < 9 * s.n; k++) {
        crystal[k] = s.Z[k] - crystal[k];
        scale = fmax(scale, fabs(crystal[k]));
    }
    ck_assert_double_gt(scale, 1e-3);
    for (int64_t i = 0; i < s.n; i++)
        for (int k = 0; k < 9; k++) {
            int a = k / 3, c = (a + 1) % 3, b = k % 3;
            double left = crystal[9 * i + 3 * a + b] * (x[3 * i + c] - centre[c]),
                   right = crystal[9 * i + 3 * c + b] * (x[3 * i + a] - centre[a]);
            ck_close(left, right, 1e-11, 10 * scale);
        }
    free(crystal);
    drop(&s);
}
END_TEST

START_TEST(fit_finds_the_factor_that_made_the_data)
{
    static const int32_t kinds[2] = { LRPOT_TENSORS_GLOBAL, LRPOT_TENSORS_LOCAL };
    support_random random = { 5 };
    system_of s;
    make(&s, LRPOT_CHARGES_EDQRD, kinds[_i], CELL_CUBIC, 10, 0.1);
    lrpot_tensor_model *model = model_of(s.potential, kinds[_i]);
    lrpot_tensor_fit *fit = NULL;
    double rmse;
    int64_t n;
    ck_ok(lrpot_tensor_fit_create(&fit, model));
    for (int f = 0; f < 16; f++) {
        lrpot_structure *frame = support_random_structure(&random, f % 2 ? CELL_NONE : CELL_CUBIC,
                                                          10, MODEL_SPECIES, model_symbols,
                                                          MODEL_DISTANCE);
        double Z[90], charge = f % 3;
        ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
        ck_ok(lrpot_tensor_model_born_charges_structure(s.model, s.work, frame, Z, NULL));
        ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_BORN_CHARGES, Z));
        ck_ok(lrpot_tensor_fit_add(fit, s.work, frame,
                                   f < 12 ? LRPOT_TENSOR_FIT_TRAIN : LRPOT_TENSOR_FIT_VALID));
        lrpot_structure_free(frame);
    }
    ck_ok(lrpot_tensor_fit_run(fit, 0.0));
    ck_ok(lrpot_tensor_fit_error(fit, LRPOT_TENSOR_FIT_VALID, &rmse, &n));
    ck_assert_int_eq(n, 4 * 90);
    ck_assert_double_lt(rmse, 1e-4);
    if (_i == 0) {
        double gamma;
        ck_ok(lrpot_tensor_model_get_params(model, 1, &gamma));
        ck_close(gamma, 1.3, 1e-12, 1);
    }
    lrpot_tensor_fit_free(fit);
    lrpot_tensor_model_free(model);
    drop(&s);
}
END_TEST

START_TEST(files_hold_the_potential)
{
    static const int32_t kinds[2] = { LRPOT_TENSORS_GLOBAL, LRPOT_TENSORS_LOCAL };
    char path[64];
    system_of s;
    lrpot_tensor_model *back = NULL;
    make(&s, LRPOT_CHARGES_EDQRD, kinds[_i], CELL_CUBIC, 8, 0.1);
    snprintf(path, sizeof path, "coupled-%ld.json", (long)getpid());
    ck_ok(lrpot_tensor_model_save(s.model, path));
    ck_ok(lrpot_tensor_model_load(&back, path));
    remove(path);
    double Z[72];
    ck_ok(lrpot_tensor_model_born_charges_structure(s.model, s.work, s.structure, s.Z, NULL));
    ck_ok(lrpot_tensor_model_born_charges_structure(back, s.work, s.structure, Z, NULL));
    ck_assert_mem_eq(Z, s.Z, sizeof Z);
    lrpot_tensor_model_free(back);
    drop(&s);
}
END_TEST

/* A fit of Born charges alone to frames that the model itself has labelled, of which the second is
 * a crystal. */
static lrpot_fit *fit_with_factor(const system_of *s, lrpot_potential *potential)
{
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    support_random random = { 77 };
    options.targets = LRPOT_FIT_TARGET_BORN;
    options.regularization = -1;
    options.robustness = -1;
    options.sum_rule_error = 1e6; /* Born charges alone */
    ck_ok(lrpot_fit_create(&fit, potential, &options));
    for (int f = 0; f < 2; f++) {
        lrpot_structure *frame = support_random_structure(&random, f ? CELL_TRICLINIC : CELL_NONE,
                                                          8, MODEL_SPECIES, model_symbols,
                                                          MODEL_DISTANCE);
        double Z[72], charge = 1.0;
        ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_TOTAL_CHARGE, &charge));
        ck_ok(lrpot_tensor_model_born_charges_structure(s->model, s->work, frame, Z, NULL));
        ck_ok(lrpot_structure_set(frame, LRPOT_QUANTITY_BORN_CHARGES, Z));
        ck_ok(lrpot_fit_add(fit, frame, LRPOT_FIT_TRAIN, 1.0));
        lrpot_structure_free(frame);
    }
    ck_ok(lrpot_fit_factor(fit, s->model));
    return fit;
}

START_TEST(fits_with_a_factor_compare_the_tensors_of_the_model)
{
    system_of s;
    double rmse, mae;
    int64_t n;
    make(&s, _i, LRPOT_TENSORS_LOCAL, CELL_NONE, 8, 0.2);
    lrpot_fit *fit = fit_with_factor(&s, s.potential);
    ck_ok(support_fit_error(fit, LRPOT_FIT_TRAIN, LRPOT_FIT_TARGET_BORN, &rmse, &mae, &n));
    ck_assert_int_eq(n, 2 * 72);
    ck_assert_double_lt(rmse, 1e-11);
    lrpot_fit_free(fit);
    drop(&s);
}
END_TEST

typedef struct {
    lrpot_fit *fit;
    double *params;
    int64_t n, k;
} descent;

static double loss_at(double x, void *ctx)
{
    descent *d = ctx;
    double loss, kept = d->params[d->k];
    d->params[d->k] = x;
    ck_ok(lrpot_fit_loss(d->fit, d->n, d->params, &loss, NULL));
    d->params[d->k] = kept;
    return loss;
}

START_TEST(gradients_of_fits_with_a_factor_are_those_of_the_loss)
{
    support_random random = { 3 };
    system_of s;
    make(&s, _i, LRPOT_TENSORS_LOCAL, CELL_NONE, 8, 0.2);
    lrpot_potential *other = NULL;
    ck_ok(lrpot_potential_clone(&other, s.potential));
    lrpot_fit *fit = fit_with_factor(&s, other);
    descent d = { fit, NULL, lrpot_fit_param_count(fit), 0 };
    double *gradient = malloc((size_t)d.n * sizeof *gradient), loss, scale = 0;
    d.params = malloc((size_t)d.n * sizeof *d.params);
    ck_ok(lrpot_potential_get_params(other, d.n, d.params));
    for (int64_t k = 0; k < d.n; k++) d.params[k] += support_uniform(&random, -0.02, 0.02);
    ck_ok(lrpot_fit_loss(fit, d.n, d.params, &loss, gradient));
    for (int64_t k = 0; k < d.n; k++) scale = fmax(scale, fabs(gradient[k]));
    ck_assert_double_gt(scale, 0);
    for (d.k = 0; d.k < d.n; d.k += 3)
        ck_close(gradient[d.k], support_difference(loss_at, &d, d.params[d.k], 1e-4), TOL_FD,
                 scale);
    free(gradient);
    free(d.params);
    lrpot_fit_free(fit);
    lrpot_potential_free(other);
    drop(&s);
}
END_TEST

START_TEST(models_without_charges_are_refused)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    support_random random = { 1 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_NONE);
    options.kind = LRPOT_TENSORS_LOCAL;
    ck_assert_int_eq(lrpot_tensor_model_create(&model, &options), LRPOT_E_NULL);
    options.potential = potential;
    ck_assert_int_eq(lrpot_tensor_model_create(&model, &options), LRPOT_E_UNSUPPORTED);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("tensors_coupled");
    TCase *tests = tcase_create("tensors_coupled");
    tcase_set_timeout(tests, 120);
    support_add_cases(tests, constant_factors_multiply_the_born_charges_of_the_potential, 0, 4);
    support_add_cases(tests, tensors_of_molecules_obey_the_sum_rule_exactly, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_EDQRD + 1);
    support_add_cases(tests, tensors_of_molecules_are_the_derivative_of_one_dipole,
                      LRPOT_CHARGES_EDQ, LRPOT_CHARGES_EDQRD + 1);
    support_add_cases(tests, doubling_the_cell_changes_nothing, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_EDQRD + 1);
    tcase_add_test(tests, models_without_charges_are_refused);
    support_add_cases(tests, periodic_tensors_of_a_lone_molecule_follow_from_those_without_cell,
                      LRPOT_CHARGES_EDQ, LRPOT_CHARGES_EDQ + 1);
    support_add_cases(tests, fit_finds_the_factor_that_made_the_data, 0, 2);
    support_add_cases(tests, files_hold_the_potential, 0, 2);
    support_add_cases(tests, fits_with_a_factor_compare_the_tensors_of_the_model,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_EDQRD + 1);
    support_add_cases(tests, gradients_of_fits_with_a_factor_are_those_of_the_loss,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_EDQRD + 1);
    suite_add_tcase(suite, tests);
    return suite;
}
