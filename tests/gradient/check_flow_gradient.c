/* Answers of equilibrated charges to displacements and fields, in molecules, crystals of molecules
 * and layers of them, and the enthalpy in a field of every charge model: all against differences.
 */
#include "models.h"

#define N_ATOMS 8
#define CELLS 4 /* triclinic crystal, triclinic layer, layer of another plane, isolated */

static const double field[3] = { 0.03, -0.05, 0.08 }; /* V/A */
/* voltages and fluxes over a field */
static const double size_of_kind[4] = { 1, 8, 6, 400 };
static const double eps_inf[9] = { 2.4, 0.3, -0.1, 0.3, 1.9, 0.2, -0.1, 0.2, 3.1 };
static const int masks[CELLS] = { 7, 3, 6, 0 };

/* Two molecules of four atoms, hanging together by bonds of less than 2 A, one of them cut in two
 * by the cell. */
static lrpot_structure *molecules(support_random *random, int c)
{
    static const double cell[9] = { 7.5, 0.4, -0.3, 1.9, 8.1, 0.2, -0.8, 1.1, 9.2 },
                        fragments[N_ATOMS] = { 0, 0, 1, 1, 0, 1, 0, 1 };
    static const double charges[2] = { 0.5, -0.5 };
    static const double shape[4][3] = {
        { 0, 0, 0 }, { 1.5, 0.3, 0.2 }, { 2.1, 1.7, -0.2 }, { -0.9, -0.9, 1.1 }
    };
    static const double shift[2][3] = { { 0.3, 0.2, 0.4 }, { 3.9, 4.2, 5.1 } };
    double positions[3 * N_ATOMS];
    const char *symbols[N_ATOMS];
    lrpot_structure *structure = NULL;
    for (int i = 0, members[2] = { 0, 0 }; i < N_ATOMS; i++) {
        int f = (int)fragments[i], m = members[f]++;
        symbols[i] = model_symbols[(i * i + i / 3) % MODEL_SPECIES];
        for (int a = 0; a < 3; a++)
            positions[3 * i + a] = shape[m][(a + f) % 3] + shift[f][a]
                                   + support_uniform(random, -0.15, 0.15);
        for (int row = 0; row < 3 && m == 3;
             row++) /* the last atom is given by another image of it */
            for (int a = 0; a < 3 && masks[c] >> row & 1; a++)
                positions[3 * i + a] += (row == 1 ? -1 : 1) * cell[3 * row + a];
    }
    ck_ok(lrpot_structure_create(&structure, N_ATOMS, symbols, positions,
                                 masks[c] != 0 ? cell : NULL, masks[c]));
    ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_FRAGMENT, fragments));
    ck_ok(lrpot_structure_set_fragment_charges(structure, 2, charges));
    return structure;
}

static lrpot_structure *clear_molecules(support_random *random, int c)
{
    lrpot_structure *structure = molecules(random, c);
    while (!models_clear_of_cutoffs(structure)) {
        lrpot_structure_free(structure);
        structure = molecules(random, c);
    }
    return structure;
}

typedef struct {
    double energy, forces[3 * N_ATOMS], virial[9], charges[N_ATOMS], dipole[3];
} results;

typedef struct {
    lrpot_potential *potential;
    lrpot_workspace *work;
    lrpot_structure *structure;
    double e[3];    /* field, as its kind has it */
    int32_t kind;   /* of the field */
    int screened;   /* by an anisotropic eps_inf */
    int charged;    /* then there is no virial */
    int coordinate; /* displaced, or of the strain; -1: the field's */
    int strain, component;
} moved;

static void evaluate(const moved *m, const lrpot_structure *structure, const double *e, results *r)
{
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    lrpot_outputs out = LRPOT_OUTPUTS_INIT;
    out.energy = &r->energy, out.forces = r->forces, out.virial = r->virial,
    out.charges = r->charges, out.dipole = r->dipole;
    lrpot_field uniform = LRPOT_FIELD_INIT;
    uniform.kind = m->kind;
    if (m->charged) out.virial = NULL;
    memcpy(uniform.value, e, sizeof uniform.value);
    if (m->screened) memcpy(uniform.eps_inf, eps_inf, sizeof eps_inf);
    ck_ok(lrpot_structure_view(structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m->potential), 0));
    ck_ok(lrpot_response_enthalpy(m->potential, m->work, &atoms, list, NULL, &uniform, &out));
    lrpot_nlist_free(list);
}

static void at(double x, const moved *m, results *r)
{
    lrpot_structure *copy = NULL;
    double e[3] = { m->e[0], m->e[1], m->e[2] };
    ck_ok(lrpot_structure_clone(&copy, m->structure));
    if (m->strain) {
        models_strain(copy, m->coordinate / 3, m->coordinate % 3, x);
    } else if (m->coordinate >= 0) {
        lrpot_structure_positions(copy)[m->coordinate] += x;
    } else {
        e[-1 - m->coordinate] += x;
    }
    evaluate(m, copy, e, r);
    lrpot_structure_free(copy);
}

static double energy_at(double x, void *ctx)
{
    results r;
    at(x, ctx, &r);
    return r.energy;
}

static double dipole_at(double x, void *ctx)
{
    const moved *m = ctx;
    results r;
    at(x, m, &r);
    return r.dipole[m->component];
}

static moved prepared(uint64_t seed, int32_t kind, int cell)
{
    support_random random = { seed };
    moved m = { .potential = models_random_potential(&random, kind),
                .structure = clear_molecules(&random, cell) };
    ck_ok(lrpot_workspace_create(&m.work, 1));
    return m;
}

/* Charges that answer: equilibrated ones, and densities of several orders, responses and
 * features. */
enum { ANSWERS = 8 };

static int order_of(int i)
{
    static const int32_t orders[ANSWERS] = { 0, 0, 1, 1, 1, 2, 1, 2 };
    return orders[i / CELLS];
}

/* No sums of dipoles in layers. */
static int has_sums(int i)
{
    return order_of(i) == 0 || masks[i % CELLS] == 7 || masks[i % CELLS] == 0;
}

static moved prepared_answer(uint64_t seed, int i)
{
    static const int32_t responses[ANSWERS] = { 0, 0, 0, 1, 2, 0, 0, 1 },
                         features[ANSWERS] = { 0, 0, 0, 0, 0, 0, 8, 27 };
    support_random random = { seed + (uint64_t)i };
    lrpot_charges_options options = LRPOT_CHARGES_OPTIONS_INIT;
    options.tolerance = 1e-12, options.order = order_of(i), options.response = responses[i / CELLS];
    options.features = features[i / CELLS], options.spread = 1.3;
    moved m = { .potential = models_random_with(
                    &random, i < CELLS ? LRPOT_CHARGES_EQUILIBRATED : LRPOT_CHARGES_DENSITY,
                    &options),
                .structure = clear_molecules(&random, i % CELLS) };
    ck_ok(lrpot_workspace_create(&m.work, 1));
    return m;
}

static void discard(moved *m)
{
    lrpot_workspace_free(m->work);
    lrpot_structure_free(m->structure);
    lrpot_potential_free(m->potential);
}

static void check_forces(moved *m, const results *r)
{
    m->strain = 0;
    for (m->coordinate = 0; m->coordinate < 3 * N_ATOMS; m->coordinate++)
        ck_close(r->forces[m->coordinate], -support_difference(energy_at, m, 0, MODEL_STEP), TOL_FD,
                 models_largest(r->forces, 3 * N_ATOMS));
}

static void check_virial(moved *m, const results *r)
{
    m->strain = 1;
    for (m->coordinate = 0; m->coordinate < 9; m->coordinate++)
        ck_close(r->virial[m->coordinate], -support_difference(energy_at, m, 0, MODEL_STEP), TOL_FD,
                 models_largest(r->virial, 9));
    m->strain = 0;
}

START_TEST(born_charges_of_fragments_are_derivatives_of_the_dipole)
{
    if (!has_sums(_i)) return;
    moved m = prepared_answer(6000, _i);
    double Z[9 * N_ATOMS], residual[9], mean[9] = { 0 };
    ck_ok(lrpot_response_born_charges_structure(m.potential, m.work, m.structure,
                                                LRPOT_BORN_UNFOLDED, Z, residual));
    for (m.coordinate = 0; m.coordinate < 3 * N_ATOMS; m.coordinate++)
        for (m.component = 0; m.component < 3; m.component++)
            ck_close(Z[9 * (m.coordinate / 3) + 3 * m.component + m.coordinate % 3],
                     support_difference(dipole_at, &m, 0, MODEL_STEP), TOL_FD,
                     models_largest(Z, 9 * N_ATOMS));
    for (int k = 0; k < 9 * N_ATOMS; k++) mean[k % 9] += Z[k] / N_ATOMS;
    for (int k = 0; k < 9; k++) ck_close(residual[k], mean[k], 1e-9, 1.0);
    for (int k = 0; k < 9; k++)
        ck_close(mean[k], 0, 1e-9,
                 1.0); /* moved together, nothing changes but the place of no charge */
    ck_assert(fabs(Z[1]) > 1e-3);
    discard(&m);
}
END_TEST

START_TEST(polarizability_is_the_derivative_of_the_dipole_by_the_field)
{
    if (!has_sums(_i)) return;
    moved m = prepared_answer(6100, _i);
    double alpha[9], epsilon[9];
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    ck_ok(lrpot_structure_view(m.structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m.potential), 0));
    ck_ok(lrpot_response_polarizability(m.potential, m.work, &atoms, list, alpha,
                                        masks[_i % CELLS] == 7 ? epsilon : NULL));
    lrpot_nlist_free(list);
    for (int k = 0; k < 9; k++) {
        m.coordinate = -1 - k % 3, m.component = k / 3;
        ck_close(alpha[k], support_difference(dipole_at, &m, 0, 0.01), TOL_FD,
                 fmax(models_largest(alpha, 9), 0.01));
        ck_close(alpha[k], alpha[k % 3 * 3 + k / 3], 1e-9, fmax(models_largest(alpha, 9), 0.01));
        double volume = lrpot_structure_volume(m.structure);
        if (masks[_i % CELLS] == 7)
            ck_close(epsilon[k],
                     (k % 4 == 0) + 4 * acos(-1.0) * LRPOT_COULOMB_CONSTANT * alpha[k] / volume,
                     TOL_EXACT, 1.0);
    }
    for (int k = 0; k < 9; k += 4) ck_assert(_i / CELLS == 4 ? alpha[k] == 0 : alpha[k] > 0.01);
    discard(&m);
}
END_TEST

/* Adds factor times the polarizability volume at a displaced coordinate. */
static void add_alpha(moved *m, int coordinate, double x, double factor, double *sum)
{
    double alpha[9], *position = lrpot_structure_positions(m->structure) + coordinate,
                     kept = *position;
    int32_t species[N_ATOMS];
    lrpot_atoms atoms = LRPOT_ATOMS_INIT;
    lrpot_nlist *list = NULL;
    *position = kept + x;
    ck_ok(lrpot_structure_view(m->structure, MODEL_SPECIES, model_symbols, species, &atoms));
    ck_ok(lrpot_nlist_build(&list, &atoms, lrpot_potential_cutoff(m->potential), 0));
    ck_ok(lrpot_response_polarizability(m->potential, m->work, &atoms, list, alpha, NULL));
    lrpot_nlist_free(list);
    *position = kept;
    for (int k = 0; k < 9; k++) sum[k] += LRPOT_COULOMB_CONSTANT * factor * alpha[k];
}

/* Isolated molecules turn as a whole: sum_ic d alpha/dr_ic (w x r_i)_c = W alpha - alpha W. */
static void check_rotation(moved *m, const double *gradient, double scale)
{
    const double *x = lrpot_structure_positions(m->structure);
    double alpha[9] = { 0.0 };
    add_alpha(m, 0, 0.0, 1.0, alpha);
    for (int w = 0; w < 3; w++)
        for (int k = 0; k < 9; k++) {
            int a = (w + 1) % 3, b = (w + 2) % 3;
            double found = 0.0, expected = 0.0, turn[9] = { 0.0 };
            turn[3 * a + b] = -1.0, turn[3 * b + a] = 1.0;
            for (int i = 0; i < N_ATOMS; i++)
                found += gradient[27 * i + 3 * k + b] * x[3 * i + a]
                         - gradient[27 * i + 3 * k + a] * x[3 * i + b];
            for (int c = 0; c < 3; c++)
                expected += turn[3 * (k / 3) + c] * alpha[3 * c + k % 3]
                            - alpha[3 * (k / 3) + c] * turn[3 * c + k % 3];
            ck_close(found, expected, 1e-6, scale);
        }
}

START_TEST(raman_tensors_are_derivatives_of_the_polarizability)
{
    if (!has_sums(_i) || _i % CELLS == 1 || _i % CELLS == 2) return; /* layers are slow */
    moved m = prepared_answer(6150, _i);
    double gradient[27 * N_ATOMS], sums[27] = { 0.0 };
    ck_ok(lrpot_response_raman(m.potential, m.work, m.structure, 0.0, gradient));
    double scale = fmax(models_largest(gradient, 27 * N_ATOMS), 0.01);
    for (int k = 1; k < 3 * N_ATOMS; k += 7) {
        static const double h = 1.5e-3; /* another step than the function's */
        double slope[9] = { 0.0 };
        for (int x = -2; x <= 2; x++)
            if (x != 0)
                add_alpha(&m, k, x * h, (x > 0 ? 1 : -1) * (x * x > 1 ? -1 : 8) / (12 * h), slope);
        for (int c = 0; c < 9; c++)
            ck_close(gradient[27 * (k / 3) + 3 * c + k % 3], slope[c], 1e-6, scale);
    }
    for (int k = 0; k < 27 * N_ATOMS; k++) sums[k % 27] += gradient[k];
    for (int k = 0; k < 27; k++) ck_close(sums[k], 0.0, 1e-6, scale);
    if (masks[_i % CELLS] == 0) check_rotation(&m, gradient, scale);
    if (_i / CELLS < 4) ck_assert(scale > 0.01);
    discard(&m);
}
END_TEST

START_TEST(charges_that_do_not_respond_have_no_raman_tensors)
{
    support_random random = { 61 };
    moved m = { .potential = models_random_potential(&random, LRPOT_CHARGES_QRD),
                .structure = clear_molecules(&random, 3) };
    double gradient[27 * N_ATOMS];
    ck_ok(lrpot_workspace_create(&m.work, 1));
    ck_assert_int_eq(lrpot_response_raman(m.potential, m.work, m.structure, 0.0, gradient),
                     LRPOT_E_UNSUPPORTED);
    discard(&m);
}
END_TEST

START_TEST(enthalpy_of_fragments_has_exact_forces_and_virials)
{
    int all = masks[_i % CELLS] == 7 && order_of(_i) == 0;
    for (int32_t kind = LRPOT_FIELD_FIXED;
         kind <= (all ? LRPOT_FIELD_FLUX : LRPOT_FIELD_FIXED) && has_sums(_i); kind++) {
        moved m = prepared_answer(6200, _i);
        results r, none;
        m.kind = kind;
        if (kind <= LRPOT_FIELD_REDUCED) evaluate(&m, m.structure, m.e, &none);
        memcpy(m.e, field, sizeof field);
        for (int k = 0; k < 3; k++) m.e[k] *= size_of_kind[kind];
        for (m.screened = 1; m.screened >= 0; m.screened--) {
            evaluate(&m, m.structure, m.e, &r);
            ck_assert(_i / CELLS == 4
                      || fabs(r.charges[0] - none.charges[0]) > 1e-4); /* they answer */
            check_forces(&m, &r);
            check_virial(&m, &r);
        }
        m.screened = 0;
        for (m.component = 0; kind == LRPOT_FIELD_FIXED && m.component < 3; m.component++) {
            m.coordinate = -1 - m.component;
            ck_close(r.dipole[m.component], -support_difference(energy_at, &m, 0, 0.01), TOL_FD,
                     models_largest(r.dipole, 3));
        }
        discard(&m);
    }
}
END_TEST

START_TEST(enthalpy_of_other_charges_has_exact_forces_and_virials_in_molecules)
{
    moved m = prepared(6300 + (uint64_t)_i, _i, CELLS - 1);
    results r;
    memcpy(m.e, field, sizeof field);
    evaluate(&m, m.structure, m.e, &r);
    check_forces(&m, &r);
    check_virial(&m, &r);
    discard(&m);
}
END_TEST

/* Across the layer, charges have a dipole like that of a molecule; along it the sum over
 * neighbours, as in a crystal. */
START_TEST(born_charges_of_layers_are_those_of_crystals_along_and_of_molecules_across)
{
    moved m = prepared(6400 + (uint64_t)_i, _i, 1);
    m.charged = 1;
    const double *cell = lrpot_structure_cell(m.structure);
    double Z[9 * N_ATOMS], bulk[9 * N_ATOMS],
        n[3] = { cell[1] * cell[5] - cell[2] * cell[4], cell[2] * cell[3] - cell[0] * cell[5],
                 cell[0] * cell[4] - cell[1] * cell[3] };
    double length = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]), apart[9];
    for (int a = 0; a < 3; a++) n[a] /= length;
    for (int a = 0; a < 9; a++)
        apart[a] = a < 6 ? cell[a] : 40 * n[a - 6]; /* layers that do not see each other */
    ck_ok(lrpot_response_born_charges_structure(m.potential, m.work, m.structure,
                                                LRPOT_BORN_UNFOLDED, Z, NULL));
    for (m.coordinate = 0; m.coordinate < 3 * N_ATOMS; m.coordinate++) {
        double across = 0, expected = 0;
        for (m.component = 0; m.component < 3; m.component++) {
            across += n[m.component]
                      * Z[9 * (m.coordinate / 3) + 3 * m.component + m.coordinate % 3];
            expected += n[m.component] * support_difference(dipole_at, &m, 0, MODEL_STEP);
        }
        ck_close(across, expected, TOL_FD, models_largest(Z, 9 * N_ATOMS));
    }
    ck_ok(lrpot_structure_set_cell(m.structure, apart, LRPOT_PERIODIC_ALL));
    ck_ok(lrpot_response_born_charges_structure(m.potential, m.work, m.structure,
                                                LRPOT_BORN_UNFOLDED, bulk, NULL));
    for (int k = 0; k < 9 * N_ATOMS; k++) {
        double difference = 0; /* of a row in the plane */
        for (int c = 0; c < 3; c++)
            difference += ((k % 9 / 3 == c) - n[k % 9 / 3] * n[c])
                          * (Z[k / 9 * 9 + 3 * c + k % 3] - bulk[k / 9 * 9 + 3 * c + k % 3]);
        ck_close(difference, 0, TOL_REF, 1.0);
    }
    discard(&m);
}
END_TEST

START_TEST(charges_that_flow_without_end_are_refused)
{
    static const double one[N_ATOMS] = { 0 }, far[6] = { 0, 0, 0, 0, 0, 6.5 },
                        cell[9] = { 30, 0, 0, 0, 30, 0, 0, 0, 30 },
                        chain[6] = { 0, 0, 0, 0, 0, 1.5 },
                        short_cell[9] = { 30, 0, 0, 0, 30, 0, 0, 0, 3 };
    static const char *const symbols[2] = { "Na", "Cl" };
    moved m = prepared(6500, LRPOT_CHARGES_EQUILIBRATED, 0);
    double Z[9 * N_ATOMS];
    static const char *const messages[2] = { "more than 6 A apart",
                                             "bonded to its own periodic image" };
    ck_ok(lrpot_structure_set(m.structure, LRPOT_QUANTITY_FRAGMENT, NULL));
    ck_assert_int_eq(lrpot_response_born_charges_structure(m.potential, m.work, m.structure,
                                                           LRPOT_BORN_UNFOLDED, Z, NULL),
                     LRPOT_E_UNSUPPORTED);
    ck_assert_msg(strstr(lrpot_last_error(), "as in a metal") != NULL, "%s", lrpot_last_error());
    for (int k = 0; k < 2; k++) {
        lrpot_structure *structure = NULL;
        ck_ok(lrpot_structure_create(&structure, 2, symbols, k == 0 ? far : chain,
                                     k == 0 ? cell : short_cell, LRPOT_PERIODIC_ALL));
        ck_ok(lrpot_structure_set(structure, LRPOT_QUANTITY_FRAGMENT, one));
        ck_assert_int_eq(lrpot_response_born_charges_structure(m.potential, m.work, structure,
                                                               LRPOT_BORN_UNFOLDED, Z, NULL),
                         LRPOT_E_UNSUPPORTED);
        ck_assert_msg(strstr(lrpot_last_error(), messages[k]) != NULL, "%s", lrpot_last_error());
        lrpot_structure_free(structure);
    }
    discard(&m);
}
END_TEST

#define QUICK (3 * CELLS)

/* The first cell of the largest model takes half a minute in each; that of the next smaller one as
 * much in some. */
#define SLOWEST ((ANSWERS - 1) * CELLS)
#define SLOW (SLOWEST - CELLS)
#define add_all_but_slowest(tcase, test, from)                                 \
    do {                                                                       \
        support_add_sampled(tcase, test, from, SLOW, 3);                       \
        if (support_is_long()) support_add_cases(tcase, test, SLOW, SLOW + 1); \
        support_add_sampled(tcase, test, SLOW + 1, SLOWEST, 3);                \
        support_add_sampled(tcase, test, SLOWEST + 1, ANSWERS * CELLS, 3);     \
    } while (0)

Suite *lrpot_suite(void)
{
    Suite *suite = suite_create("flow_gradient");
    TCase *tcase = tcase_create("flow_gradient");
    tcase_set_timeout(tcase, 120);
    support_add_cases(tcase, born_charges_of_fragments_are_derivatives_of_the_dipole, 0, QUICK);
    support_add_cases(tcase, polarizability_is_the_derivative_of_the_dipole_by_the_field, 0, QUICK);
    tcase_add_test(tcase, charges_that_do_not_respond_have_no_raman_tensors);
    support_add_cases(tcase, enthalpy_of_fragments_has_exact_forces_and_virials, 0, QUICK);
    support_add_cases(tcase, enthalpy_of_other_charges_has_exact_forces_and_virials_in_molecules,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_LATENT + 1);
    support_add_cases(tcase,
                      born_charges_of_layers_are_those_of_crystals_along_and_of_molecules_across,
                      LRPOT_CHARGES_FIXED, LRPOT_CHARGES_LATENT + 1);
    tcase_add_test(tcase, charges_that_flow_without_end_are_refused);
    suite_add_tcase(suite, tcase);
    TCase *slow = tcase_create(
        "slow"); /* differences of what the other cases cover, and the largest models */
    tcase_set_tags(slow, "slow");
    tcase_set_timeout(slow, 120);
    add_all_but_slowest(slow, raman_tensors_are_derivatives_of_the_polarizability, 0);
    add_all_but_slowest(slow, polarizability_is_the_derivative_of_the_dipole_by_the_field, QUICK);
    add_all_but_slowest(slow, born_charges_of_fragments_are_derivatives_of_the_dipole, QUICK);
    add_all_but_slowest(slow, enthalpy_of_fragments_has_exact_forces_and_virials, QUICK);
    suite_add_tcase(suite, slow);
    return suite;
}
