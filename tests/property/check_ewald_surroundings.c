/* Slab correction and vacuum around crystals: reference values, derivatives, what they must not
 * depend on, and the limit of much vacuum. */
#include "coulomb_probe.h"
#include "slabs_and_wires.h"

#define K LRPOT_COULOMB_CONSTANT
#define PI 3.14159265358979323846
#define N_ATOMS 8
#define FINEST 2e-12

static const int32_t flags_of[2] = { LRPOT_EWALD_SLAB_CORRECTION, LRPOT_EWALD_VACUUM };

/* 2 surroundings x neutral or charged x 3 kinds of cells */
#define VARIANTS 12
static lrpot_ewald_options make(int variant, double accuracy, coulomb_system *s)
{
    static const int kinds[3] = { CELL_CUBIC, CELL_TRICLINIC, CELL_LEFT_HANDED };
    support_random random = { 4200u + (unsigned)variant };
    lrpot_ewald_options options = coulomb_options(accuracy);
    coulomb_random(&random, kinds[variant / 4], N_ATOMS, variant / 2 % 2 ? 1.4 : 0.0,
                   variant / 2 % 2, s);
    options.flags = flags_of[variant % 2];
    return options;
}

START_TEST(slab_of_high_precision_is_met)
{
    coulomb_system s;
    coulomb_result r;
    double expected[3 * COULOMB_MAX];
    json_t *root = coulomb_load("slab_yb", &s);
    lrpot_ewald_options options = coulomb_options(FINEST);
    s.periodic_mask = LRPOT_PERIODIC_ALL;
    options.flags = LRPOT_EWALD_SLAB_CORRECTION;
    coulomb_eval(&s, options, 1, &r);
    ck_close(r.energy, K * json_number_value(json_object_get(root, "energy")), TOL_REF, 10);
    coulomb_flatten(json_object_get(root, "forces"), expected);
    for (int64_t x = 0; x < 3 * s.n; x++) ck_close(r.forces[x], K * expected[x], TOL_REF, 10);
    coulomb_flatten(json_object_get(root, "potential"), expected);
    for (int64_t i = 0; i < s.n; i++) ck_close(r.potential[i], K * expected[i], TOL_REF, 10);
    /* xz and yz of the file hold the normal fixed while the plane turns: here it turns along */
    coulomb_flatten(json_object_get(root, "dE_dstrain"), expected);
    for (int c = 0; c < 9; c++)
        if ((c / 3 == 2) == (c % 3 == 2)) ck_close(r.virial[c], -K * expected[c], TOL_REF, 30);
    json_decref(root);
}
END_TEST

static void open_probe(int variant, coulomb_probe *p, coulomb_result *r)
{
    lrpot_ewald_options options = make(variant, 1e-9, &p->s);
    p->ewald = coulomb_solver(&p->s, options);
    ck_ok(lrpot_workspace_create(&p->work, 1));
    lrpot_atoms atoms = coulomb_view(&p->s);
    lrpot_outputs out = coulomb_outputs(r);
    ck_ok(lrpot_ewald_eval(p->ewald, p->work, &atoms, NULL, NULL, p->s.q, &out));
}

START_TEST(derivatives_are_those_of_the_energy)
{
    coulomb_probe p;
    coulomb_result r;
    open_probe(_i, &p, &r);
    for (p.index = 0; p.index < 3 * p.s.n; p.index++)
        ck_close(r.forces[p.index], -support_difference(coulomb_probe_moved, &p, 0, 1e-3), TOL_FD,
                 3);
    for (p.index = 0; p.index < p.s.n; p.index++)
        ck_close(r.potential[p.index], support_difference(coulomb_probe_charged, &p, 0, 0.1),
                 TOL_FD, 3);
    for (p.a = 0; p.a < 3; p.a++)
        for (p.b = 0; p.b < 3; p.b++)
            ck_close(r.virial[3 * p.a + p.b],
                     -support_difference(coulomb_probe_strained, &p, 0, 2e-4), TOL_FD, 30);
    for (int c = 0; c < 9; c++) {
        double sum = 0;
        for (int64_t i = 0; i < p.s.n; i++) sum += r.virial_atom[9 * i + c];
        ck_close(sum, r.virial[c], 1e-11, 100);
    }
    for (int64_t x = 0; x < 3 * p.s.n; x++)
        ck_close(r.forces[x], p.s.q[x / 3] * r.field[x], TOL_EXACT, 3);
    lrpot_workspace_free(p.work);
    lrpot_ewald_free(p.ewald);
}
END_TEST

START_TEST(matrices_and_products_give_the_same)
{
    static const int first[6] = { 0, 1, 2, 1, 0, 0 }, second[6] = { 0, 1, 2, 2, 2, 1 };
    coulomb_probe p;
    coulomb_result r;
    double matrix[N_ATOMS * N_ATOMS], gradient[3 * N_ATOMS * N_ATOMS],
        strain[6 * N_ATOMS * N_ATOMS], potential[N_ATOMS], diagonal[N_ATOMS];
    open_probe(_i, &p, &r);
    int64_t n = p.s.n;
    const double *q = p.s.q;
    lrpot_atoms atoms = coulomb_view(&p.s);
    lrpot_ewald_operator *op = NULL;
    ck_ok(lrpot_ewald_matrix(p.ewald, p.work, &atoms, matrix, gradient, strain));
    ck_ok(lrpot_ewald_operator_create(&op, p.ewald, 1));
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, q, potential, NULL));
    ck_ok(lrpot_ewald_operator_diagonal(op, diagonal));
    for (int64_t i = 0; i < n; i++) {
        double product = 0, force[3] = { 0 };
        for (int64_t j = 0; j < n; j++) {
            product += matrix[i * n + j] * q[j];
            for (int a = 0; a < 3; a++) force[a] += q[i] * gradient[(3 * i + a) * n + j] * q[j];
        }
        ck_close(product, r.potential[i], 1e-8, 10);
        ck_close(potential[i], r.potential[i], 1e-8, 10);
        ck_close(diagonal[i], matrix[i * n + i], 1e-8, 10);
        for (int a = 0; a < 3; a++) ck_close(force[a], r.forces[3 * i + a], 1e-8, 10);
    }
    for (int c = 0; c < 6; c++) {
        double value = 0;
        for (int64_t x = 0; x < n * n; x++)
            value += 0.5 * q[x / n] * strain[c * n * n + x] * q[x % n];
        ck_close(value, -r.virial[3 * first[c] + second[c]], 1e-8, 100);
    }
    lrpot_ewald_operator_free(op);
    lrpot_workspace_free(p.work);
    lrpot_ewald_free(p.ewald);
}
END_TEST

/* Cells of the same layers: c may move in the plane, a and b be another pair of the plane's
 * vectors, and all atoms be moved along. */
START_TEST(tilt_and_place_of_layers_do_not_matter)
{
    coulomb_system s;
    coulomb_result r, o;
    lrpot_ewald_options options = make(4 * (_i % 3) + 2 * (_i / 3), FINEST, &s);
    coulomb_eval(&s, options, 1, &r);
    for (int a = 0; a < 3; a++) {
        s.cell[a] += s.cell[3 + a];
        s.cell[6 + a] += 2 * s.cell[a] - s.cell[3 + a];
    }
    for (int64_t x = 0; x < 3 * s.n; x++) s.positions[x] += 1.7 + (double)(x % 3);
    coulomb_eval(&s, options, 1, &o);
    ck_close(o.energy, r.energy, 1e-10, 20);
    for (int64_t x = 0; x < 3 * s.n; x++) ck_close(o.forces[x], r.forces[x], 1e-10, 20);
    for (int64_t i = 0; i < s.n; i++) ck_close(o.potential[i], r.potential[i], 1e-10, 20);
}
END_TEST

/* With much vacuum the correction gives the slab of two periodic directions, whatever the tilt of
 * c; a net charge only moves the zero. */
START_TEST(much_vacuum_gives_the_slab)
{
    coulomb_system s;
    coulomb_result slab, layers;
    support_random random = { 17 };
    coulomb_random(&random, CELL_TRICLINIC, N_ATOMS, _i ? 1.1 : 0.0, 0, &s);
    double rows[9] = { 6, 0, 0, 2.1, 5.5, 0, 1.3, -2.2, 60 };
    memcpy(s.cell, rows, sizeof rows);
    s.periodic_mask = 3;
    coulomb_eval(&s, coulomb_options(1e-10), 1, &slab);
    lrpot_ewald_options options = coulomb_options(1e-10);
    options.flags = LRPOT_EWALD_SLAB_CORRECTION;
    s.periodic_mask = LRPOT_PERIODIC_ALL;
    coulomb_eval(&s, options, 1, &layers);
    for (int64_t x = 0; x < 3 * s.n; x++) ck_close(layers.forces[x], slab.forces[x], 1e-8, 10);
    if (_i == 0) ck_close(layers.energy, slab.energy, 1e-8, 10);
    for (int c = 0; _i == 0 && c < 9; c++) ck_close(layers.virial[c], slab.virial[c], 1e-8, 100);
}
END_TEST

/* E(vacuum) - E(tin-foil) = 2 pi k_e/(3 V) M^2. */
START_TEST(vacuum_adds_the_energy_of_the_dipole)
{
    coulomb_system s;
    coulomb_result with, without;
    double dipole[3] = { 0 }, volume, square = 0;
    lrpot_ewald_options options = make(5, 1e-10, &s);
    coulomb_eval(&s, options, 1, &with);
    options.flags = 0;
    coulomb_eval(&s, options, 1, &without);
    const double *c = s.cell;
    volume = fabs(c[0] * (c[4] * c[8] - c[5] * c[7]) - c[1] * (c[3] * c[8] - c[5] * c[6])
                  + c[2] * (c[3] * c[7] - c[4] * c[6]));
    for (int64_t x = 0; x < 3 * s.n; x++) dipole[x % 3] += s.q[x / 3] * s.positions[x];
    for (int a = 0; a < 3; a++) square += dipole[a] * dipole[a];
    ck_close(with.energy - without.energy, 2 * PI * K / (3 * volume) * square, 1e-9, 1);
    for (int64_t x = 0; x < 3 * s.n; x++)
        ck_close(with.field[x] - without.field[x], -4 * PI * K / (3 * volume) * dipole[x % 3], 1e-9,
                 1);
}
END_TEST

START_TEST(other_periodicities_are_refused)
{
    coulomb_system s;
    lrpot_workspace *work = NULL;
    lrpot_ewald *ewald = NULL;
    double energy;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    lrpot_ewald_options options = make(_i, 1e-6, &s);
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_ewald_create(&ewald, &options));
    for (s.periodic_mask = 0; s.periodic_mask < 7; s.periodic_mask += 3) {
        lrpot_atoms atoms = coulomb_view(&s);
        ck_assert_int_eq(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, s.q, &out),
                         LRPOT_E_UNSUPPORTED);
    }
    lrpot_ewald_free(ewald);
    options.flags = LRPOT_EWALD_SLAB_CORRECTION | LRPOT_EWALD_VACUUM;
    ck_assert_int_eq(lrpot_ewald_create(&ewald, &options), LRPOT_E_ARGUMENT);
    lrpot_workspace_free(work);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_surroundings");
    TCase *tc = tcase_create("surroundings");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, slab_of_high_precision_is_met);
    support_add_cases(tc, derivatives_are_those_of_the_energy, 0, VARIANTS);
    support_add_cases(tc, matrices_and_products_give_the_same, 0, VARIANTS);
    support_add_cases(tc, tilt_and_place_of_layers_do_not_matter, 0, 6);
    support_add_cases(tc, much_vacuum_gives_the_slab, 0, 2);
    tcase_add_test(tc, vacuum_adds_the_energy_of_the_dipole);
    support_add_cases(tc, other_periodicities_are_refused, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
