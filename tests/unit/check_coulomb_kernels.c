/* The innermost loops of the Coulomb sum, for every instruction set that the processor has: rows of
 * pairs against pairs one by one, and charges onto and off the mesh against the portable loops. */
#include "electrostatics/ewald/single_pairs.h"
#include "electrostatics/kernels/gaussian_table.h"
#include "electrostatics/kernels/kernel_rules.h"
#include "electrostatics/kernels/pair.h"
#include "electrostatics/kernels/pair_orders.h"
#include "electrostatics/mesh/window.h"
#include "electrostatics/simd/coulomb_loops.h"
#include "electrostatics/splitting/screening.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

enum { ATOMS = 90, SPECIES = 3, SIZE = 20, LINE = 40 };

static const double widths[SPECIES] = { 0.3, 0.0, 0.9 };

/* NULL when the processor has no such instructions. */
static const lrpot__coulomb_kernels *kernels_of(int kind)
{
#if defined(__x86_64__)
    const lrpot__coulomb_kernels *best = lrpot__coulomb_kernels_get();
    if (kind == 2) return best == &lrpot__coulomb_avx512 ? best : NULL;
    if (kind == 1) return best != &lrpot__coulomb_portable ? &lrpot__coulomb_avx2 : NULL;
#endif
    return kind == 0 ? &lrpot__coulomb_portable : NULL;
}

typedef struct {
    double packed[4 * ATOMS];
    int32_t species[ATOMS], j[ATOMS];
    lrpot__pair pair;
    lrpot__gaussian_table *table;
} system_of_pairs;

static void open_system(system_of_pairs *s, int prolate, int gaussians)
{
    support_random random = { 77 };
    lrpot__screening screening;
    const lrpot__kernel_rules *kernel = lrpot__kernel_rules_of(LRPOT_EWALD_COULOMB);
    if (prolate) ck_ok(lrpot__screening_prolate(kernel, 12.0, 6.0, &screening));
    else lrpot__screening_gauss(kernel, 0.0, 0.7, &screening);
    lrpot__pair_make(&screening, 6.0, 1e-12, &s->pair);
    ck_assert(s->pair.degree > 0);
    for (int i = 0; i < ATOMS; i++) {
        for (int a = 0; a < 3; a++) s->packed[4 * i + a] = support_uniform(&random, -5, 5);
        s->packed[4 * i + 3] = support_uniform(&random, -1, 1);
        s->species[i] = i % SPECIES, s->j[i] = i;
    }
    s->table = NULL;
    if (gaussians) ck_ok(lrpot__gaussian_table_create(widths, SPECIES, &s->table));
}

/* Sums over the row of atom 0 as lrpot__pair_row_kernel gives them, and the values of its pairs. */
static void one_by_one(const system_of_pairs *s, int64_t count, double *sums, double *values)
{
    memset(sums, 0, 10 * sizeof *sums);
    for (int64_t k = 0; k < count; k++) {
        const double *r = s->packed + 4 * (k + 1);
        double d[3], square = 0, value, strength,
                     spread = 2 * (pow(widths[0], 2) + pow(widths[s->species[k + 1]], 2));
        for (int a = 0; a < 3; a++) d[a] = r[a] - s->packed[a], square += d[a] * d[a];
        values[k] = 0;
        if (square >= s->pair.cutoff * s->pair.cutoff) continue;
        lrpot__pair_eval(&s->pair, s->table != NULL ? 1 / sqrt(spread) : 0, square, &value,
                         &strength);
        values[k] = value;
        sums[0] += r[3] * value;
        for (int a = 0; a < 3; a++) {
            sums[1 + a] -= r[3] * strength * d[a];
            sums[4 + a] += 0.5 * r[3] * strength * d[a] * d[a];
        }
        for (int c = 0; c < 3; c++)
            sums[7 + c] += 0.5 * r[3] * strength * d[c == 0 ? 1 : 0] * d[c == 2 ? 1 : 2];
    }
}

/* instruction set x part of 0 .. 60: the table and what is beyond it against the series */
START_TEST(boys_functions_are_their_series)
{
    enum { POINTS = 2001 };
    static lrpot__boys_table table;
    const lrpot__coulomb_kernels *kernels = kernels_of(_i / 3);
    if (kernels == NULL) return;
    double *x = calloc(POINTS, sizeof *x), series[LRPOT__BOYS_ORDERS],
           *f = calloc(POINTS, sizeof series);
    lrpot__boys_table_fill(&table);
    for (int k = 0; k < POINTS; k++) x[k] = 20.0 * (_i % 3) + 20.0 * k / (POINTS - 1);
    kernels->boys(&table, POINTS, x, f);
    for (int k = 0; k < POINTS; k++) {
        lrpot__boys_series(x[k], LRPOT__BOYS_ORDERS, series);
        for (int n = 0; n < LRPOT__BOYS_ORDERS; n++)
            ck_assert_double_eq_tol(f[LRPOT__BOYS_ORDERS * k + n] / series[n], 1, 1e-14);
    }
    free(x);
    free(f);
}
END_TEST

/* points or Gaussians: with the split or, last, without; before the taper, which both share */
START_TEST(orders_by_boys_functions_are_those_by_erfc)
{
    enum { COUNT = LRPOT__PAIR_ORDERS_MAX, POINTS = 400 };
    static lrpot__boys_table table;
    static const double gammas[] = { 0.0, 0.4, 2.5 };
    lrpot__screening screening;
    lrpot__pair pair = { 0 };
    double gamma = gammas[_i % 3], alpha = _i < 3 ? 0.6 : 0.0;
    lrpot__screening_gauss(lrpot__kernel_rules_of(LRPOT_EWALD_COULOMB), 0.0, alpha, &screening);
    if (_i < 3) lrpot__pair_make(&screening, 8.0, 1e-12, &pair);
    lrpot__boys_table_fill(&table);
    for (int k = 0; k < POINTS; k++) {
        double r = 0.5 + 7.1 * k / POINTS, whole = 1 / r, square = r * r, b[COUNT], by_erfc[COUNT],
               x[2] = { gamma * gamma * square, alpha * alpha * square }, f[2][LRPOT__BOYS_ORDERS];
        lrpot__coulomb_portable.boys(&table, 2, x, f[0]);
        lrpot__pair_orders(&pair, gamma, square, COUNT, by_erfc);
        lrpot__pair_orders_boys(&pair, gamma, square, f[0], f[1], COUNT, b);
        for (int n = 0; n < COUNT; n++, whole *= (2 * n - 1) / square)
            ck_assert_double_eq_tol(b[n], by_erfc[n], 1e-14 * whole);
    }
}
END_TEST

/* instruction set x prolate or Gauss x points or Gaussians; rows of every length modulo the
 * vectors' */
START_TEST(rows_of_pairs_are_pairs_one_by_one)
{
    const lrpot__coulomb_kernels *kernels = kernels_of(_i / 4);
    static system_of_pairs s;
    if (kernels == NULL) return;
    open_system(&s, _i & 1, _i / 2 & 1);
    for (int64_t count = 1; count < ATOMS; count++) {
        double sums[10], expected[10], values[ATOMS], each[ATOMS];
        lrpot__pair_row row = { .pair = &s.pair,
                                .packed = s.packed,
                                .j = s.j + 1,
                                .count = count,
                                .mask = -1,
                                .table = s.table,
                                .species = s.species,
                                .spread = 2 * pow(widths[0], 2) };
        one_by_one(&s, count, expected, each);
        double least = kernels->pairs(&row, s.packed, sums),
               smallest = kernels->values(&row, s.packed, values);
        ck_assert(least > 0 && least == smallest);
        for (int c = 0; c < 10; c++) ck_close(sums[c], expected[c], 1e-11, 1);
        for (int64_t k = 0; k < count; k++) ck_close(values[k], each[k], 1e-12, 1);
    }
    lrpot__gaussian_table_free(s.table);
}
END_TEST

/* Moves all atoms far away and every third one by a translation that its image takes back. */
static void move_away(system_of_pairs *s, const double *step, double *translations, int32_t *image)
{
    static const double far[3] = { 5e4, -3e6, 17 };
    memset(translations, 0, 8 * sizeof *translations);
    for (int i = 0; i < ATOMS; i++) {
        image[i] = i > 0 && i % 3 == 0;
        for (int a = 0; a < 3; a++)
            s->packed[4 * i + a] += far[a] - (image[i] ? step[a] : 0),
                translations[4 + a] = step[a];
    }
}

/* instruction set x prolate or Gauss: sums of points, exact to the rounding of single precision. As
 * they are; with images; with images that follow from an oblique or from a rectangular cell. */
START_TEST(rows_in_single_precision_are_pairs_one_by_one)
{
    const double oblique[9] = { 40, 0, 0, 12, 38, 0, -9, 7, 36 },
                 upright[9] = { 40, 0, 0, 0, 38, 0, 0, 0, 36 };
    const lrpot__coulomb_kernels *kernels = kernels_of(_i / 2);
    static system_of_pairs s, near;
    double translations[8];
    int32_t image[ATOMS];
    lrpot_workspace *work = NULL;
    if (kernels == NULL) return;
    ck_ok(lrpot_workspace_create(&work, 1));
    for (int kind = 0; kind < 4; kind++) {
        const double *cell = kind == 2 ? oblique : kind == 3 ? upright : NULL;
        lrpot__single_pairs singles;
        int usable = 0;
        open_system(&s, _i & 1, 0);
        near = s;
        if (kind > 0) move_away(&s, cell != NULL ? cell + 6 : oblique + 3, translations, image);
        lrpot__single_inputs inputs = { &s.pair,          6.5,      cell,        ATOMS,
                                        kind > 0 ? 2 : 0, s.packed, translations };
        ck_ok(lrpot__single_pairs_make(&inputs, work, &singles, &usable));
        ck_assert(usable && (singles.translations == NULL) == (cell != NULL));
        for (int64_t count = 1; count < ATOMS; count++) {
            double sums[10], expected[10], each[ATOMS];
            lrpot__single_row row = { .pair = &singles.pair,
                                      .packed = singles.packed,
                                      .translations = singles.translations,
                                      .j = s.j + 1,
                                      .image = kind == 1 ? image + 1 : NULL,
                                      .count = count,
                                      .mask = -1 };
            one_by_one(&near, count, expected, each);
            ck_assert(kernels->single(&row, singles.packed, sums) > 0.1);
            for (int c = 0; c < 10; c++) ck_close(sums[c], expected[c], 2e-6, 1);
        }
    }
    lrpot_workspace_free(work);
}
END_TEST

/* A position beyond 2^63 units is not a whole number. */
START_TEST(positions_out_of_range_are_noticed)
{
    static system_of_pairs s;
    lrpot__single_pairs singles;
    lrpot_workspace *work = NULL;
    int usable = 1;
    open_system(&s, 1, 0);
    s.packed[9] = 1e30;
    lrpot__single_inputs inputs = { &s.pair, 6.5, NULL, ATOMS, 0, s.packed, NULL };
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot__single_pairs_make(&inputs, work, &singles, &usable));
    ck_assert(!usable);
    lrpot_workspace_free(work);
}
END_TEST

static void open_mesh(int32_t order, lrpot__mesh_grid *grid, lrpot__mesh_atoms *atoms,
                      double *tables)
{
    static int32_t first[3 * ATOMS];
    static double offset[3 * ATOMS], charge[ATOMS];
    support_random random = { 5 };
    lrpot__window window;
    ck_ok(lrpot__window_make(order, 0.0, &window));
    int64_t table = (LRPOT__ORDER_MAX + LRPOT__EXTRA_POWERS) * LRPOT__ORDER_PAD;
    lrpot__window_polynomials(&window, tables, tables + table);
    *grid = (lrpot__mesh_grid){ .order = order,
                                .size = { SIZE, SIZE, SIZE },
                                .row = LINE,
                                .spline = tables,
                                .slope = tables + table };
    for (int i = 0; i < ATOMS; i++) {
        for (int a = 0; a < 3; a++) {
            first[3 * i + a] =
                a == 0 ? i * SIZE / ATOMS
                       : (int32_t)support_uniform(&random, 0, SIZE); /* sorted along the mesh */
            offset[3 * i + a] = support_uniform(&random, -0.5, 0.5);
        }
        charge[i] = support_uniform(&random, -1, 1);
    }
    *atoms = (lrpot__mesh_atoms){ first, offset, charge };
}

/* Orders 3 to 12 of each instruction set. */
START_TEST(charges_go_onto_the_mesh_and_back_as_in_portable_loops)
{
    const lrpot__coulomb_kernels *kernels = kernels_of(1 + _i % 2),
                                 *plain = &lrpot__coulomb_portable;
    int32_t order = 3 + _i / 2;
    if (kernels == NULL) return;
    int64_t points = SIZE * SIZE * LINE + LRPOT__ORDER_PAD,
            table = (LRPOT__ORDER_MAX + LRPOT__EXTRA_POWERS) * LRPOT__ORDER_PAD;
    double *found = calloc((size_t)(2 * points + 2 * table + 10 * ATOMS), sizeof(double)),
           *expected = found + points, *tables = expected + points;
    double *values = tables + 2 * table, *others = values + 5 * ATOMS;
    lrpot__mesh_grid grid;
    lrpot__mesh_atoms atoms;
    open_mesh(order, &grid, &atoms, tables);
    grid.values = found;
    kernels->spread[order](&grid, &atoms, 0, ATOMS, 0, SIZE);
    grid.values = expected;
    plain->spread[order](&grid, &atoms, 0, ATOMS, 0, SIZE);
    double square = 0;
    for (int64_t p = 0; p < points; p++) {
        ck_close(found[p], expected[p], TOL_EXACT, 1);
        square += expected[p] * expected[p];
    }
    ck_assert(square > 0.01);
    kernels->gather[order](&grid, &atoms, 0, ATOMS, values),
        plain->gather[order](&grid, &atoms, 0, ATOMS, others);
    for (int x = 0; x < 4 * ATOMS; x++) ck_close(values[x], others[x], TOL_EXACT, 10);
    kernels->sample[order](&grid, &atoms, 0, ATOMS, values),
        plain->sample[order](&grid, &atoms, 0, ATOMS, others + 4 * ATOMS);
    for (int i = 0; i < ATOMS; i++) {
        ck_close(values[i], others[4 * ATOMS + i], TOL_EXACT, 10);
        ck_close(values[i], others[4 * i], TOL_EXACT, 10);
    }
    free(found);
}
END_TEST

/* Weights of waves have roots: rounding must not make the end of the step negative. */
START_TEST(steps_fall_to_zero_from_above)
{
    double before = 1.0, slope;
    for (int k = 0; k <= 20000; k++) {
        double x = 0.95 + 0.05 * k / 20000.0, value = lrpot__taper(x, 0.95, 1.0, &slope),
               near = lrpot__taper(1.0 - 1e-11 * k, 0.95, 1.0, &slope);
        ck_assert(near >= 0.0);
        ck_assert(value >= 0.0 && value <= before + 1e-15);
        before = value;
    }
    ck_close(lrpot__taper(0.975, 0.95, 1.0, &slope), 0.5, 1e-12, 1);
    ck_close(slope, -30.0 / 16.0 / 0.05, 1e-12, 10);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("coulomb_kernels");
    TCase *tcase = tcase_create("unit");
    support_add_cases(tcase, rows_of_pairs_are_pairs_one_by_one, 0, 12);
    support_add_cases(tcase, boys_functions_are_their_series, 0, 9);
    support_add_cases(tcase, orders_by_boys_functions_are_those_by_erfc, 0, 6);
    support_add_cases(tcase, rows_in_single_precision_are_pairs_one_by_one, 0, 6);
    tcase_add_test(tcase, positions_out_of_range_are_noticed);
    support_add_cases(tcase, charges_go_onto_the_mesh_and_back_as_in_portable_loops, 0, 20);
    tcase_add_test(tcase, steps_fall_to_zero_from_above);
    suite_add_tcase(suite, tcase);
    return suite;
}
