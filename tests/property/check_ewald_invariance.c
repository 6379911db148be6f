/* Operations that must not change a Coulomb sum: splitting, rotation, lattice translations, choice
 * of cell, supercells, order, threads; and what must change it smoothly: a cell that breathes and
 * shears during a run. */
#include "coulomb.h"

#include "core/algebra.h"

#define N_ATOMS 12
#define FINEST 2e-12

static void make(int variant, coulomb_system *s)
{
    support_random random = { 2000u + (unsigned)variant };
    coulomb_random(&random, variant % CELL_KINDS, N_ATOMS, variant / CELL_KINDS == 2 ? 0.9 : 0.0,
                   variant / CELL_KINDS >= 1, s);
}
#define VARIANTS (3 * CELL_KINDS)

/* order[i]: atom of the second system that is atom i of the first; rotation as rows: r' = r R. */
static void same(const coulomb_system *s, const coulomb_result *r, const coulomb_result *o,
                 const int64_t *order, const double *rotation, double tolerance)
{
    static const double identity[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    const double *m = rotation != NULL ? rotation : identity;
    ck_close(o->energy, r->energy, tolerance, 20);
    for (int64_t i = 0; i < s->n; i++) {
        int64_t k = order != NULL ? order[i] : i;
        double forces[3], field[3];
        lrpot__row_times3(r->forces + 3 * i, m, forces);
        lrpot__row_times3(r->field + 3 * i, m, field);
        ck_close(o->potential[k], r->potential[i], tolerance, 20);
        for (int a = 0; a < 3; a++) {
            ck_close(o->forces[3 * k + a], forces[a], tolerance, 20);
            ck_close(o->field[3 * k + a], field[a], tolerance, 20);
        }
    }
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            double expected = 0;
            for (int c = 0; c < 3; c++)
                for (int d = 0; d < 3; d++)
                    expected += m[3 * c + a] * r->virial[3 * c + d] * m[3 * d + b];
            ck_close(o->virial[3 * a + b], expected, tolerance, 20);
        }
}

START_TEST(splitting_is_arbitrary)
{
    coulomb_system s;
    coulomb_result r, o;
    make(_i, &s);
    if (s.periodic_mask == 0) return;
    lrpot_ewald_options options = coulomb_options(FINEST);
    coulomb_eval(&s, options, 1, &r);
    for (int k = 0; k < 3; k++) {
        options.splitting = 0.28 + 0.21 * k;
        coulomb_eval(&s, options, 1, &o);
        same(&s, &r, &o, NULL, NULL, 1e-11);
    }
}
END_TEST

START_TEST(rotations_turn_the_results)
{
    static const double m[9] = { 0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6 };
    coulomb_system s, t;
    coulomb_result r, o;
    make(_i, &s);
    t = s;
    for (int64_t i = 0; i < s.n; i++)
        lrpot__row_times3(s.positions + 3 * i, m, t.positions + 3 * i);
    for (int d = 0; d < 3; d++) lrpot__row_times3(s.cell + 3 * d, m, t.cell + 3 * d);
    coulomb_eval(&s, coulomb_options(0), 1, &r);
    coulomb_eval(&t, coulomb_options(0), 1, &o);
    same(&s, &r, &o, NULL, m, 20 * TOL_EXACT);
}
END_TEST

START_TEST(lattice_translations_and_shifts_change_nothing)
{
    support_random random = { 77 };
    coulomb_system s, t;
    coulomb_result r, o;
    make(_i, &s);
    t = s;
    for (int64_t i = 0; i < s.n; i++)
        for (int d = 0; d < 3; d++) {
            int steps = s.periodic_mask != 0 ? (int)support_uniform(&random, -3, 4) : 0;
            for (int a = 0; a < 3; a++)
                t.positions[3 * i + a] += steps * s.cell[3 * d + a] + (d == 0 ? 0.7 + a : 0.0);
        }
    coulomb_eval(&s, coulomb_options(0), 1, &r);
    coulomb_eval(&t, coulomb_options(0), 1, &o);
    same(&s, &r, &o, NULL, NULL, 100 * TOL_EXACT);
}
END_TEST

START_TEST(choice_of_the_cell_changes_nothing)
{
    static const double choice[9] = { 1, 0, 0, 2, 1, 0, -3, 1, 1 };
    coulomb_system s, t;
    coulomb_result r, o;
    make(_i, &s);
    if (s.periodic_mask == 0) return;
    t = s;
    for (int d = 0; d < 3; d++) lrpot__row_times3(choice + 3 * d, s.cell, t.cell + 3 * d);
    coulomb_eval(&s, coulomb_options(0), 1, &r);
    coulomb_eval(&t, coulomb_options(0), 1, &o);
    same(&s, &r, &o, NULL, NULL, 100 * TOL_EXACT);
}
END_TEST

START_TEST(supercells_have_as_much_more_energy)
{
    coulomb_system s, t;
    coulomb_result r, o;
    make(_i, &s);
    if (s.periodic_mask == 0) return;
    t = s;
    t.n = 2 * s.n;
    for (int64_t i = 0; i < s.n; i++) {
        t.q[s.n + i] = s.q[i];
        t.species[s.n + i] = s.species[i];
        for (int a = 0; a < 3; a++)
            t.positions[3 * (s.n + i) + a] = s.positions[3 * i + a] + s.cell[3 + a];
    }
    for (int a = 0; a < 3; a++) t.cell[3 + a] *= 2;
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    coulomb_eval(&t, coulomb_options(FINEST), 1, &o);
    ck_close(o.energy, 2 * r.energy, 1e-11, 20);
    for (int c = 0; c < 9; c++) ck_close(o.virial[c], 2 * r.virial[c], 1e-11, 20);
    for (int64_t i = 0; i < t.n; i++) {
        ck_close(o.potential[i], r.potential[i % s.n], 1e-11, 20);
        for (int a = 0; a < 3; a++)
            ck_close(o.forces[3 * i + a], r.forces[3 * (i % s.n) + a], 1e-11, 20);
    }
}
END_TEST

START_TEST(order_of_the_atoms_changes_nothing)
{
    coulomb_system s, t;
    coulomb_result r, o;
    int64_t order[N_ATOMS];
    make(_i, &s);
    t = s;
    for (int64_t i = 0; i < s.n; i++) {
        int64_t k = order[i] = (5 * i + 3) % s.n; /* 5 and 12 have no common factor */
        t.q[k] = s.q[i];
        t.species[k] = s.species[i];
        memcpy(t.positions + 3 * k, s.positions + 3 * i, 3 * sizeof(double));
    }
    coulomb_eval(&s, coulomb_options(0), 1, &r);
    coulomb_eval(&t, coulomb_options(0), 1, &o);
    same(&s, &r, &o, order, NULL, 20 * TOL_EXACT);
}
END_TEST

START_TEST(threads_change_rounding_alone_and_are_repeatable)
{
    support_random random = { 31 };
    coulomb_system s;
    coulomb_result r, o, again;
    coulomb_random(&random, _i, 100, 0.4, 1, &s); /* more than one block of atoms */
    coulomb_eval(&s, coulomb_options(0), 1, &r);
    coulomb_eval(&s, coulomb_options(0), 3, &o);
    coulomb_eval(&s, coulomb_options(0), 3, &again);
    same(&s, &r, &o, NULL, NULL, 100 * TOL_EXACT);
    ck_assert(o.energy == again.energy);
    ck_assert(memcmp(o.forces, again.forces, 3 * 100 * sizeof(double)) == 0);
    ck_assert(memcmp(o.virial, again.virial, sizeof o.virial) == 0);
}
END_TEST

START_TEST(energy_of_points_is_minus_the_trace_of_strain)
{
    coulomb_system s;
    coulomb_result r;
    support_random random = { 2000u + (unsigned)_i };
    coulomb_random(&random, _i % CELL_KINDS, N_ATOMS, _i >= CELL_KINDS ? 0.9 : 0.0, 0, &s);
    coulomb_eval(&s, coulomb_options(FINEST), 1, &r);
    ck_close(r.virial[0] + r.virial[4] + r.virial[8], r.energy, 1e-10, 20);
}
END_TEST

START_TEST(forces_add_up_to_zero)
{
    coulomb_system s;
    coulomb_result r;
    make(_i, &s);
    coulomb_eval(&s, coulomb_options(0), 1, &r);
    for (int a = 0; a < 3; a++) {
        double sum = 0;
        for (int64_t i = 0; i < s.n; i++) sum += r.forces[3 * i + a];
        ck_close(sum, 0.0, TOL_EXACT, 100);
    }
}
END_TEST

/* Energy along a path of cells against the integral of its derivative (Simpson on the virial): a
 * vector or a shell that came or went would show as a step. */
typedef struct {
    coulomb_system s;
    lrpot_ewald *ewald;
    lrpot_workspace *work;
} run;

static void on_path(run *p, const double *direction, double x, double *energy, double *slope)
{
    coulomb_system s = p->s;
    double virial[9], map[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, inverse[9];
    for (int c = 0; c < 9; c++) map[c] += x * direction[c];
    for (int64_t i = 0; i < s.n; i++)
        lrpot__row_times3(p->s.positions + 3 * i, map, s.positions + 3 * i);
    for (int d = 0; d < 3; d++) lrpot__row_times3(p->s.cell + 3 * d, map, s.cell + 3 * d);
    lrpot_atoms atoms = coulomb_view(&s);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = energy;
    out.virial = virial;
    ck_ok(lrpot_ewald_eval(p->ewald, p->work, &atoms, NULL, NULL, s.q, &out));
    lrpot__inverse3(map, inverse);
    *slope = 0; /* d(map) = map (map^-1 direction): the strain of this step */
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            for (int c = 0; c < 3; c++)
                *slope -= virial[3 * a + b] * inverse[3 * a + c] * direction[3 * c + b];
}

#define STEPS 1000
START_TEST(energy_is_smooth_while_the_cell_changes)
{
    /* +-10 % of volume; a shear through half a cell. */
    static const double directions[2][9] = { { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
                                             { 0, 0, 0, 0.7, 0, 0, 0, 0.4, 0 } };
    const double *direction = directions[_i % 2], range = _i % 2 == 0 ? 0.0345 : 0.5;
    support_random random = { 5 };
    run p;
    double e[3], f[3], worst = 0, h = 2 * range / STEPS;
    coulomb_random(&random, CELL_TRICLINIC, 8, _i / 2 == 1 ? 0.7 : 0, 1, &p.s);
    p.ewald = coulomb_solver(&p.s, coulomb_options(_i / 4 == 0 ? 1e-8 : 1e-4));
    ck_ok(lrpot_workspace_create(&p.work, 1));
    on_path(&p, direction, -range, &e[0], &f[0]);
    for (int step = 0; step < STEPS; step += 2) {
        on_path(&p, direction, -range + (step + 1) * h, &e[1], &f[1]);
        on_path(&p, direction, -range + (step + 2) * h, &e[2], &f[2]);
        worst = fmax(worst, fabs(e[2] - e[0] - h / 3 * (f[0] + 4 * f[1] + f[2])));
        e[0] = e[2], f[0] = f[2];
    }
    ck_assert_msg(worst < 1e-9,
                  "energy differs from the integral of its derivative by %.3g eV in one step",
                  worst);
    lrpot_workspace_free(p.work);
    lrpot_ewald_free(p.ewald);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("ewald_invariance");
    TCase *tcase = tcase_create("property");
    tcase_set_timeout(tcase, 240);
    support_add_cases(tcase, splitting_is_arbitrary, 0, VARIANTS);
    support_add_cases(tcase, rotations_turn_the_results, 0, VARIANTS);
    support_add_cases(tcase, lattice_translations_and_shifts_change_nothing, 0, VARIANTS);
    support_add_cases(tcase, choice_of_the_cell_changes_nothing, 0, VARIANTS);
    support_add_cases(tcase, supercells_have_as_much_more_energy, 0, VARIANTS);
    support_add_cases(tcase, order_of_the_atoms_changes_nothing, 0, VARIANTS);
    support_add_cases(tcase, threads_change_rounding_alone_and_are_repeatable, 0, CELL_KINDS);
    support_add_cases(tcase, energy_of_points_is_minus_the_trace_of_strain, 0, 2 * CELL_KINDS);
    support_add_cases(tcase, forces_add_up_to_zero, 0, VARIANTS);
    support_add_cases(tcase, energy_is_smooth_while_the_cell_changes, 0, 8);
    suite_add_tcase(suite, tcase);
    return suite;
}
