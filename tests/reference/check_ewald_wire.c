/* Wires: one periodic direction, exact and by the mesh, against a sum over the copies. */
#include "slabs_and_wires.h"

#define K LRPOT_COULOMB_CONSTANT
#define N_ATOMS 9

/* Energy of a neutral wire: pairs with the copies -n to n. What is left falls off as a series in
 * 1/(n + 1/2)^2 without a term of order 0 and with one of order 1, of the dipole; it is removed by
 * extrapolation from three n. */
static double energy_of_copies(const coulomb_system *s, int row, int n)
{
    double sum = 0;
    for (int64_t i = 0; i < s->n; i++)
        for (int64_t j = 0; j < s->n; j++)
            for (int c = -n; c <= n; c++) {
                double square = 0;
                for (int a = 0; a < 3; a++)
                    square += pow(s->positions[3 * i + a] - s->positions[3 * j + a]
                                      - c * s->cell[3 * row + a],
                                  2);
                if (i != j || c != 0) sum += 0.5 * K * s->q[i] * s->q[j] / sqrt(square);
            }
    return sum;
}

static double extrapolated(const coulomb_system *s, int row)
{
    double x[3], y[3], value = 0;
    for (int k = 0; k < 3; k++) {
        int n = 100 << k;
        x[k] = 1 / ((n + 0.5) * (n + 0.5));
        y[k] = energy_of_copies(s, row, n);
    }
    for (int k = 0; k < 3; k++) {
        double weight = 1;
        for (int m = 0; m < 3; m++)
            if (m != k) weight *= x[m] / (x[m] - x[k]);
        value += weight * y[k];
    }
    return value;
}

START_TEST(sum_over_the_copies_is_met)
{
    coulomb_system s;
    coulomb_result exact, mesh;
    support_random random = { 4100u + (unsigned)_i };
    wire_random(&random, _i % 3, N_ATOMS, 0.0, 0, &s);
    /* long, medium and short periods */
    for (int a = 0; a < 3; a++) s.cell[3 * (_i % 3) + a] *= _i < 3 ? 1.0 : _i < 6 ? 4.0 : 0.4;
    lrpot_ewald_options options = coulomb_options(1e-10);
    double energy = extrapolated(&s, _i % 3);
    options.method = LRPOT_EWALD_EXACT;
    coulomb_eval(&s, options, 1, &exact);
    options.method = LRPOT_EWALD_MESH;
    coulomb_eval(&s, options, 2, &mesh);
    ck_close(exact.energy, energy, 1e-8, 10);
    ck_close(mesh.energy, energy, 1e-8, 10);
}
END_TEST

#define LARGE 500

typedef struct {
    int64_t n;
    double cell[9], positions[3 * LARGE], q[LARGE], forces[3 * LARGE], energy, virial[9];
} wire;

enum { SALT, SCATTERED, CHAIN, LONG, SHAPES };

/* A rod of salt, of charges scattered around its sites, a chain, a rod of long period. */
static void make(int kind, wire *w)
{
    static const int lengths[SHAPES] = { 8, 12, 60, 28 }, edges[SHAPES] = { 6, 6, 1, 4 };
    support_random random = { 90u + (unsigned)kind };
    double spread = kind == SALT ? 0.1 : 0.6;
    memset(w, 0, sizeof *w);
    w->cell[2] = 2.82 * lengths[kind];
    for (int z = 0; z < lengths[kind]; z++)
        for (int x = 0; x < edges[kind]; x++)
            for (int y = 0; y < edges[kind]; y++) {
                const int site[3] = { x, y, z };
                for (int a = 0; a < 3; a++)
                    w->positions[3 * w->n + a] = 2.82 * site[a]
                                                 + support_uniform(&random, -spread, spread);
                w->q[w->n++] = (x + y + z) % 2 == 0 ? 1 : -1;
            }
}

static void evaluate(wire *w, double accuracy, int32_t method)
{
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    options.accuracy = accuracy, options.method = method;
    atoms.n_owned = atoms.n_all = w->n, atoms.positions = w->positions, atoms.cell = w->cell,
    atoms.periodic_mask = 1;
    out.energy = &w->energy, out.forces = w->forces, out.virial = w->virial;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, 2));
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, w->q, &out));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

static double rms(const wire *a, const wire *b)
{
    double sum = 0;
    for (int64_t x = 0; x < 3 * a->n; x++) sum += pow(a->forces[x] - b->forces[x], 2);
    return sqrt(sum / (double)a->n);
}

static void compare(int kind, double target, int32_t method, const wire *exact)
{
    static wire w;
    w = *exact;
    evaluate(&w, target, method);
    double error = rms(&w, exact);
    printf("# kind %d method %d target %g error/target %.3f\n", kind, method, target,
           error / target);
    ck_assert_msg(error <= target, "method %d: error %g eV/A, asked for %g", method, error, target);
    ck_assert_msg(fabs(w.energy - exact->energy) <= 3 * target * (double)w.n,
                  "energy %.12g, exact %.12g", w.energy, exact->energy);
    for (int c = 0; c < 9; c++)
        ck_assert_msg(fabs(w.virial[c] - exact->virial[c]) <= 10 * target * (double)w.n,
                      "virial[%d] %.12g, exact %.12g", c, w.virial[c], exact->virial[c]);
}

START_TEST(errors_are_below_those_asked_for)
{
    static const double targets[4] = { 1e-2, 1e-4, 1e-6, 1e-8 };
    static wire exact;
    make(_i, &exact);
    evaluate(&exact, 1e-10, LRPOT_EWALD_EXACT);
    for (int t = 0; t < 4; t++)
        for (int32_t method = LRPOT_EWALD_EXACT; method <= LRPOT_EWALD_SPLINE; method++)
            compare(_i, targets[t], method, &exact);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_wire");
    TCase *tc = tcase_create("wire");
    tcase_set_timeout(tc, 120);
    support_add_cases(tc, sum_over_the_copies_is_met, 0, 9);
    support_add_cases(tc, errors_are_below_those_asked_for, 0, SHAPES);
    suite_add_tcase(suite, tc);
    return suite;
}
