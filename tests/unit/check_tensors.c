/* Learned polar tensors and dipoles: what they obey, and that a fit finds what made the data. */
#include "tensor_models.h"

#include "core/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lrpot_workspace *workspace(void)
{
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    return work;
}

/* The model's own answers become the structure's references. */
static void label(const lrpot_tensor_model *model, lrpot_workspace *work,
                  lrpot_structure *structure, int dipole, double noise, support_random *random)
{
    int64_t n = 9 * lrpot_structure_count(structure);
    double *Z = malloc((size_t)n * sizeof *Z), mu[3];
    ck_ok(lrpot_tensor_model_born_charges_structure(model, work, structure, Z, NULL));
    for (int64_t k = 0; k < n; k++) Z[k] += noise > 0 ? support_uniform(random, -noise, noise) : 0;
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_BORN_CHARGES, Z));
    if (dipole) {
        ck_ok(lrpot_tensor_model_dipole_structure(model, work, structure, mu));
        ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_DIPOLE, mu));
    }
    free(Z);
}

static void fill(lrpot_tensor_fit *fit, const lrpot_tensor_model *source, lrpot_workspace *work,
                 int kind, int frames, int32_t set, double noise)
{
    support_random random = { 91 + (uint64_t)set };
    for (int f = 0; f < frames; f++) {
        lrpot_structure *structure =
            tensor_structure(kind, 12, 100 + (uint64_t)f + 50 * (uint64_t)set);
        label(source, work, structure, kind == CELL_NONE, noise, &random);
        ck_ok(lrpot_tensor_fit_add(fit, work, structure, set));
        lrpot_structure_free(structure);
    }
}

static void turn(lrpot_structure *structure)
{
    double *x = lrpot_structure_positions(structure), cell[9];
    const double *old = lrpot_structure_cell(structure);
    /* x -> y -> z -> x, and a reflection */
    for (int64_t i = 0; i < lrpot_structure_count(structure); i++) {
        double v[3] = { -x[3 * i + 2], -x[3 * i], -x[3 * i + 1] };
        memcpy(x + 3 * i, v, sizeof v);
    }
    if (old == NULL) return;
    for (int c = 0; c < 3; c++)
        for (int a = 0; a < 3; a++) cell[3 * c + a] = -old[3 * c + (a + 2) % 3];
    ck_ok(lrpot_structure_set_cell(structure, cell, lrpot_structure_periodic_mask(structure)));
}

START_TEST(tensors_turn_and_reflect_with_the_atoms)
{
    lrpot_tensor_model *model = tensor_random_model(_i / CELL_KINDS, 7);
    int kind = _i < CELL_KINDS ? _i : CELL_NONE;
    lrpot_structure *structure = tensor_structure(kind, kind == CELL_TINY ? 3 : 10, 3);
    lrpot_workspace *work = workspace();
    int64_t n = lrpot_structure_count(structure);
    double *before = malloc((size_t)n * 72), *after = malloc((size_t)n * 72), scale = 0;
    ck_ok(lrpot_tensor_model_born_charges_structure(model, work, structure, before, NULL));
    turn(structure);
    ck_ok(lrpot_tensor_model_born_charges_structure(model, work, structure, after, NULL));
    for (int64_t k = 0; k < 9 * n; k++) scale = fmax(scale, fabs(before[k]));
    for (int64_t i = 0; i < n; i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++)
                ck_close(after[9 * i + 3 * a + b], before[9 * i + 3 * ((a + 2) % 3) + (b + 2) % 3],
                         50 * TOL_EXACT, scale);
    free(before);
    free(after);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_tensor_model_free(model);
}
END_TEST

START_TEST(fit_finds_the_tensors_that_made_the_data)
{
    int32_t kind = _i == 1 ? LRPOT_TENSORS_DIPOLE : LRPOT_TENSORS_INDEPENDENT;
    int cell = kind == LRPOT_TENSORS_DIPOLE ? CELL_NONE : CELL_TRICLINIC;
    lrpot_tensor_model *source = tensor_random_model(kind, 11), *model = tensor_model(kind);
    lrpot_workspace *work = workspace();
    lrpot_tensor_fit *fit = NULL;
    double rmse;
    int64_t n;
    ck_ok(lrpot_tensor_fit_create(&fit, model));
    fill(fit, source, work, cell, 30, LRPOT_TENSOR_FIT_TRAIN, 0);
    fill(fit, source, work, cell, 3, LRPOT_TENSOR_FIT_VALID, 0);
    ck_ok(lrpot_tensor_fit_run(fit, 0.0));
    ck_ok(lrpot_tensor_fit_error(fit, LRPOT_TENSOR_FIT_VALID, &rmse, &n));
    ck_assert_int_eq(n, kind == LRPOT_TENSORS_DIPOLE ? 9 : 3 * 12 * 9);
    lrpot_structure *fresh = tensor_structure(cell, 12, 999);
    double expected[108], found[108], scale = 0;
    ck_ok(lrpot_tensor_model_born_charges_structure(source, work, fresh, expected, NULL));
    ck_ok(lrpot_tensor_model_born_charges_structure(model, work, fresh, found, NULL));
    for (int k = 0; k < 108; k++) scale = fmax(scale, fabs(expected[k]));
    for (int k = 0; k < 108; k++) ck_close(found[k], expected[k], 1e-3, scale);
    ck_assert_double_lt(rmse, 1e-3 * scale);
    lrpot_structure_free(fresh);
    lrpot_tensor_fit_free(fit);
    lrpot_workspace_free(work);
    lrpot_tensor_model_free(source);
    lrpot_tensor_model_free(model);
}
END_TEST

/* Errors of the model over the validation frames, by its answers and not by the sums of the fit. */
static double error_by_hand(const lrpot_tensor_model *source, const lrpot_tensor_model *model,
                            lrpot_workspace *work)
{
    support_random random = { 91 + LRPOT_TENSOR_FIT_VALID };
    double sum = 0, Z[108];
    for (uint64_t f = 0; f < 3; f++) {
        lrpot_structure *structure = tensor_structure(CELL_CUBIC, 12, 150 + f);
        label(source, work, structure, 0, 0.05, &random);
        ck_ok(lrpot_tensor_model_born_charges_structure(model, work, structure, Z, NULL));
        const double *reference = lrpot_structure_get(structure, LRPOT_QUANTITY_BORN_CHARGES);
        for (int k = 0; k < 108; k++) sum += (Z[k] - reference[k]) * (Z[k] - reference[k]);
        lrpot_structure_free(structure);
    }
    return sqrt(sum / (3 * 108));
}

START_TEST(regularization_is_chosen_by_the_validation_set)
{
    lrpot_tensor_model *source = tensor_random_model(LRPOT_TENSORS_INDEPENDENT, 13),
                       *model = tensor_model(LRPOT_TENSORS_INDEPENDENT);
    lrpot_workspace *work = workspace();
    lrpot_tensor_fit *fit = NULL;
    double chosen, other;
    int64_t n;
    ck_ok(lrpot_tensor_fit_create(&fit, model));
    fill(fit, source, work, CELL_CUBIC, 6, LRPOT_TENSOR_FIT_TRAIN, 0.05);
    fill(fit, source, work, CELL_CUBIC, 3, LRPOT_TENSOR_FIT_VALID, 0.05);
    ck_ok(lrpot_tensor_fit_run(fit, 0.0));
    ck_ok(lrpot_tensor_fit_error(fit, LRPOT_TENSOR_FIT_VALID, &chosen, &n));
    ck_close(chosen, error_by_hand(source, model, work), 1e-6, 0);
    for (double strength = 0.1; strength > 1e-9; strength *= 0.1) {
        ck_ok(lrpot_tensor_fit_run(fit, strength));
        ck_ok(lrpot_tensor_fit_error(fit, LRPOT_TENSOR_FIT_VALID, &other, &n));
        ck_assert_double_le(chosen, other * (1 + 1e-12));
    }
    lrpot_tensor_fit_free(fit);
    lrpot_workspace_free(work);
    lrpot_tensor_model_free(source);
    lrpot_tensor_model_free(model);
}
END_TEST

typedef struct {
    const lrpot_tensor_model *model;
    lrpot_workspace *work;
    lrpot_structure *structure;
    int64_t coordinate;
    int a;
} motion;

static double dipole_at(double x, void *ctx)
{
    motion *m = ctx;
    double mu[3];
    lrpot_structure_positions(m->structure)[m->coordinate] = x;
    ck_ok(lrpot_tensor_model_dipole_structure(m->model, m->work, m->structure, mu));
    return mu[m->a];
}

START_TEST(tensors_of_a_dipole_model_are_its_derivative)
{
    lrpot_tensor_model *model = tensor_random_model(LRPOT_TENSORS_DIPOLE, 17);
    lrpot_structure *structure = tensor_structure(CELL_NONE, 8, 5);
    motion m = { model, workspace(), structure, 0, 0 };
    double Z[72], scale = 0, residual[9];
    ck_ok(lrpot_tensor_model_born_charges_structure(model, m.work, structure, Z, residual));
    for (int k = 0; k < 72; k++) scale = fmax(scale, fabs(Z[k]));
    for (m.coordinate = 0; m.coordinate < 24; m.coordinate += 5)
        for (m.a = 0; m.a < 3; m.a++) {
            double x = lrpot_structure_positions(structure)[m.coordinate];
            double slope = support_difference(dipole_at, &m, x, 1e-3);
            lrpot_structure_positions(structure)[m.coordinate] = x;
            ck_close(Z[9 * (m.coordinate / 3) + 3 * m.a + m.coordinate % 3], slope, TOL_FD, scale);
        }
    for (int k = 0; k < 9; k++)
        ck_close(residual[k], 0.0, TOL_EXACT, 100 * scale); /* translation moves no charge */
    lrpot_workspace_free(m.work);
    lrpot_structure_free(structure);
    lrpot_tensor_model_free(model);
}
END_TEST

/* A structure seen by hand, for the calls that take lists. */
typedef struct {
    int32_t species[16];
    lrpot_atoms atoms;
    lrpot_nlist *list;
} view;

static void see(view *v, const lrpot_structure *structure)
{
    v->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    v->atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, 2, tensor_symbols, v->species, &v->atoms));
    ck_ok(lrpot_nlist_build(&v->list, &v->atoms, 4.0, 0.0));
}

START_TEST(field_forces_and_current_are_those_of_projected_tensors)
{
    enum { N = 10 };
    lrpot_tensor_model *model = tensor_random_model(LRPOT_TENSORS_INDEPENDENT, 19);
    lrpot_structure *structure = tensor_structure(CELL_TRICLINIC, N, 23);
    lrpot_workspace *work = workspace();
    support_random random = { 1 };
    double Z[9 * N], forces[3 * N], velocities[3 * N], field[3] = { 0.3, -0.2, 0.5 }, current[3],
                                                       total[3] = { 0 };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    view v;
    see(&v, structure);
    v.atoms.total_charge = 2.0;
    out.forces = forces;
    for (int k = 0; k < 3 * N; k++) velocities[k] = support_uniform(&random, -1, 1);
    ck_ok(lrpot_tensor_model_born_charges(model, work, &v.atoms, v.list, Z, NULL));
    ck_ok(lrpot_response_project(N, 2.0, Z));
    ck_ok(lrpot_tensor_model_field_forces(model, work, &v.atoms, v.list, NULL, field, &out));
    ck_ok(lrpot_tensor_model_current(model, work, &v.atoms, v.list, NULL, velocities, current));
    for (int i = 0; i < N; i++)
        for (int b = 0; b < 3; b++) {
            double force = 0;
            for (int a = 0; a < 3; a++) force += field[a] * Z[9 * i + 3 * a + b];
            ck_close(forces[3 * i + b], force, TOL_EXACT, 10);
            total[b] += forces[3 * i + b];
            for (int a = 0; a < 3; a++) current[a] -= Z[9 * i + 3 * a + b] * velocities[3 * i + b];
        }
    for (int a = 0; a < 3; a++) {
        ck_close(current[a], 0.0, TOL_EXACT, 100);
        ck_close(total[a], 2.0 * field[a], TOL_EXACT, 100); /* Q E */
    }
    lrpot_nlist_free(v.list);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_tensor_model_free(model);
}
END_TEST

START_TEST(nothing_is_allocated_in_steady_state)
{
    lrpot_tensor_model *model = tensor_random_model(_i, 19);
    lrpot_structure *structure =
        tensor_structure(_i == LRPOT_TENSORS_DIPOLE ? CELL_NONE : CELL_CUBIC, 10, 29);
    lrpot_workspace *work = workspace();
    double Z[90];
    ck_ok(lrpot_tensor_model_born_charges_structure(model, work, structure, Z, NULL));
    int64_t before = lrpot__allocation_count();
    ck_ok(lrpot_tensor_model_born_charges_structure(model, work, structure, Z, NULL));
    ck_assert_int_eq(lrpot__allocation_count(), before);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_tensor_model_free(model);
}
END_TEST

static char *scratch_file(void)
{
    static char path[64];
    snprintf(path, sizeof path, "tensors-%ld.json", (long)getpid());
    return path;
}

START_TEST(files_give_back_the_same_model)
{
    lrpot_tensor_model *model = tensor_random_model(_i, 31), *back = NULL;
    char *path = scratch_file();
    int64_t n = lrpot_tensor_model_param_count(model);
    double *params = malloc((size_t)n * 16);
    ck_ok(lrpot_tensor_model_save(model, path));
    ck_assert_int_eq(lrpot_tensor_model_recognise(path), 1);
    ck_ok(lrpot_tensor_model_load(&back, path));
    ck_assert_int_eq(lrpot_tensor_model_param_count(back), n);
    ck_ok(lrpot_tensor_model_get_params(model, n, params));
    ck_ok(lrpot_tensor_model_get_params(back, n, params + n));
    ck_assert_mem_eq(params, params + n, (size_t)n * sizeof *params);
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    ck_ok(lrpot_tensor_model_get_options(back, &options));
    ck_assert_int_eq(options.kind, _i);
    ck_assert_int_eq(options.levels[0], 9);
    ck_assert_str_eq(options.symbols[1], "O");
    free(params);
    remove(path);
    lrpot_tensor_model_free(model);
    lrpot_tensor_model_free(back);
}
END_TEST

START_TEST(damaged_and_foreign_files_are_refused)
{
    lrpot_tensor_model *model = tensor_random_model(LRPOT_TENSORS_INDEPENDENT, 31), *back = NULL;
    char *path = scratch_file(), byte;
    ck_ok(lrpot_tensor_model_save(model, path));
    FILE *file = fopen(path, "r+b");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    fseek(file, ftell(file) / 2, SEEK_SET); /* among the digits of the coefficients */
    ck_assert_int_eq(fread(&byte, 1, 1, file), 1);
    while (byte < '0' || byte > '8') ck_assert_int_eq(fread(&byte, 1, 1, file), 1);
    fseek(file, -1, SEEK_CUR);
    byte++;
    ck_assert_int_eq(fwrite(&byte, 1, 1, file), 1);
    fclose(file);
    ck_assert_int_eq(lrpot_tensor_model_load(&back, path), LRPOT_E_CHECKSUM);
    file = fopen(path, "w");
    fputs("{ \"format\": \"lrpot-model\" }\n", file);
    fclose(file);
    ck_assert_int_eq(lrpot_tensor_model_recognise(path), 0);
    ck_assert_int_eq(lrpot_tensor_model_load(&back, path), LRPOT_E_PARSE);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "lrpot-model"));
    remove(path);
    lrpot_tensor_model_free(model);
}
END_TEST

START_TEST(mistakes_get_errors_that_name_the_value)
{
    lrpot_tensor_options options = LRPOT_TENSOR_OPTIONS_INIT;
    lrpot_tensor_model *model = NULL;
    options.symbols = tensor_symbols;
    options.n_species = 2;
    options.levels[0] = 41;
    ck_assert_int_eq(lrpot_tensor_model_create(&model, &options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "41"));
    options.levels[0] = 8;
    options.n_species = 33;
    ck_assert_int_eq(lrpot_tensor_model_create(&model, &options), LRPOT_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "33"));
    model = tensor_model(LRPOT_TENSORS_INDEPENDENT);
    lrpot_structure *structure = tensor_structure(CELL_CUBIC, 6, 3);
    lrpot_workspace *work = workspace();
    lrpot_tensor_fit *fit = NULL;
    double mu[3];
    ck_ok(lrpot_tensor_fit_create(&fit, model));
    ck_assert_int_eq(lrpot_tensor_fit_run(fit, 0.0), LRPOT_E_STATE);
    ck_assert_int_eq(lrpot_tensor_fit_add(fit, work, structure, LRPOT_TENSOR_FIT_TRAIN),
                     LRPOT_E_STATE);
    ck_assert_int_eq(lrpot_tensor_fit_run(fit, -1.0), LRPOT_E_ARGUMENT);
    ck_assert_int_eq(lrpot_tensor_model_dipole_structure(model, work, structure, mu),
                     LRPOT_E_UNSUPPORTED);
    lrpot_tensor_fit_free(fit);
    lrpot_structure_free(structure);
    lrpot_workspace_free(work);
    lrpot_tensor_model_free(model);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("tensors");
    TCase *tests = tcase_create("tensors");
    tcase_set_timeout(tests, 120);
    support_add_cases(tests, tensors_turn_and_reflect_with_the_atoms, 0, CELL_KINDS + 1);
    support_add_cases(tests, fit_finds_the_tensors_that_made_the_data, 0, 2);
    tcase_add_test(tests, regularization_is_chosen_by_the_validation_set);
    tcase_add_test(tests, tensors_of_a_dipole_model_are_its_derivative);
    tcase_add_test(tests, field_forces_and_current_are_those_of_projected_tensors);
    support_add_cases(tests, nothing_is_allocated_in_steady_state, 0, 2);
    support_add_cases(tests, files_give_back_the_same_model, 0, 2);
    tcase_add_test(tests, damaged_and_foreign_files_are_refused);
    tcase_add_test(tests, mistakes_get_errors_that_name_the_value);
    suite_add_tcase(suite, tests);
    return suite;
}
