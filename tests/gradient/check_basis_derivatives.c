/* Forces and virials of the moment tensor basis against central differences. */
#include "basis_system.h"

#include <math.h>

typedef struct {
    basis_system *system;
    int64_t atom;
    int axis;
    int row, column; /* of the strain */
    double positions[64 * 3], cell[9];
} context;

static const int32_t kernels[] = { LRPOT_KERNEL_REFERENCE, LRPOT_KERNEL_PORTABLE,
                                   LRPOT_KERNEL_AUTO };
enum { KERNELS = sizeof kernels / sizeof kernels[0] };

static double energy_moved(double x, void *ctx)
{
    context *c = ctx;
    double *r = lrpot_structure_positions(c->system->structure) + 3 * c->atom + c->axis,
           before = *r;
    *r = x;
    double energy = basis_system_energy(c->system);
    *r = before;
    return energy;
}

static double energy_strained(double x, void *ctx)
{
    context *c = ctx;
    basis_system *s = c->system;
    double *r = lrpot_structure_positions(s->structure), cell[9];
    for (int64_t i = 0; i < s->n; i++) {
        memcpy(r + 3 * i, c->positions + 3 * i, 3 * sizeof *r);
        r[3 * i + c->row] += x * c->positions[3 * i + c->column];
    }
    if (s->atoms.periodic_mask != 0) {
        memcpy(cell, c->cell, sizeof cell);
        for (int a = 0; a < 3; a++) cell[3 * a + c->row] += x * c->cell[3 * a + c->column];
        ck_ok(lrpot_structure_set_cell(s->structure, cell, s->atoms.periodic_mask));
    }
    return basis_system_energy(s);
}

/* Least difference between the distance of a pair and the cutoff. */
static double nearest_to_cutoff(const basis_system *s)
{
    enum { CAPACITY = 4096 };
    int32_t *j = malloc(CAPACITY * sizeof *j);
    double *d = malloc(CAPACITY * 3 * sizeof *d), nearest = BASIS_CUTOFF;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_nlist_build(&list, &s->atoms, BASIS_CUTOFF + 1.0, 0.0));
    for (int64_t i = 0; i < s->n; i++) {
        int64_t n = lrpot_nlist_row(list, &s->atoms, i, CAPACITY, j, d);
        for (int64_t k = 0; k < n; k++)
            nearest = fmin(nearest, fabs(sqrt(d[3 * k] * d[3 * k] + d[3 * k + 1] * d[3 * k + 1]
                                              + d[3 * k + 2] * d[3 * k + 2])
                                         - BASIS_CUTOFF));
    }
    lrpot_nlist_free(list);
    free(j);
    free(d);
    return nearest;
}

/* A system in which no pair crosses the cutoff within the steps, for the second derivative jumps
 * there. */
static void make_system_step(basis_system *s, support_random *random, int kind, int64_t n,
                             double margin, int32_t step, int32_t kernel)
{
    basis_system_create_step(s, random, kind, kind == CELL_TINY ? 3 : n, 12, step, 2, kernel, 1);
    while (nearest_to_cutoff(s) < margin) {
        basis_system_free(s);
        basis_system_create_step(s, random, kind, kind == CELL_TINY ? 3 : n, 12, step, 2, kernel,
                                 1);
    }
}

static void make_system(basis_system *s, support_random *random, int kind, int64_t n, double margin,
                        int32_t kernel)
{
    make_system_step(s, random, kind, n, margin, 0, kernel);
}

static void compare_forces(basis_system *s)
{
    basis_results r = basis_system_run(s);
    double scale = 0;
    for (int64_t i = 0; i < 3 * s->n; i++) scale = fmax(scale, fabs(r.forces[i]));
    for (int64_t i = 0; i < s->n; i++)
        for (int axis = 0; axis < 3; axis++) {
            context c = { .system = s, .atom = i, .axis = axis };
            double x = lrpot_structure_positions(s->structure)[3 * i + axis];
            ck_close(r.forces[3 * i + axis], -support_difference(energy_moved, &c, x, 3e-4), TOL_FD,
                     scale);
        }
    basis_results_free(&r);
}

START_TEST(forces_are_minus_the_gradient)
{
    support_random random = { 11 + (uint64_t)_i };
    basis_system s;
    make_system(&s, &random, _i % CELL_KINDS, 12, 1e-3, kernels[_i / CELL_KINDS]);
    compare_forces(&s);
    basis_system_free(&s);
}
END_TEST

START_TEST(forces_are_minus_the_gradient_at_another_radial_step)
{
    support_random random = { 111 + (uint64_t)_i };
    basis_system s;
    make_system_step(&s, &random, CELL_TRICLINIC, 8, 1e-3, 2, kernels[_i]);
    ck_assert_int_eq(lrpot_basis_count(s.basis), 61);
    compare_forces(&s);
    basis_system_free(&s);
}
END_TEST

START_TEST(virial_is_minus_the_derivative_by_strain)
{
    support_random random = { 31 + (uint64_t)_i };
    basis_system s;
    make_system(&s, &random, _i % CELL_KINDS, 12, 1e-3, kernels[_i / CELL_KINDS]);
    basis_results r = basis_system_run(&s);
    double scale = 0;
    for (int i = 0; i < 9; i++) scale = fmax(scale, fabs(r.virial[i]));
    context c = { .system = &s };
    memcpy(c.positions, lrpot_structure_positions(s.structure), (size_t)s.n * 3 * sizeof(double));
    if (s.atoms.cell != NULL) memcpy(c.cell, s.atoms.cell, sizeof c.cell);
    for (c.row = 0; c.row < 3; c.row++)
        for (c.column = 0; c.column < 3; c.column++)
            ck_close(r.virial[3 * c.column + c.row],
                     -support_difference(energy_strained, &c, 0.0, 4e-5), TOL_FD, scale);
    basis_results_free(&r);
    basis_system_free(&s);
}
END_TEST

START_TEST(error_of_the_differences_falls_as_the_fourth_power)
{
    support_random random = { 51 + (uint64_t)_i };
    basis_system s;
    make_system(&s, &random, CELL_NONE, 4, 0.1, kernels[_i]);
    basis_results r = basis_system_run(&s);
    double coarse = 0, fine = 0;
    context c = { .system = &s };
    for (c.axis = 0; c.axis < 3; c.axis++) {
        double x = lrpot_structure_positions(s.structure)[c.axis];
        coarse =
            fmax(coarse, fabs(r.forces[c.axis] + support_difference(energy_moved, &c, x, 4e-2)));
        fine = fmax(fine, fabs(r.forces[c.axis] + support_difference(energy_moved, &c, x, 2e-2)));
    }
    ck_assert_msg(coarse / fine > 12 && coarse / fine < 20,
                  "the error falls by %g when the step is halved, expected 16", coarse / fine);
    basis_results_free(&r);
    basis_system_free(&s);
}
END_TEST

static double feature_sum(double x, void *ctx)
{
    context *c = ctx;
    basis_system *s = c->system;
    double *r = lrpot_structure_positions(s->structure) + 3 * c->atom + c->axis, before = *r,
           sum = 0.0;
    int64_t k = lrpot_basis_count(s->basis);
    double *features = malloc((size_t)(s->n * k) * sizeof *features);
    *r = x;
    ck_ok(lrpot_nlist_rebuild(s->list, &s->atoms));
    ck_ok(lrpot_basis_eval(s->basis, s->work, &s->atoms, s->list, features));
    for (int64_t i = 0; i < s->n * k; i++) sum += features[i] * cos((double)i);
    *r = before;
    free(features);
    return sum;
}

START_TEST(pull_is_the_adjoint_of_eval)
{
    support_random random = { 71 + (uint64_t)_i };
    basis_system s;
    make_system(&s, &random, CELL_LEFT_HANDED, 12, 1e-3, kernels[_i]);
    int64_t k = lrpot_basis_count(s.basis);
    double *weights = malloc((size_t)(s.n * k) * sizeof *weights),
           *forces = calloc((size_t)s.n * 3, sizeof *forces), scale = 0;
    for (int64_t i = 0; i < s.n * k; i++) weights[i] = cos((double)i);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    ck_ok(lrpot_basis_pull(s.basis, s.work, &s.atoms, s.list, weights, &out));
    for (int64_t i = 0; i < 3 * s.n; i++) scale = fmax(scale, fabs(forces[i]));
    for (int64_t i = 0; i < s.n; i++)
        for (int axis = 0; axis < 3; axis++) {
            context c = { .system = &s, .atom = i, .axis = axis };
            double x = lrpot_structure_positions(s.structure)[3 * i + axis];
            ck_close(forces[3 * i + axis], -support_difference(feature_sum, &c, x, 3e-4), TOL_FD,
                     scale);
        }
    free(weights);
    free(forces);
    basis_system_free(&s);
}
END_TEST

START_TEST(virial_of_the_atoms_sums_to_the_virial)
{
    support_random random = { 91 + (uint64_t)_i };
    basis_system s;
    make_system(&s, &random, CELL_TRICLINIC, 12, 0.0, kernels[_i]);
    basis_results r = basis_system_run(&s);
    for (int c = 0; c < 9; c++) {
        double sum = 0, scale = 0;
        for (int64_t i = 0; i < s.n; i++) {
            sum += r.virial_atom[9 * i + c];
            scale += fabs(r.virial_atom[9 * i + c]);
        }
        ck_close(sum, r.virial[c], TOL_EXACT, scale);
    }
    basis_results_free(&r);
    basis_system_free(&s);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("basis_derivatives");
    TCase *tc = tcase_create("derivatives");
    tcase_set_timeout(tc, 120);
    support_add_cases(tc, forces_are_minus_the_gradient, 0, CELL_KINDS * KERNELS);
    support_add_cases(tc, forces_are_minus_the_gradient_at_another_radial_step, 0, KERNELS);
    support_add_cases(tc, virial_is_minus_the_derivative_by_strain, 0, CELL_KINDS * KERNELS);
    support_add_cases(tc, error_of_the_differences_falls_as_the_fourth_power, 0, KERNELS);
    support_add_cases(tc, pull_is_the_adjoint_of_eval, 0, KERNELS);
    support_add_cases(tc, virial_of_the_atoms_sums_to_the_virial, 0, KERNELS);
    suite_add_tcase(suite, tc);
    return suite;
}
