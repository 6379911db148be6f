/* Response of crystals of self-consistent densities: dielectric tensors and Born charges against
 * point dipoles on lattices, whole molecules, and sum rules. */
#include "models.h"

#include <stdio.h>

enum { N_ATOMS = 6, ORDERS = 3, DIELECTRIC = 2, MOST_HEADS = 10, MOST_ATOMS = 8 };

static lrpot_charges_options options_of(int32_t order, int32_t response)
{
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.order = order, options.response = response, options.tolerance = 1e-12;
    options.reach = 3.5, options.sigma = 1.1;
    return options;
}

/* Orders with and without response, then two widths. */
enum { PLAIN = ORDERS * DIELECTRIC, NUMBERS = PLAIN + 1 };
static lrpot_charges_options options_of_number(int number)
{
    lrpot_charges_options options = number < PLAIN
                                        ? options_of(number / DIELECTRIC, number % DIELECTRIC * 2)
                                        : options_of(1, LRPOT_RESPONSE_BONDS);
    if (number == PLAIN) options.features = 8, options.spread = 1.3;
    return options;
}

/* A head without dependence on the neighbourhood. */
static void make_constant(lrpot_potential *potential, int head, double value)
{
    int64_t n = lrpot_potential_param_count(potential), offset = 0, count = 0,
            features = lrpot_basis_count(lrpot_charges_basis(lrpot_potential_charges(potential)));
    double *params = calloc((size_t)n, sizeof *params);
    const char *name = NULL;
    ck_ok(lrpot_potential_get_params(potential, n, params));
    for (int32_t b = 0; lrpot_potential_param_block(potential, b, &name, &offset, &count); b++) {
        for (int64_t k = 0; strcmp(name, "charges.linear") == 0 && k < features; k++)
            params[offset + head * features + k] = 0;
        for (int z = 0; strcmp(name, "charges.species") == 0 && z < MODEL_SPECIES; z++)
            params[offset + head * MODEL_SPECIES + z] = value;
    }
    ck_ok(lrpot_potential_set_params(potential, n, params));
    free(params);
}

typedef struct {
    double alpha[9], epsilon[9], Z[9 * MOST_ATOMS], residual[9];
} response;

static void respond(const lrpot_potential *potential, const lrpot_structure *structure, response *r)
{
    int32_t species[MOST_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_workspace *work = NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, 4.5, 0));
    ck_ok(lrpot_response_polarizability(potential, work, &atoms, list, r->alpha,
                                        atoms.periodic_mask == LRPOT_PERIODIC_ALL ? r->epsilon
                                                                                  : NULL));
    ck_ok(lrpot_response_born_charges(potential, work, &atoms, list, LRPOT_BORN_UNFOLDED, r->Z,
                                      r->residual));
    lrpot_nlist_free(list);
    lrpot_workspace_free(work);
}

/* Point dipoles at sites of cubic symmetry: Clausius and Mossotti. A dipole of a Gaussian acts on
 * itself too, by k/(6 sqrt(pi) s^3). */
START_TEST(dipoles_on_cubic_lattices_obey_clausius_and_mossotti)
{
    static const double pi = 3.14159265358979323846, small = -45, s = 0.24;
    static const double sites[3][2][3] = { { { 0, 0, 0 }, { 0.5, 0.5, 0.5 } },
                                           { { 0, 0, 0 }, { 0, 0, 0 } },
                                           { { 0, 0, 0 }, { 0.25, 0.25, 0.25 } } };
    static const int counts[3] = { 2, 1, 2 }; /* CsCl, fcc, ZnS */
    static const double primitive[2][9] = { { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
                                            { 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0 } };
    const double a = _i == 0 ? 3.1 : 5.4, alpha[2] = { 0.004, 0.009 };
    double heads[7 * MODEL_SPECIES] = { 0 }, cell[9], positions[6], sum = 0;
    const char *symbols[2] = { "Na", "Cl" };
    response r;
    lrpot_structure *structure = NULL;
    lrpot_charges_options charges = options_of(1, LRPOT_RESPONSE_BONDS);
    charges.sigma = s;
    for (int z = 0; z < MODEL_SPECIES; z++) {
        heads[2 * MODEL_SPECIES + z] = heads[6 * MODEL_SPECIES + z] = small;
        heads[5 * MODEL_SPECIES + z] = log(expm1(alpha[z % 2]));
    }
    lrpot_potential *potential =
        models_constant_density(model_symbols, MODEL_SPECIES, 1e-11, &charges, heads);
    for (int k = 0; k < 9; k++) cell[k] = a * primitive[_i > 0][k];
    for (int k = 0; k < 6; k++) positions[k] = a * sites[_i][k / 3][k % 3];
    ck_ok(lrpot_structure_create(&structure, counts[_i], symbols, positions, cell,
                                 LRPOT_PERIODIC_ALL));
    respond(potential, structure, &r);
    double volume = lrpot_structure_volume(structure), k = LRPOT_COULOMB_CONSTANT;
    for (int i = 0; i < counts[_i]; i++)
        sum += 4 * pi * k / volume * alpha[i] / (1 + alpha[i] * k / (6 * sqrt(pi) * s * s * s));
    for (int c = 0; c < 9; c++)
        ck_close(r.epsilon[c], c % 4 == 0 ? 1 + sum / (1 - sum / 3) : 0, 1e-9, 1);
    ck_assert(sum > 0.01);
    lrpot_structure_free(structure);
    lrpot_potential_free(potential);
}
END_TEST

/* Crystals, slabs and wires. */
static const int masks[3] = { LRPOT_PERIODIC_ALL, 3, 1 };

/* Charge does not flow between molecules out of reach of each other. With constant charges a, of
 * which no excess is shared, they have the same response as fragments and without. */
START_TEST(molecules_are_the_same_without_fragments)
{
    support_random random = { 9700 + (uint64_t)_i };
    int number = _i % NUMBERS, mask = masks[_i / NUMBERS];
    lrpot_charges_options charges = options_of_number(number);
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &charges);
    lrpot_structure *molecules = models_two_molecules(&random, CELL_CUBIC, 0), *crystal = NULL;
    const char *symbols[MOST_ATOMS];
    response r[2];
    make_constant(potential, 0, 0);
    double cell[9], *r_all = lrpot_structure_positions(molecules);
    memcpy(cell, lrpot_structure_cell(molecules), sizeof cell);
    ck_ok(lrpot_structure_set_cell(molecules, cell, mask));
    for (int k = 0; mask != LRPOT_PERIODIC_ALL && k < 3 * MOST_ATOMS; k++) /* none is cut */
        r_all[k] = fmod(r_all[k] + 4, cell[0]);
    for (int i = 0; i < MOST_ATOMS; i++) symbols[i] = lrpot_structure_symbol(molecules, i);
    ck_ok(lrpot_structure_create(&crystal, MOST_ATOMS, symbols, r_all, cell, mask));
    respond(potential, molecules, &r[0]);
    respond(potential, crystal, &r[1]);
    ck_assert(models_largest(r[0].alpha, 9) > 0.01 || charges.response == LRPOT_RESPONSE_NONE);
    ck_assert(models_largest(r[0].Z, 9 * MOST_ATOMS) > 0.05);
    for (int k = 0; k < 9; k++)
        ck_close(r[1].alpha[k], r[0].alpha[k], 1e-8, models_largest(r[0].alpha, 9));
    for (int k = 0; k < 9 * MOST_ATOMS; k++)
        ck_close(r[1].Z[k], r[0].Z[k], 1e-8, models_largest(r[0].Z, 9 * MOST_ATOMS));
    lrpot_structure_free(molecules);
    lrpot_structure_free(crystal);
    lrpot_potential_free(potential);
}
END_TEST

/* Flows keep the sum rule of Born charges, and the dielectric tensor is symmetric. */
START_TEST(crystals_keep_their_rules)
{
    support_random random = { 9800 + (uint64_t)_i };
    lrpot_charges_options charges = options_of(_i / DIELECTRIC, _i % DIELECTRIC * 2);
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &charges);
    lrpot_structure *crystal = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0);
    response r;
    make_constant(potential, 0, 0);
    respond(potential, crystal, &r);
    ck_assert(models_largest(r.Z, 9 * N_ATOMS) > 0.05);
    ck_assert(models_largest(r.alpha, 9) > 0.01 || _i % DIELECTRIC == 1);
    for (int k = 0; k < 9; k++) {
        ck_close(r.residual[k], 0, 1e-8, models_largest(r.Z, 9 * N_ATOMS));
        ck_close(r.epsilon[k], r.epsilon[3 * (k % 3) + k / 3], 1e-9, r.epsilon[0]);
    }
    lrpot_structure_free(crystal);
    lrpot_potential_free(potential);
}
END_TEST

typedef struct {
    const lrpot_potential *potential;
    lrpot_structure *structure;
    lrpot_workspace *work;
    double normal[3];
    int coordinate;
} layer;

static double dipole_at(double x, void *ctx)
{
    const layer *l = ctx;
    double dipole[3], *r = lrpot_structure_positions(l->structure) + l->coordinate, old = *r;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.dipole = dipole;
    *r += x;
    ck_ok(lrpot_potential_compute_structure(l->potential, l->work, l->structure, &out));
    *r = old;
    return dipole[0] * l->normal[0] + dipole[1] * l->normal[1] + dipole[2] * l->normal[2];
}

/* Across a layer Born charges are derivatives of the dipole. */
START_TEST(dipoles_across_layers_have_born_charges)
{
    support_random random = { 9850 + (uint64_t)_i };
    lrpot_charges_options charges = options_of_number(_i);
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &charges);
    layer l = {
        potential, models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0), NULL, { 0 }, 0
    };
    double cell[9], length = 0;
    response r;
    memcpy(cell, lrpot_structure_cell(l.structure), sizeof cell);
    ck_ok(lrpot_structure_set_cell(l.structure, cell, 3));
    for (int a = 0; a < 3; a++)
        l.normal[a] = cell[(a + 1) % 3] * cell[3 + (a + 2) % 3]
                      - cell[(a + 2) % 3] * cell[3 + (a + 1) % 3];
    for (int a = 0; a < 3; a++) length += l.normal[a] * l.normal[a];
    for (int a = 0; a < 3; a++) l.normal[a] /= sqrt(length);
    ck_ok(lrpot_workspace_create(&l.work, 1));
    respond(potential, l.structure, &r);
    for (l.coordinate = 0; l.coordinate < 3 * N_ATOMS; l.coordinate++) {
        double Z = 0;
        for (int a = 0; a < 3; a++)
            Z += l.normal[a] * r.Z[9 * (l.coordinate / 3) + 3 * a + l.coordinate % 3];
        ck_close(Z, support_difference(dipole_at, &l, 0, MODEL_STEP), TOL_FD, 1);
    }
    lrpot_workspace_free(l.work);
    lrpot_structure_free(l.structure);
    lrpot_potential_free(potential);
}
END_TEST

/* Charge that runs through the whole crystal has no dielectric tensor. */
START_TEST(metals_are_refused)
{
    support_random random = { 9900 };
    lrpot_charges_options charges = options_of(_i, LRPOT_RESPONSE_ATOMS);
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &charges);
    lrpot_structure *crystal = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0);
    lrpot_workspace *work = NULL;
    double Z[9 * N_ATOMS];
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_assert_int_eq(lrpot_response_born_charges_structure(potential, work, crystal,
                                                           LRPOT_BORN_UNFOLDED, Z, NULL),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lrpot_last_error(), "as in a metal"));
    lrpot_workspace_free(work);
    lrpot_structure_free(crystal);
    lrpot_potential_free(potential);
}
END_TEST

/* Waves of a density that responds are screened by its own tensor alone. */
START_TEST(densities_that_respond_take_no_other_tensor)
{
    static const double tensor[9] = { 2, 0, 0, 0, 2, 0, 0, 0, 2.5 };
    support_random random = { 9950 };
    lrpot_charges_options charges = options_of(1, _i);
    lrpot_potential *potential = models_random_with(&random, LRPOT_CHARGES_DENSITY, &charges);
    lrpot_structure *crystal = models_random_structure(&random, CELL_TRICLINIC, N_ATOMS, 0);
    lrpot_workspace *work = NULL;
    lrpot_phonons *phonons = NULL;
    ck_ok(lrpot_workspace_create(&work, 1));
    ck_ok(lrpot_phonons_create(&phonons, potential, work, crystal, 0));
    ck_assert_int_eq(lrpot_phonons_set_screening(phonons, tensor),
                     _i != LRPOT_RESPONSE_NONE ? LRPOT_E_UNSUPPORTED : LRPOT_OK);
    lrpot_phonons_free(phonons);
    lrpot_workspace_free(work);
    lrpot_structure_free(crystal);
    lrpot_potential_free(potential);
}
END_TEST

#define QUICK 8

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("density_response");
    TCase *cases = tcase_create("crystals");
    tcase_set_timeout(cases, 240);
    support_add_cases(cases, dipoles_on_cubic_lattices_obey_clausius_and_mossotti, 0, 3);
    support_add_cases(cases, molecules_are_the_same_without_fragments, 0, QUICK);
    support_add_cases(cases, dipoles_across_layers_have_born_charges, 0, NUMBERS);
    support_add_cases(cases, crystals_keep_their_rules, 0, ORDERS * DIELECTRIC);
    support_add_cases(cases, metals_are_refused, 0, ORDERS);
    support_add_cases(cases, densities_that_respond_take_no_other_tensor, 0, 3);
    suite_add_tcase(suite, cases);
    TCase *slow = tcase_create("slow"); /* higher orders */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 240);
    support_add_sampled(slow, molecules_are_the_same_without_fragments, QUICK, 3 * NUMBERS, 5);
    suite_add_tcase(suite, slow);
    return suite;
}
