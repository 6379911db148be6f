/* Operations that must not change the Coulomb sum of a slab or a wire, and inputs that it refuses.
 */
#include "slabs_and_wires.h"

#define N_ATOMS 10
#define FINEST 2e-12

/* 3 axes x neutral points or charged Gaussians, slabs and then wires. */
#define SLABS 6
#define VARIANTS (2 * SLABS)
static void make(int variant, coulomb_system *s)
{
    support_random random = { 3100u + (unsigned)variant };
    int charged = variant / 3 % 2;
    (variant < SLABS ? slab_random : wire_random)(&random, variant % 3, N_ATOMS,
                                                  charged ? 0.7 : 0.0, charged, s);
}

/* The i-th atom of r is the i-th of o, for as many as r has. */
static void same(const coulomb_system *s, const coulomb_result *r, const coulomb_result *o,
                 double copies, double tolerance)
{
    ck_close(o->energy, copies * r->energy, tolerance, 20);
    for (int64_t i = 0; i < s->n; i++) {
        ck_close(o->potential[i], r->potential[i], tolerance, 20);
        for (int a = 0; a < 3; a++)
            ck_close(o->field[3 * i + a], r->field[3 * i + a], tolerance, 20);
    }
    for (int c = 0; c < 9; c++) ck_close(o->virial[c], copies * r->virial[c], tolerance, 100);
}

static void compare(int variant, coulomb_system *changed, lrpot_ewald_options options)
{
    coulomb_system s;
    coulomb_result r, o;
    make(variant, &s);
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    coulomb_eval(changed, options, 2, &o);
    same(&s, &r, &o, (double)(changed->n / s.n), 1e-11);
}

START_TEST(splitting_is_arbitrary)
{
    coulomb_system s;
    lrpot_ewald_options options = coulomb_options(FINEST);
    make(_i, &s);
    for (int k = 0; k < 3; k++) {
        options.splitting = 0.3 + 0.2 * k;
        compare(_i, &s, options);
    }
}
END_TEST

START_TEST(place_does_not_matter)
{
    coulomb_system s;
    make(_i, &s);
    for (int64_t x = 0; x < 3 * s.n; x++) s.positions[x] += 37.1 - 11.3 * (double)(x % 3);
    compare(_i, &s, coulomb_options(FINEST));
}
END_TEST

START_TEST(atoms_may_be_in_any_cell)
{
    coulomb_system s;
    make(_i, &s);
    for (int64_t i = 0; i < s.n; i++)
        for (int d = 0; d < 3; d++)
            for (int a = 0; a < 3 && s.periodic_mask & 1 << d; a++)
                s.positions[3 * i + a] += (double)((i + d) % 5 - 2) * s.cell[3 * d + a];
    compare(_i, &s, coulomb_options(FINEST));
}
END_TEST

START_TEST(tilt_by_a_lattice_vector_is_the_same_plane)
{
    coulomb_system s;
    make(_i, &s);
    int axis = _i % 3, e = (axis + 1) % 3, f = (axis + 2) % 3;
    for (int a = 0; a < 3; a++) {
        s.cell[3 * e + a] += 2 * s.cell[3 * f + a];
        s.cell[3 * axis + a] = 1e3 * s.cell[3 * e + a] - 7;
    }
    compare(_i, &s, coulomb_options(FINEST));
}
END_TEST

START_TEST(doubled_cells_have_twice_the_energy)
{
    coulomb_system s;
    make(_i, &s);
    int row = _i < SLABS ? (_i % 3 + 1) % 3 : _i % 3;
    for (int64_t i = 0; i < s.n; i++) {
        for (int a = 0; a < 3; a++)
            s.positions[3 * (s.n + i) + a] = s.positions[3 * i + a] + s.cell[3 * row + a];
        s.q[s.n + i] = s.q[i];
        s.species[s.n + i] = s.species[i];
    }
    s.n *= 2;
    for (int a = 0; a < 3; a++) s.cell[3 * row + a] *= 2;
    compare(_i, &s, coulomb_options(FINEST));
}
END_TEST

START_TEST(neutral_points_have_the_energy_as_trace_of_the_virial)
{
    coulomb_system s;
    coulomb_result r;
    make(_i < 3 ? _i : SLABS + _i - 3, &s);
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    ck_close(r.virial[0] + r.virial[4] + r.virial[8], r.energy, 1e-11, 100);
    for (int c = 0; c < 9; c++) ck_close(r.virial[c], r.virial[3 * (c % 3) + c / 3], 1e-11, 100);
}
END_TEST

/* A charged layer is a plate: far from it the field is 2 pi k_e Q/A, away from it on both sides. */
START_TEST(charged_layers_have_the_field_of_a_plate)
{
    coulomb_system s;
    coulomb_result r;
    make(0, &s);
    s.n = 3, s.periodic_mask = 3, s.n_widths = 0;
    double cell[9] = { 4, 0, 0, 1, 5, 0, 0, 0, 0 }, positions[9] = { 0, 0, 0, 1, 2, 60, 3, 1, -60 },
           q[3] = { 1.5, 1e-9, 1e-9 };
    memcpy(s.cell, cell, sizeof cell);
    memcpy(s.positions, positions, sizeof positions);
    memcpy(s.q, q, sizeof q);
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    double plate = 2 * acos(-1.0) * LRPOT_COULOMB_CONSTANT * 1.5 / 20;
    ck_close(r.field[5], plate, 1e-8, 1);
    ck_close(r.field[8], -plate, 1e-8, 1);
    ck_close(r.potential[1] - r.potential[2], 0, 1e-7, 1);
}
END_TEST

/* Far from a charged wire the potential is -2 k_e Q ln(rho)/L, rho in A. */
START_TEST(charged_wires_have_the_potential_of_a_line)
{
    coulomb_system s;
    coulomb_result r;
    make(SLABS, &s);
    s.n = 3, s.periodic_mask = 4, s.n_widths = 0;
    double cell[9] = { 9, 9, 9, 1, 2, 3, 0, 0, 4 }, positions[9] = { 0, 0, 0, 30, 0, 1, 0, -70, 3 },
           q[3] = { 1.5, 1e-9, 1e-9 };
    memcpy(s.cell, cell, sizeof cell);
    memcpy(s.positions, positions, sizeof positions);
    memcpy(s.q, q, sizeof q);
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    double line = 2 * LRPOT_COULOMB_CONSTANT * 1.5 / 4;
    ck_close(r.potential[1], -line * log(30), 1e-8, 1);
    ck_close(r.potential[2], -line * log(70), 1e-8, 1);
    ck_close(r.field[3], line / 30, 1e-8, 1);
    ck_close(r.field[7], -line / 70, 1e-8, 1);
    ck_close(r.field[5], 0, 1e-8, 1);
}
END_TEST

START_TEST(products_of_the_operator_are_the_potentials)
{
    coulomb_system s;
    coulomb_result r;
    double potential[N_ATOMS], diagonal[N_ATOMS], energy;
    make(_i % VARIANTS, &s);
    lrpot_ewald_options options = coulomb_options(1e-9);
    options.method = _i / VARIANTS ? LRPOT_EWALD_SPLINE : LRPOT_EWALD_EXACT;
    lrpot_ewald *ewald = coulomb_solver(&s, options);
    lrpot_ewald_operator *op = NULL;
    lrpot_atoms atoms = coulomb_view(&s);
    coulomb_eval(&s, options, 1, &r);
    ck_ok(lrpot_ewald_operator_create(&op, ewald, 2));
    ck_ok(lrpot_ewald_operator_update(op, &atoms, NULL, NULL));
    ck_ok(lrpot_ewald_operator_apply(op, NULL, s.q, potential, &energy));
    ck_close(energy, r.energy, 1e-8, 1);
    for (int64_t i = 0; i < s.n; i++) ck_close(potential[i], r.potential[i], 1e-8, 1);
    ck_ok(lrpot_ewald_operator_diagonal(op, diagonal));
    for (int64_t i = 0; i < s.n; i++) {
        double unit[N_ATOMS] = { 0 };
        unit[i] = 1;
        ck_ok(lrpot_ewald_operator_apply(op, NULL, unit, potential, NULL));
        ck_close(diagonal[i], potential[i], 1e-7, 1);
    }
    lrpot_ewald_operator_free(op);
    lrpot_ewald_free(ewald);
}
END_TEST

START_TEST(flat_planes_are_refused)
{
    coulomb_system s;
    lrpot_workspace *work = NULL;
    double energy = 7;
    make(0, &s);
    lrpot_ewald *ewald = coulomb_solver(&s, coulomb_options(1e-6));
    lrpot_atoms atoms = coulomb_view(&s);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &energy;
    ck_ok(lrpot_workspace_create(&work, 1));
    atoms.periodic_mask = 3;
    atoms.cell = (const double[9]){ 5, 1, 0, 10, 2, 0, 0, 0, 9 };
    ck_assert_int_eq(lrpot_ewald_eval(ewald, work, &atoms, NULL, NULL, s.q, &out), LRPOT_E_CELL);
    ck_assert(energy == 7);
    lrpot_workspace_free(work);
    lrpot_ewald_free(ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_slab_invariance");
    TCase *tc = tcase_create("slab");
    tcase_set_timeout(tc, 60);
    support_add_cases(tc, splitting_is_arbitrary, 0, VARIANTS);
    support_add_cases(tc, place_does_not_matter, 0, VARIANTS);
    support_add_cases(tc, atoms_may_be_in_any_cell, 0, VARIANTS);
    support_add_cases(tc, tilt_by_a_lattice_vector_is_the_same_plane, 0, SLABS);
    support_add_cases(tc, doubled_cells_have_twice_the_energy, 0, VARIANTS);
    support_add_cases(tc, neutral_points_have_the_energy_as_trace_of_the_virial, 0, 6);
    support_add_cases(tc, products_of_the_operator_are_the_potentials, 0, 2 * VARIANTS);
    tcase_add_test(tc, charged_layers_have_the_field_of_a_plate);
    tcase_add_test(tc, charged_wires_have_the_potential_of_a_line);
    tcase_add_test(tc, flat_planes_are_refused);
    suite_add_tcase(suite, tc);
    return suite;
}
