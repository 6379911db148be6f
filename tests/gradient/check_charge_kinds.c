/* Every kind of charges of the library's table: what a new kind must keep, without a line of its
 * own here. Derivatives against differences: forces, virial, Born charges, force constants, the
 * loss of a fit. */
#include "fit_probe.h"
#include "models.h"

#include "potential/potential.h"

#include <stdio.h>
#include <unistd.h>

#define N_ATOMS 6

typedef struct {
    int32_t kind;
    lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    int64_t atom; /* that the differences move */
    int axis;
} probe;

static void open_probe(probe *p, int32_t kind, int cell, double total_charge)
{
    support_random random = { 4200 + (uint64_t)(10 * kind + cell) };
    *p = (probe){ .kind = kind, .potential = models_random_potential(&random, kind) };
    p->structure = models_random_structure(&random, cell, N_ATOMS, total_charge);
    ck_ok(lrpot_workspace_create(&p->work, 1));
}

static void close_probe(probe *p)
{
    lrpot_structure_free(p->structure);
    lrpot_workspace_free(p->work);
    lrpot_potential_free(p->potential);
}

static void compute(const probe *p, const lrpot_structure *structure, double *energy,
                    double *forces, double *virial, double *q)
{
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy, out.forces = forces, out.virial = virial, out.charges = q;
    ck_ok(lrpot_potential_compute_structure(p->potential, p->work, structure, &out));
}

/* 4th-order differences of the n values of one kind of output by a coordinate. */
static void difference(const probe *p, int of_forces, double *slopes)
{
    static const double places[4] = { 1, -1, 2, -2 }, weights[4] = { 8, -8, -1, 1 };
    int64_t n = lrpot_structure_count(p->structure), count = of_forces ? 3 * n : n;
    double *values = calloc((size_t)count, sizeof *values);
    memset(slopes, 0, (size_t)count * sizeof *slopes);
    for (int k = 0; k < 4; k++) {
        lrpot_structure *copy = NULL;
        ck_ok(lrpot_structure_clone(&copy, p->structure));
        lrpot_structure_positions(copy)[3 * p->atom + p->axis] += places[k] * MODEL_STEP;
        compute(p, copy, NULL, of_forces ? values : NULL, NULL, of_forces ? NULL : values);
        for (int64_t i = 0; i < count; i++) slopes[i] += weights[k] * values[i] / (12 * MODEL_STEP);
        lrpot_structure_free(copy);
    }
    free(values);
}

START_TEST(name_and_number_belong_together)
{
    ck_assert_int_eq(lrpot_charges_kind_of(lrpot_charges_kind_name(_i)), _i);
    ck_assert_ptr_nonnull(lrpot_charges_kind_summary(_i));
    int32_t traits = lrpot_charges_kind_traits(_i);
    ck_assert(!(traits & LRPOT_CHARGES_NEEDS_BASIS) || (traits & LRPOT_CHARGES_TAKES_BASIS));
}
END_TEST

START_TEST(other_names_and_numbers_are_none)
{
    int32_t count = lrpot_charges_kind_count();
    ck_assert_ptr_null(lrpot_charges_kind_name(count));
    ck_assert_ptr_null(lrpot_charges_kind_name(-1));
    ck_assert_ptr_null(lrpot_charges_kind_summary(count));
    ck_assert_int_eq(lrpot_charges_kind_traits(count), 0);
    ck_assert_int_eq(lrpot_charges_kind_of("edqr"), -1);
    ck_assert_int_eq(lrpot_charges_kind_of(NULL), -1);
    ck_assert_int_eq(lrpot_charges_kind_default(1), LRPOT_CHARGES_NONE);
    ck_assert_int_eq(lrpot_charges_kind_default(2), LRPOT_CHARGES_EDQRD);
    ck_assert_int_eq(lrpot_charges_keep_total(NULL), 0);
    ck_assert_int_eq(lrpot_charges_follow(NULL), 0);
}
END_TEST

START_TEST(charges_keep_the_total_where_they_say_so)
{
    probe p;
    open_probe(&p, _i, CELL_TRICLINIC, 0.7);
    const lrpot_charges *charges = lrpot_potential_charges(p.potential);
    double q[N_ATOMS], slopes[N_ATOMS], sum = 0;
    compute(&p, p.structure, NULL, NULL, NULL, q);
    for (int i = 0; i < N_ATOMS; i++) sum += q[i];
    ck_assert_int_eq(fabs(sum - 0.7) < 1e-9, lrpot_charges_keep_total(charges));
    difference(&p, 0, slopes);
    ck_assert_int_eq(models_largest(slopes, N_ATOMS) > 1e-6, lrpot_charges_follow(charges));
    close_probe(&p);
}
END_TEST

static double energy_displaced(double x, void *ctx)
{
    const probe *p = ctx;
    lrpot_structure *copy = NULL;
    double energy = 0;
    ck_ok(lrpot_structure_clone(&copy, p->structure));
    lrpot_structure_positions(copy)[3 * p->atom + p->axis] += x;
    compute(p, copy, &energy, NULL, NULL, NULL);
    lrpot_structure_free(copy);
    return energy;
}

static double energy_strained(double x, void *ctx)
{
    const probe *p = ctx;
    lrpot_structure *copy = NULL;
    double energy = 0;
    ck_ok(lrpot_structure_clone(&copy, p->structure));
    models_strain(copy, p->axis, (int)p->atom % 3, x);
    compute(p, copy, &energy, NULL, NULL, NULL);
    lrpot_structure_free(copy);
    return energy;
}

START_TEST(forces_and_virial_are_derivatives_of_the_energy)
{
    probe p;
    open_probe(&p, _i / 2, _i % 2 ? CELL_NONE : CELL_TRICLINIC, 0.4);
    double forces[3 * N_ATOMS], virial[9];
    compute(&p, p.structure, NULL, forces, virial, NULL);
    double force_scale = models_largest(forces, 3 * N_ATOMS), scale = models_largest(virial, 9);
    for (p.atom = 0; p.atom < 3; p.atom++)
        for (p.axis = 0; p.axis < 3; p.axis++) {
            ck_close(forces[3 * p.atom + p.axis],
                     -support_difference(energy_displaced, &p, 0, MODEL_STEP), TOL_FD, force_scale);
            ck_close(virial[3 * p.axis + p.atom],
                     -support_difference(energy_strained, &p, 0, MODEL_STEP), TOL_FD, scale);
        }
    close_probe(&p);
}
END_TEST

START_TEST(files_keep_the_model)
{
    probe p, again;
    open_probe(&p, _i, CELL_TRICLINIC, 0.4);
    again = p;
    char path[] = "lrpot-kind-XXXXXX";
    double before = 0, after = 1;
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    ck_ok(lrpot_potential_save(p.potential, path));
    ck_ok(lrpot_potential_load(&again.potential, path));
    remove(path);
    ck_assert_int_eq(lrpot_charges_kind(lrpot_potential_charges(again.potential)), _i);
    compute(&p, p.structure, &before, NULL, NULL, NULL);
    compute(&again, p.structure, &after, NULL, NULL, NULL);
    ck_close(after, before, TOL_EXACT, 1);
    lrpot_potential_free(again.potential);
    close_probe(&p);
}
END_TEST

/* At wave vector 0 all cells move alike: force constants are differences of the forces in the cell.
 */
START_TEST(phonons_are_differences_of_forces)
{
    enum { SIZE = 3 * N_ATOMS };
    static const double still[3] = { 0, 0, 0 };
    probe p;
    lrpot_phonons *phonons = NULL;
    double matrix[2 * SIZE * SIZE], slopes[SIZE];
    open_probe(&p, _i, CELL_TRICLINIC, 0);
    ck_ok(lrpot_phonons_create(&phonons, p.potential, p.work, p.structure, 0));
    ck_ok(lrpot_phonons_matrix(phonons, p.work, still, NULL, matrix));
    double scale = models_largest(matrix, 2 * SIZE * SIZE);
    for (p.atom = 0; p.atom < 2; p.atom++)
        for (p.axis = 0; p.axis < 3; p.axis++) {
            difference(&p, 1, slopes);
            for (int k = 0; k < SIZE; k++)
                ck_close(matrix[2 * (SIZE * k + 3 * (int)p.atom + p.axis)], -slopes[k], 1e-6,
                         scale);
        }
    lrpot_phonons_free(phonons);
    close_probe(&p);
}
END_TEST

/* r_i - r_j, the nearest image in a cubic cell longer than two cutoffs; r_i without a cell, for the
 * dipole belongs to an origin. */
static void lever(const probe *p, int64_t i, double d[3])
{
    const double *r = lrpot_structure_positions_const(p->structure),
                 *h = lrpot_structure_cell(p->structure);
    for (int a = 0; a < 3; a++) {
        d[a] = r[3 * i + a] - (h != NULL ? r[3 * p->atom + a] : 0);
        if (h != NULL) d[a] -= h[0] * floor(d[a] / h[0] + 0.5);
    }
}

/* Z_j[a][b] = q_j + sum_i lever_ia dq_i/dr_jb. */
static void compare_born(probe *p)
{
    int64_t n = lrpot_structure_count(p->structure);
    double *Z = calloc((size_t)(11 * n), sizeof *Z), *q = Z + 9 * n, *slopes = q + n, d[3];
    ck_ok(lrpot_response_born_charges_structure(p->potential, p->work, p->structure,
                                                LRPOT_BORN_UNFOLDED, Z, NULL));
    compute(p, p->structure, NULL, NULL, NULL, q);
    for (p->axis = 0; p->axis < 3; p->axis++) {
        double row[3] = { 0, 0, 0 };
        difference(p, 0, slopes);
        row[p->axis] = q[p->atom];
        for (int64_t i = 0; i < n; i++) {
            lever(p, i, d);
            for (int a = 0; a < 3; a++) row[a] += d[a] * slopes[i];
        }
        for (int a = 0; a < 3; a++)
            ck_close(Z[9 * p->atom + 3 * a + p->axis], row[a], TOL_FD, models_largest(Z, 9 * n));
    }
    free(Z);
}

static lrpot_structure *cluster_of(support_random *random, const double *cell)
{
    double positions[3 * 9], corner[3];
    const char *names[9];
    lrpot_structure *structure = NULL;
    for (int k = 0; k < 9; k++) {
        names[k] = model_symbols[k % 3];
        corner[0] = k % 3, corner[1] = k / 3 % 2, corner[2] = k / 6;
        for (int a = 0; a < 3; a++)
            positions[3 * k + a] = 2.4 * corner[a] + support_uniform(random, -0.25, 0.25);
    }
    ck_ok(lrpot_structure_create(&structure, 9, names, positions, cell,
                                 cell != NULL ? LRPOT_PERIODIC_ALL : 0));
    return structure;
}

/* In crystals only where charge neither flows nor is redistributed: what every atom gets has no
 * place there (check_born_gradient.c). */
START_TEST(born_charges_are_differences_of_charges)
{
    static const double cell[9] = { 14, 0, 0, 0, 14, 0, 0, 0, 14 };
    support_random random = { 4300 + (uint64_t)_i };
    probe p;
    open_probe(&p, _i, CELL_NONE, 0);
    int apart = !lrpot_charges_keep_total(lrpot_potential_charges(p.potential));
    for (int periodic = 0; periodic <= apart; periodic++) {
        lrpot_structure_free(p.structure);
        p.structure = cluster_of(&random, periodic ? cell : NULL);
        compare_born(&p);
    }
    close_probe(&p);
}
END_TEST

static void random_values(support_random *random, int n, double size, double *values)
{
    for (int k = 0; k < n; k++) values[k] = support_uniform(random, -size, size);
}

/* Born charges are no target: charge flows through a crystal without end. */
static int without_born(int32_t kind, int crystal)
{
    return crystal && (lrpot_charges_kind_traits(kind) & LRPOT_CHARGES_FLOW);
}

static void add_frame(support_random *random, fit_point *p, int32_t kind, int cell)
{
    lrpot_structure *s = models_random_structure(random, cell, N_ATOMS, cell == CELL_NONE);
    double values[9 * N_ATOMS];
    lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
    const struct {
        int32_t quantity, count;
        double size;
    } references[] = {
        { LRPOT_QUANTITY_ENERGY, 1, 3 },        { LRPOT_QUANTITY_FORCES, 3 * N_ATOMS, 1 },
        { LRPOT_QUANTITY_STRESS, 9, 0.1 },      { LRPOT_QUANTITY_DIPOLE, 3, 1 },
        { LRPOT_QUANTITY_CHARGES, N_ATOMS, 1 }, { LRPOT_QUANTITY_BORN_CHARGES, 9 * N_ATOMS, 1 }
    };
    for (size_t k = 0; k < sizeof references / sizeof references[0]; k++) {
        if (references[k].quantity == LRPOT_QUANTITY_STRESS && cell == CELL_NONE) continue;
        random_values(random, references[k].count, references[k].size, values);
        ck_ok(lrpot_structure_set(s, references[k].quantity, values));
    }
    if (without_born(kind, cell != CELL_NONE)) how.target_weights[5] = -1;
    ck_ok(lrpot_fit_add_frame(p->fit, s, &how));
    lrpot_structure_free(s);
}

START_TEST(gradient_of_a_fit_is_its_derivative)
{
    support_random random = { 4400 + (uint64_t)_i };
    lrpot_potential *potential = models_random_potential(&random, _i);
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    options.errors[LRPOT_FIT_ENERGY] = 0.1, options.errors[LRPOT_FIT_FORCES] = 0.3,
    options.errors[LRPOT_FIT_STRESS] = 0.05;
    options.errors[LRPOT_FIT_DIPOLE] = options.errors[LRPOT_FIT_CHARGES] =
        options.errors[LRPOT_FIT_BORN] = 0.2;
    options.targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES | LRPOT_FIT_TARGET_STRESS
                      | LRPOT_FIT_TARGET_DIPOLE | LRPOT_FIT_TARGET_CHARGES | LRPOT_FIT_TARGET_BORN;
    fit_point p = { NULL, NULL, 0, 0 };
    ck_ok(lrpot_fit_create(&p.fit, potential, &options));
    add_frame(&random, &p, _i, CELL_TRICLINIC);
    add_frame(&random, &p, _i, CELL_NONE);
    p.n = lrpot_fit_param_count(p.fit);
    p.params = calloc((size_t)(2 * p.n), sizeof *p.params);
    double *gradient = p.params + p.n, loss = 0;
    ck_ok(lrpot_potential_get_params(potential, p.n, p.params));
    ck_ok(lrpot_fit_loss(p.fit, p.n, p.params, &loss, gradient));
    for (p.at = 0; p.at<p.n; p.at += p.n - p.at> 20 ? 5 : 1) {
        double size = fmax(fabs(p.params[p.at]), 1e-3);
        ck_close(gradient[p.at], support_difference(fit_loss_at, &p, p.params[p.at], 5e-5 * size),
                 TOL_FD, 1e-2 * loss / size);
    }
    free(p.params);
    lrpot_fit_free(p.fit);
    lrpot_potential_free(potential);
}
END_TEST

/* References that the model itself computes: a fit that follows the charges by the chain of the
 * record has no error where this is the chain of forward and adjoint. */
static void add_own_results(const probe *p, lrpot_fit *fit)
{
    double energy, forces[3 * N_ATOMS], virial[9], stress[9], q[N_ATOMS], Z[9 * N_ATOMS];
    lrpot_fit_frame how = LRPOT_FIT_FRAME_INIT;
    int crystal = lrpot_structure_cell(p->structure) != NULL;
    compute(p, p->structure, &energy, forces, virial, q);
    for (int k = 0; k < 9 && crystal; k++)
        stress[k] = -virial[k] / lrpot_structure_volume(p->structure);
    ck_ok(lrpot_structure_set(p->structure, LRPOT_QUANTITY_ENERGY, &energy));
    ck_ok(lrpot_structure_set(p->structure, LRPOT_QUANTITY_FORCES, forces));
    if (crystal) ck_ok(lrpot_structure_set(p->structure, LRPOT_QUANTITY_STRESS, stress));
    ck_ok(lrpot_structure_set(p->structure, LRPOT_QUANTITY_CHARGES, q));
    if (without_born(p->kind, crystal)) {
        how.target_weights[5] = -1;
    } else {
        ck_ok(lrpot_response_born_charges_structure(p->potential, p->work, p->structure,
                                                    LRPOT_BORN_UNFOLDED, Z, NULL));
        ck_ok(lrpot_structure_set(p->structure, LRPOT_QUANTITY_BORN_CHARGES, Z));
    }
    ck_ok(lrpot_fit_add_frame(fit, p->structure, &how));
}

START_TEST(fits_predict_what_the_model_computes)
{
    static const int32_t targets[2] = { LRPOT_FIT_TARGET_CHARGES, LRPOT_FIT_TARGET_BORN };
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    options.targets = LRPOT_FIT_TARGET_ENERGY | LRPOT_FIT_TARGET_FORCES | LRPOT_FIT_TARGET_STRESS
                      | targets[0] | targets[1];
    for (int isolated = 0; isolated < 2; isolated++) {
        lrpot_fit_errors errors = LRPOT_FIT_ERRORS_INIT;
        lrpot_fit *fit = NULL;
        double rmse = 1, mae = 1;
        int64_t n = 0;
        probe p;
        open_probe(&p, _i, isolated ? CELL_NONE : CELL_TRICLINIC, 0.4);
        ck_ok(lrpot_fit_create(&fit, p.potential, &options));
        add_own_results(&p, fit);
        ck_ok(lrpot_fit_errors_of(fit, LRPOT_FIT_TRAIN, &errors));
        ck_assert_int_eq(errors.n[LRPOT_FIT_FORCES], 3 * N_ATOMS);
        ck_assert_double_le(errors.rmse[LRPOT_FIT_ENERGY], 1e-8);
        ck_assert_double_le(errors.rmse[LRPOT_FIT_FORCES], 1e-7);
        ck_assert_double_le(errors.rmse[LRPOT_FIT_STRESS], 1e-8);
        for (int t = 0; t < 2; t++) {
            ck_ok(support_fit_error(fit, LRPOT_FIT_TRAIN, targets[t], &rmse, &mae, &n));
            ck_assert(n > 0 || (t == 1 && without_born(p.kind, !isolated)));
            if (n > 0) ck_assert_double_le(rmse, 1e-8);
        }
        lrpot_fit_free(fit);
        close_probe(&p);
    }
}
END_TEST

/* The kind is given a record without its chain. */
START_TEST(kinds_without_known_derivatives_are_refused_where_these_count)
{
    probe p;
    open_probe(&p, LRPOT_CHARGES_EDQ, CELL_TRICLINIC, 0);
    lrpot__charge_rules rules = *p.potential->charges->rules;
    rules.chain = LRPOT__CHAIN_UNKNOWN;
    p.potential->charges->rules = &rules;
    lrpot_fit_options options = LRPOT_FIT_OPTIONS_INIT;
    lrpot_fit *fit = NULL;
    lrpot_phonons *phonons = NULL;
    double Z[9 * N_ATOMS], forces[3 * N_ATOMS];
    compute(&p, p.structure, NULL, forces, NULL, NULL);
    ck_assert_int_eq(lrpot_fit_create(&fit, p.potential, &options), LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "charge model 'edq'"));
    ck_assert_int_eq(lrpot_phonons_create(&phonons, p.potential, p.work, p.structure, 0),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_int_eq(lrpot_response_born_charges_structure(p.potential, p.work, p.structure,
                                                           LRPOT_BORN_UNFOLDED, Z, NULL),
                     LRPOT_E_UNSUPPORTED);
    close_probe(&p);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("charge_kinds");
    TCase *cases = tcase_create("every kind of the table");
    int count = lrpot_charges_kind_count();
    support_add_cases(cases, name_and_number_belong_together, 0, count);
    tcase_add_test(cases, other_names_and_numbers_are_none);
    tcase_add_test(cases, kinds_without_known_derivatives_are_refused_where_these_count);
    support_add_cases(cases, charges_keep_the_total_where_they_say_so, 1, count);
    support_add_cases(cases, forces_and_virial_are_derivatives_of_the_energy, 2, 2 * count);
    support_add_cases(cases, files_keep_the_model, 1, count);
    support_add_cases(cases, phonons_are_differences_of_forces, 1, count);
    support_add_cases(cases, born_charges_are_differences_of_charges, 1, count);
    support_add_cases(cases, fits_predict_what_the_model_computes, 1, count);
    support_add_cases(cases, gradient_of_a_fit_is_its_derivative, 1, count);
    suite_add_tcase(suite, cases);
    return suite;
}
