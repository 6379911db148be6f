/* Densities that answer to the potential: forces, virial and gradients by coefficients against
 * differences, and what must be exact. */
#include "models.h"

#include "core/memory.h"

#include <stdio.h>
#include <unistd.h>

#define N_ATOMS 6
#define N_WIDTHS 2
#define LARGEST (N_WIDTHS * 4 * N_ATOMS)
#define PARAM_STEP 1e-4

static const double widths[N_WIDTHS] = { 1.1, 0.8 }, charges[MODEL_SPECIES] = { 0.4, -0.3, 0.1 };

typedef struct {
    lrpot_density *density;
    lrpot_workspace *work;
    lrpot_structure *structure;
    double weights[4]; /* of the energy and the dipole */
    int64_t coordinate;
    int strain;
} subject;

static int32_t radial_step; /* of the bases that create_basis() makes */

static lrpot_basis *create_basis(void)
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot_basis *basis = NULL;
    options.level = 6, options.n_species = MODEL_SPECIES, options.min_distance = 1.2,
    options.cutoff = 3.8, options.radial_size = 4;
    options.radial_step = radial_step;
    ck_ok(lrpot_basis_create(&basis, &options));
    return basis;
}

/* Coefficients of such a size that the density answers, but less than it is asked. */
static void randomise(support_random *random, lrpot_density *density)
{
    int64_t n = lrpot_density_param_count(density),
            k = lrpot_basis_count(lrpot_density_basis(density)) + 1;
    double *params = calloc((size_t)n, sizeof *params);
    for (int64_t block = 0; block < n; block += k) {
        models_random_linear(random, lrpot_density_basis(density), 0.004, params + block);
        params[block + k - 1] = support_uniform(random, -0.03, 0.03);
    }
    ck_ok(lrpot_density_set_params(density, n, params));
    free(params);
}

static subject subject_of(uint64_t seed, int cell, int32_t order, int32_t n_widths,
                          int32_t gradients, double total_charge)
{
    support_random random = { seed };
    lrpot_density_options options = LRPOT_DENSITY_OPTIONS_INIT;
    lrpot_basis *basis = create_basis();
    subject s = { .structure = models_random_structure(&random, cell, N_ATOMS, total_charge),
                  .weights = { 0.7, 0.3, -0.2, 0.5 } };
    options.symbols = model_symbols, options.n_species = MODEL_SPECIES, options.order = order,
    options.gradients = gradients;
    options.n_widths = n_widths, options.widths = widths, options.charges = charges,
    options.reach = 3.7, options.tolerance = 1e-12, options.accuracy = 1e-11;
    ck_ok(lrpot_density_create(&s.density, basis, &options));
    randomise(&random, s.density);
    ck_ok(lrpot_workspace_create(&s.work, 1));
    lrpot_basis_free(basis);
    return s;
}

static void release(subject *s)
{
    lrpot_density_free(s->density);
    lrpot_workspace_free(s->work);
    lrpot_structure_free(s->structure);
}

static void compute(const subject *s, const lrpot_structure *structure, double *features,
                    lrpot_outputs *out, double *gradient)
{
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_density_cutoff(s->density), 0));
    ck_ok(lrpot_density_compute(s->density, s->work, &atoms, list, features, out, NULL));
    if (gradient != NULL)
        ck_ok(lrpot_density_gradient(s->density, s->work, &atoms, list, features, s->weights[0],
                                     s->weights + 1, gradient));
    lrpot_nlist_free(list);
}

static double energy_at(double x, void *ctx)
{
    const subject *s = ctx;
    double features[LARGEST] = { 0 }, energy;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_structure *copy = NULL;
    out.energy = &energy;
    ck_ok(lrpot_structure_clone(&copy, s->structure));
    if (s->strain) models_strain(copy, (int)s->coordinate / 3, (int)s->coordinate % 3, x);
    else lrpot_structure_positions(copy)[s->coordinate] += x;
    compute(s, copy, features, &out, NULL);
    lrpot_structure_free(copy);
    return energy;
}

START_TEST(forces_and_virial_are_derivatives)
{
    static const int cells[2] = { CELL_NONE, CELL_TRICLINIC };
    for (int c = 0; c < 2; c++) {
        subject s = subject_of(8000 + (uint64_t)(10 * _i + c), cells[c], _i > 0,
                               _i < 3 ? 1 : N_WIDTHS, _i > 1, 0.3);
        double features[LARGEST] = { 0 }, forces[3 * N_ATOMS], virial[9];
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.forces = forces, out.virial = virial;
        compute(&s, s.structure, features, &out, NULL);
        for (s.coordinate = 0; s.coordinate < 3 * N_ATOMS; s.coordinate++)
            ck_close(forces[s.coordinate], -support_difference(energy_at, &s, 0, MODEL_STEP),
                     TOL_FD, models_largest(forces, 3 * N_ATOMS));
        s.strain = 1;
        for (s.coordinate = 0; s.coordinate < 9; s.coordinate++)
            ck_close(virial[s.coordinate], -support_difference(energy_at, &s, 0, MODEL_STEP),
                     TOL_FD, models_largest(virial, 9));
        ck_assert(models_largest(features, N_ATOMS) > 0.1);
        release(&s);
    }
}
END_TEST

static double target_at(double x, void *ctx)
{
    const subject *s = ctx;
    int64_t n = lrpot_density_param_count(s->density);
    double *params = calloc((size_t)n, sizeof *params), features[LARGEST] = { 0 }, energy,
           dipole[3];
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy, out.dipole = dipole;
    ck_ok(lrpot_density_get_params(s->density, n, params));
    params[s->coordinate] += x;
    ck_ok(lrpot_density_set_params(s->density, n, params));
    compute(s, s->structure, features, &out, NULL);
    params[s->coordinate] -= x;
    ck_ok(lrpot_density_set_params(s->density, n, params));
    free(params);
    return s->weights[0] * energy + s->weights[1] * dipole[0] + s->weights[2] * dipole[1]
           + s->weights[3] * dipole[2];
}

START_TEST(gradients_by_coefficients_are_derivatives)
{
    subject s =
        subject_of(8100 + (uint64_t)_i, CELL_NONE, _i > 0, _i < 3 ? 1 : N_WIDTHS, _i > 1, 0);
    int64_t n = lrpot_density_param_count(s.density);
    double features[LARGEST] = { 0 }, *gradient = calloc((size_t)n, sizeof *gradient);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    compute(&s, s.structure, features, &out, gradient);
    for (s.coordinate = 0; s.coordinate < n; s.coordinate += 7) {
        double step = PARAM_STEP / (1e-3 + fabs(gradient[s.coordinate]));
        ck_close(gradient[s.coordinate],
                 support_difference(target_at, &s, 0, fmin(step, PARAM_STEP)), TOL_FD,
                 0.01 * models_largest(gradient, n));
    }
    free(gradient);
    release(&s);
}
END_TEST

START_TEST(charge_is_kept_and_flows_only_within_reach)
{
    subject s = subject_of(8200, CELL_NONE, 1, 1, 1, 0);
    const char *far[2] = { "Na", "Cl" };
    const double positions[6] = { 0, 0, 0, 20, 0, 0 }, total = charges[0] + charges[1];
    double q[N_ATOMS], sum = 0, features[LARGEST] = { 0 };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_structure *apart = NULL;
    int64_t n = lrpot_density_param_count(s.density);
    double *params = calloc((size_t)n, sizeof *params);
    ck_ok(lrpot_density_get_params(s.density, n, params));
    for (int64_t k = 0; k < n / 8; k++) params[k] = 0; /* charges that do not flow */
    ck_ok(lrpot_density_set_params(s.density, n, params));
    free(params);
    out.charges = q;
    compute(&s, s.structure, features, &out, NULL);
    for (int i = 0; i < N_ATOMS; i++) sum += q[i];
    ck_close(sum, 0.0, TOL_EXACT, 1.0);
    ck_assert(models_largest(q, N_ATOMS) > 0.05);
    ck_ok(lrpot_structure_create(&apart, 2, far, positions, NULL, 0));
    ck_ok(lrpot_structure_set(apart, LRPOT_QUANTITY_TOTAL_CHARGE, &total));
    memset(features, 0, sizeof features);
    compute(&s, apart, features, &out, NULL);
    for (int i = 0; i < 2; i++) ck_close(q[i], charges[i], TOL_EXACT, 1.0);
    lrpot_structure_free(apart);
    release(&s);
}
END_TEST

/* eta = kappa, zeta = alpha, the width of the density: the density of least energy, so the
 * multipliers vanish, and with them the energy's derivative by kappa is that of e alone: kappa
 * counts once through the flow (nothing) and once through eta. */
START_TEST(tied_coefficients_make_the_energy_stationary)
{
    subject s = subject_of(8300, CELL_NONE, 1, 1, 1, 0);
    int64_t n = lrpot_density_param_count(s.density), head = n / 8;
    double *params = calloc((size_t)n, sizeof *params),
           *gradient = calloc((size_t)n, sizeof *gradient), features[LARGEST] = { 0 };
    lrpot_density_options options = LRPOT_DENSITY_OPTIONS_INIT;
    lrpot_density *tied = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    ck_ok(lrpot_density_get_params(s.density, n, params));
    for (int64_t k = 0; k < head; k++)
        params[5 * head + k] = params[4 * head + k], params[7 * head + k] = params[6 * head + k];
    ck_ok(lrpot_density_get_options(s.density, &options));
    options.widths = &options.width;
    ck_ok(lrpot_density_create(&tied, lrpot_density_basis(s.density), &options));
    ck_ok(lrpot_density_set_params(tied, n, params));
    lrpot_density_free(s.density);
    s.density = tied;
    memset(s.weights, 0, sizeof s.weights);
    s.weights[0] = 1;
    compute(&s, s.structure, features, &out, gradient);
    for (int64_t k = 0; k < head; k++) {
        ck_close(gradient[4 * head + k], -2 * gradient[5 * head + k], 1e-9,
                 models_largest(gradient, n));
        ck_close(gradient[6 * head + k], -2 * gradient[7 * head + k], 1e-9,
                 models_largest(gradient, n));
    }
    ck_assert(models_largest(gradient + 4 * head, head) > 1e-4 * models_largest(gradient, n));
    free(params);
    free(gradient);
    release(&s);
}
END_TEST

/* Another digit in the middle of a file. */
static void damage(const char *path)
{
    FILE *file = fopen(path, "r+");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    fseek(file, ftell(file) / 2, SEEK_SET);
    int c;
    do c = fgetc(file);
    while (c < '0' || c > '8');
    fseek(file, -1, SEEK_CUR);
    fputc(c + 1, file);
    fclose(file);
}

START_TEST(a_file_gives_the_same_model)
{
    radial_step = 2 * _i;
    subject s = subject_of(8400, CELL_NONE, 1, N_WIDTHS, 1, 0.2);
    radial_step = 0;
    lrpot_density *kept = s.density;
    char path[] = "density_XXXXXX";
    double features[2][LARGEST] = { { 0 }, { 0 } }, energy[2], forces[2][3 * N_ATOMS];
    int file = mkstemp(path);
    ck_assert(file >= 0);
    close(file);
    ck_ok(lrpot_density_save(s.density, path));
    for (int k = 0; k < 2; k++) {
        lrpot_outputs out = LRPOT_OUTPUTS_INIT;
        out.energy = &energy[k], out.forces = forces[k];
        if (k == 1) ck_ok(lrpot_density_load(&s.density, path));
        compute(&s, s.structure, features[k], &out, NULL);
    }
    damage(path);
    ck_assert_int_eq(lrpot_density_load(&(lrpot_density *){ NULL }, path), LRPOT_E_CHECKSUM);
    remove(path);
    ck_assert_int_eq(lrpot_density_load(&(lrpot_density *){ NULL }, path), LRPOT_E_OPEN);
    ck_assert_double_eq(energy[0], energy[1]);
    ck_assert_mem_eq(forces[0], forces[1], sizeof forces[0]);
    lrpot_density_free(kept);
    release(&s);
}
END_TEST

START_TEST(a_second_call_allocates_nothing)
{
    subject s = subject_of(8600, CELL_NONE, 1, N_WIDTHS, 1, 0);
    int32_t species[N_ATOMS];
    int64_t before = 0, n = lrpot_density_param_count(s.density);
    double features[LARGEST] = { 0 }, forces[3 * N_ATOMS], virial[9],
           *gradient = calloc((size_t)n, sizeof *gradient);
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_nlist *list = NULL;
    out.forces = forces, out.virial = virial;
    ck_ok(lrpot_structure_view(s.structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_density_cutoff(s.density), 0));
    for (int call = 0; call < 3; call++) {
        if (call == 2) before = lrpot__allocation_count();
        ck_ok(lrpot_density_compute(s.density, s.work, &atoms, list, features, &out, NULL));
        ck_ok(lrpot_density_gradient(s.density, s.work, &atoms, list, features, 1, s.weights + 1,
                                     gradient));
    }
    ck_assert_int_eq(lrpot__allocation_count() - before, 0);
    atoms.n_owned = atoms.n_all = 0; /* nothing is a system, too */
    lrpot_nlist_free(list);
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_density_cutoff(s.density), 0));
    ck_ok(lrpot_density_compute(s.density, s.work, &atoms, list, features, &out, NULL));
    for (int k = 0; k < 9; k++) ck_assert_double_eq(virial[k], 0.0);
    lrpot_nlist_free(list);
    free(gradient);
    release(&s);
}
END_TEST

START_TEST(wrong_options_are_named)
{
    lrpot_basis *basis = create_basis();
    lrpot_density_options right = LRPOT_DENSITY_OPTIONS_INIT, wrong;
    lrpot_density *density = NULL;
    right.symbols = model_symbols, right.n_species = MODEL_SPECIES;
    wrong = right, wrong.reach = 4.0;
    ck_assert_int_eq(lrpot_density_create(&density, basis, &wrong), LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "reach = 4") != NULL, "%s", lrpot_last_error());
    wrong = right, wrong.order = 0;
    ck_assert_int_eq(lrpot_density_create(&density, basis, &wrong), LRPOT_E_ARGUMENT);
    ck_assert_msg(strstr(lrpot_last_error(), "gradients = 1") != NULL, "%s", lrpot_last_error());
    wrong = right, wrong.n_species = 2;
    ck_assert_int_eq(lrpot_density_create(&density, basis, &wrong), LRPOT_E_ARGUMENT);
    wrong = right, wrong.width = -1;
    ck_assert_int_eq(lrpot_density_create(&density, basis, &wrong), LRPOT_E_ARGUMENT);
    ck_assert_ptr_null(density);
    lrpot_basis_free(basis);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("density");
    TCase *tcase = tcase_create("density");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, gradients_by_coefficients_are_derivatives, 2, 3);
    tcase_add_test(tcase, charge_is_kept_and_flows_only_within_reach);
    tcase_add_test(tcase, tied_coefficients_make_the_energy_stationary);
    tcase_add_loop_test(tcase, a_file_gives_the_same_model, 0, 2);
    tcase_add_test(tcase, a_second_call_allocates_nothing);
    tcase_add_test(tcase, wrong_options_are_named);
    suite_add_tcase(suite, tcase);
    TCase *slow =
        tcase_create("differences"); /* left out where every access to memory is watched */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 120);
    tcase_add_loop_test(slow, forces_and_virial_are_derivatives, 0, 4);
    tcase_add_loop_test(slow, gradients_by_coefficients_are_derivatives, 0, 4);
    suite_add_tcase(suite, slow);
    return suite;
}
