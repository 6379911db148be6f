/* Contractions with open indices: they turn with the atoms, and every matrix of their level is a
 * sum of them. */
#include "basis_system.h"

#include "basis/basis.h"
#include "basis/moments.h"
#include "basis/plan/covariant.h"
#include "basis/plan/graph.h"
#include "basis/plan/plan.h"
#include "basis/radial.h"

#include <lapacke.h>
#include <math.h>

enum { ALL_PARTS = (1 << LRPOT__PARTS) - 1, LEVEL = 10, N_BASIC_RANKS = 6 };

static const lrpot__graph_rule rules[] = {
    { .levels = { 10, 10, 10 }, .channels = 1, .step = 4, .max_mu = 5 },
    { .levels = { 11, 9, 9 }, .channels = 2, .step = 2, .max_mu = 7 },
    { .levels = { 12, 12, 12, 12 }, .channels = 1, .step = 4, .max_mu = 5 },
};
enum { RULES = sizeof rules / sizeof rules[0] };

typedef struct {
    basis_system system;
    int64_t counts[LRPOT__PARTS], first[LRPOT__PARTS]; /* functions, first component */
} covariant_system;

static lrpot_basis *covariant_basis(const lrpot__graph_rule *rule, support_random *random,
                                    int64_t counts[LRPOT__PARTS])
{
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot__plan *plan = NULL;
    lrpot_basis *basis = NULL;
    options.n_species = 2;
    options.level = 0;
    options.min_distance = 1.2;
    options.cutoff = BASIS_CUTOFF;
    options.scaling = 0.3;
    ck_ok(lrpot__plan_create_covariant(&plan, counts, rule, ALL_PARTS));
    ck_ok(lrpot__basis_create_with_plan(&basis, &options, plan));
    int64_t n = 4 * lrpot_basis_radial_functions(basis) * 8;
    double *radial = malloc((size_t)n * sizeof *radial);
    for (int64_t i = 0; i < n; i++) radial[i] = support_uniform(random, -1, 1);
    ck_ok(lrpot_basis_set_radial(basis, radial));
    free(radial);
    return basis;
}

static void make(covariant_system *s, const lrpot__graph_rule *rule, int64_t n)
{
    support_random random = { 31 };
    lrpot_structure *structure =
        support_random_structure(&random, CELL_NONE, n, 2, basis_symbols, 1.6);
    lrpot_basis *basis = covariant_basis(rule, &random, s->counts);
    basis_system_bind(&s->system, &random, structure, basis, 1);
    int64_t at = 0;
    for (int p = 0; p < LRPOT__PARTS; p++) {
        s->first[p] = at;
        at += s->counts[p] * lrpot__part_components[p];
    }
    ck_assert_int_eq(at, lrpot_basis_count(basis));
}

static double *features_of(const basis_system *s)
{
    double *features = malloc((size_t)(s->n * lrpot_basis_count(s->basis)) * sizeof *features);
    ck_ok(lrpot_nlist_rebuild(s->list, &s->atoms));
    ck_ok(lrpot_basis_eval(s->basis, s->work, &s->atoms, s->list, features));
    return features;
}

/* The matrix that components of a part stand for; of a scalar, times the unit matrix. */
static void matrix_of(int part, const double *c, double m[9])
{
    static const int place[9] = { 0, 5, 4, 5, 1, 3, 4, 3, 2 };
    memset(m, 0, 9 * sizeof *m);
    if (part == LRPOT__PART_SCALAR) m[0] = m[4] = m[8] = c[0];
    for (int k = 0; k < 9 && part == LRPOT__PART_SYMMETRIC; k++) m[k] = c[place[k]];
    if (part != LRPOT__PART_ANTISYMMETRIC) return;
    m[5] = c[0], m[7] = -c[0];
    m[6] = c[1], m[2] = -c[1];
    m[1] = c[2], m[3] = -c[2];
}

static void random_rotation(support_random *random, double mirror, double r[9])
{
    double q[4], norm = 0;
    for (int i = 0; i < 4; i++) {
        q[i] = support_uniform(random, -1, 1);
        norm += q[i] * q[i];
    }
    double w = q[0], x = q[1], y = q[2], z = q[3], s = 2 / norm;
    double m[9] = { 1 - s * (y * y + z * z), s * (x * y - w * z),     s * (x * z + w * y),
                    s * (x * y + w * z),     1 - s * (x * x + z * z), s * (y * z - w * x),
                    s * (x * z - w * y),     s * (y * z + w * x),     1 - s * (x * x + y * y) };
    for (int i = 0; i < 9; i++) r[i] = mirror * m[i];
}

static void turn_atoms(basis_system *s, const double r[9])
{
    double *x = lrpot_structure_positions(s->structure);
    for (int64_t i = 0; i < s->n; i++) {
        double v[3] = { x[3 * i], x[3 * i + 1], x[3 * i + 2] };
        for (int a = 0; a < 3; a++)
            x[3 * i + a] = r[3 * a] * v[0] + r[3 * a + 1] * v[1] + r[3 * a + 2] * v[2];
    }
}

static double largest(const double *values, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(values[i]));
    return most;
}

static void compare_turned(const covariant_system *s, const double r[9], const double *before,
                           const double *after, double scale)
{
    for (int64_t f = 0; f < s->counts[LRPOT__PART_VECTOR]; f++) {
        const double *v = before + s->first[LRPOT__PART_VECTOR] + 3 * f,
                     *w = after + s->first[LRPOT__PART_VECTOR] + 3 * f;
        for (int a = 0; a < 3; a++)
            ck_close(w[a], r[3 * a] * v[0] + r[3 * a + 1] * v[1] + r[3 * a + 2] * v[2],
                     50 * TOL_EXACT, scale);
    }
    for (int part = 0; part < LRPOT__PARTS; part++)
        for (int64_t f = 0; part != LRPOT__PART_VECTOR && f < s->counts[part]; f++) {
            double m[9], turned[9];
            int64_t at = s->first[part] + f * lrpot__part_components[part];
            matrix_of(part, before + at, m);
            matrix_of(part, after + at, turned);
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 3; b++) {
                    double expected = 0;
                    for (int c = 0; c < 3; c++)
                        for (int d = 0; d < 3; d++)
                            expected += r[3 * a + c] * m[3 * c + d] * r[3 * b + d];
                    ck_close(turned[3 * a + b], expected, 50 * TOL_EXACT, scale);
                }
        }
}

START_TEST(functions_turn_and_reflect_with_the_atoms)
{
    covariant_system s;
    support_random random = { 5 };
    double r[9];
    make(&s, &rules[_i % RULES], 9);
    int64_t width = lrpot_basis_count(s.system.basis);
    random_rotation(&random, _i < RULES ? 1 : -1, r);
    double *before = features_of(&s.system);
    turn_atoms(&s.system, r);
    double *after = features_of(&s.system);
    for (int64_t i = 0; i < s.system.n; i++)
        compare_turned(&s, r, before + i * width, after + i * width,
                       largest(before, s.system.n * width));
    free(before);
    free(after);
    basis_system_free(&s.system);
}
END_TEST

/* Two ways to make a plan of the same graphs: this one, and that of lrpot_basis_create(). */
static void compare_scalars(int32_t level, int32_t step)
{
    lrpot__graph_rule rule = lrpot__graph_rule_of(level, step);
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    support_random random = { 37 };
    basis_system s;
    lrpot__plan *plan = NULL;
    int64_t counts[LRPOT__PARTS];
    basis_system_create_step(&s, &random, CELL_TRICLINIC, 9, level, step, 2, LRPOT_KERNEL_PORTABLE,
                             1);
    lrpot_basis *expected = s.basis;
    int64_t n = s.n * lrpot_basis_count(expected);
    ck_ok(lrpot__plan_create_covariant(&plan, counts, &rule, 1 << LRPOT__PART_SCALAR));
    ck_assert_int_eq(counts[LRPOT__PART_SCALAR], lrpot_basis_count(expected));
    ck_ok(lrpot_basis_get_options(expected, &options));
    ck_ok(lrpot__basis_create_with_plan(&s.basis, &options, plan));
    ck_ok(lrpot_basis_set_radial(s.basis, lrpot_basis_radial(expected)));
    double *features = features_of(&s);
    lrpot_basis_free(s.basis);
    s.basis = expected;
    double *right = features_of(&s), scale = largest(right, n);
    for (int64_t k = 0; k < n; k++) ck_close(features[k], right[k], TOL_EXACT, scale);
    free(features);
    free(right);
    basis_system_free(&s);
}

START_TEST(scalars_are_those_of_the_level)
{
    for (int32_t level = 4; level <= 14; level += 2) {
        compare_scalars(level, 4);
        compare_scalars(level, 2);
    }
    compare_scalars(12, 1);
}
END_TEST

/* ---- Completeness ---- */

/* Moment of the atom with all indices written out: [3^rank]. */
static void moment(const basis_system *s, int64_t i, int mu, int rank, double *out)
{
    const lrpot_basis *basis = s->basis;
    const double *x = s->atoms.positions;
    int64_t size = 1, n_radial = basis->plan->n_radial;
    for (int k = 0; k < rank; k++) size *= 3;
    memset(out, 0, (size_t)size * sizeof *out);
    for (int64_t j = 0; j < s->n; j++) {
        double d[3], r2 = 0, q[8], dq[8], f = 0;
        for (int a = 0; a < 3; a++) {
            d[a] = x[3 * j + a] - x[3 * i + a];
            r2 += d[a] * d[a];
        }
        if (j == i || r2 >= BASIS_CUTOFF * BASIS_CUTOFF) continue;
        lrpot__radial_polynomials(basis, sqrt(r2), q, dq);
        const double *c = basis->radial + ((s->species[i] * 2 + s->species[j]) * n_radial + mu) * 8;
        for (int b = 0; b < 8; b++) f += c[b] * q[b];
        for (int64_t k = 0; k < size; k++) {
            double product = f;
            int64_t rest = k;
            for (int l = 0; l < rank; l++, rest /= 3) product *= d[rest % 3] / sqrt(r2);
            out[k] += product;
        }
    }
}

/* A contraction by the book: a list of edges and legs, all indices summed over. */
typedef struct {
    int vertices, mu[3], edges, end[4][2], leg[2];
} contraction;

static void contract(const basis_system *s, int64_t i, const contraction *c, double t[9])
{
    static double moments[3][3 * 3 * 3 * 3 * 3 * 3 * 3 * 3];
    int rank[3] = { 0, 0, 0 };
    for (int e = 0; e < c->edges; e++) rank[c->end[e][0]]++, rank[c->end[e][1]]++;
    for (int l = 0; l < 2; l++) rank[c->leg[l]]++;
    for (int v = 0; v < c->vertices; v++) moment(s, i, c->mu[v], rank[v], moments[v]);
    int total = 9;
    for (int e = 0; e < c->edges; e++) total *= 3;
    memset(t, 0, 9 * sizeof *t);
    for (int k = 0; k < total; k++) {
        int64_t place[3] = { 0, 0, 0 };
        int rest = k / 9, index[2] = { k % 9 / 3, k % 3 };
        for (int e = 0; e < c->edges; e++, rest /= 3)
            for (int side = 0; side < 2; side++)
                place[c->end[e][side]] = 3 * place[c->end[e][side]] + rest % 3;
        for (int l = 0; l < 2; l++) place[c->leg[l]] = 3 * place[c->leg[l]] + index[l];
        double product = 1;
        for (int v = 0; v < c->vertices; v++) product *= moments[v][place[v]];
        t[k % 9] += product;
    }
}

/* Any contraction up to the level of the first rule. */
static contraction random_contraction(support_random *random)
{
    contraction c = { 0 };
    int level = LEVEL + 1;
    while (level > LEVEL) {
        c.vertices = 1 + (int)support_uniform(random, 0, 2.999);
        c.edges = c.vertices > 1 ? (int)support_uniform(random, 0, 2.999) : 0;
        level = 2 * c.vertices + 2 * c.edges + 2;
        for (int v = 0; v < c.vertices; v++)
            level += 4 * (c.mu[v] = (int)support_uniform(random, 0, 1.999));
        for (int l = 0; l < 2; l++) c.leg[l] = (int)support_uniform(random, 0, c.vertices - 1e-9);
        for (int e = 0; e < c.edges; e++) {
            c.end[e][0] = (int)support_uniform(random, 0, c.vertices - 1e-9);
            c.end[e][1] = (c.end[e][0] + 1 + (int)support_uniform(random, 0, c.vertices - 1 - 1e-9))
                          % c.vertices;
        }
    }
    return c;
}

/* Columns: all functions as matrices; rows: nine components of each atom. */
static double *matrices_of(const covariant_system *s, int64_t *columns)
{
    double *features = features_of(&s->system);
    int64_t width = lrpot_basis_count(s->system.basis), k = 0;
    *columns = s->counts[LRPOT__PART_SCALAR] + s->counts[LRPOT__PART_ANTISYMMETRIC]
               + s->counts[LRPOT__PART_SYMMETRIC];
    double *a = calloc((size_t)(9 * s->system.n * *columns), sizeof *a);
    for (int part = 0; part < LRPOT__PARTS; part++)
        for (int64_t f = 0; part != LRPOT__PART_VECTOR && f < s->counts[part]; f++, k++)
            for (int64_t i = 0; i < s->system.n; i++) {
                double m[9];
                matrix_of(part,
                          features + i * width + s->first[part] + f * lrpot__part_components[part],
                          m);
                for (int c = 0; c < 9; c++) a[(9 * i + c) * *columns + k] = m[c];
            }
    free(features);
    return a;
}

START_TEST(any_contraction_of_the_level_is_a_sum_of_the_functions)
{
    enum { TARGETS = 40, ATOMS = 60 };
    covariant_system s;
    support_random random = { 77 };
    make(&s, &rules[0], ATOMS);
    int64_t columns, rows = 9 * s.system.n;
    double *a = matrices_of(&s, &columns), *b = malloc((size_t)(rows * TARGETS) * sizeof *b);
    ck_assert_int_lt(columns, rows / 2);
    /* one species of centres: the functions' coefficients are those of a species */
    for (int64_t i = 0; i < s.system.n; i++)
        for (int c = 0; c < 9 && s.system.species[i] != 0; c++)
            memset(a + (9 * i + c) * columns, 0, (size_t)columns * sizeof *a);
    double size[TARGETS];
    memset(b, 0, (size_t)(rows * TARGETS) * sizeof *b);
    for (int t = 0; t < TARGETS; t++) {
        contraction c = random_contraction(&random);
        size[t] = 0;
        for (int64_t i = 0; i < s.system.n; i++) {
            double m[9];
            if (s.system.species[i] != 0) continue;
            contract(&s.system, i, &c, m);
            for (int k = 0; k < 9; k++) b[(9 * i + k) * TARGETS + t] = m[k];
            size[t] = fmax(size[t], largest(m, 9));
        }
    }
    lapack_int rank;
    double *singular = malloc((size_t)columns * sizeof *singular),
           *residual = malloc((size_t)(rows * TARGETS) * sizeof *b);
    double *copy = malloc((size_t)(rows * columns) * sizeof *copy);
    memcpy(copy, a, (size_t)(rows * columns) * sizeof *copy);
    memcpy(residual, b, (size_t)(rows * TARGETS) * sizeof *b);
    ck_assert_int_eq(LAPACKE_dgelsd(LAPACK_ROW_MAJOR, (lapack_int)rows, (lapack_int)columns,
                                    TARGETS, copy, (lapack_int)columns, residual, TARGETS, singular,
                                    1e-13, &rank),
                     0);
    for (int t = 0; t < TARGETS; t++)
        for (int64_t row = 0; row < rows; row++) {
            double sum = 0;
            for (int64_t k = 0; k < columns; k++)
                sum += a[row * columns + k] * residual[k * TARGETS + t];
            ck_close(sum, b[row * TARGETS + t], 1e-8, size[t]);
        }
    free(a);
    free(b);
    free(copy);
    free(residual);
    free(singular);
    basis_system_free(&s.system);
}
END_TEST

START_TEST(fast_kernels_give_the_functions_of_the_plain_one)
{
    covariant_system s;
    make(&s, &rules[_i], 12);
    lrpot_basis *own = s.system.basis, *plain = NULL;
    lrpot_basis_options options = LRPOT_BASIS_OPTIONS_INIT;
    lrpot__plan *plan = NULL;
    ck_ok(lrpot_basis_get_options(own, &options));
    options.kernel = LRPOT_KERNEL_REFERENCE;
    ck_ok(lrpot__plan_clone(&plan, own->plan));
    ck_ok(lrpot__basis_create_with_plan(&plain, &options, plan));
    ck_ok(lrpot_basis_set_radial(plain, lrpot_basis_radial(own)));
    int64_t n = s.system.n * lrpot_basis_count(own);
    s.system.basis = plain;
    double *expected = features_of(&s.system), scale = largest(expected, n);
    for (int which = 0; which < BASIS_KERNELS; which++) {
        s.system.basis = basis_with_kernel(own, which);
        if (s.system.basis == NULL) continue;
        double *features = features_of(&s.system);
        for (int64_t k = 0; k < n; k++) ck_close(features[k], expected[k], 50 * TOL_EXACT, scale);
        free(features);
        lrpot_basis_free(s.system.basis);
    }
    free(expected);
    lrpot_basis_free(plain);
    s.system.basis = own;
    basis_system_free(&s.system);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("covariant");
    TCase *tests = tcase_create("covariant");
    tcase_set_timeout(tests, 120);
    support_add_cases(tests, functions_turn_and_reflect_with_the_atoms, 0, 2 * RULES);
    tcase_add_test(tests, scalars_are_those_of_the_level);
    tcase_add_test(tests, any_contraction_of_the_level_is_a_sum_of_the_functions);
    support_add_cases(tests, fast_kernels_give_the_functions_of_the_plain_one, 0, RULES);
    suite_add_tcase(suite, tests);
    return suite;
}
