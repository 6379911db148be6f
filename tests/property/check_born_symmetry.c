/* Born charges: how they turn, what they must not depend on, and what their sum is. */
#include "models.h"

#define N_ATOMS 9

static const int forms[2] = { LRPOT_BORN_UNFOLDED, LRPOT_BORN_PHASE };

static void born(const lrpot_potential *potential, const lrpot_structure *structure, int32_t form,
                 double *Z, double *residual)
{
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_response_born_charges_structure(potential, work, structure, form, Z, residual));
    lrpot_workspace_free(work);
}

static lrpot_structure *turned(const lrpot_structure *structure, const double *R)
{
    lrpot_structure *copy = NULL;
    double cell[9], *positions;
    ck_ok(lrpot_structure_clone(&copy, structure));
    positions = lrpot_structure_positions(copy);
    const double *old = lrpot_structure_positions_const(structure),
                 *old_cell = lrpot_structure_cell(structure);
    for (int64_t k = 0; k < 3 * N_ATOMS; k++)
        positions[k] = R[k % 3 * 3] * old[k / 3 * 3] + R[k % 3 * 3 + 1] * old[k / 3 * 3 + 1]
                       + R[k % 3 * 3 + 2] * old[k / 3 * 3 + 2];
    if (old_cell == NULL) return copy;
    for (int k = 0; k < 9; k++)
        cell[k] = R[k % 3 * 3] * old_cell[k / 3 * 3] + R[k % 3 * 3 + 1] * old_cell[k / 3 * 3 + 1]
                  + R[k % 3 * 3 + 2] * old_cell[k / 3 * 3 + 2];
    ck_ok(lrpot_structure_set_cell(copy, cell, lrpot_structure_periodic_mask(structure)));
    return copy;
}

static void check_rotation(int32_t kind, int cell, int32_t form)
{
    /* about (1, 2, 2)/3 by 180 degrees, then mirrored in x: improper on purpose */
    static const double R[9] = { 7. / 9, -4. / 9, -4. / 9, 4. / 9, -1. / 9,
                                 8. / 9, 4. / 9,  8. / 9,  -1. / 9 };
    support_random random = { 1400 + (uint64_t)(10 * kind + cell) };
    lrpot_potential *potential = models_random_potential(&random, kind);
    lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.4),
                    *other = turned(structure, R);
    double Z[9 * N_ATOMS], turned_Z[9 * N_ATOMS];
    born(potential, structure, form, Z, NULL);
    born(potential, other, form, turned_Z, NULL);
    for (int64_t i = 0; i < N_ATOMS; i++)
        for (int k = 0; k < 9; k++) {
            double expected = 0;
            for (int c = 0; c < 9; c++)
                expected += R[k / 3 * 3 + c / 3] * Z[9 * i + c] * R[k % 3 * 3 + c % 3];
            ck_close(turned_Z[9 * i + k], expected, TOL_REF, models_largest(Z, 9 * N_ATOMS));
        }
    lrpot_structure_free(other);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}

START_TEST(born_charges_turn_as_tensors)
{
    for (int cell = 0; cell < CELL_KINDS; cell++)
        for (int f = 0; f < (cell == CELL_NONE ? 1 : 2); f++) check_rotation(_i, cell, forms[f]);
}
END_TEST

static lrpot_structure *moved_and_wrapped(const lrpot_structure *structure, double shift, int wrap)
{
    lrpot_structure *copy = NULL;
    ck_ok(lrpot_structure_clone(&copy, structure));
    const double *cell = lrpot_structure_cell(structure);
    double *positions = lrpot_structure_positions(copy);
    for (int64_t k = 0; k < 3 * N_ATOMS; k++)
        positions[k] +=
            shift * (double)(1 + k % 3)
            + (wrap ? (double)(k / 3 % 3 - 1) * cell[3 + k % 3] + (double)(k / 3 % 2) * cell[k % 3]
                    : 0.0);
    return copy;
}

/* Isolated charges whose sum varies have a dipole that depends on the origin: their Born charges do
 * too, so EDQ is left out there. */
START_TEST(born_charges_do_not_depend_on_origin_or_wrapping)
{
    for (int cell = 0; cell < CELL_KINDS; cell++)
        for (int f = 0; f < (cell == CELL_NONE ? 1 : 2); f++) {
            support_random random = { 1500 + (uint64_t)(10 * _i + cell) };
            lrpot_potential *potential = models_random_potential(&random, _i);
            lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0.4);
            lrpot_structure *other = moved_and_wrapped(structure, 0.77, cell != CELL_NONE);
            double Z[9 * N_ATOMS], other_Z[9 * N_ATOMS];
            born(potential, structure, forms[f], Z, NULL);
            born(potential, other, forms[f], other_Z, NULL);
            if (_i != LRPOT_CHARGES_EDQ || cell != CELL_NONE)
                for (int64_t k = 0; k < 9 * N_ATOMS; k++)
                    ck_close(other_Z[k], Z[k], TOL_REF, models_largest(Z, 9 * N_ATOMS));
            lrpot_structure_free(other);
            lrpot_structure_free(structure);
            lrpot_potential_free(potential);
        }
}
END_TEST

typedef struct {
    const lrpot_charges *charges;
    lrpot_workspace *work;
    const lrpot_structure *structure;
    int a, b;
} strained;

/* Sum of the local scalars: of the charges of the model without redistribution. */
static double total_at_strain(double x, void *ctx)
{
    const strained *s = ctx;
    double q[N_ATOMS], sum = 0;
    int32_t species[N_ATOMS];
    lrpot_structure *copy = NULL;
    lrpot_nlist *list = NULL;
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    ck_ok(lrpot_structure_clone(&copy, s->structure));
    models_strain(copy, s->a, s->b, x);
    ck_ok(lrpot_structure_view(copy, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, 4.5, 0));
    ck_ok(lrpot_charges_eval(s->charges, s->work, &atoms, list, NULL, q));
    for (int i = 0; i < N_ATOMS; i++) sum += q[i];
    lrpot_nlist_free(list);
    lrpot_structure_free(copy);
    return sum;
}

/* sum_j Z_j = sum_j q_j 1 - d(sum_i c_i)/dstrain: the acoustic sum rule is broken exactly by how
 * the local charges answer to strain. */
START_TEST(sum_of_unfolded_born_charges_is_charge_less_the_strain_derivative_of_the_local_charges)
{
    for (int cell = 0; cell < CELL_NONE; cell++) {
        support_random random = { 1600 + (uint64_t)cell };
        lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQ);
        lrpot_structure *structure = models_random_structure(&random, cell, N_ATOMS, 0);
        strained s = { lrpot_potential_charges(potential), NULL, structure, 0, 0 };
        double Z[9 * N_ATOMS], sum[9] = { 0 };
        ck_ok(lrpot_workspace_create(&s.work, 1));
        born(potential, structure, LRPOT_BORN_UNFOLDED, Z, NULL);
        for (int64_t k = 0; k < 9 * N_ATOMS; k++) sum[k % 9] += Z[k];
        double charge = total_at_strain(0, &s);
        for (s.a = 0; s.a < 3; s.a++)
            for (s.b = 0; s.b < 3; s.b++) {
                double expected = (s.a == s.b ? charge : 0)
                                  - support_difference(total_at_strain, &s, 0, MODEL_STEP);
                ck_close(sum[3 * s.a + s.b], expected, TOL_FD, models_largest(sum, 9));
            }
        lrpot_workspace_free(s.work);
        lrpot_structure_free(structure);
        lrpot_potential_free(potential);
    }
}
END_TEST

START_TEST(isolated_born_charges_of_conserving_models_obey_the_acoustic_sum_rule)
{
    support_random random = { 1700 };
    lrpot_potential *potential = models_random_potential(&random, _i);
    lrpot_structure *structure = models_random_structure(&random, CELL_NONE, N_ATOMS, -1.0);
    double Z[9 * N_ATOMS], residual[9];
    born(potential, structure, LRPOT_BORN_UNFOLDED, Z, residual);
    for (int k = 0; k < 9; k++)
        ck_close(residual[k], 0.0, TOL_EXACT, 10 * models_largest(Z, 9 * N_ATOMS));
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

START_TEST(residual_is_what_projection_removes)
{
    support_random random = { 1800 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 1.5);
    double Z[9 * N_ATOMS], projected[9 * N_ATOMS], residual[9], sum[9] = { 0 };
    born(potential, structure, LRPOT_BORN_UNFOLDED, Z, residual);
    memcpy(projected, Z, sizeof Z);
    ck_ok(lrpot_response_project(N_ATOMS, 1.5, projected));
    ck_assert(models_largest(residual, 9) > 1e-3);
    for (int64_t k = 0; k < 9 * N_ATOMS; k++) {
        ck_close(Z[k] - projected[k], residual[k % 9], TOL_EXACT, models_largest(Z, 9 * N_ATOMS));
        sum[k % 9] += projected[k];
    }
    for (int k = 0; k < 9; k++)
        ck_close(sum[k], k % 4 == 0 ? 1.5 : 0.0, TOL_EXACT, 10 * models_largest(Z, 9 * N_ATOMS));
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

/* The same atoms with copies of them for the nearest images, as hosts keep them. */
static void with_ghosts(const lrpot_atoms *atoms, double *positions, int32_t *species,
                        int64_t *owner, lrpot_atoms *out)
{
    for (int64_t k = 0; k < 27 * N_ATOMS; k++) {
        int64_t image = k / N_ATOMS, i = k % N_ATOMS;
        double shift[3] = { (double)((image + 1) % 3 - 1), (double)((image / 3 + 1) % 3 - 1),
                            (double)((image / 9 + 1) % 3 - 1) };
        for (int a = 0; a < 3; a++)
            positions[3 * k + a] = atoms->positions[3 * i + a] + shift[0] * atoms->cell[a]
                                   + shift[1] * atoms->cell[3 + a] + shift[2] * atoms->cell[6 + a];
        species[k] = atoms->species[i];
        owner[k] = i;
    }
    *out = *atoms;
    out->n_all = 27 * N_ATOMS;
    out->positions = positions;
    out->species = species;
    out->ghost_owner = owner;
}

START_TEST(ghosts_for_images_change_nothing)
{
    static double positions[81 * N_ATOMS];
    static int32_t all_species[27 * N_ATOMS];
    static int64_t owner[27 * N_ATOMS];
    support_random random = { 1900 };
    lrpot_potential *potential = models_random_potential(&random, LRPOT_CHARGES_EDQRD);
    lrpot_structure *structure = models_random_structure(&random, CELL_CUBIC, N_ATOMS, 0.3);
    lrpot_workspace *work = NULL;
    lrpot_nlist *list = NULL;
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT, all;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    with_ghosts(&atoms, positions, all_species, owner, &all);
    ck_ok(lrpot_nlist_build(&list, &all, lrpot_potential_cutoff(potential), 0));
    for (int f = 0; f < 2; f++) {
        double Z[9 * N_ATOMS], other_Z[9 * N_ATOMS], scale;
        born(potential, structure, forms[f], Z, NULL);
        ck_ok(lrpot_response_born_charges(potential, work, &all, list, forms[f], other_Z, NULL));
        scale = models_largest(Z, 9 * N_ATOMS);
        for (int64_t k = 0; k < 9 * N_ATOMS; k++) ck_close(other_Z[k], Z[k], TOL_REF, scale);
    }
    all.ghost_owner = NULL;
    double Z[9 * N_ATOMS];
    ck_assert_int_eq(
        lrpot_response_born_charges(potential, work, &all, list, LRPOT_BORN_UNFOLDED, Z, NULL),
        LRPOT_E_UNSUPPORTED);
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("born_symmetry");
    TCase *tcase = tcase_create("born_symmetry");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, born_charges_turn_as_tensors, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_LATENT + 1);
    support_add_cases(tcase, born_charges_do_not_depend_on_origin_or_wrapping, LRPOT_CHARGES_FIXED,
                      LRPOT_CHARGES_LATENT + 1);
    tcase_add_test(
        tcase,
        sum_of_unfolded_born_charges_is_charge_less_the_strain_derivative_of_the_local_charges);
    support_add_cases(tcase, isolated_born_charges_of_conserving_models_obey_the_acoustic_sum_rule,
                      LRPOT_CHARGES_QRD, LRPOT_CHARGES_QRD + 1);
    support_add_cases(tcase, isolated_born_charges_of_conserving_models_obey_the_acoustic_sum_rule,
                      LRPOT_CHARGES_EDQRD, LRPOT_CHARGES_EQUILIBRATED + 1);
    tcase_add_test(tcase, residual_is_what_projection_removes);
    tcase_add_test(tcase, ghosts_for_images_change_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
