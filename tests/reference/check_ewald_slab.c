/* Slabs: two periodic directions, exact and by the mesh. */
#include "coulomb.h"

#define K LRPOT_COULOMB_CONSTANT

static void compare(const char *what, const double *values, const json_t *expected, int64_t n,
                    double factor, double tolerance)
{
    double reference[9 * COULOMB_MAX], scale = 1.0;
    ck_assert_msg(coulomb_flatten(expected, reference) == n, "%s has another size", what);
    for (int64_t k = 0; k < n; k++) scale = fmax(scale, fabs(reference[k]));
    for (int64_t k = 0; k < n; k++)
        ck_assert_msg(fabs(values[k] - factor * reference[k]) <= tolerance * scale,
                      "%s[%d] = %.15g, expected %.15g", what, (int)k, values[k],
                      factor * reference[k]);
}

/* The file leaves out xz and yz, which shift layers against each other: the sum of z times the
 * forces. */
static void compare_virial(const coulomb_system *s, const json_t *expected, const coulomb_result *r,
                           double tolerance)
{
    double reference[9];
    coulomb_flatten(expected, reference);
    for (int c = 0; c < 9; c++) {
        int a = c / 3, b = c % 3;
        double sum = 0;
        for (int64_t i = 0; i < s->n; i++)
            sum += s->positions[3 * i + 2] * r->forces[3 * i + (a == 2 ? b : a)];
        ck_close(r->virial[c], (a == 2) != (b == 2) ? sum : -K * reference[c], 30 * tolerance, 1);
    }
}

START_TEST(slab_of_high_precision_is_met)
{
    static const double accuracies[] = { 2e-12, 1e-9, 1e-6 };
    coulomb_system s;
    coulomb_result r, mixed;
    double tolerance = fmax(TOL_REF * K, 3 * accuracies[_i]);
    json_t *root = coulomb_load("slab_exact2d", &s);
    coulomb_eval(&s, coulomb_options(accuracies[_i]), 1, &r);
    compare("energy", &r.energy, json_object_get(root, "energy"), 1, K, tolerance);
    compare("potential", r.potential, json_object_get(root, "potential"), s.n, K, 3 * tolerance);
    compare("field", r.field, json_object_get(root, "field"), 3 * s.n, K, tolerance);
    compare("forces", r.forces, json_object_get(root, "forces"), 3 * s.n, K, tolerance);
    compare_virial(&s, json_object_get(root, "dE_dstrain"), &r, tolerance);
    s.periodic_mask = 3;
    s.cell[6] = 3, s.cell[7] = -1, s.cell[8] = 0; /* the third row counts for nothing */
    for (int64_t i = 0; i < s.n; i++) s.positions[3 * i + 2] += 1234.5;
    coulomb_eval(&s, coulomb_options(accuracies[_i]), 2, &mixed);
    ck_close(mixed.energy, r.energy, tolerance, 1);
    json_decref(root);
}
END_TEST

#define LARGE 600

typedef struct {
    int64_t n;
    int32_t mask, threads;
    double cell[9], positions[3 * LARGE], q[LARGE], forces[3 * LARGE], potential[LARGE], energy,
        virial[9], virial_atom[9 * LARGE];
} layer;

enum { SALT, TILTED, THIN, ACROSS_X, SHAPES };

/* Salt or charges scattered around its sites, 4 layers or one. */
static void make(int kind, layer *b)
{
    static const double tilts[SHAPES] = { 0, 0.6, 0.2, -0.3 };
    support_random random = { 70u + (unsigned)kind };
    int64_t layers = kind == THIN ? 1 : 4, edge = kind == THIN ? 24 : 12;
    int turn = kind == ACROSS_X ? 1 : 0; /* normal along x, periodic rows b and c */
    memset(b, 0, sizeof *b);
    b->mask = kind == ACROSS_X ? 6 : 3;
    double length = 2.82 * (double)edge, spread = kind == SALT ? 0.2 : 0.7,
           rows[9] = { length, 0, 0, tilts[kind] * length, length, 0, 7, 8, 9 };
    for (int x = 0; x < 9; x++) b->cell[3 * ((x / 3 + turn) % 3) + (x % 3 + turn) % 3] = rows[x];
    for (int64_t x = 0; x < edge; x++)
        for (int64_t y = 0; y < edge; y++)
            for (int64_t z = 0; z < layers; z++) {
                double s = (double)x / (double)edge, t = (double)y / (double)edge;
                double r[3] = { s * rows[0] + t * rows[3], t * rows[4], 2.82 * (double)z };
                for (int a = 0; a < 3; a++)
                    b->positions[3 * b->n + (a + turn) % 3] =
                        r[a] + support_uniform(&random, -spread, spread);
                b->q[b->n++] = (x + y + z) % 2 == 0 ? 1 : -1;
            }
}

static void evaluate(layer *b, double accuracy, int32_t method, int32_t threads,
                     lrpot_ewald_report *report)
{
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    options.accuracy = accuracy, options.method = method;
    atoms.n_owned = atoms.n_all = b->n, atoms.positions = b->positions, atoms.cell = b->cell,
    atoms.periodic_mask = b->mask;
    out.energy = &b->energy, out.forces = b->forces, out.potential = b->potential,
    out.virial = b->virial, out.virial_atom = b->virial_atom;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, threads));
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, b->q, &out));
    if (report != NULL) ck_ok(lrpot_ewald_plan(ewald, work, &atoms, report));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

/* RMS over the vectors of two arrays. */
static double rms(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < 3 * n; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sqrt(sum / (double)n);
}

static const double targets[] = { 1e-2, 1e-4, 1e-6 };
#define TARGETS 3

START_TEST(mesh_keeps_the_error_asked_for)
{
    static layer b, exact;
    double target = targets[_i % TARGETS];
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    make(_i / TARGETS, &b);
    exact = b;
    evaluate(&exact, 1e-9, LRPOT_EWALD_EXACT, 1, NULL);
    evaluate(&b, target, LRPOT_EWALD_MESH, 2, &report);
    ck_assert_int_eq(report.method, LRPOT_EWALD_MESH);
    double error = rms(b.forces, exact.forces, b.n),
           trace = b.virial[0] + b.virial[4] + b.virial[8], sums[9] = { 0 };
    printf("# kind %d target %g error/target %.3f\n", _i / TARGETS, target, error / target);
    ck_assert_msg(error <= target && error >= 0.02 * target,
                  "kind %d: error %g of %g eV/A asked for", _i / TARGETS, error, target);
    ck_assert_msg(fabs(b.energy - exact.energy) <= 3 * target * (double)b.n,
                  "energy %.12g, exact %.12g", b.energy, exact.energy);
    for (int c = 0; c < 9; c++) {
        ck_assert_msg(fabs(b.virial[c] - exact.virial[c]) <= 10 * target * (double)b.n,
                      "virial[%d] %.12g, exact %.12g", c, b.virial[c], exact.virial[c]);
        for (int64_t i = 0; i < b.n; i++) sums[c] += b.virial_atom[9 * i + c];
        ck_close(sums[c], b.virial[c], 1e-10, 1000);
    }
    ck_assert_msg(fabs(trace - b.energy) <= 30 * target * (double)b.n,
                  "trace of the virial %.12g, energy %.12g", trace, b.energy);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_slab");
    TCase *tc = tcase_create("slab");
    tcase_set_timeout(tc, 60);
    support_add_cases(tc, slab_of_high_precision_is_met, 0, 3);
    support_add_cases(tc, mesh_keeps_the_error_asked_for, 0, SHAPES * TARGETS);
    suite_add_tcase(suite, tc);
    return suite;
}
