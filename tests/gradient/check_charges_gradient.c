/* The adjoint of the charges: for any weights w, pull gives the derivatives of sum_i w_i q_i. */
#include "models.h"

#define N_ATOMS 7

typedef struct {
    const lrpot_charges *charges;
    lrpot_workspace *work;
    const lrpot_structure *structure;
    double weights[N_ATOMS];
    int64_t coordinate;
    int a, b;
} weighted;

static lrpot_nlist *view(const lrpot_structure *structure, int32_t *species, lrpot_atoms *atoms)
{
    lrpot_nlist *list = NULL;
    *atoms = (lrpot_atoms)LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, atoms));
    ck_ok(lrpot_nlist_build(&list, atoms, 4.5, 0));
    return list;
}

static double weighted_sum(const weighted *w, const lrpot_structure *structure)
{
    double q[N_ATOMS], sum = 0;
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = view(structure, species, &atoms);
    ck_ok(lrpot_charges_eval(w->charges, w->work, &atoms, list, NULL, q));
    lrpot_nlist_free(list);
    for (int i = 0; i < N_ATOMS; i++) sum += w->weights[i] * q[i];
    return sum;
}

static double sum_at_displacement(double x, void *ctx)
{
    const weighted *w = ctx;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, w->structure));
    lrpot_structure_positions(copy)[w->coordinate] += x;
    double sum = weighted_sum(w, copy);
    lrpot_structure_free(copy);
    return sum;
}

static double sum_at_strain(double x, void *ctx)
{
    const weighted *w = ctx;
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, w->structure));
    models_strain(copy, w->a, w->b, x);
    double sum = weighted_sum(w, copy);
    lrpot_structure_free(copy);
    return sum;
}

static void check_pull(weighted *w)
{
    double forces[3 * N_ATOMS] = { 0 }, virial[9] = { 0 }, virial_atom[9 * N_ATOMS] = { 0 };
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = view(w->structure, species, &atoms);
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces, out.virial = virial, out.virial_atom = virial_atom;
    ck_ok(lrpot_charges_pull(w->charges, w->work, &atoms, list, NULL, w->weights, &out));
    lrpot_nlist_free(list);
    double scale = models_largest(forces, 3 * N_ATOMS);
    ck_assert(scale > 1e-3); /* the charges do follow the atoms */
    for (w->coordinate = 0; w->coordinate < 3 * N_ATOMS; w->coordinate++)
        ck_close(forces[w->coordinate], -support_difference(sum_at_displacement, w, 0, MODEL_STEP),
                 TOL_FD, scale);
    scale = models_largest(virial, 9);
    for (w->a = 0; w->a < 3; w->a++)
        for (w->b = 0; w->b < 3; w->b++) {
            int k = 3 * w->a + w->b;
            double sum = 0;
            for (int i = 0; i < N_ATOMS; i++) sum += virial_atom[9 * i + k];
            ck_close(virial[k], -support_difference(sum_at_strain, w, 0, MODEL_STEP), TOL_FD,
                     scale);
            ck_close(sum, virial[k], TOL_REF, scale);
        }
}

START_TEST(pull_is_the_derivative_of_the_weighted_charges)
{
    for (int cell = 0; cell < CELL_KINDS; cell++) {
        support_random random = { 400 + (uint64_t)(10 * _i + cell) };
        lrpot_potential *potential = models_random_potential(&random, _i);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, -1.0);
        weighted w = { lrpot_potential_charges(potential), NULL, structure, { 0 }, 0, 0, 0 };
        for (int i = 0; i < N_ATOMS; i++) w.weights[i] = support_uniform(&random, -2, 2);
        ck_ok(lrpot_workspace_create(&w.work, 1));
        check_pull(&w);
        lrpot_workspace_free(w.work);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(charges_without_a_basis_do_not_follow_the_atoms)
{
    support_random random = { 17 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_QRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_CUBIC, N_ATOMS, 0);
    double weights[N_ATOMS] = { 1, 2, 3 }, forces[3 * N_ATOMS] = { 0 };
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_workspace *work = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.forces = forces;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_charges_pull(lrpot_potential_charges(potential), work, &atoms, NULL, NULL, weights,
                             &out));
    ck_assert(models_largest(forces, 3 * N_ATOMS) == 0);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("charges_gradient");
    TCase *tcase = tcase_create("charges_gradient");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, pull_is_the_derivative_of_the_weighted_charges, LRPOT_CHARGES_EDQ,
                      LRPOT_CHARGES_EQUILIBRATED + 1);
    support_add_cases(tcase, pull_is_the_derivative_of_the_weighted_charges,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EDQ,
                      MODELS_WITH_HIDDEN + LRPOT_CHARGES_EQUILIBRATED + 1);
    tcase_add_test(tcase, charges_without_a_basis_do_not_follow_the_atoms);
    suite_add_tcase(suite, tcase);
    return suite;
}
