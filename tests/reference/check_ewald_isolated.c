/* Isolated systems by the mesh against all pairs. */
#include "support.h"

#include <math.h>
#include <string.h>

#define MOST 2600

typedef struct {
    int64_t n;
    double positions[3 * MOST], q[MOST], forces[3 * MOST], field[3 * MOST], potential[MOST], energy,
        virial[9], virial_atom[9 * MOST];
    int32_t species[MOST];
} droplet;

enum { BALL, ROD, CHARGED, SMEARED, LATENT, KINDS };

/* Ions scattered around sites of a lattice. */
static void make(int kind, int64_t edge, droplet *d)
{
    support_random random = { 800u + (unsigned)kind };
    int64_t size[3] = { edge, edge, edge };
    if (kind == ROD) size[0] = 4 * edge, size[1] = size[2] = edge / 2;
    memset(d, 0, sizeof *d);
    for (int64_t x = 0; x < size[0]; x++)
        for (int64_t y = 0; y < size[1]; y++)
            for (int64_t z = 0; z < size[2]; z++) {
                double site[3] = { (double)x, (double)(y - z), (double)(y + z) };
                for (int a = 0; a < 3; a++)
                    d->positions[3 * d->n + a] = 2.4 * site[a] + support_uniform(&random, -0.6, 0.6)
                                                 + 50.0;
                d->species[d->n] = (int32_t)((x + y) % 2);
                d->q[d->n++] = ((x + y + z) % 2 == 0 ? 1 : -1) + (kind == CHARGED ? 0.05 : 0.0);
            }
}

static void evaluate(int kind, droplet *d, double accuracy, int32_t method,
                     lrpot_ewald_report *report)
{
    static const double widths[2] = { 0.7, 0.0 };
    lrpot_ewald *ewald = NULL;
    lrpot_workspace *work = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    options.accuracy = accuracy, options.method = method;
    if (kind == SMEARED) options.n_widths = 2, options.widths = widths;
    if (kind == LATENT) options.kernel = LRPOT_EWALD_LATENT, options.sigma = 1.0;
    atoms.n_owned = atoms.n_all = d->n, atoms.positions = d->positions, atoms.species = d->species;
    out.energy = &d->energy, out.forces = d->forces, out.field = d->field,
    out.potential = d->potential, out.virial = d->virial;
    out.virial_atom = d->virial_atom;
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_workspace_create(&work, 2));
    ck_ok(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, d->q, &out));
    if (report != NULL) ck_ok(lrpot_ewald_plan(ewald, work, &atoms, report));
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}

static const double targets[] = { 1e-2, 1e-4, 1e-6 };

START_TEST(mesh_keeps_the_error_asked_for)
{
    static droplet d, exact;
    int kind = _i / 3;
    double target = targets[_i % 3], error = 0, sum[3] = { 0 };
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    make(kind, 8, &d);
    exact = d;
    evaluate(kind, &exact, 1e-9, LRPOT_EWALD_EXACT, NULL);
    evaluate(kind, &d, target, LRPOT_EWALD_MESH, &report);
    ck_assert_int_eq(report.method, LRPOT_EWALD_MESH);
    for (int64_t x = 0; x < 3 * d.n; x++) {
        error += pow(d.forces[x] - exact.forces[x], 2) / (double)d.n;
        sum[x % 3] += d.forces[x];
    }
    error = sqrt(error);
    ck_assert_msg(error <= target && error >= 0.02 * target,
                  "kind %d: error %g of %g eV/A asked for", kind, error, target);
    ck_assert_double_le(fabs(d.energy - exact.energy), 3 * target * (double)d.n);
    for (int64_t i = 0; i < d.n; i++)
        ck_assert_double_le(fabs(d.potential[i] - exact.potential[i]), 30 * target);
    for (int a = 0; a < 3; a++) ck_close(sum[a], 0, 1e-9, 1);
    for (int c = 0; c < 9; c++) {
        double atoms = 0;
        for (int64_t i = 0; i < d.n; i++) atoms += d.virial_atom[9 * i + c];
        ck_close(atoms, d.virial[c], 1e-9, 1000);
        ck_assert_double_le(fabs(d.virial[c] - exact.virial[c]), 100 * target * (double)d.n);
    }
}
END_TEST

START_TEST(large_systems_go_to_the_mesh)
{
    static droplet d, exact;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    double error = 0;
    make(BALL, 13, &d);
    exact = d;
    evaluate(BALL, &d, 1e-3, LRPOT_EWALD_AUTO, &report);
    evaluate(BALL, &exact, 1e-3, LRPOT_EWALD_EXACT, NULL);
    ck_assert_int_eq(report.method, LRPOT_EWALD_MESH);
    for (int64_t x = 0; x < 3 * d.n; x++)
        error += pow(d.forces[x] - exact.forces[x], 2) / (double)d.n;
    ck_assert(sqrt(error) < 1e-3);
    make(BALL, 6, &d); /* small ones stay with pairs, exact to rounding */
    evaluate(BALL, &d, 1e-3, LRPOT_EWALD_AUTO, &report);
    ck_assert_int_eq(report.method, LRPOT_EWALD_EXACT);
    ck_close(d.virial[0] + d.virial[4] + d.virial[8], d.energy, 1e-12, 1);
}
END_TEST

/* The box of a mesh is as large as the system is wide: all pairs of what is thin cost less. */
START_TEST(sparse_systems_stay_with_pairs)
{
    static droplet d, moved;
    lrpot_ewald_report report = LRPOT_EWALD_REPORT_INIT;
    make(BALL, 13, &d);
    for (int64_t i = 0; i < d.n; i += 2) d.positions[3 * i] += 5000;
    moved = d;
    for (int64_t i = 0; i < d.n; i++)
        moved.positions[3 * i + 2] += 1e-9; /* less than rounding makes of it elsewhere */
    evaluate(BALL, &d, 1e-3, LRPOT_EWALD_AUTO, &report);
    ck_assert_int_eq(report.method, LRPOT_EWALD_EXACT);
    ck_assert(report.real_cutoff == 0.0);
    evaluate(BALL, &moved, 1e-3, LRPOT_EWALD_EXACT, NULL);
    ck_close(d.energy, moved.energy, 1e-9, 1000);
    for (int64_t x = 0; x < 3 * d.n; x++) ck_close(d.forces[x], moved.forces[x], 1e-6, 1);
}
END_TEST

START_TEST(operator_is_the_potential)
{
    static droplet d;
    static double potential[MOST], diagonal[MOST];
    lrpot_ewald *ewald = NULL;
    lrpot_ewald_operator *op = NULL;
    lrpot_ewald_options options = LRPOT_EWALD_OPTIONS_INIT;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    double energy;
    make(BALL, 8, &d);
    options.accuracy = 1e-6, options.method = LRPOT_EWALD_MESH;
    atoms.n_owned = atoms.n_all = d.n, atoms.positions = d.positions;
    evaluate(BALL, &d, 1e-8, LRPOT_EWALD_EXACT, NULL);
    ck_ok(lrpot_ewald_create(&ewald, &options));
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 2));
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, d.q, potential, &energy));
    ck_close(energy, d.energy, 1e-7, 1000);
    for (int64_t i = 0; i < d.n; i++) ck_close(potential[i], d.potential[i], 3e-5, 1);
    ck_ok(lrpot_ewald_operator_diagonal(op, diagonal)); /* a point alone feels nothing */
    for (int64_t i = 0; i < d.n; i++) ck_close(diagonal[i], 0, 1e-3, 1);
    lrpot_ewald_operator_free(op);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_isolated");
    TCase *tc = tcase_create("isolated");
    tcase_set_timeout(tc, 60);
    support_add_cases(tc, mesh_keeps_the_error_asked_for, 0, 3 * KINDS);
    tcase_add_test(tc, large_systems_go_to_the_mesh);
    tcase_add_test(tc, sparse_systems_stay_with_pairs);
    tcase_add_test(tc, operator_is_the_potential);
    suite_add_tcase(suite, tc);
    return suite;
}
