/* Derivatives of a site energy by radial coefficients, the columns of the extrapolation grade by
 * parameters: equal to differences, and independent of the features. */
#include "basis_system.h"
#include "potential/radial_directions.h"

#include <lapacke.h>
#include <math.h>

enum { SPECIES = 2, ATOMS = 10 };

typedef struct {
    basis_system system;
    lrpot__network *network;
    double *slopes; /* [ATOMS][size] */
    int64_t size;   /* S F n */
    double *radial;
} sample;

static void open_sample(sample *s, support_random *random, int32_t level, int with_network)
{
    const int32_t widths[LRPOT__NETWORK_LAYERS] = { 4, 0 };
    basis_system_create(&s->system, random, CELL_TRICLINIC, ATOMS, level, SPECIES,
                        LRPOT_KERNEL_AUTO, 2);
    s->size = (int64_t)SPECIES * lrpot_basis_radial_functions(s->system.basis) * 8;
    s->slopes = calloc((size_t)(ATOMS * s->size), sizeof *s->slopes);
    s->radial = malloc((size_t)(SPECIES * s->size) * sizeof *s->radial);
    memcpy(s->radial, lrpot_basis_radial(s->system.basis),
           (size_t)(SPECIES * s->size) * sizeof *s->radial);
    s->network = NULL;
    if (!with_network) return;
    ck_ok(lrpot__network_create(&s->network, lrpot_basis_count(s->system.basis), SPECIES, 1, widths,
                                0));
    for (int64_t w = 0; w < lrpot__network_count(s->network); w++)
        s->network->weights[w] = support_uniform(random, -0.1, 0.1);
}

static void close_sample(sample *s)
{
    lrpot__network_free(s->network);
    free(s->slopes);
    free(s->radial);
    basis_system_free(&s->system);
}

static void run(sample *s, lrpot__request request)
{
    basis_system *b = &s->system;
    request.coefficients = b->coefficients;
    request.network = s->network;
    ck_ok(lrpot__basis_run(b->basis, b->work, &b->atoms, b->list, &request));
}

typedef struct {
    sample *sample;
    int64_t atom, coefficient; /* of the species of the atom */
} place;

static double value_at(double x, void *ctx)
{
    place *p = ctx;
    sample *s = p->sample;
    double values[ATOMS],
        *moved = s->radial + s->system.species[p->atom] * s->size + p->coefficient, kept = *moved;
    *moved = x;
    ck_ok(lrpot_basis_set_radial(s->system.basis, s->radial));
    run(s, (lrpot__request){ .values = values });
    *moved = kept;
    ck_ok(lrpot_basis_set_radial(s->system.basis, s->radial));
    return values[p->atom];
}

START_TEST(slopes_are_differences_of_the_site_energy)
{
    support_random random = { 70 + (uint64_t)_i };
    sample s;
    open_sample(&s, &random, 8 + 4 * (_i / 2), _i % 2);
    run(&s, (lrpot__request){ .radial_slopes = s.slopes });
    double largest = 0.0;
    for (int64_t k = 0; k < ATOMS * s.size; k++) largest = fmax(largest, fabs(s.slopes[k]));
    ck_assert_double_gt(largest, 0.0);
    for (int64_t k = 0; k < 40; k++) {
        place p = { &s, k % ATOMS, (int64_t)support_uniform(&random, 0, (double)s.size) };
        double there = s.radial[s.system.species[p.atom] * s.size + p.coefficient];
        ck_close(s.slopes[p.atom * s.size + p.coefficient],
                 support_difference(value_at, &p, there, 1e-3), TOL_FD, largest);
    }
    close_sample(&s);
}
END_TEST

/* Largest part of a column [n] that the columns of a [count][n] do not make, relative to it. */
static double left_over(const double *a, int64_t count, const double *column, int64_t n)
{
    double *matrix = malloc((size_t)(n * count) * sizeof *matrix),
           *rest = malloc((size_t)n * sizeof *rest), all = 0.0, left = 0.0;
    memcpy(matrix, a, (size_t)(n * count) * sizeof *matrix);
    memcpy(rest, column, (size_t)n * sizeof *rest);
    ck_assert_int_eq(
        LAPACKE_dgels(LAPACK_COL_MAJOR, 'N', (int)n, (int)count, 1, matrix, (int)n, rest, (int)n),
        0);
    for (int64_t i = 0; i < n; i++) all += column[i] * column[i];
    for (int64_t i = count; i < n; i++) left += rest[i] * rest[i];
    free(matrix);
    free(rest);
    return sqrt(left / all);
}

/* Features of atoms of species 0, one column each [columns][n], scaled to 1; and of the slopes the
 * column along c_nu in f_mu. */
typedef struct {
    int64_t n, columns;
    double *features;
    double *along;
} table;

static void add_atoms(table *t, sample *s, int64_t mu, int64_t nu)
{
    int64_t count = lrpot_basis_count(s->system.basis);
    double *features = malloc((size_t)(ATOMS * count) * sizeof *features);
    run(s, (lrpot__request){ .features = features });
    run(s, (lrpot__request){ .radial_slopes = s->slopes });
    int64_t functions = lrpot_basis_radial_functions(s->system.basis);
    for (int64_t i = 0; i < ATOMS && t->n > 0; i++) {
        if (s->system.species[i] != 0) continue;
        t->n--;
        for (int64_t k = 0; k < count; k++)
            t->features[k * t->columns + t->n] = features[i * count + k];
        double sum = 0.0;
        for (int64_t z = 0; z < SPECIES; z++)
            for (int64_t b = 0; b < 8; b++)
                sum += s->radial[(z * functions + nu) * 8 + b]
                       * s->slopes[i * s->size + (z * functions + mu) * 8 + b];
        t->along[t->n] = sum;
    }
    free(features);
}

static double independent_part(int32_t level, int64_t mu, int64_t nu)
{
    table t = { 0 };
    int64_t count = 0;
    for (int f = 0; f == 0 || t.n > 0; f++) {
        support_random random = { 5 };
        sample s;
        open_sample(&s, &random, level, 0);
        random.state += 1000 * (uint64_t)f; /* the same basis, another structure */
        lrpot_structure_free(s.system.structure);
        lrpot_nlist_free(s.system.list);
        s.system.structure =
            support_random_structure(&random, CELL_TRICLINIC, ATOMS, SPECIES, basis_symbols, 1.6);
        ck_ok(lrpot_structure_view(s.system.structure, SPECIES, basis_symbols, s.system.species,
                                   &s.system.atoms));
        ck_ok(lrpot_nlist_build(&s.system.list, &s.system.atoms, BASIS_CUTOFF, 0.0));
        if (f == 0) {
            count = lrpot_basis_count(s.system.basis);
            t.n = t.columns = 3 * count;
            t.features = calloc((size_t)(count * t.columns), sizeof *t.features);
            t.along = calloc((size_t)t.columns, sizeof *t.along);
        }
        add_atoms(&t, &s, mu, nu);
        close_sample(&s);
    }
    double left = left_over(t.features, count, t.along, t.columns);
    free(t.features);
    free(t.along);
    return left;
}

START_TEST(the_features_make_up_for_lower_radial_functions_alone)
{
    ck_assert_double_lt(independent_part(8, 0, 0), 1e-8);
    ck_assert_double_lt(independent_part(8, 1, 0), 1e-8);
    ck_assert_double_lt(independent_part(8, 1, 1), 1e-8);
    ck_assert_double_gt(independent_part(8, 0, 1), 1e-4);
    ck_assert_double_lt(independent_part(12, 2, 1), 1e-7);
    ck_assert_double_gt(independent_part(12, 1, 2), 1e-4);
}
END_TEST

/* The squares of the slopes are those along all directions: what is left out is orthogonal to the
 * rest. */
START_TEST(rows_are_the_slopes_without_what_is_absorbed)
{
    support_random random = { 6 };
    sample s;
    double *rows = NULL;
    open_sample(&s, &random, 8, 0);
    int64_t functions = lrpot_basis_radial_functions(s.system.basis),
            count = lrpot__radial_directions(s.system.basis);
    ck_assert_int_eq(count, functions * SPECIES * 8 - functions * (functions + 1) / 2);
    ck_ok(lrpot__radial_rows(s.system.basis, s.system.work, &s.system.atoms, s.system.list,
                             (lrpot__request){ .coefficients = s.system.coefficients }, &rows));
    run(&s, (lrpot__request){ .radial_slopes = s.slopes });
    for (int64_t i = 0; i < ATOMS; i++) {
        double turned = 0.0, plain = 0.0;
        for (int64_t k = 0; k < count; k++) turned += rows[i * count + k] * rows[i * count + k];
        for (int64_t k = 0; k < s.size; k++)
            plain += s.slopes[i * s.size + k] * s.slopes[i * s.size + k];
        ck_assert_double_lt(turned, plain);
        ck_assert_double_gt(turned, 0.0);
    }
    close_sample(&s);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("radial_directions");
    TCase *tcase = tcase_create("gradient");
    tcase_set_timeout(tcase, 60);
    support_add_cases(tcase, slopes_are_differences_of_the_site_energy, 0, 4);
    tcase_add_test(tcase, the_features_make_up_for_lower_radial_functions_alone);
    tcase_add_test(tcase, rows_are_the_slopes_without_what_is_absorbed);
    suite_add_tcase(suite, tcase);
    return suite;
}
