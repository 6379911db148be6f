/* Operations that must not change a model's results: rotating, moving, permuting, wrapping,
 * repeating, choosing another cell. */
#include "models.h"

#define N_ATOMS 10

typedef struct {
    double energy, virial[9], dipole[3];
    double *forces, *charges, *energy_atom, *potential, *field;
} results;

static results compute(const lrpot_potential *potential, const lrpot_structure *structure)
{
    int64_t n = lrpot_structure_count(structure);
    double *all = calloc((size_t)(9 * n), sizeof *all);
    results r = { .forces = all,
                  .charges = all + 3 * n,
                  .energy_atom = all + 4 * n,
                  .potential = all + 5 * n,
                  .field = all + 6 * n };
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    lrpot_workspace *work = NULL;
    out.energy = &r.energy, out.virial = r.virial, out.dipole = r.dipole, out.forces = r.forces,
    out.charges = r.charges;
    out.energy_atom = r.energy_atom, out.potential = r.potential, out.field = r.field;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_compute_structure(potential, work, structure, &out));
    lrpot_workspace_free(work);
    return r;
}

static void forget(results *r)
{
    free(r->forces);
}

/* Each atom i of `then` corresponds to atom map(i) = i * step % n of `now`, vectors turned by R.
 * The Coulomb sum may split real and reciprocal space elsewhere, so that it agrees to its accuracy.
 */
static void check_same(const results *then, const results *now, int64_t n, int64_t step,
                       const double *R)
{
    double force_scale = models_largest(then->forces, 3 * n),
           virial_scale = models_largest(then->virial, 9);
    ck_close(now->energy, then->energy, TOL_REF, 10.0);
    for (int64_t i = 0; i < n; i++) {
        int64_t j = i * step % n;
        ck_close(now->charges[j], then->charges[i], TOL_REF, 1.0);
        ck_close(now->energy_atom[j], then->energy_atom[i], TOL_REF, 10.0);
        ck_close(now->potential[j], then->potential[i], TOL_REF, 10.0);
        for (int a = 0; a < 3; a++) {
            double force = 0, field = 0;
            for (int b = 0; b < 3; b++) {
                force += R[3 * a + b] * then->forces[3 * i + b];
                field += R[3 * a + b] * then->field[3 * i + b];
            }
            ck_close(now->forces[3 * j + a], force, TOL_REF, 10 * force_scale);
            ck_close(now->field[3 * j + a], field, TOL_REF, 100.0);
        }
    }
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            double expected = 0;
            for (int c = 0; c < 9; c++)
                expected += R[3 * a + c / 3] * then->virial[c] * R[3 * b + c % 3];
            ck_close(now->virial[3 * a + b], expected, TOL_REF, 10 * virial_scale);
        }
}

/* Heat flux: velocities follow the atoms, R turns them. */
static void flux_of(const lrpot_potential *potential, const lrpot_structure *structure,
                    int64_t step, const double *R, double *flux)
{
    int64_t n = lrpot_structure_count(structure);
    double *v = calloc((size_t)(3 * n), sizeof *v);
    lrpot_workspace *work = NULL;
    lrpot_heat_flux found = LRPOT_HEAT_FLUX_INIT;
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 9; k++)
            v[3 * (i * step % n) + k / 3] += R[k] * 10
                                             * sin(1.7 * (double)(3 * (i % N_ATOMS) + k % 3));
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_potential_heat_flux_structure(potential, work, structure, v, NULL, &found));
    memcpy(flux, found.flux, sizeof found.flux);
    lrpot_workspace_free(work);
    free(v);
}

static const double identity[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };

/* Rows of an orthogonal matrix from three angles. */
static void rotation(support_random *random, double *R)
{
    double a = support_uniform(random, 0, 6.28), b = support_uniform(random, 0, 6.28),
           c = support_uniform(random, 0, 6.28);
    double values[9] = { cos(a) * cos(b),
                         cos(a) * sin(b) * sin(c) - sin(a) * cos(c),
                         cos(a) * sin(b) * cos(c) + sin(a) * sin(c),
                         sin(a) * cos(b),
                         sin(a) * sin(b) * sin(c) + cos(a) * cos(c),
                         sin(a) * sin(b) * cos(c) - cos(a) * sin(c),
                         -sin(b),
                         cos(b) * sin(c),
                         cos(b) * cos(c) };
    memcpy(R, values, sizeof values);
}

static lrpot_structure *rotated(const lrpot_structure *structure, const double *R)
{
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, structure));
    double *positions = lrpot_structure_positions(copy), cell[9];
    for (int64_t i = 0; i < lrpot_structure_count(copy); i++) {
        double r[3];
        memcpy(r, positions + 3 * i, sizeof r);
        for (int a = 0; a < 3; a++)
            positions[3 * i + a] = R[3 * a] * r[0] + R[3 * a + 1] * r[1] + R[3 * a + 2] * r[2];
    }
    const double *old = lrpot_structure_cell(structure);
    if (old == NULL) return copy;
    for (int k = 0; k < 9; k++)
        cell[k] = R[3 * (k % 3)] * old[k / 3 * 3] + R[3 * (k % 3) + 1] * old[k / 3 * 3 + 1]
                  + R[3 * (k % 3) + 2] * old[k / 3 * 3 + 2];
    ck_ok(lrpot_structure_set_cell(copy, cell, lrpot_structure_periodic_mask(structure)));
    return copy;
}

/* Moves every atom by shift plus, when periodic, its own lattice vector: i, 1 - i, 2. */
static lrpot_structure *moved(const lrpot_structure *structure, const double *shift, int wrap)
{
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, structure));
    const double *cell = lrpot_structure_cell(structure);
    double *positions = lrpot_structure_positions(copy);
    for (int64_t i = 0; i < lrpot_structure_count(copy); i++)
        for (int a = 0; a < 3; a++) {
            positions[3 * i + a] += shift[a];
            if (wrap && cell != NULL)
                positions[3 * i + a] += (double)(i % 3) * cell[a]
                                        + (double)(1 - i % 2) * cell[3 + a] + 2 * cell[6 + a];
        }
    return copy;
}

static lrpot_structure *permuted(const lrpot_structure *structure, int64_t step)
{
    const char *symbols[N_ATOMS];
    double positions[3 * N_ATOMS];
    for (int64_t i = 0; i < N_ATOMS; i++) {
        int64_t j = i * step % N_ATOMS;
        symbols[j] = lrpot_structure_symbol(structure, i);
        memcpy(positions + 3 * j, lrpot_structure_positions_const(structure) + 3 * i,
               3 * sizeof *positions);
    }
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_create(&copy, N_ATOMS, symbols, positions,
                                 lrpot_structure_cell(structure),
                                 lrpot_structure_periodic_mask(structure)));
    ck_ok(lrpot_structure_set(copy, LRPOT_QUANTITY_TOTAL_CHARGE,
                              lrpot_structure_get(structure, LRPOT_QUANTITY_TOTAL_CHARGE)));
    return copy;
}

/* The same lattice by other vectors: a + b, b, c - 2 a. */
static lrpot_structure *rechosen(const lrpot_structure *structure)
{
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, structure));
    if (lrpot_structure_cell(structure) == NULL) return copy;
    double cell[9];
    memcpy(cell, lrpot_structure_cell(structure), sizeof cell);
    for (int a = 0; a < 3; a++) {
        cell[6 + a] -= 2 * cell[a];
        cell[a] += cell[3 + a];
    }
    ck_ok(lrpot_structure_set_cell(copy, cell, lrpot_structure_periodic_mask(structure)));
    return copy;
}

static int has_flux(int32_t kind)
{
    return kind <= LRPOT_CHARGES_LATENT;
}

static void check_invariance(int32_t kind, int cell)
{
    static const double shift[3] = { 1.7, -0.4, 12.3 }, no_shift[3] = { 0, 0, 0 };
    support_random random = { 900 + (uint64_t)(10 * kind + cell) };
    double R[9];
    rotation(&random, R);
    lrpot_potential *potential = models_random_potential(&random, kind);
    lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.8);
    lrpot_structure *others[5] = { rotated(structure, R), moved(structure, shift, 0),
                                   moved(structure, no_shift, 1), permuted(structure, 3),
                                   rechosen(structure) };
    results first = compute(potential, structure);
    double flux[3] = { 0 }, turned[3] = { 0 };
    if (has_flux(kind)) flux_of(potential, structure, 1, identity, flux);
    for (int k = 0; k < 5; k++) {
        results other = compute(potential, others[k]);
        const double *turn = k == 0 ? R : identity;
        check_same(&first, &other, N_ATOMS, k == 3 ? 3 : 1, turn);
        if (has_flux(kind)) flux_of(potential, others[k], k == 3 ? 3 : 1, turn, turned);
        for (int a = 0; a < 3; a++)
            ck_close(turned[a],
                     turn[3 * a] * flux[0] + turn[3 * a + 1] * flux[1] + turn[3 * a + 2] * flux[2],
                     TOL_REF, 100 * models_largest(first.forces, 3 * N_ATOMS));
        forget(&other);
        lrpot_structure_free(others[k]);
    }
    forget(&first);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}

START_TEST(results_do_not_depend_on_orientation_origin_order_wrapping_or_choice_of_cell)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) check_invariance(_i, cell);
}
END_TEST

START_TEST(repeating_the_cell_repeats_the_results)
{
    for (int cell = 0; cell < CELL_NONE; cell++) {
        support_random random = { 1000 + (uint64_t)(10 * _i + cell) };
        const int32_t repeat[3] = { 2, 1, cell == CELL_NEEDLE ? 1 : 2 };
        int64_t copies = repeat[0] * repeat[2];
        lrpot_potential *potential = models_random_potential(&random, _i);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.6),
                        *super = NULL;
        ck_ok(lrpot_structure_repeat(&super, structure, repeat));
        results one = compute(potential, structure), many = compute(potential, super);
        ck_close(many.energy, (double)copies * one.energy, TOL_REF, 10.0 * (double)copies);
        for (int k = 0; k < 9; k++)
            ck_close(many.virial[k], (double)copies * one.virial[k], TOL_REF,
                     100 * models_largest(one.virial, 9));
        for (int64_t k = 0; k < 3 * N_ATOMS * copies; k++)
            ck_close(many.forces[k], one.forces[k % (3 * N_ATOMS)], TOL_REF,
                     10 * models_largest(one.forces, 3 * N_ATOMS));
        double flux[2][3] = { { 0 } };
        if (has_flux(_i)) flux_of(potential, structure, 1, identity, flux[0]);
        if (has_flux(_i)) flux_of(potential, super, 1, identity, flux[1]);
        for (int a = 0; a < 3; a++)
            ck_close(flux[1][a], (double)copies * flux[0][a], TOL_REF,
                     1000 * models_largest(one.forces, 3 * N_ATOMS));
        forget(&one);
        forget(&many);
        lrpot_structure_free(super);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(forces_add_up_to_zero_and_virial_is_symmetric)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 1100 + (uint64_t)(10 * _i + cell) };
        lrpot_potential *potential = models_random_potential(&random, _i);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, -0.5);
        results r = compute(potential, structure);
        double sum[3] = { 0 };
        for (int64_t k = 0; k < 3 * N_ATOMS; k++) sum[k % 3] += r.forces[k];
        for (int a = 0; a < 3; a++) {
            ck_close(sum[a], 0.0, TOL_REF, models_largest(r.forces, 3 * N_ATOMS));
            for (int b = 0; b < a; b++)
                ck_close(r.virial[3 * a + b], r.virial[3 * b + a], TOL_REF,
                         models_largest(r.virial, 9));
        }
        forget(&r);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(redistributed_charges_add_up_to_the_total_charge)
{
    static const double totals[3] = { 0.0, 1.0, -2.5 };
    for (int cell = 0; cell < CELL_KINDS; cell++)
        for (int t = 0; t < 3; t++) {
            support_random random = { 1200 + (uint64_t)(10 * _i + cell) };
            lrpot_potential *potential = models_random_potential(&random, _i);
            lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, totals[t]);
            results r = compute(potential, structure);
            double sum = 0;
            for (int64_t i = 0; i < N_ATOMS; i++) sum += r.charges[i];
            ck_close(sum, totals[t], TOL_EXACT, 1.0);
            forget(&r);
            lrpot_structure_free(structure);
            lrpot_potential_free(potential);
        }
}
END_TEST

START_TEST(scaling_all_shares_changes_nothing)
{
    support_random random = { 1300 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0.3);
    results before = compute(potential, structure);
    int64_t n = lrpot_potential_param_count(potential);
    double *params = calloc((size_t)n, sizeof *params);
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int64_t k = n - MODEL_SPECIES; k < n; k++) params[k] *= -3.7;
    ck_ok(lrpot_potential_set_params(potential, n, params));
    results after = compute(potential, structure);
    check_same(&before, &after, N_ATOMS, 1, identity);
    free(params);
    forget(&before);
    forget(&after);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("potential_invariance");
    TCase *tcase = tcase_create("potential_invariance");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase,
                      results_do_not_depend_on_orientation_origin_order_wrapping_or_choice_of_cell,
                      LRPOT_CHARGES_NONE, LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, repeating_the_cell_repeats_the_results, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, forces_add_up_to_zero_and_virial_is_symmetric, LRPOT_CHARGES_NONE,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, redistributed_charges_add_up_to_the_total_charge, LRPOT_CHARGES_QRD,
                      LRPOT_CHARGES_QRD + 1);
    support_add_cases(tcase, redistributed_charges_add_up_to_the_total_charge, LRPOT_CHARGES_EDQRD,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    tcase_add_test(tcase, scaling_all_shares_changes_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
